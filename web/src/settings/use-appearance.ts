import { patchSettings } from "../api/client.ts";
import { asApiError } from "../api/errors.ts";
import { useSession } from "../api/session.ts";
import type { Appearance } from "../api/types.ts";
import { toast } from "../design/toast.tsx";
import { describeError } from "../i18n/errors.ts";

/** The look of the page, and a function that changes it at once, stores it, and takes it back when that fails. */
export function useAppearance(): [Appearance, (change: Partial<Appearance>) => void] {
  const look = useSession((state) => state.appearance);
  return [look, (change) => void changeAppearance(change)];
}

export async function changeAppearance(change: Partial<Appearance>): Promise<void> {
  const before = useSession.getState().appearance;
  useSession.setState({ appearance: { ...before, ...change } });
  try {
    await patchSettings(change);
  } catch (error) {
    useSession.setState({ appearance: before });
    toast(describeError(asApiError(error)), { tone: "error" });
  }
}
