import { newId } from "../api/ids.ts";
import { t } from "../i18n/index.ts";
import type { TextItem } from "./attachments.ts";
import { changeItems, drafts } from "./drafts.ts";

/**
 * A pasted text longer than this becomes a chip: some 45 lines, two to three times what the composer shows at its full
 * height, so that the question about it would be out of sight. About 1,000 tokens of English, or a full page of Chinese.
 */
export const PASTE_CHARS = 4_000;

/** Puts a long text beside the message. */
export function attachText(draft: string, text: string): void {
  const number = drafts.get(draft).items.filter((item) => item.kind === "text").length + 1;
  const item: TextItem = { kind: "text", id: newId(), name: t("paste.name", { number }), language: "text", text, encoding: null };
  changeItems(draft, (items) => [...items, item]);
}
