import { createFile, finishFile, putFilePart } from "../api/client.ts";
import { asApiError } from "../api/errors.ts";
import { newId } from "../api/ids.ts";
import type { ImagePart, StoredFile } from "../api/types.ts";

export const IMAGE_TYPES = ["image/png", "image/jpeg", "image/webp", "image/gif"];
const LONGEST_SIDE = 2_048;
const PART_BYTES = 900_000;

/** An image on its way to the server; `progress` runs from 0 to 1. */
export type Attachment = {
  id: string;
  name: string;
  preview: string;
  source: Blob;
  progress: number;
  part: ImagePart | null;
  error: string | null;
  abort: AbortController;
};

export function newAttachment(file: File): Attachment {
  const name = file.name || "image.png";
  return {
    id: newId(),
    name,
    preview: URL.createObjectURL(file),
    source: file,
    progress: 0,
    part: null,
    error: null,
    abort: new AbortController(),
  };
}

/** Uploads an image, scaled down first; calls `change` at every step and never raises. */
export async function upload(attachment: Attachment, change: (patch: Partial<Attachment>) => void): Promise<void> {
  const signal = attachment.abort.signal;
  try {
    change({ error: null, progress: 0 });
    const image = await scaleDown(attachment.source);
    // A retry takes a new id: the first one may be half written on the server.
    const file = await createFile({ id: newId(), name: attachment.name, size: image.size, media_type: image.type }, signal);
    await sendParts(file, image, signal, (progress) => change({ progress }));
    const stored = await finishFile(file.id, signal);
    change({ progress: 1, part: toPart(stored) });
  } catch (error) {
    if (!signal.aborted) change({ error: asApiError(error).detail || asApiError(error).code });
  }
}

async function sendParts(file: StoredFile, image: Blob, signal: AbortSignal, progress: (done: number) => void): Promise<void> {
  const partSize = file.part_size ?? PART_BYTES;
  const count = Math.max(1, Math.ceil(image.size / partSize));
  for (let part = 0; part < count; part += 1) {
    await putFilePart(file.id, part, image.slice(part * partSize, (part + 1) * partSize), signal);
    progress((part + 1) / (count + 1));
  }
}

function toPart(file: StoredFile): ImagePart {
  return { type: "image", file: file.id, name: file.name, media_type: file.media_type, width: file.width, height: file.height };
}

/** The image with its longest side at most 2048 px; animations and small images stay as they are. */
async function scaleDown(file: Blob): Promise<Blob> {
  if (file.type === "image/gif") return file;
  const bitmap = await createImageBitmap(file);
  const scale = LONGEST_SIDE / Math.max(bitmap.width, bitmap.height);
  if (scale >= 1) return file;
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(bitmap.width * scale);
  canvas.height = Math.round(bitmap.height * scale);
  canvas.getContext("2d")?.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  const type = file.type === "image/jpeg" ? "image/jpeg" : file.type === "image/webp" ? "image/webp" : "image/png";
  return new Promise((resolve) => canvas.toBlob((blob) => resolve(blob ?? file), type, 0.9));
}
