import { Button } from "../design/button.tsx";
import { formatSeconds, t } from "../i18n/index.ts";
import { useCountdown } from "./use-countdown.ts";

type Props = { label: string; until: number | null; onRetry: () => void };

/** Tries again; before the moment at which that may succeed it counts down, and then it can be pressed. */
export function RetryButton({ label, until, onRetry }: Props) {
  const left = useCountdown(until);
  return (
    <Button small look="primary" disabled={left > 0} onClick={onRetry} className="tabular-nums">
      {left > 0 ? t("failure.retryIn", { time: formatSeconds(left * 1000) }) : label}
    </Button>
  );
}
