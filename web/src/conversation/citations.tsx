import { HoverCard } from "radix-ui";
import { useState } from "react";
import type { CitationPart } from "../api/types.ts";
import { classes } from "../design/classes.ts";
import { formatNumber, plural, t } from "../i18n/index.ts";

const SHOWN = 4;

/** The sources of an answer, numbered in the order in which it named them. Pointing at one, or its focus, tells more; all of them open as a list. */
export function Citations({ sources }: { sources: readonly CitationPart[] }) {
  const [open, setOpen] = useState(false);
  const more = sources.length - SHOWN;
  return (
    <div className="flex flex-col gap-2 text-xs">
      <ol aria-label={t("citation.list")} className={classes("flex gap-1.5", open ? "flex-col" : "flex-wrap")}>
        {sources.slice(0, open ? undefined : SHOWN).map((source, index) => (
          <li key={source.url} className="min-w-0">
            {open ? <Row source={source} number={index + 1} /> : <Chip source={source} number={index + 1} />}
          </li>
        ))}
        {!open && (
          <li>
            <button type="button" aria-expanded={false} onClick={() => setOpen(true)} className={`${CHIP} px-2.5`}>
              {more > 0 ? plural("citation.more", more) : t("citation.all")}
            </button>
          </li>
        )}
      </ol>
      {open && (
        <button type="button" aria-expanded={true} onClick={() => setOpen(false)} className={`${CHIP} w-fit px-2.5`}>
          {t("citation.fewer")}
        </button>
      )}
    </div>
  );
}

const CHIP =
  "flex h-7 max-w-56 items-center gap-1.5 rounded-full border border-border text-text-2 hover:bg-hover hover:text-text-1 max-md:h-9";
const OUT = { target: "_blank", rel: "noopener noreferrer nofollow" } as const;

function Chip({ source, number }: { source: CitationPart; number: number }) {
  return (
    <HoverCard.Root openDelay={150} closeDelay={100}>
      <HoverCard.Trigger asChild>
        <a href={source.url} {...OUT} className={`${CHIP} ps-1 pe-2.5`}>
          <Badge value={number} />
          <span className="truncate">{titleOf(source)}</span>
        </a>
      </HoverCard.Trigger>
      <HoverCard.Portal>
        <HoverCard.Content
          side="top"
          align="start"
          sideOffset={6}
          collisionPadding={8}
          className="z-50 w-[min(340px,calc(100vw-16px))] animate-fade rounded-md border border-border bg-overlay p-3 text-sm shadow-3"
        >
          <Words source={source} />
        </HoverCard.Content>
      </HoverCard.Portal>
    </HoverCard.Root>
  );
}

function Row({ source, number }: { source: CitationPart; number: number }) {
  return (
    <a href={source.url} {...OUT} className="flex items-start gap-2.5 rounded-md p-2 text-sm hover:bg-hover">
      <Badge value={number} />
      <span className="min-w-0">
        <Words source={source} />
      </span>
    </a>
  );
}

function Words({ source }: { source: CitationPart }) {
  return (
    <>
      <span className="block font-medium [overflow-wrap:anywhere]">{titleOf(source)}</span>
      <span className="block truncate text-text-3 text-xs">{hostOf(source)}</span>
      {source.text && <span className="mt-1.5 line-clamp-4 block text-text-2">{source.text}</span>}
    </>
  );
}

function Badge({ value }: { value: number }) {
  return (
    <span className="flex h-5 min-w-5 shrink-0 items-center justify-center rounded-full bg-active px-1 text-text-2 text-xs tabular-nums">
      {formatNumber(value)}
    </span>
  );
}

function titleOf(source: CitationPart): string {
  return source.title || hostOf(source);
}

function hostOf(source: CitationPart): string {
  return new URL(source.url).host.replace(/^www\./, "") || source.url;
}
