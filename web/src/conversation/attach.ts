import { newId } from "../api/ids.ts";
import { formatNumber, t } from "../i18n/index.ts";
import { IMAGE_TYPES, type ImageItem, type Item, TEXT_CHARS } from "./attachments.ts";
import { decode } from "./decode.ts";
import { changeItems, drafts } from "./drafts.ts";
import { dropUpload, upload } from "./uploads.ts";

/** Images of one message; the server takes 50 parts. */
const MOST_ITEMS = 20;
/** Four bytes a character at most: a larger file cannot fit into a message. */
const TEXT_BYTES = TEXT_CHARS * 4;

/** Adds files to a draft: images are uploaded, texts are read here. What can be neither is named with the reason. */
export async function attachFiles(draft: string, files: readonly File[]): Promise<void> {
  for (const file of files) {
    const item = await itemOf(draft, file);
    changeItems(draft, (items) => [...items, item]);
    if (item.kind === "image") upload(draft, item);
  }
}

export function removeItem(draft: string, item: Item): void {
  if (item.kind === "image") dropUpload(item);
  changeItems(draft, (items) => items.filter((other) => other.id !== item.id));
}

export function removeImages(draft: string): void {
  for (const item of drafts.get(draft).items) if (item.kind === "image") removeItem(draft, item);
}

export function changeText(draft: string, id: string, text: string): void {
  changeItems(draft, (items) => items.map((item) => (item.id === id && item.kind === "text" ? { ...item, text } : item)));
}

/** A stored image that cannot be shown is not on the server any more. */
export function markGone(draft: string, id: string): void {
  const gone = { state: "failed", error: t("attachment.gone"), retryable: false, part: null } as const;
  changeItems(draft, (items) => items.map((item) => (item.id === id && item.kind === "image" ? { ...item, ...gone } : item)));
}

async function itemOf(draft: string, file: File): Promise<Item> {
  const items = drafts.get(draft).items;
  const name = file.name || t("attachment.pastedImage");
  const refused = (reason: string): Item => ({ kind: "refused", id: newId(), name, reason });
  if (items.filter((item) => item.kind !== "refused").length >= MOST_ITEMS) return refused(t("attachment.tooMany", { count: MOST_ITEMS }));
  if (IMAGE_TYPES.includes(file.type)) return (await isAdded(items, file)) ? refused(t("attachment.duplicate")) : newImage(name, file);
  if (file.size > TEXT_BYTES) return refused(file.type.startsWith("text/") ? tooLong() : t("attachment.wrongType"));
  const bytes = await bytesOf(file);
  if (!bytes) return refused(t("attachment.unreadable"));
  const decoded = decode(bytes);
  if (!decoded) return refused(t("attachment.wrongType"));
  if (!decoded.text.trim()) return refused(t("attachment.empty"));
  if (decoded.text.length > TEXT_CHARS) return refused(tooLong());
  if (items.some((item) => item.kind === "text" && item.text === decoded.text)) return refused(t("attachment.duplicate"));
  return { kind: "text", id: newId(), name, language: languageOf(name), ...decoded };
}

function newImage(name: string, file: File): ImageItem {
  const waiting = { state: "queued", progress: 0, part: null, error: null, retryable: true } as const;
  return { kind: "image", id: newId(), name, size: file.size, preview: URL.createObjectURL(file), source: file, ...waiting };
}

function tooLong(): string {
  return t("attachment.tooLong", { count: formatNumber(TEXT_CHARS) });
}

/** The same bytes are in the draft already; after a reload only name and size are left to compare. */
async function isAdded(items: readonly Item[], file: File): Promise<boolean> {
  for (const item of items) {
    if (item.kind !== "image" || item.size !== file.size) continue;
    if (!item.source ? item.name === file.name : await sameBytes(item.source, file)) return true;
  }
  return false;
}

async function sameBytes(one: Blob, other: Blob): Promise<boolean> {
  const [a, b] = await Promise.all([bytesOf(one), bytesOf(other)]);
  return Boolean(a && b && a.length === b.length && a.every((byte, index) => byte === b[index]));
}

/** Null for what cannot be read, such as a folder. */
async function bytesOf(blob: Blob): Promise<Uint8Array | null> {
  try {
    return new Uint8Array(await blob.arrayBuffer());
  } catch {
    return null;
  }
}

/** The word after the fence: the ending of the file's name, which highlighters and models know. */
function languageOf(name: string): string {
  const ending = /\.([A-Za-z0-9+#-]{1,12})$/.exec(name)?.[1]?.toLowerCase();
  return !ending || ending === "txt" || ending === "log" ? "text" : ending;
}
