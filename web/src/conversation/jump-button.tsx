import { ArrowDown } from "lucide-react";
import { formatNumber, plural, t } from "../i18n/index.ts";
import type { Unseen } from "./unseen.ts";

/** Leads back to the newest message, and says when there is something new down there. */
export function JumpButton({ unseen, onClick }: { unseen: Unseen; onClick: () => void }) {
  const count = unseen.messages;
  const label = count > 0 ? plural("thread.jumpNew", count) : t(unseen.grew ? "thread.jumpGrew" : "thread.jump");
  return (
    <div className="pointer-events-none relative">
      <button
        type="button"
        onClick={onClick}
        aria-label={label}
        title={label}
        className="-translate-x-1/2 pointer-events-auto absolute start-1/2 bottom-3 inline-flex size-9 animate-fade items-center justify-center rounded-full border border-border bg-overlay text-text-2 shadow-2 hover:text-text-1 max-md:size-11 rtl:translate-x-1/2"
      >
        <ArrowDown aria-hidden size={18} />
        {(count > 0 || unseen.grew) && (
          <span
            data-testid="unseen"
            className="-end-1 -top-1 absolute flex h-4 min-w-4 items-center justify-center rounded-full bg-accent px-1 font-medium text-on-accent text-xs tabular-nums"
          >
            {count > 0 ? formatNumber(count) : ""}
          </span>
        )}
      </button>
    </div>
  );
}
