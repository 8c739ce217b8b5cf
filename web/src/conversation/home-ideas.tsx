import type { MouseEvent } from "react";
import type { InputPart } from "../api/types.ts";
import { classes } from "../design/classes.ts";
import { t } from "../i18n/index.ts";
import { draftKey, setText, useIsBegun } from "./drafts.ts";
import { ideasOf } from "./ideas.ts";

/** Ways to begin. One fills the field, to be finished there; with Shift it is sent as it stands. */
export function Ideas({ demo, onSend }: { demo: boolean; onSend: (parts: InputPart[]) => void }) {
  const begun = useIsBegun();
  const choose = (event: MouseEvent, text: string) => {
    if (event.shiftKey) return onSend([{ type: "text", text: text.trim() }]);
    setText(draftKey(null), text);
    focusEnd();
  };
  return (
    <ul
      className={classes(
        "grid grid-cols-2 gap-2 max-md:-mx-3 max-md:-my-1 max-md:flex max-md:overflow-x-auto max-md:px-3 max-md:py-1 max-md:[scrollbar-width:none]",
        begun && "invisible max-md:hidden",
      )}
    >
      {ideasOf(new Date(), demo).map((idea) => (
        <li key={idea} className="min-w-0 max-md:shrink-0">
          <button
            type="button"
            onClick={(event) => choose(event, t(idea))}
            title={t("home.ideaHint")}
            className="min-h-11 w-full truncate rounded-md border border-border bg-raised px-3.5 py-2 text-start text-sm text-text-2 transition-colors duration-80 hover:bg-hover hover:text-text-1"
          >
            {labelOf(t(idea))}
          </button>
        </li>
      ))}
    </ul>
  );
}

/** An idea that the person finishes ends with a colon or a space; on its button with an ellipsis. */
function labelOf(text: string): string {
  return text.replace(/\s*[:：]?\s*$/, (end) => (end ? "…" : ""));
}

/** The person asked for the text: on a phone, too, the next thing is to finish it. */
function focusEnd(): void {
  requestAnimationFrame(() => {
    const area = document.querySelector<HTMLTextAreaElement>("#composer");
    area?.focus();
    area?.setSelectionRange(area.value.length, area.value.length);
  });
}
