import { useEffect, useRef, useState } from "react";
import { findModel } from "../api/queries.ts";
import type { Message } from "../api/types.ts";
import { classes } from "../design/classes.ts";
import { formatNumber, t } from "../i18n/index.ts";
import "./comparison.css";
import { followUnfinished } from "./actions.ts";
import { prefer, useCompared } from "./compared.ts";
import { ComparedAnswer } from "./compared-answer.tsx";
import { isUnfinished, viewKeyOf } from "./local.ts";
import type { ModelChoice } from "./use-model.ts";

type Props = { question: Message; answers: Message[]; choice: ModelChoice };

/** Answers of several models to one question: columns on a wide page, on a phone one at a time, to swipe or to choose by its name. */
export function Comparison({ question, answers, choice }: Props) {
  const row = useRef<HTMLDivElement>(null);
  const [shown, setShown] = useState(0);
  const preferred = useCompared((state) => state.preferred[question.id]) ?? answers[0]?.id;
  const nameOf = (answer: Message) => {
    const ref = answer.provider && answer.model ? { provider: answer.provider, model: answer.model } : null;
    return findModel(choice.models, ref)?.name ?? answer.model ?? "";
  };
  useEffect(() => followUnfinished(answers), [answers]);

  const show = (at: number) => row.current?.children[at]?.scrollIntoView({ behavior: "smooth", block: "nearest", inline: "start" });
  const onScroll = () => {
    const element = row.current;
    const first = element?.firstElementChild;
    if (!element || !first || window.innerWidth >= 768) return;
    const at = Math.min(answers.length - 1, Math.round(Math.abs(element.scrollLeft) / first.clientWidth));
    setShown(at);
    if (at !== shown) prefer(question.id, answers[at]?.id ?? "");
  };

  const going = answers.find((answer) => answer.id === preferred) ?? answers[0];
  const settled = answers.every((answer) => !isUnfinished(answer.status));
  return (
    <section className="comparison flex flex-col gap-2" aria-label={t("compare.label", { count: formatNumber(answers.length) })}>
      <div role="tablist" aria-label={t("compare.tabs")} className="thin-scroll flex gap-1 overflow-x-auto md:hidden">
        {answers.map((answer, at) => (
          <button
            key={viewKeyOf(answer.id)}
            type="button"
            role="tab"
            aria-selected={at === shown}
            onClick={() => show(at)}
            className={classes(
              "h-11 shrink-0 border-b-2 px-3 text-sm",
              at === shown ? "border-accent font-medium text-text-1" : "border-transparent text-text-3",
            )}
          >
            {nameOf(answer)}
          </button>
        ))}
      </div>
      <div ref={row} onScroll={onScroll} className="comparison-row thin-scroll">
        {answers.map((answer) => (
          <ComparedAnswer
            key={viewKeyOf(answer.id)}
            answer={answer}
            name={nameOf(answer)}
            choice={choice}
            preferred={answer.id === going?.id}
            onPrefer={() => prefer(question.id, answer.id)}
          />
        ))}
      </div>
      {settled && going && <p className="text-center text-text-3 text-xs max-md:hidden">{t("compare.hint", { model: nameOf(going) })}</p>}
    </section>
  );
}
