import { useQuery } from "@tanstack/react-query";
import { getSettings, patchSettings } from "../api/client.ts";
import { asApiError } from "../api/errors.ts";
import { keys, queryClient } from "../api/queries.ts";
import type { ModelRef } from "../api/types.ts";
import { toast } from "../design/toast.tsx";
import { describeError } from "../i18n/errors.ts";
import { isSame } from "./compared.ts";

type Settings = Awaited<ReturnType<typeof getSettings>>;

/** The models that the person keeps at the top of the list; they are stored with the account, so that every device has them. */
export function usePinned(): ModelRef[] {
  return useQuery({ queryKey: keys.settings, queryFn: getSettings }).data?.pinned_models ?? [];
}

/** Pins a model, or lets go of it: at once here, then on the server. */
export async function togglePinned(model: ModelRef): Promise<void> {
  const before = queryClient.getQueryData<Settings>(keys.settings);
  if (!before) return;
  const rest = before.pinned_models.filter((item) => !isSame(item, model));
  const pinned_models = rest.length < before.pinned_models.length ? rest : [...rest, model];
  queryClient.setQueryData<Settings>(keys.settings, { ...before, pinned_models });
  try {
    queryClient.setQueryData<Settings>(keys.settings, await patchSettings({ pinned_models }));
  } catch (error) {
    queryClient.setQueryData<Settings>(keys.settings, before);
    toast(describeError(asApiError(error)), { tone: "error" });
  }
}
