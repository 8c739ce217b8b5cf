import { createFile, deleteFile, finishFile } from "../api/client.ts";
import { asApiError } from "../api/errors.ts";
import type { StoredFile } from "../api/types.ts";
import { putFilePart } from "../api/upload.ts";
import { describeError } from "../i18n/errors.ts";
import { t } from "../i18n/index.ts";
import type { ImageItem } from "./attachments.ts";
import { changeItems } from "./drafts.ts";
import { scaleDown } from "./scale.ts";

const AT_ONCE = 3; // More share the same line, and the first would be ready later.
const PART_BYTES = 900_000;

type Upload = { draft: string; id: string; name: string; source: Blob; image: Blob | null; abort: AbortController };

const known = new Map<string, Upload>();
const queue: Upload[] = [];
let active = 0;

/** Puts an image of a draft in line. It goes on while other views are shown. */
export function upload(draft: string, item: ImageItem): void {
  const source = item.source;
  if (!source) return;
  const entry = { draft, id: item.id, name: item.name, source, image: null, abort: new AbortController() };
  known.set(item.id, entry);
  enqueue(entry);
}

/** Goes on with an upload that failed: only the parts that the server does not have are sent. */
export function retryUpload(item: ImageItem): void {
  const entry = known.get(item.id);
  if (entry) enqueue(entry);
}

/** Gives an image up, under way or stored. */
export function dropUpload(item: ImageItem): void {
  known.get(item.id)?.abort.abort();
  known.delete(item.id);
  if (item.preview.startsWith("blob:")) URL.revokeObjectURL(item.preview);
  // A file that stays behind only takes room; deleting its owner's conversation or account clears it.
  if (item.part) void deleteFile(item.part.file).catch(() => undefined);
}

function enqueue(entry: Upload): void {
  change(entry, { state: "queued", progress: 0, error: null });
  queue.push(entry);
  next();
}

function next(): void {
  while (active < AT_ONCE) {
    const entry = queue.shift();
    if (!entry) return;
    if (entry.abort.signal.aborted) continue;
    active += 1;
    void send(entry).finally(() => {
      active -= 1;
      next();
    });
  }
}

async function send(entry: Upload): Promise<void> {
  const signal = entry.abort.signal;
  try {
    change(entry, { state: "uploading" });
    entry.image ??= await readable(entry.source);
    const image = entry.image;
    // The item's id is the file's: a second try finds there what the first one brought.
    const file = await createFile({ id: entry.id, name: entry.name, size: image.size, media_type: image.type }, signal);
    if (file.status !== "ready") await sendParts(entry, file, image);
    const stored = await finishFile(file.id, signal);
    const { name, media_type, width, height } = stored;
    change(entry, { state: "ready", progress: 1, part: { type: "image", file: stored.id, name, media_type, width, height } });
    known.delete(entry.id);
  } catch (error) {
    if (!signal.aborted) fail(entry, error);
  }
}

class Unreadable extends Error {}

async function readable(source: Blob): Promise<Blob> {
  try {
    return await scaleDown(source);
  } catch {
    throw new Unreadable();
  }
}

async function sendParts(entry: Upload, file: StoredFile, image: Blob): Promise<void> {
  const size = file.part_size ?? PART_BYTES;
  const count = Math.max(1, Math.ceil(image.size / size));
  const missing = Array.from({ length: count }, (_, n) => n).filter((n) => !file.received.includes(n));
  let done = (count - missing.length) * size;
  for (const n of missing) {
    const part = image.slice(n * size, (n + 1) * size);
    const progress = (sent: number) => change(entry, { progress: Math.min(0.99, (done + sent) / Math.max(1, image.size)) });
    await putFilePart(file.id, n, part, { signal: entry.abort.signal, progress });
    done += part.size;
  }
}

function fail(entry: Upload, error: unknown): void {
  const broken = error instanceof Unreadable;
  const refusal = asApiError(error);
  const final = broken || refusal.status === 413 || refusal.status === 422;
  change(entry, { state: "failed", retryable: !final, error: broken ? t("attachment.damaged") : describeError(refusal) });
}

function change(entry: Upload, patch: Partial<ImageItem>): void {
  changeItems(entry.draft, (items) => items.map((item) => (item.id === entry.id && item.kind === "image" ? { ...item, ...patch } : item)));
}
