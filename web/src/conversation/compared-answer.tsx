import { Square } from "lucide-react";
import { useState } from "react";
import { asApiError } from "../api/errors.ts";
import { findModel } from "../api/queries.ts";
import type { Message } from "../api/types.ts";
import { Button } from "../design/button.tsx";
import { classes } from "../design/classes.ts";
import { CopyButton } from "../design/copy-button.tsx";
import { toast } from "../design/toast.tsx";
import { describeError } from "../i18n/errors.ts";
import { t } from "../i18n/index.ts";
import { AnswerBody } from "./answer-body.tsx";
import { goOnWith } from "./beside.ts";
import { isUnfinished } from "./local.ts";
import { stop } from "./stopping.ts";
import { textOf } from "./text.ts";
import { UsageFigures } from "./usage-figures.tsx";
import { useStoppedDraft } from "./use-draft.ts";
import type { ModelChoice } from "./use-model.ts";

type Props = { answer: Message; name: string; choice: ModelChoice; preferred: boolean; onPrefer: () => void };

/** One column of a comparison: who answers, what it says, how it stands, and the way to go on with it. */
export function ComparedAnswer({ answer, name, choice, preferred, onPrefer }: Props) {
  const [busy, setBusy] = useState(false);
  const stopped = useStoppedDraft(answer.id);
  const writing = isUnfinished(answer.status) && !stopped;
  const parts = stopped?.parts.length ? stopped.parts : answer.parts;
  const model = findModel(choice.models, answer.provider && answer.model ? { provider: answer.provider, model: answer.model } : null);
  const act = async (work: Promise<void>) => {
    setBusy(true);
    try {
      await work;
    } catch (error) {
      toast(describeError(asApiError(error)), { tone: "error" });
    }
    setBusy(false);
  };
  return (
    <article
      className={classes("comparison-column message rounded-lg border bg-surface", preferred ? "border-accent-line" : "border-border")}
      aria-label={t("message.answer", { model: name })}
      data-role="compared"
      data-status={answer.status}
      aria-busy={writing || undefined}
      onPointerDown={onPrefer}
      onFocusCapture={onPrefer}
    >
      <header className="flex min-h-12 items-center gap-2 border-border border-b ps-4 pe-2">
        <h2 className="min-w-0 flex-1 truncate font-semibold text-base">{name}</h2>
        {model && model.provider_name !== name && <span className="truncate text-text-3 text-xs">{model.provider_name}</span>}
        {!writing && <CopyButton text={() => textOf(parts)} label={t("message.copy")} />}
        {writing && answer.run && (
          <Button small look="quiet" disabled={busy} onClick={() => void act(stop(answer))}>
            <Square aria-hidden size={11} fill="currentColor" />
            {t("composer.stop")}
          </Button>
        )}
      </header>
      <div tabIndex={0} className="thin-scroll flex min-h-0 min-w-0 flex-1 flex-col gap-2 overflow-y-auto px-4 py-3">
        <AnswerBody message={answer} choice={choice} />
      </div>
      <footer className="flex min-h-13 items-center gap-2 border-border border-t py-2 ps-2 pe-3">
        <div className="comparison-figures flex min-w-0 flex-1">{!writing && <UsageFigures message={answer} model={model} named />}</div>
        <Button
          small
          look={preferred ? "primary" : "secondary"}
          busy={busy}
          disabled={!answer.run}
          onClick={() => void act(goOnWith(answer))}
        >
          {t("compare.goOn")}
        </Button>
      </footer>
    </article>
  );
}
