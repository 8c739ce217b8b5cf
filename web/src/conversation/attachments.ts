import type { ImagePart, InputPart, Model } from "../api/types.ts";
import { namedBlock } from "./named-block.ts";

export const IMAGE_TYPES = ["image/png", "image/jpeg", "image/webp", "image/gif"];
/** What a file chooser offers. Whether a file is text is judged by its content, so that any other may be dropped or pasted. */
export const ACCEPTED = [
  ...IMAGE_TYPES,
  "text/*",
  ".md",
  ".csv",
  ".tsv",
  ".json",
  ".jsonl",
  ".yaml",
  ".yml",
  ".toml",
  ".xml",
  ".log",
  ".sql",
].join(",");

/** An image on its way to the server; `progress` runs from 0 to 1. `source` is gone after a reload, when only ready ones are left. */
export type ImageItem = {
  kind: "image";
  id: string;
  name: string;
  size: number;
  preview: string;
  state: "queued" | "uploading" | "ready" | "failed";
  progress: number;
  part: ImagePart | null;
  error: string | null;
  retryable: boolean;
  source: Blob | null;
};

/** A long text that stands beside the message, pasted or read from a file; `encoding` is named where it is not UTF-8. */
export type TextItem = { kind: "text"; id: string; name: string; language: string; text: string; encoding: string | null };

/** A file that cannot be part of the message, with the reason in words. */
export type RefusedItem = { kind: "refused"; id: string; name: string; reason: string };

export type Item = ImageItem | TextItem | RefusedItem;

/** The parts that the items become: images first, then texts. Models read a question best after what it is about. */
export function partsOf(items: readonly Item[], text: string): InputPart[] {
  const images = items.flatMap((item): ImagePart[] => (item.kind === "image" && item.part ? [item.part] : []));
  const texts = items.flatMap((item) => (item.kind === "text" ? [{ type: "text", text: namedBlock(item) } as const] : []));
  return [...images, ...texts, ...(text.trim() ? [{ type: "text", text: text.trim() } as const] : [])];
}

/** What keeps a message from being sent now. */
export type Hindrance = "failed" | "uploading" | "blind" | "tooLong" | null;

/** Characters of a message with all its texts: in Chinese 1.8 MB, under the 2 MB that the server takes in one request. */
export const MESSAGE_CHARS = 600_000;

export function hindranceOf(items: readonly Item[], text: string, model: Model | null): Hindrance {
  const images = items.filter((item) => item.kind === "image");
  if (images.some((item) => item.state === "failed")) return "failed";
  if (images.length && model?.capabilities.vision === false) return "blind";
  if (charsOf(items, text) > MESSAGE_CHARS || text.length > TEXT_CHARS) return "tooLong";
  return images.some((item) => item.state !== "ready") ? "uploading" : null;
}

/** Characters of one text: the server takes 400,000 in a part, and the name and the fence want a few of them. */
export const TEXT_CHARS = 390_000;

export function charsOf(items: readonly Item[], text: string): number {
  return items.reduce((sum, item) => sum + (item.kind === "text" ? item.text.length : 0), text.length);
}

/** Tokens from which a draft tells its size, and characters from which it may have so many: below, no window of a model is a concern. */
export const COUNTED_FROM = 2_000;

/** True when the item is, or becomes, part of the message. */
export function counts(item: Item): boolean {
  return item.kind !== "refused";
}
