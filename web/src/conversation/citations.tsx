import type { CitationPart } from "../api/types.ts";
import { t } from "../i18n/index.ts";
import { safeHref } from "../markdown/nodes.ts";

/** The sources that an answer names, numbered in the order in which it named them. */
export function Citations({ items }: { items: readonly CitationPart[] }) {
  const sources = [...new Map(items.flatMap((item) => (safeHref(item.url) ? [[item.url, item] as const] : []))).values()];
  if (!sources.length) return null;
  return (
    <ol aria-label={t("citation.list")} className="flex flex-wrap gap-1.5 text-xs">
      {sources.map((source, index) => (
        <li key={source.url}>
          <a
            href={source.url}
            title={source.text ?? source.url}
            target="_blank"
            rel="noopener noreferrer nofollow"
            className="flex max-w-56 items-center gap-1.5 rounded-full border border-border px-2.5 py-1 text-text-2 hover:bg-hover hover:text-text-1"
          >
            <span className="text-text-3 tabular-nums">{index + 1}</span>
            <span className="truncate">{source.title || new URL(source.url).host}</span>
          </a>
        </li>
      ))}
    </ol>
  );
}
