import { useState } from "react";
import { Button } from "../design/button.tsx";
import { Layer } from "../design/layer.tsx";
import { formatNumber, t } from "../i18n/index.ts";
import { changeText, removeItem } from "./attach.ts";
import { TEXT_CHARS, type TextItem } from "./attachments.ts";
import { drafts, setText } from "./drafts.ts";
import { estimateTokens } from "./estimate.ts";

type Props = { draft: string; item: TextItem; onClose: () => void };

/** A text beside the message: to read, to change, or to put into the message after all. */
export function PasteDialog({ draft, item, onClose }: Props) {
  const [text, setOwn] = useState(item.text);
  const over = text.length > TEXT_CHARS;
  const close = () => {
    if (!over && text !== item.text) changeText(draft, item.id, text);
    onClose();
  };
  const inline = () => {
    removeItem(draft, item);
    const before = drafts.get(draft).text;
    setText(draft, before ? `${before}\n\n${text}` : text);
    onClose();
  };
  const remove = () => {
    removeItem(draft, item);
    onClose();
  };
  const values = { count: formatNumber(text.length), tokens: formatNumber(estimateTokens(text), { maximumSignificantDigits: 2 }) };
  return (
    <Layer title={item.name} onClose={close} wide>
      <div className="flex flex-col gap-3">
        <p className="text-sm text-text-3">
          {t("paste.about", values)}
          {item.encoding && ` · ${t("paste.encoding", { encoding: item.encoding })}`}
        </p>
        <textarea
          value={text}
          onChange={(event) => setOwn(event.target.value)}
          aria-label={item.name}
          aria-invalid={over || undefined}
          spellCheck={false}
          className="thin-scroll h-[50dvh] w-full resize-none rounded-md border border-border bg-surface p-3 font-mono text-sm max-md:text-lg"
        />
        {over && (
          <p role="alert" className="text-danger text-sm">
            {t("attachment.tooLong", { count: formatNumber(TEXT_CHARS) })}
          </p>
        )}
        <div className="flex flex-wrap items-center justify-end gap-2">
          <Button look="quiet" className="text-danger" onClick={remove}>
            {t("paste.remove")}
          </Button>
          <span className="flex-1" />
          <Button onClick={inline}>{t("paste.inline")}</Button>
          <Button look="primary" onClick={close} disabled={over || !text.trim()}>
            {t("paste.done")}
          </Button>
        </div>
      </div>
    </Layer>
  );
}
