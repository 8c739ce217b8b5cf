import type { Emitter, HLJSOptions, LanguageFn } from "highlight.js";
import hljs from "highlight.js/lib/core";
import "./code-colours.css";

/** A piece of code and what it is; `scope` is the first word of highlight.js's name for it, empty for plain text. */
export type Highlighted = { text: string; scope: string };

type Loader = () => Promise<{ default: LanguageFn }>;

const LANGUAGES: Record<string, Loader> = {
  apache: () => import("highlight.js/lib/languages/apache"),
  bash: () => import("highlight.js/lib/languages/bash"),
  c: () => import("highlight.js/lib/languages/c"),
  clojure: () => import("highlight.js/lib/languages/clojure"),
  cmake: () => import("highlight.js/lib/languages/cmake"),
  cpp: () => import("highlight.js/lib/languages/cpp"),
  csharp: () => import("highlight.js/lib/languages/csharp"),
  css: () => import("highlight.js/lib/languages/css"),
  dart: () => import("highlight.js/lib/languages/dart"),
  diff: () => import("highlight.js/lib/languages/diff"),
  dockerfile: () => import("highlight.js/lib/languages/dockerfile"),
  elixir: () => import("highlight.js/lib/languages/elixir"),
  erlang: () => import("highlight.js/lib/languages/erlang"),
  fsharp: () => import("highlight.js/lib/languages/fsharp"),
  go: () => import("highlight.js/lib/languages/go"),
  graphql: () => import("highlight.js/lib/languages/graphql"),
  groovy: () => import("highlight.js/lib/languages/groovy"),
  haskell: () => import("highlight.js/lib/languages/haskell"),
  http: () => import("highlight.js/lib/languages/http"),
  ini: () => import("highlight.js/lib/languages/ini"),
  java: () => import("highlight.js/lib/languages/java"),
  javascript: () => import("highlight.js/lib/languages/javascript"),
  json: () => import("highlight.js/lib/languages/json"),
  julia: () => import("highlight.js/lib/languages/julia"),
  kotlin: () => import("highlight.js/lib/languages/kotlin"),
  latex: () => import("highlight.js/lib/languages/latex"),
  less: () => import("highlight.js/lib/languages/less"),
  lua: () => import("highlight.js/lib/languages/lua"),
  makefile: () => import("highlight.js/lib/languages/makefile"),
  markdown: () => import("highlight.js/lib/languages/markdown"),
  matlab: () => import("highlight.js/lib/languages/matlab"),
  nginx: () => import("highlight.js/lib/languages/nginx"),
  objectivec: () => import("highlight.js/lib/languages/objectivec"),
  ocaml: () => import("highlight.js/lib/languages/ocaml"),
  perl: () => import("highlight.js/lib/languages/perl"),
  php: () => import("highlight.js/lib/languages/php"),
  powershell: () => import("highlight.js/lib/languages/powershell"),
  protobuf: () => import("highlight.js/lib/languages/protobuf"),
  python: () => import("highlight.js/lib/languages/python"),
  r: () => import("highlight.js/lib/languages/r"),
  ruby: () => import("highlight.js/lib/languages/ruby"),
  rust: () => import("highlight.js/lib/languages/rust"),
  scala: () => import("highlight.js/lib/languages/scala"),
  scss: () => import("highlight.js/lib/languages/scss"),
  sql: () => import("highlight.js/lib/languages/sql"),
  swift: () => import("highlight.js/lib/languages/swift"),
  typescript: () => import("highlight.js/lib/languages/typescript"),
  vbnet: () => import("highlight.js/lib/languages/vbnet"),
  verilog: () => import("highlight.js/lib/languages/verilog"),
  vim: () => import("highlight.js/lib/languages/vim"),
  wasm: () => import("highlight.js/lib/languages/wasm"),
  x86asm: () => import("highlight.js/lib/languages/x86asm"),
  xml: () => import("highlight.js/lib/languages/xml"),
  yaml: () => import("highlight.js/lib/languages/yaml"),
};

