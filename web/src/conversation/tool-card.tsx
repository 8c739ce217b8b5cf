import { Check, ChevronRight, CircleAlert, CircleSlash, ShieldQuestion, Wrench } from "lucide-react";
import { useState } from "react";
import { asApiError } from "../api/errors.ts";
import type { Message, ToolCallPart, ToolCallState } from "../api/types.ts";
import { Button } from "../design/button.tsx";
import { classes } from "../design/classes.ts";
import { Late } from "../design/late.tsx";
import { Spinner } from "../design/spinner.tsx";
import { toast } from "../design/toast.tsx";
import { describeError } from "../i18n/errors.ts";
import { formatSeconds, type Key, t } from "../i18n/index.ts";
import { approve } from "./actions.ts";
import { summaryOf } from "./fields.ts";
import { loadToolDetails } from "./late-parts.ts";
import { useSeconds } from "./use-seconds.ts";

const STATES: Record<ToolCallState, Key> = {
  pending: "tool.pending",
  running: "tool.running",
  needs_approval: "tool.needsApproval",
  done: "tool.done",
  failed: "tool.failed",
  denied: "tool.denied",
};

/** A tool that the model uses: its name and state first, what goes in and out on request, and the question when it needs a yes. */
export function ToolCard({ part, message }: { part: ToolCallPart; message: Message }) {
  const [open, setOpen] = useState(false);
  const asking = part.state === "needs_approval";
  const seconds = useSeconds(part.state === "running");
  const summary = summaryOf(part.arguments);
  return (
    <div className={classes("rounded-md border", asking ? "border-accent-line bg-accent-soft" : "border-border")}>
      <button
        type="button"
        aria-expanded={open || asking}
        onClick={() => setOpen(!open)}
        className="flex min-h-10 w-full items-center gap-2.5 px-3 text-start text-sm max-md:min-h-11"
      >
        <StateIcon state={part.state} />
        <span className="shrink-0 font-medium">{nameOf(part.name)}</span>
        <span className="min-w-0 flex-1 truncate text-text-3">{summary}</span>
        <span className={classes("shrink-0 text-xs", part.state === "failed" ? "text-danger" : "text-text-3")}>
          {t(STATES[part.state])}
          {part.state === "running" && seconds >= 1 && ` · ${formatSeconds(seconds * 1000)}`}
        </span>
        <ChevronRight
          aria-hidden
          size={14}
          className={classes("text-text-3 transition-transform duration-150 rtl:rotate-180", (open || asking) && "rotate-90")}
        />
      </button>
      {(open || asking) && (
        <Late
          load={loadToolDetails}
          props={{ input: part.arguments, output: part.content ?? null, failed: part.is_error ?? false }}
          fallback={<div className="h-16" />}
        />
      )}
      {asking && <Approval part={part} message={message} />}
    </div>
  );
}

/** A tool's name as words: `send_mail` reads "send mail". */
function nameOf(name: string): string {
  const words = name.replace(/[_-]+/g, " ").trim();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function Approval({ part, message }: { part: ToolCallPart; message: Message }) {
  const [busy, setBusy] = useState(false);
  const answer = async (allow: boolean) => {
    setBusy(true);
    try {
      await approve(message, part.call, allow);
    } catch (error) {
      setBusy(false);
      toast(describeError(asApiError(error)), { tone: "error" });
    }
  };
  return (
    <div className="flex flex-wrap items-center gap-2 border-accent-line border-t px-3 py-2.5">
      <span className="flex-1 text-sm">{t("tool.question", { name: nameOf(part.name) })}</span>
      <Button small disabled={busy} onClick={() => void answer(false)}>
        {t("tool.deny")}
      </Button>
      <Button small look="primary" busy={busy} onClick={() => void answer(true)}>
        {t("tool.allow")}
      </Button>
    </div>
  );
}

function StateIcon({ state }: { state: ToolCallState }) {
  switch (state) {
    case "running":
      return <Spinner className="text-accent-text" />;
    case "needs_approval":
      return <ShieldQuestion aria-hidden size={16} className="text-accent-text" />;
    case "done":
      return <Check aria-hidden size={16} className="text-ok" />;
    case "failed":
      return <CircleAlert aria-hidden size={16} className="text-danger" />;
    case "denied":
      return <CircleSlash aria-hidden size={16} className="text-text-3" />;
    default:
      return <Wrench aria-hidden size={16} className="text-text-3" />;
  }
}
