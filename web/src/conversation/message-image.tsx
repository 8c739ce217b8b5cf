import { useState } from "react";
import { filePath } from "../api/client.ts";
import { apiUrl } from "../api/http.ts";
import type { ImagePart } from "../api/types.ts";
import { Late } from "../design/late.tsx";
import { t } from "../i18n/index.ts";
import { loadLightbox } from "./late-parts.ts";

/** An image of a message in the room that its size wants, known before its bytes are here; a press shows it large. */
export function MessageImage({ image }: { image: ImagePart }) {
  const [open, setOpen] = useState(false);
  // Messages of early versions carry an image of the model as a data URL.
  const src = image.file.startsWith("data:") ? image.file : apiUrl(filePath(image.file));
  const name = image.name || t("markdown.image");
  return (
    <>
      <button
        type="button"
        onClick={() => setOpen(true)}
        aria-label={t("image.open", { name })}
        className="w-fit max-w-full cursor-zoom-in rounded-md"
      >
        <img
          src={src}
          alt={name}
          width={image.width ?? undefined}
          height={image.height ?? undefined}
          loading="lazy"
          className="h-auto max-h-80 w-auto max-w-full rounded-md border border-border bg-hover object-contain"
        />
      </button>
      {open && <Late load={loadLightbox} props={{ src, name, onClose: () => setOpen(false) }} fallback={null} />}
    </>
  );
}