const ALIASES: Record<string, string> = {
  console: "bash",
  sh: "bash",
  shell: "bash",
  "shell-session": "bash",
  zsh: "bash",
  h: "c",
  clj: "clojure",
  "c++": "cpp",
  cc: "cpp",
  hpp: "cpp",
  "c#": "csharp",
  cs: "csharp",
  dotnet: "csharp",
  patch: "diff",
  docker: "dockerfile",
  ex: "elixir",
  exs: "elixir",
  erl: "erlang",
  "f#": "fsharp",
  fs: "fsharp",
  golang: "go",
  gql: "graphql",
  gradle: "groovy",
  hs: "haskell",
  https: "http",
  conf: "ini",
  properties: "ini",
  toml: "ini",
  cjs: "javascript",
  js: "javascript",
  jsx: "javascript",
  mjs: "javascript",
  node: "javascript",
  json5: "json",
  jsonc: "json",
  jsonl: "json",
  jl: "julia",
  kt: "kotlin",
  kts: "kotlin",
  tex: "latex",
  make: "makefile",
  mk: "makefile",
  md: "markdown",
  mdx: "markdown",
  objc: "objectivec",
  "objective-c": "objectivec",
  ml: "ocaml",
  pl: "perl",
  phtml: "php",
  ps: "powershell",
  ps1: "powershell",
  pwsh: "powershell",
  proto: "protobuf",
  ipython: "python",
  py: "python",
  py3: "python",
  python3: "python",
  rb: "ruby",
  rs: "rust",
  sass: "scss",
  mysql: "sql",
  plsql: "sql",
  postgres: "sql",
  postgresql: "sql",
  sqlite: "sql",
  mts: "typescript",
  ts: "typescript",
  tsx: "typescript",
  vb: "vbnet",
  v: "verilog",
  "vim-script": "vim",
  wat: "wasm",
  asm: "x86asm",
  nasm: "x86asm",
  html: "xml",
  plist: "xml",
  rss: "xml",
  svelte: "xml",
  svg: "xml",
  vue: "xml",
  xhtml: "xml",
  "docker-compose": "yaml",
  yml: "yaml",
};

/** Every language that is coloured. */
export const LANGUAGE_NAMES: readonly string[] = Object.keys(LANGUAGES);

// What stands inside of another language and is coloured only when it is known.
const INSIDE: Record<string, readonly string[]> = { xml: ["javascript", "css"], php: ["xml"] };

// Colouring a file of megabytes would hold the page up for seconds.
const MAX_CHARACTERS = 200_000;

/** The name under which a language is known here, for any of the names that people write behind a fence. */
export function languageOf(name: string): string {
  return (Object.hasOwn(ALIASES, name) ? ALIASES[name] : undefined) ?? name;
}

/** Collects the pieces as they come, so that no HTML text is made. */
class SpanEmitter implements Emitter {
  readonly spans: Highlighted[] = [];
  readonly #scopes: string[] = [];

  addText(text: string): void {
    const scope = (this.#scopes.findLast((name) => !name.startsWith("language:")) ?? "").split(".")[0] ?? "";
    this.spans.push({ text, scope: scope.replaceAll("_", "-").replace(/[^a-z-]/g, "") });
  }

  startScope(name: string): void {
    this.#scopes.push(name);
  }

  endScope(): void {
    this.#scopes.pop();
  }

  openNode(name: string): void {
    this.startScope(name);
  }

  closeNode(): void {
    this.endScope();
  }

  __addSublanguage(emitter: Emitter): void {
    if (emitter instanceof SpanEmitter) this.spans.push(...emitter.spans);
  }

  finalize(): void {}

  toHTML(): string {
    return "";
  }
}

hljs.configure({ __emitter: SpanEmitter } as unknown as Partial<HLJSOptions>);

/** The code in coloured pieces, or null for a language that is not known. */
export async function highlight(text: string, name: string): Promise<Highlighted[] | null> {
  const language = languageOf(name);
  if (text.length > MAX_CHARACTERS || !(await learn(language))) return null;
  await Promise.all((INSIDE[language] ?? []).map(learn));
  const emitter = hljs.highlight(text, { language, ignoreIllegals: true })._emitter;
  return emitter instanceof SpanEmitter ? emitter.spans : null;
}

/** Fetches a language once; false when there is none of this name. */
async function learn(language: string): Promise<boolean> {
  const load = Object.hasOwn(LANGUAGES, language) ? LANGUAGES[language] : undefined;
  if (!load) return false;
  if (!hljs.getLanguage(language)) hljs.registerLanguage(language, (await load()).default);
  return true;
}
