import { saveFile } from "../design/save-file.ts";
import { languageOf } from "./highlight.ts";

const ENDINGS: Record<string, string> = {
  bash: "sh",
  clojure: "clj",
  cpp: "cpp",
  csharp: "cs",
  dart: "dart",
  diff: "diff",
  elixir: "ex",
  erlang: "erl",
  fsharp: "fs",
  graphql: "graphql",
  haskell: "hs",
  ini: "ini",
  javascript: "js",
  julia: "jl",
  kotlin: "kt",
  latex: "tex",
  markdown: "md",
  matlab: "m",
  mermaid: "mmd",
  objectivec: "m",
  perl: "pl",
  powershell: "ps1",
  protobuf: "proto",
  python: "py",
  ruby: "rb",
  rust: "rs",
  typescript: "ts",
  vbnet: "vb",
  xml: "xml",
  yaml: "yaml",
};

// Languages that are coloured like another but are saved under a name of their own.
const OWN: Record<string, string> = { html: "html", svg: "svg", vue: "vue", toml: "toml", tsx: "tsx", jsx: "jsx", json5: "json5" };

/** The name that a block of code is saved under. */
export function fileName(language: string): string {
  const known = languageOf(language);
  if (known === "dockerfile") return "Dockerfile";
  if (known === "makefile") return "Makefile";
  const plain = /^[a-z0-9]{1,10}$/.test(known) ? known : "txt";
  return `code.${entry(OWN, language) ?? entry(ENDINGS, known) ?? plain}`;
}

function entry(table: Record<string, string>, key: string): string | undefined {
  return Object.hasOwn(table, key) ? table[key] : undefined;
}

export function saveCode(language: string, text: string): void {
  saveFile(fileName(language), text.endsWith("\n") ? text : `${text}\n`, "text/plain");
}
