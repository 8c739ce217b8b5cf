import { memo, useRef } from "react";
import { useImageAddress } from "../api/images.ts";
import type { Message, Part } from "../api/types.ts";
import { Late } from "../design/late.tsx";
import { textOfCode } from "../i18n/index.ts";
import type { Source } from "../markdown/surroundings.ts";
import { Markdown } from "../markdown/view.tsx";
import { loadHostedTool, loadReasoning, loadToolCard } from "./late-parts.ts";
import { MessageImage } from "./message-image.tsx";
import { useReveal } from "./use-reveal.ts";

/** What arrives changes a text many times a second, what is shown of it has its own rhythm: only that is rendered. */
const Revealed = memo(Markdown);

type Props = { part: Part; message: Message; live: boolean; first?: boolean; sources?: readonly Source[] };

/** One part of an answer; `live` is the part that is being written. */
export function PartView({ part, message, live, first = false, sources }: Props) {
  switch (part.type) {
    case "text":
      return <AnswerText text={part.text} live={live} whole={message.role === "user" || message.status === "done"} sources={sources} />;
    case "reasoning":
      return (
        <Late
          load={loadReasoning}
          props={{ part, live, since: first ? message.created : null }}
          fallback={<div className="h-8 max-md:h-11" />}
        />
      );
    case "tool_call":
      return <Late load={loadToolCard} props={{ part, message }} fallback={<div className="h-10.5 rounded-md border border-border" />} />;
    case "hosted_tool":
      return <Late load={loadHostedTool} props={{ part, live }} fallback={<div className="h-8" />} />;
    case "image":
      return <MessageImage image={part} />;
    case "refusal":
      return <p className="text-body text-text-2 italic">{part.text}</p>;
    case "notice":
      return <p className="text-sm text-text-3">{textOfCode("notice", part.code) ?? part.detail ?? part.code}</p>;
    case "citation":
      return null;
    default:
      part satisfies never; // A part of a newer server is left out.
      return null;
  }
}

/** A text that was broken off is completed at its end like one that still grows: half a word of Markdown is not shown. */
function AnswerText({ text, live, whole, sources }: { text: string; live: boolean; whole: boolean; sources?: readonly Source[] }) {
  const view = useRef<HTMLDivElement>(null);
  const imageAddress = useImageAddress();
  const shown = useReveal(text, live, view);
  return (
    <div ref={view} className="contents">
      <Revealed text={shown} done={!live && whole} imageAddress={imageAddress} sources={sources} />
    </div>
  );
}
