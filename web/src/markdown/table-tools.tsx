import { Download } from "lucide-react";
import { CopyButton } from "../design/copy-button.tsx";
import { IconButton } from "../design/icon-button.tsx";
import { t } from "../i18n/index.ts";
import type { MdNode } from "./nodes.ts";
import { saveCsv, tableMarkdown } from "./table-text.ts";

/** What one does with a table: copy it, or save it for a spreadsheet. */
export default function TableTools({ node }: { node: Extract<MdNode, { kind: "element" }> }) {
  return (
    <div className="table-tools">
      <CopyButton text={() => tableMarkdown(node)} label={t("markdown.tableCopy")} />
      <IconButton icon={Download} label={t("markdown.tableCsv")} small onClick={() => saveCsv(node)} />
    </div>
  );
}
