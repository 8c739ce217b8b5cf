import { asApiError } from "../api/errors.ts";
import { keys, queryClient } from "../api/queries.ts";
import { toast } from "../design/toast.tsx";
import { describeError } from "../i18n/errors.ts";

/** Writes a change of the back ends and shows what the server then has; a refusal is said in a note. */
export async function saveProviders(work: () => Promise<unknown>): Promise<boolean> {
  return save(work, [keys.providers, keys.models]);
}

export async function saveUsers(work: () => Promise<unknown>): Promise<boolean> {
  return save(work, [keys.users]);
}

export async function saveInvitations(work: () => Promise<unknown>): Promise<boolean> {
  return save(work, [keys.invitations]);
}

async function save(work: () => Promise<unknown>, touched: (readonly string[])[]): Promise<boolean> {
  try {
    await work();
    return true;
  } catch (error) {
    toast(describeError(asApiError(error)), { tone: "error" });
    return false;
  } finally {
    for (const queryKey of touched) void queryClient.invalidateQueries({ queryKey });
  }
}
