import { ChevronLeft, ChevronRight } from "lucide-react";
import { asApiError } from "../api/errors.ts";
import type { Message } from "../api/types.ts";
import { IconButton } from "../design/icon-button.tsx";
import { toast } from "../design/toast.tsx";
import { describeError } from "../i18n/errors.ts";
import { formatNumber, t } from "../i18n/index.ts";
import { showSibling } from "./actions.ts";

/** Steps between the versions of a message, "2 / 3". */
export function BranchArrows({ message }: { message: Message }) {
  const { siblings } = message;
  if (siblings.length < 2) return null;
  const at = siblings.indexOf(message.id);
  const go = (to: number) => {
    const sibling = siblings[to];
    if (sibling) showSibling(message.conversation, sibling).catch((error) => toast(describeError(asApiError(error)), { tone: "error" }));
  };
  return (
    <span className="flex shrink-0 items-center whitespace-nowrap text-text-3 text-xs tabular-nums">
      <IconButton
        icon={ChevronLeft}
        label={t("branch.previous")}
        small
        disabled={at <= 0}
        onClick={() => go(at - 1)}
        className="rtl:rotate-180"
      />
      <span aria-label={t("branch.position", { at: at + 1, count: siblings.length })} role="img" data-testid="branch">
        {formatNumber(at + 1)} / {formatNumber(siblings.length)}
      </span>
      <IconButton
        icon={ChevronRight}
        label={t("branch.next")}
        small
        disabled={at >= siblings.length - 1}
        onClick={() => go(at + 1)}
        className="rtl:rotate-180"
      />
    </span>
  );
}
