import { Paperclip } from "lucide-react";
import { useRef } from "react";
import { IconButton } from "../design/icon-button.tsx";
import { t } from "../i18n/index.ts";
import { ACCEPTED } from "./attachments.ts";

export function AttachButton({ onFiles }: { onFiles: (files: Iterable<File>) => void }) {
  const chooser = useRef<HTMLInputElement>(null);
  return (
    <>
      <input
        ref={chooser}
        type="file"
        accept={ACCEPTED}
        multiple
        hidden
        onChange={(event) => {
          onFiles(event.target.files ?? []);
          event.target.value = "";
        }}
      />
      <IconButton icon={Paperclip} label={t("composer.attach")} onClick={() => chooser.current?.click()} />
    </>
  );
}
