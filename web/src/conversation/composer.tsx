import { ImagePlus } from "lucide-react";
import { type ClipboardEvent, type DragEvent, type KeyboardEvent, type ReactNode, useEffect, useRef, useState } from "react";
import { useSession } from "../api/session.ts";
import type { InputPart, Model } from "../api/types.ts";
import { classes } from "../design/classes.ts";
import { IconButton } from "../design/icon-button.tsx";
import { t } from "../i18n/index.ts";
import { AttachmentChips } from "./attachment-chips.tsx";
import { IMAGE_TYPES } from "./attachments.ts";
import { readDraft, writeDraft } from "./drafts.ts";
import { SendButton } from "./send-button.tsx";
import { useAttachments } from "./use-attachments.ts";
import { useGrow } from "./use-grow.ts";

type Props = {
  conversation: string | null;
  model: Model | null;
  picker: ReactNode;
  running: boolean;
  onSend: (parts: InputPart[]) => void;
  onStop: () => void;
  onEditLast?: () => void;
};

/** Where a message is written. What stands in it survives a reload; Enter sends, but not while an input method is composing. */
export function Composer({ conversation, model, picker, running, onSend, onStop, onEditLast }: Props) {
  const [text, setText] = useState(() => readDraft(conversation));
  const [dragging, setDragging] = useState(false);
  const area = useRef<HTMLTextAreaElement>(null);
  const chooser = useRef<HTMLInputElement>(null);
  const sendKey = useSession((state) => state.sendKey);
  const attachments = useAttachments();
  const seesImages = model?.capabilities.vision ?? false;
  const filled = text.trim() !== "" || attachments.items.length > 0;
  const ready = Boolean(model) && attachments.settled && filled;
  const [waiting, setWaiting] = useState(false);

  useEffect(() => writeDraft(conversation, text), [conversation, text]);
  useGrow(area, text);

  const submit = () => {
    if (running || !filled) return;
    setWaiting(!ready);
    if (!ready) return; // Images are still under way, or the list of models is: it goes out as soon as they are here.
    onSend([...attachments.parts, ...(text.trim() ? [{ type: "text", text: text.trim() } as const] : [])]);
    setText("");
    writeDraft(conversation, "");
    attachments.clear();
    area.current?.focus();
  };

  const latestSubmit = useRef(submit);
  latestSubmit.current = submit;
  useEffect(() => {
    if (waiting && ready) latestSubmit.current();
  }, [waiting, ready]);

  const onKeyDown = (event: KeyboardEvent<HTMLTextAreaElement>) => {
    if (event.nativeEvent.isComposing || event.keyCode === 229) return;
    if (event.key === "ArrowUp" && text === "" && onEditLast) {
      event.preventDefault();
      onEditLast();
    }
    if (event.key !== "Enter" || event.shiftKey || event.altKey) return;
    const withModifier = event.ctrlKey || event.metaKey;
    if (sendKey === "mod_enter" && !withModifier) return;
    event.preventDefault();
    submit();
  };

  const takeFiles = (files: Iterable<File>) => {
    const images = [...files].filter((file) => IMAGE_TYPES.includes(file.type));
    if (images.length && seesImages) attachments.add(images);
    return images.length > 0;
  };
  const onPaste = (event: ClipboardEvent) => {
    if (takeFiles(event.clipboardData.files)) event.preventDefault();
  };
  const onDrop = (event: DragEvent) => {
    event.preventDefault();
    setDragging(false);
    takeFiles(event.dataTransfer.files);
  };

  return (
    <form
      className={classes(
        "flex flex-col rounded-lg border bg-raised shadow-2 transition-colors duration-150 focus-within:border-border-strong",
        dragging ? "border-accent" : "border-border",
      )}
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
      onDragOver={(event) => {
        event.preventDefault();
        setDragging(seesImages);
      }}
      onDragLeave={() => setDragging(false)}
      onDrop={onDrop}
    >
      <AttachmentChips items={attachments.items} onRemove={attachments.remove} onRetry={attachments.retry} />
      <textarea
        ref={area}
        id="composer"
        rows={1}
        value={text}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={onKeyDown}
        onPaste={onPaste}
        aria-label={t("composer.label")}
        placeholder={model ? t("composer.placeholder", { model: model.name }) : t("composer.noModel")}
        className="thin-scroll max-h-[40dvh] w-full resize-none bg-transparent px-4 pt-3.5 pb-1 text-body placeholder:text-text-3 max-md:text-lg"
      />
      <div className="flex items-center gap-1 px-2 pb-2">
        {seesImages && (
          <>
            <input
              ref={chooser}
              type="file"
              accept={IMAGE_TYPES.join(",")}
              multiple
              hidden
              onChange={(event) => {
                takeFiles(event.target.files ?? []);
                event.target.value = "";
              }}
            />
            <IconButton icon={ImagePlus} label={t("composer.attach")} onClick={() => chooser.current?.click()} />
          </>
        )}
        {picker}
        <span className="flex-1" />
        <SendButton running={running} ready={filled && !waiting} busy={waiting} onStop={onStop} />
      </div>
    </form>
  );
}
