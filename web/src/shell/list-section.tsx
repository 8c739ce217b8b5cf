import { useRoute } from "wouter";
import type { Conversation } from "../api/types.ts";
import { classes } from "../design/classes.ts";
import { ConversationItem } from "./conversation-item.tsx";
import type { useDrop } from "./drag.ts";
import { useSelection } from "./selection.ts";

type Props = { name?: string; items: readonly Conversation[]; drop?: ReturnType<typeof useDrop> };

/** Conversations under a heading. */
export function ListSection({ name, items, drop }: Props) {
  const [, params] = useRoute<{ id: string }>("/c/:id");
  const choosing = useSelection((state) => state.on);
  const chosen = useSelection((state) => state.ids);
  return (
    <section aria-label={name} {...drop?.handlers} className={classes(drop?.over && "drop-over rounded-md")}>
      {name && <h2 className="px-2.5 pt-3 pb-1 text-text-3 text-xs">{name}</h2>}
      <ul>
        {items.map((item) => (
          <ConversationItem key={item.id} item={item} active={item.id === params?.id} chosen={choosing ? chosen.has(item.id) : null} />
        ))}
      </ul>
    </section>
  );
}
