import { createHash } from "node:crypto";
import { readFileSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { build, type InlineConfig, type Plugin } from "vite";

type Document = { input: string; plugins?: Plugin[]; cspNonce?: string };
type Chunk = { file: string; css?: string[]; imports?: string[]; isEntry?: boolean };

/** Code of our own views is kept by the worker up to this size; libraries for rare things (mathematics, languages) are fetched when wanted. */
const MOST_BYTES = 150_000;
const RARE = /highlight|katex|mermaid|math\.tsx/;

/** Builds some documents by themselves, so that they share no file with the page, and last the service worker, with the list of the files that it keeps. */
export function separateBuilds(root: string, output: NonNullable<InlineConfig["build"]>, documents: readonly Document[]): Plugin {
  let folder = "";
  const apart = ({ input, plugins = [], cspNonce }: Document) =>
    build({
      configFile: false,
      root,
      base: "./",
      publicDir: false,
      logLevel: "warn",
      plugins,
      html: { cspNonce },
      build: { ...output, outDir: folder, emptyOutDir: false, rolldownOptions: { input } },
    });
  return {
    name: "portico:separate",
    apply: "build",
    configResolved(config) {
      folder = resolve(config.root, config.build.outDir);
    },
    async writeBundle() {
      for (const document of documents) await apart(document);
      await buildWorker(root, folder, kept(folder));
    },
  };
}

async function buildWorker(root: string, folder: string, assets: string[]): Promise<void> {
  const digest = createHash("sha256")
    .update(assets.join("\n"))
    .update(readFileSync(join(folder, "offline.html")))
    .digest("hex")
    .slice(0, 12);
  await build({
    configFile: false,
    root,
    publicDir: false,
    logLevel: "warn",
    define: { ASSETS: JSON.stringify(assets), BUILD: JSON.stringify(digest) },
    build: {
      target: "es2022",
      outDir: folder,
      emptyOutDir: false,
      rolldownOptions: { input: "worker/sw.ts", output: { format: "iife", entryFileNames: "sw.js" } },
    },
  });
}

/** The files that the worker keeps: what the page and the offline page name, every language's first texts, and our own later views. */
function kept(folder: string): string[] {
  const manifest: Record<string, Chunk> = JSON.parse(readFileSync(join(folder, "manifest.json"), "utf8"));
  const own = Object.entries(manifest).filter(([key]) => (key.startsWith("src/") || key.includes("virtual:texts")) && !RARE.test(key));
  const files = new Set([...named(folder, "index.html"), ...named(folder, "offline.html")]);
  for (const [, chunk] of own) for (const file of withImports(manifest, chunk)) files.add(file);
  const needed = new Set(named(folder, "index.html"));
  return [...files].filter((file) => needed.has(file) || statSync(join(folder, file)).size <= MOST_BYTES).sort();
}

function withImports(manifest: Record<string, Chunk>, chunk: Chunk, seen = new Set<string>()): Set<string> {
  if (seen.has(chunk.file)) return seen;
  for (const file of [chunk.file, ...(chunk.css ?? [])]) seen.add(file);
  for (const key of chunk.imports ?? []) if (manifest[key] && !RARE.test(key)) withImports(manifest, manifest[key], seen);
  return seen;
}

function named(folder: string, page: string): string[] {
  return [...readFileSync(join(folder, page), "utf8").matchAll(/"\.\/(assets\/[^"]+)"/g)].flatMap((match) => match[1] ?? []);
}
