import { type RefObject, useEffect, useId, useLayoutEffect, useMemo, useState } from "react";
import { useModels } from "../api/queries.ts";
import { useSession } from "../api/session.ts";
import type { Model } from "../api/types.ts";
import { classes } from "../design/classes.ts";
import { plural, t } from "../i18n/index.ts";
import { isSame, refOf } from "./compared.ts";
import { mentionAt } from "./mention.ts";
import { sectionsOf } from "./model-order.ts";
import { ModelRow } from "./model-row.tsx";
import type { FieldKeys } from "./use-mention.ts";
import { type ModelChoice, recentModels } from "./use-model.ts";
import { usePinned } from "./use-pinned.ts";

const MOST = 50;
const ROOM_PX = 260; // above the field; where there is less, the list stands below it

type Props = { area: RefObject<HTMLTextAreaElement | null>; keys: FieldKeys; text: string; caret: number | null; choice: ModelChoice };

/** The models that an `@` in the draft may mean. The field keeps the focus; one that is taken answers next, and the word that called it goes. */
export default function MentionList({ area, keys, text, caret, choice }: Props) {
  const list = useId();
  const [active, setActive] = useState<Model | null>(null);
  const [closed, setClosed] = useState<number | null>(null);
  const [taken, setTaken] = useState("");
  const mention = caret === null ? null : mentionAt(text, caret);
  const found = useFound(choice.models, mention?.query ?? null);
  const open = mention !== null && mention.start !== closed && found.length > 0;
  const at = Math.max(0, active ? found.indexOf(active) : 0);
  useEffect(() => {
    if (!mention) setClosed(null);
  }, [mention]);
  useActive(area, open ? list : null, at);

  const take = (model: Model | undefined) => {
    const field = area.current;
    if (!model || !mention || !field) return;
    field.setSelectionRange(mention.start, field.selectionStart);
    document.execCommand("delete"); // as a person would, so that the browser's undo brings it back
    choice.choose(refOf(model));
    setTaken(t("mention.taken", { model: model.name }));
    setActive(null);
  };
  const go = (to: number) => {
    const next = (to + found.length) % found.length;
    setActive(found[next] ?? null);
    document.getElementById(`${list}-${next}`)?.scrollIntoView({ block: "nearest" });
  };
  const acts: Record<string, () => void> = {
    ArrowDown: () => go(at + 1),
    ArrowUp: () => go(at - 1),
    Enter: () => take(found[at]),
    Tab: () => take(found[at]),
    Escape: () => setClosed(mention?.start ?? null),
  };
  useLayoutEffect(() => {
    keys.current = (event) => {
      const act = open && !event.shiftKey && !event.ctrlKey && !event.metaKey && !event.altKey && acts[event.key];
      if (act) act();
      return Boolean(act);
    };
    return () => {
      keys.current = null;
    };
  });

  return (
    <>
      <div role="status" className="sr-only">
        {open ? plural("mention.found", found.length) : taken}
      </div>
      {open && (
        <div
          id={list}
          role="listbox"
          aria-label={t("model.choose")}
          onMouseDown={(event) => event.preventDefault()} // the field keeps the focus
          className={classes(
            "thin-scroll -inset-x-px absolute z-30 max-h-[min(320px,40dvh)] animate-fade overflow-y-auto overscroll-contain rounded-md border border-border bg-overlay p-1 shadow-3",
            (area.current?.getBoundingClientRect().top ?? ROOM_PX) < ROOM_PX ? "top-full mt-14" : "bottom-full mb-2",
          )}
        >
          <Rows list={list} found={found} at={at} choice={choice} onTake={take} onPoint={setActive} />
        </div>
      )}
    </>
  );
}

type RowsProps = {
  list: string;
  found: Model[];
  at: number;
  choice: ModelChoice;
  onTake: (model: Model) => void;
  onPoint: (model: Model) => void;
};

function Rows({ list, found, at, choice, onTake, onPoint }: RowsProps) {
  const pinned = usePinned();
  const own = useSession((state) => state.defaultModel);
  const standard = useModels().data?.default;
  return found.map((model, index) => (
    <ModelRow
      key={`${model.provider}/${model.id}`}
      id={`${list}-${index}`}
      model={model}
      active={index === at}
      selected={model === choice.model}
      several={false}
      disabled={false}
      pinned={pinned.some((ref) => isSame(ref, refOf(model)))}
      standard={isSame(own ?? standard, refOf(model))}
      withProvider
      onChoose={() => onTake(model)}
      onPoint={() => onPoint(model)}
    />
  ));
}

/** The models that a query means, pinned ones and those used last first; none for null. */
function useFound(models: Model[], query: string | null): Model[] {
  const pinned = usePinned();
  const [recent] = useState(recentModels);
  return useMemo(() => {
    if (query === null) return [];
    return sectionsOf(models, query, pinned, recent)
      .flatMap((section) => section.models)
      .slice(0, MOST);
  }, [models, query, pinned, recent]);
}

/** Tells assistive software which option the field's keys mean. */
function useActive(area: RefObject<HTMLTextAreaElement | null>, list: string | null, at: number): void {
  useLayoutEffect(() => {
    const field = area.current;
    if (!field || !list) return;
    const told = { "aria-autocomplete": "list", "aria-controls": list, "aria-activedescendant": `${list}-${at}` };
    for (const [name, value] of Object.entries(told)) field.setAttribute(name, value);
    return () => {
      for (const name of Object.keys(told)) field.removeAttribute(name);
    };
  }, [area, list, at]);
}
