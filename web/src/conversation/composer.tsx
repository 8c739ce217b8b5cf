import { useEffect, useRef } from "react";
import { useSession } from "../api/session.ts";
import type { InputPart } from "../api/types.ts";
import { Late } from "../design/late.tsx";
import { isTouch } from "../design/pointer.ts";
import { t } from "../i18n/index.ts";
import { AttachButton } from "./attach-button.tsx";
import { ComposerField } from "./composer-field.tsx";
import { DropZone } from "./drop-zone.tsx";
import { ModelPicker } from "./model-picker.tsx";
import { SendButton } from "./send-button.tsx";
import { useComposer } from "./use-composer.ts";
import type { ModelChoice } from "./use-model.ts";
import { useTakeFiles } from "./use-take-files.ts";

const loadChips = () => import("./attachment-chips.tsx");
const loadNote = () => import("./composer-note.tsx").then((part) => ({ default: part.ComposerNote }));

type Props = {
  conversation: string | null;
  choice: ModelChoice;
  running: boolean;
  /** The answer was stopped and is not stored yet: what is sent now leaves a moment later. */
  stopping?: boolean;
  onSend: (parts: InputPart[]) => void;
  onStop: () => void;
  onEditLast?: () => void;
};

/** Where a message is written. What stands in it survives a reload and is the same in every tab. */
export function Composer({ conversation, choice, running, stopping = false, onSend, onStop, onEditLast }: Props) {
  const area = useRef<HTMLTextAreaElement>(null);
  const sendKey = useSession((state) => state.sendKey);
  const composer = useComposer({ conversation, choice, running, stopping, onSend, area });
  const takeFiles = useTakeFiles(composer.key);
  const { model } = choice;
  useEffect(() => {
    if (!isTouch() && !document.querySelector("[role=dialog]")) area.current?.focus();
  }, []);

  return (
    <form
      className="flex flex-col rounded-lg border border-border bg-raised shadow-2 transition-colors duration-150 focus-within:border-border-strong"
      onSubmit={(event) => {
        event.preventDefault();
        composer.submit();
      }}
    >
      <DropZone onFiles={takeFiles} />
      {composer.items.length > 0 && (
        <Late load={loadChips} props={{ draft: composer.key, items: composer.items }} fallback={<div className="h-17" />} />
      )}
      <ComposerField
        area={area}
        draft={composer.key}
        text={composer.text}
        sendKey={sendKey}
        placeholder={placeholderOf(choice)}
        choice={choice}
        onSubmit={composer.submit}
        onFiles={takeFiles}
        onEditLast={composer.items.length ? undefined : onEditLast}
      />
      <div role="status" className="empty:hidden">
        {composer.notable && <Late load={loadNote} props={{ composer, choice }} fallback={null} />}
      </div>
      <div className="flex items-center gap-1 px-2 pb-2">
        <AttachButton onFiles={takeFiles} />
        {!model && choice.loading ? (
          <span className="skeleton mx-2.5 h-4 w-24" />
        ) : (
          <ModelPicker model={model} models={choice.models} onChoose={choice.choose} />
        )}
        <span className="flex-1" />
        <SendButton
          running={running}
          ready={composer.filled && !composer.waiting}
          busy={composer.waiting}
          onStop={() => {
            onStop();
            if (!isTouch()) area.current?.focus();
          }}
        />
      </div>
    </form>
  );
}

/** While the list of models is under way nothing is claimed about it. */
const LONG_NAME = 28;

function placeholderOf({ model, loading }: ModelChoice): string {
  if (model)
    return t("composer.placeholder", { model: model.name.length > LONG_NAME ? `${model.name.slice(0, LONG_NAME - 1)}…` : model.name });
  return loading ? t("composer.label") : t("composer.noModel");
}
