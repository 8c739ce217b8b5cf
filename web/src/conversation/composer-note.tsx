import { type ReactNode, useMemo } from "react";
import type { Model } from "../api/types.ts";
import { Button } from "../design/button.tsx";
import { classes } from "../design/classes.ts";
import { formatNumber, plural, t } from "../i18n/index.ts";
import { COUNTED_FROM, charsOf, type Item, MESSAGE_CHARS } from "./attachments.ts";
import { drafts } from "./drafts.ts";
import { estimateTokens } from "./estimate.ts";
import type { useComposer } from "./use-composer.ts";
import type { ModelChoice } from "./use-model.ts";

const LARGE_SHARE = 0.5; // of the window: the conversation before it and the answer want room, too

type Props = { composer: ReturnType<typeof useComposer>; choice: ModelChoice };
type Note = { text: string; warn?: boolean; action?: ReactNode };

/** One line under the text: what keeps the message from being sent, else how large it is. */
export function ComposerNote({ composer, choice }: Props) {
  const tokens = useTokens(composer.text, composer.items);
  const note = blocking(composer, choice) ?? waiting(composer) ?? sizeOf(tokens, choice.model);
  if (!note) return null;
  return (
    <div className="flex min-h-8 flex-wrap items-center gap-x-3 gap-y-1 px-4 pb-1.5 text-sm">
      <span className={classes("min-w-0", note.warn ? "text-warn" : "text-text-3")}>{note.text}</span>
      {note.action}
    </div>
  );
}

function blocking(composer: Props["composer"], choice: ModelChoice): Note | null {
  switch (composer.hindrance) {
    case "failed":
      return { text: t("composer.failed"), warn: true };
    case "blind":
      return {
        text: t("composer.blind", { model: choice.model?.name ?? "" }),
        warn: true,
        action: <SeeingModel {...{ composer, choice }} />,
      };
    case "tooLong":
      return { text: t("composer.tooLong", { count: formatNumber(MESSAGE_CHARS) }), warn: true };
    default:
      return drafts.kept ? null : { text: t("composer.notKept"), warn: true };
  }
}

function waiting({ waiting: isWaiting, held, items, cancel }: Props["composer"]): Note | null {
  if (held) return { text: t("composer.held") };
  if (!isWaiting) return null;
  const left = items.filter((item) => item.kind === "image" && item.state !== "ready").length;
  const action = (
    <Button small look="quiet" onClick={cancel}>
      {t("common.cancel")}
    </Button>
  );
  return { text: left ? plural("composer.waiting", left) : t("composer.waitingModels"), action };
}

function sizeOf(tokens: number, model: Model | null): Note | null {
  if (!tokens) return null;
  const room = model?.capabilities.context_tokens;
  const count = formatNumber(tokens, { maximumSignificantDigits: 2 });
  if (!model || !room || tokens <= room * LARGE_SHARE) return { text: t("composer.tokens", { count }) };
  const values = { count, model: model.name, window: formatNumber(room), share: formatNumber(tokens / room, { style: "percent" }) };
  return { text: t(tokens > room ? "composer.overWindow" : "composer.largeShare", values), warn: true };
}

/** About how many tokens the draft has; 0 where that is no concern. */
function useTokens(text: string, items: readonly Item[]): number {
  const ofItems = useMemo(() => items.reduce((sum, item) => sum + (item.kind === "text" ? estimateTokens(item.text) : 0), 0), [items]);
  const tokens = charsOf(items, text) < COUNTED_FROM ? 0 : ofItems + estimateTokens(text);
  return tokens >= COUNTED_FROM ? tokens : 0;
}

/** Ways on when the chosen model cannot see the images. */
function SeeingModel({ composer, choice }: Props) {
  const seeing = choice.models.find((model) => model.capabilities.vision);
  const remove = () => void import("./attach.ts").then(({ removeImages }) => removeImages(composer.key));
  return (
    <span className="flex flex-wrap gap-2">
      {seeing && (
        <Button small onClick={() => choice.choose({ provider: seeing.provider, model: seeing.id })}>
          {t("composer.useModel", { model: seeing.name })}
        </Button>
      )}
      <Button small look="quiet" onClick={remove}>
        {t("composer.removeImages")}
      </Button>
    </span>
  );
}
