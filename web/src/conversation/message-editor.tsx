import { type KeyboardEvent, useEffect, useRef, useState } from "react";
import { asApiError } from "../api/errors.ts";
import type { ImagePart, InputPart, Message } from "../api/types.ts";
import { Button } from "../design/button.tsx";
import { isComposing } from "../design/composing.ts";
import { toast } from "../design/toast.tsx";
import { describeError } from "../i18n/errors.ts";
import { t } from "../i18n/index.ts";
import { edit } from "./actions.ts";
import { useCompared } from "./compared.ts";
import { namedBlock } from "./named-block.ts";
import { wordsAndTexts } from "./text.ts";
import type { ModelChoice } from "./use-model.ts";

/** A question opened for change. Sending it makes a version beside the old one, which stays. */
export function MessageEditor({ message, choice, onClose }: { message: Message; choice: ModelChoice; onClose: () => void }) {
  const [text, setText] = useState(() => wordsAndTexts(message.parts).words);
  const compared = useCompared((state) => state.others.length > 0);
  const area = useRef<HTMLTextAreaElement>(null);
  useEffect(() => {
    const element = area.current;
    element?.focus();
    element?.setSelectionRange(element.value.length, element.value.length);
  }, []);

  const submit = () => {
    const model = choice.model;
    if (!model || !text.trim()) return;
    const images = message.parts.filter((part): part is ImagePart => part.type === "image");
    const texts = wordsAndTexts(message.parts).texts.map((named) => ({ type: "text", text: namedBlock(named) }) as const);
    const parts: InputPart[] = [...images, ...texts, { type: "text", text: text.trim() }];
    onClose();
    edit(message, parts, { provider: model.provider, model: model.id }).catch((error) =>
      toast(describeError(asApiError(error)), { tone: "error" }),
    );
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (isComposing(event)) return;
    if (event.key === "Escape") {
      event.preventDefault();
      onClose();
    }
    if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      submit();
    }
  };

  return (
    <form
      className="message flex flex-col gap-2 rounded-lg border border-border-strong bg-raised p-3"
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <textarea
        ref={area}
        value={text}
        rows={Math.min(12, text.split("\n").length + 1)}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={onKeyDown}
        aria-label={t("message.edit")}
        className="thin-scroll w-full resize-none bg-transparent text-body max-md:text-lg"
      />
      <div className="flex items-center justify-end gap-2">
        <span className="flex-1 text-text-3 text-xs">
          {compared && choice.model ? t("message.editOne", { model: choice.model.name }) : t("message.editHint")}
        </span>
        <Button small look="quiet" onClick={onClose}>
          {t("common.cancel")}
        </Button>
        <Button small look="primary" type="submit" disabled={!text.trim() || !choice.model}>
          {t("composer.send")}
        </Button>
      </div>
    </form>
  );
}
