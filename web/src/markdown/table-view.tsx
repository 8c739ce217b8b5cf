import { Check, Copy, Download } from "lucide-react";
import { type ReactNode, useContext, useEffect, useState } from "react";
import { copyText } from "../design/copy.ts";
import { IconButton } from "../design/icon-button.tsx";
import { t } from "../i18n/index.ts";
import type { MdNode } from "./nodes.ts";
import { SurroundingsContext } from "./surroundings.ts";

type Table = Extract<MdNode, { kind: "element" }>;

// A longer table gets a height of its own, in which its head stays in view.
const TALL_ROWS = 25;

const loadText = () => import("./table-text.ts");

/** A table that scrolls sideways by itself. One that was seen growing keeps its height, so that nothing jumps when it is complete. */
export function TableView({ node, children }: { node: Table; children: ReactNode }) {
  const { done } = useContext(SurroundingsContext);
  const [tall] = useState(done && rowsOf(node) > TALL_ROWS);
  return (
    <div className="table-frame">
      <section
        className={tall ? "table-scroll thin-scroll tall" : "table-scroll thin-scroll"}
        tabIndex={0}
        aria-label={t("markdown.table")}
      >
        <table>{children}</table>
      </section>
      <div className="table-tools">
        <CopyTable node={node} />
        <IconButton icon={Download} label={t("markdown.tableCsv")} small onClick={async () => (await loadText()).saveCsv(node)} />
      </div>
    </div>
  );
}

function CopyTable({ node }: { node: Table }) {
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), 1_500);
    return () => clearTimeout(timer);
  }, [copied]);
  const copy = async () => setCopied(await copyText((await loadText()).tableMarkdown(node)));
  return <IconButton icon={copied ? Check : Copy} label={t(copied ? "common.copied" : "markdown.tableCopy")} small onClick={copy} />;
}

function rowsOf(node: Table): number {
  const body = node.children[1];
  return typeof body === "object" && body.kind === "element" ? body.children.length : 0;
}
