import { resolve } from "node:path";
import tailwindcss from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import { build, type Plugin } from "vite";
import { defineConfig } from "vitest/config";
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

type ModuleGraph = { getModuleInfo(id: string): { importedIds: readonly string[] } | null };

/**
 * One file for everything that the first paint needs. Left alone, the bundler cuts what lazy parts share with the entry into
 * files of their own, a request each.
 */
function shellChunk(): (id: string, graph: ModuleGraph) => string | null {
  const shell = new Set<string>();
  const walk = (id: string, graph: ModuleGraph): void => {
    if (shell.has(id)) return;
    shell.add(id);
    for (const imported of graph.getModuleInfo(id)?.importedIds ?? []) walk(imported, graph);
  };
  return (id, graph) => {
    if (shell.size === 0) walk(resolve(import.meta.dirname, "src/main.tsx"), graph);
    return shell.has(id) || id.includes("rolldown/runtime") || id.includes("vite/preload-helper") ? "shell" : null;
  };
}

/**
 * Documents that are built by themselves, so that they share no file with the page: what the sandboxed frame loads must not hold the
 * page's code, and who reads a share link must not wait for it.
 */
function ownBuilds(): Plugin {
  let folder = "";
  const make = (input: string, plugins: Plugin[] = [], cspNonce?: string) =>
    build({
      configFile: false,
      root: import.meta.dirname,
      base: "./",
      publicDir: false,
      logLevel: "warn",
      plugins,
      html: { cspNonce },
      build: { ...output, outDir: folder, emptyOutDir: false, rolldownOptions: { input } },
    });
  return {
    name: "portico:own-builds",
    apply: "build",
    configResolved(config) {
      folder = resolve(config.root, config.build.outDir);
    },
    async closeBundle() {
      await make("frame/mermaid.html");
      await make("share.html", [woff2Only(), shareOnly(), ...tailwindcss()], "__NONCE__");
    },
  };
}

/** Leaves out of the share page what only the page needs: style classes of other views, and texts. */
function shareOnly(): Plugin {
  return {
    name: "portico:share-only",
    enforce: "pre",
    transform(code, id) {
      if (id.endsWith("design/tokens.css")) {
        return { code: code.replace('@import "tailwindcss";', '@import "tailwindcss" source("../share");'), map: null };
      }
      if (!/i18n\/[\w-]+\.json$/.test(id)) return null;
      const texts = Object.entries(JSON.parse(code) as Record<string, string>).filter(([key]) => SHARED_TEXTS.test(key));
      return { code: JSON.stringify(Object.fromEntries(texts)), map: null };
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

const api = process.env.PORTICO_API ?? "http://127.0.0.1:3210";

export default defineConfig({
  base: "./",
  plugins: [woff2Only(), react(), tailwindcss(), ownBuilds()],
  html: { cspNonce: "__NONCE__" },
  build: {
    ...output,
    emptyOutDir: true,
    manifest: "manifest.json",
    rolldownOptions: { output: { codeSplitting: { groups: [{ name: shellChunk() }] } } },
  },
  server: { proxy: { "/api": api, "/frame": api } },
  test: {
    environment: "happy-dom",
    testTimeout: 60_000, // a property test counts its cases, not the seconds of a busy machine
    include: ["src/**/*.test.ts", "src/**/*.test.tsx"],
  },
});
