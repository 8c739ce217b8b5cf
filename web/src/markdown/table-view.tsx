import { type ReactNode, useContext, useState } from "react";
import { Late } from "../design/late.tsx";
import { t } from "../i18n/index.ts";
import type { MdNode } from "./nodes.ts";
import { SurroundingsContext } from "./surroundings.ts";

type Table = Extract<MdNode, { kind: "element" }>;

// A longer table gets a height of its own, in which its head stays in view.
const TALL_ROWS = 25;

const loadTools = () => import("./table-tools.tsx");

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
      <Late load={loadTools} props={{ node }} fallback={null} />
    </div>
  );
}

function rowsOf(node: Table): number {
  const body = node.children[1];
  return typeof body === "object" && body.kind === "element" ? body.children.length : 0;
}
