import { t } from "../i18n/index.ts";
import { toast } from "./toast.tsx";

/** Puts a text on the clipboard; true when it is there. Over plain http browsers have no clipboard, then the old way is tried. */
export async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const done = copyBySelection(text);
    if (!done) toast(t("common.copyFailed"), { tone: "error" });
    return done;
  }
}

function copyBySelection(text: string): boolean {
  const area = document.createElement("textarea");
  area.value = text;
  area.className = "fixed opacity-0";
  document.body.append(area);
  area.select();
  const done = document.execCommand("copy");
  area.remove();
  return done;
}
