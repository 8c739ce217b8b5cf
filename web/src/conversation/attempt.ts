import { asApiError } from "../api/errors.ts";
import { toast } from "../design/toast.tsx";
import { describeError } from "../i18n/errors.ts";

/** Waits for something that a person asked for; when it fails, a toast says why. Never raises. */
export async function attempt(work: Promise<unknown>): Promise<void> {
  try {
    await work;
  } catch (error) {
    toast(describeError(asApiError(error)), { tone: "error" });
  }
}
