import tailwindcss from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import type { Plugin } from "vite";
import { defineConfig } from "vitest/config";

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

const api = process.env.PORTICO_API ?? "http://127.0.0.1:3210";

export default defineConfig({
  base: "./",
  plugins: [woff2Only(), react(), tailwindcss()],
  html: { cspNonce: "__NONCE__" },
  build: {
    outDir: "../src/portico/static",
    emptyOutDir: true,
    manifest: "manifest.json",
    target: "es2022",
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 1000,
    rolldownOptions: { input: { index: "index.html", mermaid: "frame/mermaid.html" } },
  },
  server: { proxy: { "/api": api, "/frame": api } },
  test: {
    environment: "happy-dom",
    include: ["src/**/*.test.ts", "src/**/*.test.tsx"],
  },
});
