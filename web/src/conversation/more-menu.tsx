import { Code, Columns2, Ellipsis, Text } from "lucide-react";
import type { Message, Model, Part } from "../api/types.ts";
import { copyText } from "../design/copy.ts";
import { IconButton } from "../design/icon-button.tsx";
import { Menu, type MenuItem } from "../design/menu.tsx";
import { toast } from "../design/toast.tsx";
import { t } from "../i18n/index.ts";
import { attempt } from "./attempt.ts";
import { compareWith } from "./beside.ts";
import { refOf } from "./compared.ts";
import { lastBlockIn } from "./last.ts";
import { textOf } from "./text.ts";

type Props = { message: Message; parts: readonly Part[]; others: readonly Model[] };

/** What is done less often with an answer: copy it without the signs of Markdown, copy only its last code, compare it with another model's. */
export function MoreMenu({ message, parts, others }: Props) {
  const markdown = textOf(parts);
  const code = lastBlockIn(markdown);
  const asText = () => void attempt(import("./plain.ts").then(({ plainText }) => copy(plainText(markdown))));
  const items: MenuItem[] = [
    ...(markdown ? [{ label: t("copy.text"), icon: Text, onSelect: asText }] : []),
    ...(code === null ? [] : [{ label: t("copy.code"), icon: Code, onSelect: () => void copy(code) }]),
    ...others.map((other) => ({
      label: t("compare.withModel", { model: other.name }),
      icon: Columns2,
      onSelect: () => void attempt(compareWith(message, refOf(other))),
    })),
  ];
  return items.length > 0 ? <Menu trigger={<IconButton icon={Ellipsis} label={t("message.more")} small />} items={items} /> : null;
}

async function copy(text: string): Promise<void> {
  if (await copyText(text)) toast(t("common.copied"));
}
