import { dirname, resolve } from "node:path";
import tailwindcss from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import type { Plugin } from "vite";
import { defineConfig } from "vitest/config";
import { lexerOnly } from "./plugins/lexer.ts";
import { locales } from "./plugins/locales.ts";
import { separateBuilds } from "./plugins/separate.ts";
import { SHARED_TEXTS } from "./src/share/texts.ts";

/** KaTeX names three formats of every font; browsers that run this page all read woff2, so the other two would only weigh on the wheel. */
function woff2Only(): Plugin {
  return {
    name: "portico:woff2-only",
    enforce: "pre",
    transform(code, id) {
      if (!id.includes("katex") || !id.endsWith(".css")) return null;
      return { code: code.replace(/,url\([^)]+\.(?:woff|ttf)\) format\("(?:woff|truetype)"\)/g, ""), map: null };
    },
  };
}

type ModuleGraph = { getModuleInfo(id: string): { importedIds: readonly string[]; code: string | null } | null };

/**
 * One file for everything that the first paint needs, one for what a conversation alone needs besides, and one for what it shares with
 * other views. Left alone, the bundler cuts what several parts share into files of their own: a request each, and each compressed for itself.
 */
function sharedChunks(): (id: string, graph: ModuleGraph) => string | null {
  const shell = new Set<string>();
  const conversation = new Set<string>();
  const walk = (into: Set<string>, id: string, graph: ModuleGraph): void => {
    if (shell.has(id) || into.has(id)) return;
    into.add(id);
    const { importedIds = [], code = null } = graph.getModuleInfo(id) ?? {};
    for (const imported of importedIds) {
      if (!imported.endsWith(ICONS)) walk(into, imported, graph);
      else for (const icon of iconsIn(code ?? "", imported, graph)) walk(into, icon, graph);
    }
  };
  const entry = (path: string) => resolve(import.meta.dirname, path);
  return (id, graph) => {
    if (shell.size === 0) walk(shell, entry("src/main.tsx"), graph);
    if (conversation.size === 0) walk(conversation, entry("src/conversation/conversation-page.tsx"), graph);
    if (shell.has(id) || id.includes("rolldown/runtime") || id.includes("vite/preload-helper")) return "shell";
    if (!conversation.has(id)) return null;
    return CONVERSATION.test(id) ? "conversation" : "common";
  };
}

const CONVERSATION = /\/src\/(?:conversation|markdown)\/|\/marked\//;
const ICONS = "lucide-react/dist/esm/lucide-react.mjs";

/** The icons that a module takes by name. The library's index imports every icon there is, so those of lazy parts would come along. */
function iconsIn(code: string, index: string, graph: ModuleGraph): string[] {
  const taken = [...code.matchAll(/import\s*\{([^}]*)\}\s*from\s*"lucide-react"/g)].flatMap(([, names = ""]) => names.split(","));
  const names = taken.map((name) => name.trim().split(/\s+as\s+/)[0] ?? "").filter(Boolean);
  const lines = (graph.getModuleInfo(index)?.code ?? "").split("\n");
  return names.flatMap((name) => {
    const file = lines.find((line) => new RegExp(`default as ${name}\\b`).test(line))?.match(/icons\/[\w-]+\.mjs/)?.[0];
    if (!file) throw new Error(`no icon file for ${name}`);
    return resolve(dirname(index), file);
  });
}

/** Leaves the style classes of other views out of the share page. */
function shareStyles(): Plugin {
  return {
    name: "portico:share-styles",
    enforce: "pre",
    transform(code, id) {
      if (!id.endsWith("design/tokens.css")) return null;
      return { code: code.replace('@import "tailwindcss";', '@import "tailwindcss" source("../share");'), map: null };
    },
  };
}

const output = {
  outDir: "../src/portico/static",
  target: "es2022",
  assetsInlineLimit: 0,
  modulePreload: { polyfill: false },
  chunkSizeWarningLimit: 1000,
} as const;

const root = import.meta.dirname;
/** Who reads a share link must not wait for the page; what the sandboxed frame loads must not hold its code. */
const APART = [
  { input: "frame/mermaid.html" },
  { input: "offline.html" },
  {
    input: "share.html",
    cspNonce: "__NONCE__",
    plugins: [locales(root, SHARED_TEXTS), woff2Only(), lexerOnly(), shareStyles(), ...tailwindcss()],
  },
];

const api = process.env.PORTICO_API ?? "http://127.0.0.1:3210";

export default defineConfig({
  base: "./",
  plugins: [locales(root), woff2Only(), lexerOnly(), react(), tailwindcss(), separateBuilds(root, output, APART)],
  html: { cspNonce: "__NONCE__" },
  build: {
    ...output,
    emptyOutDir: true,
    manifest: "manifest.json",
    rolldownOptions: {
      output: { codeSplitting: { includeDependenciesRecursively: false, groups: [{ name: sharedChunks(), debugName: "shared" }] } },
    },
  },
  server: { proxy: { "/api": api, "/frame": api } },
  test: {
    environment: "happy-dom",
    testTimeout: 60_000, // a property test counts its cases, not the seconds of a busy machine
    include: ["src/**/*.test.ts", "src/**/*.test.tsx"],
  },
});
