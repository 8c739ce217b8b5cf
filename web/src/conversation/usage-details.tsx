import { Popover } from "radix-ui";
import type { ReactNode } from "react";
import type { Message, Model } from "../api/types.ts";
import { windowSize } from "../design/window-size.ts";
import { formatNumber, t } from "../i18n/index.ts";
import { dollars, duration, totalMs } from "./figures.ts";

type Props = { trigger: ReactNode; open: boolean; onOpenChange: (open: boolean) => void; message: Message; model: Model | undefined };

/** Everything that is known about how an answer came about: who gave it, what it took, and how full the model's window was. */
export default function UsageDetails({ trigger, open, onOpenChange, message, model }: Props) {
  return (
    <Popover.Root open={open} onOpenChange={onOpenChange}>
      <Popover.Trigger asChild>{trigger}</Popover.Trigger>
      <Popover.Portal>
        <Popover.Content
          side="top"
          align="start"
          sideOffset={6}
          collisionPadding={8}
          aria-label={t("usage.details")}
          className="z-50 w-[min(300px,calc(100vw-16px))] animate-fade rounded-md border border-border bg-overlay p-4 text-sm shadow-3"
        >
          <p className="font-semibold [overflow-wrap:anywhere]">{model?.name ?? message.model}</p>
          <p className="pb-3 text-text-3 text-xs [overflow-wrap:anywhere]">
            {model?.provider_name ?? message.provider} · {message.model}
          </p>
          <Figures message={message} />
          <Gauge used={message.usage?.context ?? null} window={model?.capabilities.context_tokens ?? null} />
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}

function Figures({ message }: { message: Message }) {
  const rows = rowsOf(message);
  if (!rows.length) return <p className="text-text-3">{t("usage.unknown")}</p>;
  return (
    <dl className="grid grid-cols-[1fr_auto] gap-x-4 gap-y-1.5 tabular-nums">
      {rows.map(([name, value]) => (
        <div key={name} className="contents">
          <dt className="text-text-2">{name}</dt>
          <dd className="text-end">{value}</dd>
        </div>
      ))}
    </dl>
  );
}

function rowsOf(message: Message): [string, string][] {
  const { usage } = message;
  const total = totalMs(message);
  const rows: [string, string | null][] = [
    [t("usage.input"), usage && formatNumber(usage.input)],
    [t("usage.cached"), usage?.cached ? formatNumber(usage.cached) : null],
    [t("usage.output"), usage && formatNumber(usage.output)],
    [t("usage.reasoning"), usage?.reasoning ? formatNumber(usage.reasoning) : null],
    [
      t("usage.rate"),
      usage?.tokens_per_s ? t("usage.speed", { count: formatNumber(usage.tokens_per_s, { maximumFractionDigits: 1 }) }) : null,
    ],
    [t("usage.ttft"), usage?.ttft_ms ? duration(usage.ttft_ms) : null],
    [t("usage.total"), total === null ? null : duration(total)],
    [t("usage.cost"), usage?.cost_usd ? dollars(usage.cost_usd) : null],
  ];
  return rows.filter((row): row is [string, string] => row[1] !== null);
}

/** How much of the model's window the conversation took at the end of this answer. */
function Gauge({ used, window: size }: { used: number | null; window: number | null }) {
  if (!used || !size) return null;
  const share = Math.min(1, used / size);
  const percent = formatNumber(share, { style: "percent", maximumFractionDigits: share < 0.1 ? 1 : 0 });
  const text = t("usage.context", { share: percent, size: windowSize(size) });
  return (
    <div className="flex flex-col gap-1.5 pt-3">
      <svg role="img" aria-label={text} viewBox="0 0 100 4" preserveAspectRatio="none" className="h-1.5 w-full rounded-full bg-active">
        <rect width={Math.max(1, share * 100)} height="4" className={share > 0.85 ? "fill-warn" : "fill-accent"} />
      </svg>
      <span className="text-text-3 text-xs">{text}</span>
    </div>
  );
}
