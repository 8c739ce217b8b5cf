import { ExternalLink, ImageIcon } from "lucide-react";
import { createElement, memo, type ReactNode, useRef } from "react";
import { Late } from "../design/late.tsx";
import { t } from "../i18n/index.ts";
import { CodeBlock } from "./code-block.tsx";
import { type Block, MarkdownDocument } from "./document.ts";
import type { MdNode } from "./nodes.ts";

const loadMath = () => import("./math.tsx");
const loadDiagram = () => import("./diagram.tsx");

/** A Markdown text that may still grow. Only blocks that changed are rendered again. */
export function Markdown({ text, done }: { text: string; done: boolean }) {
  const document = useRef<MarkdownDocument | null>(null);
  document.current ??= new MarkdownDocument();
  const blocks = document.current.update(text, done);
  return (
    <div className="prose">
      {blocks.map((block) => (
        <BlockView key={block.key} block={block} />
      ))}
    </div>
  );
}

const BlockView = memo(function BlockView({ block }: { block: Block }) {
  return <>{renderAll(block.nodes)}</>;
});

/** A list item whose node is kept while the list grows is not rendered again. */
const ItemView = memo(function ItemView({ node }: { node: Extract<MdNode, { kind: "element" }> }) {
  return <li>{renderAll(node.children)}</li>;
});

function renderAll(nodes: readonly MdNode[]): ReactNode[] {
  return nodes.map((node, index) => renderNode(node, index));
}

function renderNode(node: MdNode, key: number): ReactNode {
  if (typeof node === "string") return node;
  switch (node.kind) {
    case "element":
      return renderElement(node, key);
    case "link":
      return (
        <a key={key} href={node.href} title={node.title} target="_blank" rel="noopener noreferrer nofollow">
          {renderAll(node.children)}
        </a>
      );
    case "image":
      return <ImageView key={key} src={node.src} alt={node.alt} />;
    case "checkbox":
      return (
        <input
          key={key}
          type="checkbox"
          checked={node.checked}
          readOnly
          disabled
          aria-label={t(node.checked ? "markdown.done" : "markdown.open")}
        />
      );
    case "math":
      return <MathFrame key={key} node={node} />;
    case "code":
      return <CodeFrame key={key} node={node} />;
    default:
      return node satisfies never;
  }
}

function renderElement(node: Extract<MdNode, { kind: "element" }>, key: number): ReactNode {
  if (node.tag === "hr" || node.tag === "br") return createElement(node.tag, { key });
  if (node.tag === "li") return <ItemView key={key} node={node} />;
  if (node.tag === "ol") {
    return (
      <ol key={key} start={node.start}>
        {renderAll(node.children)}
      </ol>
    );
  }
  if (node.tag === "table") return <TableView key={key}>{renderAll(node.children)}</TableView>;
  return createElement(node.tag, { key, align: node.align }, ...renderAll(node.children));
}

function TableView({ children }: { children: ReactNode }) {
  return (
    <section className="table-scroll thin-scroll" tabIndex={0} aria-label={t("markdown.table")}>
      <table>{children}</table>
    </section>
  );
}

/** An image of another site would tell that site who reads: it is shown as a link that the person may follow. */
function ImageView({ src, alt }: { src: string; alt: string }) {
  if (src.startsWith("data:")) return <img src={src} alt={alt} />;
  return (
    <a className="image-link" href={src} target="_blank" rel="noopener noreferrer nofollow">
      <ImageIcon aria-hidden size={16} />
      <span>{alt || t("markdown.image")}</span>
      <span className="image-host">{new URL(src).host}</span>
      <ExternalLink aria-hidden size={14} />
    </a>
  );
}

function MathFrame({ node }: { node: Extract<MdNode, { kind: "math" }> }) {
  const source = node.display ? <pre className="math-source">{node.text}</pre> : <code>{node.text}</code>;
  if (!node.closed) return source;
  return <Late load={loadMath} props={{ text: node.text, display: node.display }} fallback={source} />;
}

function CodeFrame({ node }: { node: Extract<MdNode, { kind: "code" }> }) {
  const source = <CodeBlock language={node.language} text={node.text} closed={node.closed} />;
  if (node.language !== "mermaid" || !node.closed) return source;
  return <Late load={loadDiagram} props={{ text: node.text, fallback: source }} fallback={source} />;
}
