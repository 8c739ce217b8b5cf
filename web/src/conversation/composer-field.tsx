import { Maximize2, Minimize2 } from "lucide-react";
import { type ClipboardEvent, type KeyboardEvent, type RefObject, useState } from "react";
import { classes } from "../design/classes.ts";
import { isComposing } from "../design/composing.ts";
import { IconButton } from "../design/icon-button.tsx";
import { Late } from "../design/late.tsx";
import { t } from "../i18n/index.ts";
import { setText } from "./drafts.ts";
import { attachText, PASTE_CHARS } from "./paste.ts";
import { useGrow } from "./use-grow.ts";
import { useMention } from "./use-mention.ts";
import type { ModelChoice } from "./use-model.ts";

const loadMentions = () => import("./mention-list.tsx");

type Props = {
  area: RefObject<HTMLTextAreaElement | null>;
  draft: string;
  text: string;
  sendKey: "enter" | "mod_enter";
  placeholder: string;
  choice: ModelChoice;
  onSubmit: () => void;
  onFiles: (files: Iterable<File>) => void;
  onEditLast?: () => void;
};

/** The field itself. It grows to 40 % of the view, then scrolls; a long text gets a button that makes room for it. */
export function ComposerField({ area, draft, text, sendKey, placeholder, choice, onSubmit, onFiles, onEditLast }: Props) {
  const [tall, setTall] = useState(false);
  const long = useGrow(area, text);
  const mention = useMention();
  const expanded = tall && text !== "";

  const onKeyDown = (event: KeyboardEvent<HTMLTextAreaElement>) => {
    if (isComposing(event)) return; // It chooses a word; it does not send.
    if (mention.keys.current?.(event)) {
      event.preventDefault();
      return;
    }
    if (event.key === "ArrowUp" && text === "" && onEditLast) {
      event.preventDefault();
      onEditLast();
    }
    if (event.key !== "Enter" || event.shiftKey || event.altKey) return;
    if (sendKey === "mod_enter" && !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    onSubmit();
  };
  const onPaste = (event: ClipboardEvent) => {
    const { files } = event.clipboardData;
    const pasted = event.clipboardData.getData("text/plain");
    // Office programs put a picture of the text beside the text.
    if (files.length && !pasted.trim()) onFiles(files);
    else if (pasted.length > PASTE_CHARS) attachText(draft, pasted);
    else return;
    event.preventDefault();
  };

  return (
    <div className="relative flex">
      <textarea
        ref={area}
        id="composer"
        rows={1}
        value={text}
        onChange={(event) => {
          mention.typed(event.target, event.nativeEvent);
          setText(draft, event.target.value);
        }}
        onSelect={(event) => mention.left(event.currentTarget.selectionStart)}
        onBlur={() => mention.left(null)}
        onKeyDown={onKeyDown}
        onPaste={onPaste}
        enterKeyHint={sendKey === "enter" ? "send" : "enter"}
        aria-label={t("composer.label")}
        placeholder={placeholder}
        className={classes(
          "thin-scroll field-sizing-content w-full resize-none bg-transparent pt-3.5 pb-1 text-body ps-4 placeholder:text-text-3 max-md:text-lg pointer-coarse:text-lg",
          long || expanded ? "pe-12" : "pe-4",
          expanded ? "h-[70dvh]! max-h-none" : "max-h-[40dvh]",
        )}
      />
      {mention.used && (
        <Late load={loadMentions} props={{ area, keys: mention.keys, text, caret: mention.caret, choice }} fallback={null} />
      )}
      {(long || expanded) && (
        <IconButton
          icon={expanded ? Minimize2 : Maximize2}
          label={t(expanded ? "composer.shrink" : "composer.expand")}
          small
          aria-pressed={expanded}
          className="absolute end-2 top-2"
          onClick={() => {
            setTall(!expanded);
            area.current?.focus();
          }}
        />
      )}
    </div>
  );
}
