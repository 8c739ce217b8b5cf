import { createElement, memo, type ReactNode, useId, useMemo, useRef } from "react";
import { Late } from "../design/late.tsx";
import { t } from "../i18n/index.ts";
import { CodeFrame } from "./code-frame.tsx";
import { type Block, MarkdownDocument } from "./document.ts";
import { groupsOf, isSameGroup } from "./groups.ts";
import { ImageView } from "./image-view.tsx";
import { classOf, type MdNode } from "./nodes.ts";
import { NoteList } from "./note-list.tsx";
import { NoteRefView } from "./note-ref.tsx";
import { collectNotes, NO_NOTES, type Notes, sameNotes } from "./notes.ts";
import { type ImageAddress, NO_SOURCES, type Source, SurroundingsContext } from "./surroundings.ts";
import { TableView } from "./table-view.tsx";
import { useTidyCopy } from "./use-tidy-copy.ts";

const loadMath = () => import("./math.tsx");
const loadMarks = () => import("./source-marks.tsx").then((part) => ({ default: part.SourceMarks }));
const loadDiagram = () => import("./diagram.tsx");

type Props = { text: string; done: boolean; imageAddress?: ImageAddress | null; sources?: readonly Source[] };

/** A number in brackets: where a text has sources, it may mean one of them. */
const MARK = /\[\d{1,2}\]/;

/** A Markdown text that may still grow. Only blocks that changed are rendered again. Without `imageAddress` remote images are links. */
export function Markdown({ text, done, imageAddress = null, sources = NO_SOURCES }: Props) {
  const document = useRef<MarkdownDocument | null>(null);
  document.current ??= new MarkdownDocument();
  const blocks = document.current.update(text, done);
  const notes = useNotes(blocks);
  const prefix = useId();
  const surroundings = useMemo(() => ({ prefix, notes, done, imageAddress, sources }), [prefix, notes, done, imageAddress, sources]);
  useTidyCopy();
  return (
    <div className="prose">
      <SurroundingsContext value={surroundings}>
        {groupsOf(blocks).map((group) => (
          <BlockGroup key={group[0]?.key} blocks={group} />
        ))}
        <NoteList render={renderAll} />
      </SurroundingsContext>
    </div>
  );
}

/** The footnotes, the same object as long as they are the same. */
function useNotes(blocks: readonly Block[]): Notes {
  const before = useRef(NO_NOTES);
  const notes = collectNotes(blocks);
  if (!sameNotes(before.current, notes)) before.current = notes;
  return before.current;
}

/** Hundreds of blocks are many to look at in each frame, if only to find that they did not change: this is found out for whole groups. */
const BlockGroup = memo(function BlockGroup({ blocks }: { blocks: readonly Block[] }) {
  return blocks.map((block) => <BlockView key={block.key} block={block} />);
}, isSameGroup);

const BlockView = memo(function BlockView({ block }: { block: Block }) {
  return <>{renderAll(block.nodes)}</>;
});

type Element = Extract<MdNode, { kind: "element" }>;

/** A list item or a table row whose node is kept while the list or table grows is not rendered again. */
const PartView = memo(function PartView({ node }: { node: Element }) {
  return createElement(node.tag, null, ...renderAll(node.children));
});

/** `plain` is within a link or code, where nothing may become a link. */
function renderAll(nodes: readonly MdNode[], plain = false): ReactNode[] {
  return nodes.map((node, index) => renderNode(node, index, plain));
}

function renderNode(node: MdNode, key: number, plain: boolean): ReactNode {
  if (typeof node === "string")
    return plain || !MARK.test(node) ? node : <Late key={key} load={loadMarks} props={{ text: node }} fallback={node} />;
  switch (node.kind) {
    case "element":
      return renderElement(node, key, plain);
    case "link":
      return (
        <a key={key} href={node.href} title={node.title} target="_blank" rel="noopener noreferrer nofollow">
          {renderAll(node.children, true)}
        </a>
      );
    case "image":
      return <ImageView key={key} src={node.src} alt={node.alt} />;
    case "checkbox":
      return <Checkbox key={key} checked={node.checked} />;
    case "math":
      return <MathFrame key={key} node={node} />;
    case "code":
      return <CodeView key={key} node={node} />;
    case "noteref":
      return <NoteRefView key={key} node={node} />;
    case "note":
      return null;
    default:
      return node satisfies never;
  }
}

function renderElement(node: Element, key: number, plain: boolean): ReactNode {
  switch (node.tag) {
    case "hr":
    case "br":
      return createElement(node.tag, { key });
    case "li":
    case "tr":
      return <PartView key={key} node={node} />;
    case "table":
      return (
        <TableView key={key} node={node}>
          {renderAll(node.children)}
        </TableView>
      );
    default:
      return createElement(
        node.tag,
        { key, align: node.align, start: node.start, className: classOf(node) },
        ...renderAll(node.children, plain || node.tag === "code"),
      );
  }
}

function Checkbox({ checked }: { checked: boolean }) {
  return <input type="checkbox" checked={checked} readOnly disabled aria-label={t(checked ? "markdown.done" : "markdown.open")} />;
}

function MathFrame({ node }: { node: Extract<MdNode, { kind: "math" }> }) {
  const source = node.display ? <pre className="math-source">{node.text}</pre> : <code>{node.text}</code>;
  if (!node.closed) return source;
  return <Late load={loadMath} props={{ text: node.text, display: node.display }} fallback={source} />;
}

function CodeView({ node }: { node: Extract<MdNode, { kind: "code" }> }) {
  const { language, text, closed } = node;
  const source = <CodeFrame language={language} text={text} closed={closed} />;
  if (language !== "mermaid" || !closed) return source;
  return <Late load={loadDiagram} props={{ text, source }} fallback={source} />;
}
