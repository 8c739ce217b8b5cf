import { readdirSync, readFileSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import type { Plugin } from "vite";

type Catalogue = Record<string, string>;

const FOLDER = "src/i18n";
const LIST = "virtual:locales";
const TEXTS = "virtual:texts/";
/** What the first paint runs: this file and all that it imports statically. */
const ENTRY = "main.tsx";
/** Texts made from a code of the server. Until they are here, its own sentence stands in their place. */
const BY_CODE = /^(?:error|notice)\./;
/** What stands in documents before any script runs; the server fills it in (`portico/infra/page.py`). */
export const STATIC_TEXTS = ["composer.label", "offline.title", "offline.text", "offline.retry"];

/**
 * Every file of `src/i18n` is a language; there is no other list of them. This makes from the files what the page imports
 * (`virtual:locales`), each language in two parts, and what the server reads (`locales.json`). With `only`, a document of its own takes
 * just the texts whose keys match.
 */
export function locales(root: string, only?: RegExp): Plugin {
  const catalogues = readCatalogues(resolve(root, FOLDER), only);
  const source = resolve(root, "src");
  const late = only ? new Set<string>() : lateKeys(source, Object.keys(catalogues.en ?? {}));
  const early = firstPaint(source);
  const isLate = (path: string) => !only && path.startsWith(`${source}/`) && !early.has(path) && !path.includes(".test.");
  const part = (tag: string, wanted: "core" | "rest") =>
    Object.fromEntries(Object.entries(catalogues[tag] ?? {}).filter(([key]) => late.has(stemOf(key)) === (wanted === "rest")));
  return {
    name: "portico:locales",
    enforce: "pre",
    resolveId(name, importer) {
      if (name === LIST || name.startsWith(TEXTS)) return `\0${name}`;
      if (importer && name.endsWith("/i18n/index.ts") && isLate(importer)) return resolve(root, FOLDER, "full.ts");
      return null;
    },
    load(id) {
      if (id === `\0${LIST}`) return listModule(catalogues);
      if (!id.startsWith(`\0${TEXTS}`)) return null;
      const [tag = "", wanted] = id.slice(TEXTS.length + 1).split("/");
      return `export default ${JSON.stringify(part(tag, wanted === "rest" ? "rest" : "core"))}`;
    },
    transformIndexHtml: {
      order: "pre",
      handler: (html, { server }) => (server ? fillForDevelopment(html, catalogues.en ?? {}) : html),
    },
    generateBundle(_, bundle) {
      if (only) return;
      const files = Object.values(bundle);
      const fileOf = (tag: string) =>
        files.find((file) => file.type === "chunk" && file.moduleIds.includes(`\0${TEXTS}${tag}/core`))?.fileName ?? "";
      const list = Object.entries(catalogues).map(([tag, texts]) => [
        tag,
        { ...facts(tag, texts), file: fileOf(tag), texts: staticTexts(texts) },
      ]);
      this.emitFile({ type: "asset", fileName: "locales.json", source: JSON.stringify(Object.fromEntries(list)) });
    },
  };
}

export function readCatalogues(folder: string, only = /./): Record<string, Catalogue> {
  const files = readdirSync(folder).filter((name) => name.endsWith(".json"));
  return Object.fromEntries(
    files.sort().map((name) => [basename(name, ".json"), pick(JSON.parse(readFileSync(join(folder, name), "utf8")), only)]),
  );
}

function pick(texts: Catalogue, only: RegExp): Catalogue {
  return Object.fromEntries(Object.entries(texts).filter(([key]) => only.test(key) || key === "language.name"));
}

/** Keys that nothing of the first paint spells out: they come after it, in a second file of each language. */
export function lateKeys(source: string, keys: readonly string[]): Set<string> {
  const early = [...firstPaint(source)].map((path) => readFileSync(path, "utf8")).join("\n");
  const all = sources(source)
    .map((path) => readFileSync(path, "utf8"))
    .join("\n");
  const spelled = (text: string, key: string) => text.includes(`"${key}"`);
  return new Set(keys.map(stemOf).filter((key) => !spelled(early, key) && (spelled(all, key) || BY_CODE.test(key))));
}

/** The files of the first paint, found by their import statements; what is only imported by a call or for its types is none of them. */
export function firstPaint(source: string): Set<string> {
  const found = new Set<string>();
  const walk = (path: string): void => {
    if (found.has(path) || !/\.tsx?$/.test(path)) return;
    found.add(path);
    for (const [, , name] of readFileSync(path, "utf8").matchAll(/^(?:import|export)\s+(?!type\s)([^"']*?\sfrom\s+)?"(\.[^"]+)"/gm))
      if (name) walk(resolve(path, "..", name));
  };
  walk(resolve(source, ENTRY));
  return found;
}

/** A key without the ending of its plural form. */
export function stemOf(key: string): string {
  return key.replace(/\.(?:zero|one|two|few|many|other)$/, "");
}

export function sources(folder: string, wanted = /\.tsx?$/): string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && wanted.test(entry.name) && !entry.name.includes(".test."))
    .map((entry) => join(entry.parentPath, entry.name));
}

function facts(tag: string, texts: Catalogue): { name: string; dir: string } {
  const locale = new Intl.Locale(tag) as Intl.Locale & { getTextInfo(): { direction: string } };
  return { name: texts["language.name"] ?? tag, dir: locale.getTextInfo().direction };
}

function staticTexts(texts: Catalogue): Catalogue {
  return Object.fromEntries(STATIC_TEXTS.map((key) => [key, texts[key] ?? ""]));
}

function listModule(catalogues: Record<string, Catalogue>): string {
  const entries = Object.entries(catalogues).map(([tag, texts]) => {
    const load = (wanted: string) => `() => import(${JSON.stringify(`${TEXTS}${tag}/${wanted}`)})`;
    const { name, dir } = facts(tag, texts);
    return `${JSON.stringify(tag)}: { name: ${JSON.stringify(name)}, dir: "${dir}", core: ${load("core")}, rest: ${load("rest")} }`;
  });
  return `export const LOCALES = {\n${entries.join(",\n")}\n};`;
}

/** Vite's own server stands in for ours. */
function fillForDevelopment(html: string, texts: Catalogue): string {
  const plain: Record<string, string> = { __LANG__: "en", __DIR__: "ltr", __THEME__: "system", __NAME__: "Portico" };
  return html
    .replace(/__TEXT:([\w.]+)__/g, (_, key: string) => texts[key] ?? "")
    .replace(/__(?:LANG|DIR|THEME|NAME)__/g, (marker) => plain[marker] ?? marker)
    .replace("__CANVAS_LIGHT__", "#fdfdfe")
    .replace("__CANVAS_DARK__", "#111315");
}
