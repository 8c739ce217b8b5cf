import { RefreshCw } from "lucide-react";
import type { Message, Model, Part } from "../api/types.ts";
import { classes } from "../design/classes.ts";
import { CopyButton } from "../design/copy-button.tsx";
import { IconButton } from "../design/icon-button.tsx";
import { Late } from "../design/late.tsx";
import { Menu, type MenuItem } from "../design/menu.tsx";
import { t } from "../i18n/index.ts";
import { regenerate } from "./actions.ts";
import { attempt } from "./attempt.ts";
import { refOf } from "./compared.ts";
import { loadBranchArrows } from "./late-parts.ts";
import { MoreMenu } from "./more-menu.tsx";
import { textOf } from "./text.ts";
import { UsageFigures } from "./usage-figures.tsx";
import type { ModelChoice } from "./use-model.ts";

type Props = { message: Message; model: Model | undefined; choice: ModelChoice; parts: readonly Part[]; last: boolean };

/** What can be done with an answer, and its figures. Of the last answer it is always shown, of others when they are pointed at. */
export function AssistantActions({ message, model, choice, parts, last }: Props) {
  const again = (target: Model) => void attempt(regenerate(message, refOf(target)));
  const same = model ?? choice.model;
  const others = choice.models.filter((other) => other !== same).slice(0, 12);
  const items: MenuItem[] = [
    ...(same ? [{ label: t("answer.again"), note: same.name, icon: RefreshCw, onSelect: () => again(same) }] : []),
    ...others.map((other) => ({ label: other.name, note: other.provider_name, onSelect: () => again(other) })),
  ];
  return (
    <div className={classes("message-actions -ms-2 flex h-9 max-md:-ms-3.5 min-w-0 items-center max-md:h-11", last && "is-last")}>
      <CopyButton text={() => textOf(parts)} label={t("message.copy")} />
      {items.length > 0 && <Menu trigger={<IconButton icon={RefreshCw} label={t("answer.regenerate")} small />} items={items} />}
      <MoreMenu message={message} parts={parts} others={others} />
      {message.siblings.length > 1 && <Late load={loadBranchArrows} props={{ message }} fallback={<span className="w-24" />} />}
      <UsageFigures message={message} model={model} />
    </div>
  );
}
