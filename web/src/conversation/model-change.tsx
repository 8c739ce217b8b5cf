import { ArrowLeftRight } from "lucide-react";
import { keys, queryClient } from "../api/queries.ts";
import { branchOf, type Stretch } from "../api/stretch.ts";
import type { Message } from "../api/types.ts";
import { t } from "../i18n/index.ts";

/** A mark above an answer of another model than the one before it. */
export function ModelChange({ message, name }: { message: Message; name: string }) {
  if (!isOther(message)) return null;
  return (
    <p className="flex items-center gap-2 text-text-3 text-xs" data-testid="model-change">
      <ArrowLeftRight aria-hidden size={13} />
      {t("answer.modelChanged", { model: name })}
    </p>
  );
}

function isOther(message: Message): boolean {
  const branch = branchOf(queryClient.getQueryData<Stretch>(keys.messages(message.conversation)));
  const question = branch.find((item) => item.id === message.parent);
  const before = question?.parent ? branch.find((item) => item.id === question.parent) : undefined;
  if (before?.role !== "assistant" || !message.model) return false;
  return before.model !== message.model || before.provider !== message.provider;
}
