import { t } from "../i18n/index.ts";
import { writeClipboard } from "./clipboard.ts";
import { toast } from "./toast.tsx";

/** Puts a text on the clipboard; true when it is there, else the person is told how to get it. */
export async function copyText(text: string): Promise<boolean> {
  const done = await writeClipboard(text);
  if (!done) toast(t("common.copyFailed"), { tone: "error" });
  return done;
}
