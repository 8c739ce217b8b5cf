import { Pencil } from "lucide-react";
import type { ImagePart, Message } from "../api/types.ts";
import { CopyButton } from "../design/copy-button.tsx";
import { IconButton } from "../design/icon-button.tsx";
import { Late } from "../design/late.tsx";
import { t } from "../i18n/index.ts";
import { ComparisonPlace } from "./comparison-place.tsx";
import { loadBranchArrows, loadMessageEditor, loadNamedText, loadRefusedNote } from "./late-parts.ts";
import { MessageImage } from "./message-image.tsx";
import { useOutbox } from "./outbox.ts";
import { textOf, wordsAndTexts } from "./text.ts";
import type { ModelChoice } from "./use-model.ts";

type Props = { message: Message; choice: ModelChoice; editing: boolean; onEdit: (message: string | null) => void; last: boolean };

/** A person's message. Under the last one stand its answers side by side, while none of them is chosen. */
export function UserMessage(props: Props) {
  return (
    <>
      <Question {...props} />
      {props.last && <ComparisonPlace question={props.message} choice={props.choice} />}
    </>
  );
}

function Question({ message, choice, editing, onEdit }: Props) {
  const { words, texts } = wordsAndTexts(message.parts);
  const images = message.parts.filter((part): part is ImagePart => part.type === "image");
  const refused = useOutbox((state) => message.id in state.refused);
  if (editing)
    return <Late load={loadMessageEditor} props={{ message, choice, onClose: () => onEdit(null) }} fallback={<div className="h-28" />} />;
  return (
    <article className="message group flex flex-col items-end gap-1" aria-label={t("message.yours")} data-role="user">
      {images.length > 0 && (
        <div className="flex max-w-[85%] flex-wrap justify-end gap-2">
          {images.map((image) => (
            <MessageImage key={image.file} image={image} />
          ))}
        </div>
      )}
      {texts.map((named, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the parts of a message keep their order
        <Late key={index} load={loadNamedText} props={{ named }} fallback={<div className="h-13" />} />
      ))}
      {words && (
        <div className="max-w-[85%] whitespace-pre-wrap rounded-lg rounded-ee-sm bg-hover px-4 py-2.5 text-body [overflow-wrap:anywhere]">
          {words}
        </div>
      )}
      {refused && <Late load={loadRefusedNote} props={{ message, choice }} fallback={<div className="h-16" />} />}
      <div className="message-actions flex h-9 items-center max-md:h-11">
        <IconButton icon={Pencil} label={t("message.edit")} small onClick={() => onEdit(message.id)} />
        <CopyButton text={() => textOf(message.parts)} label={t("message.copy")} />
        {message.siblings.length > 1 && <Late load={loadBranchArrows} props={{ message }} fallback={<span className="w-24" />} />}
      </div>
    </article>
  );
}
