import { setNonce } from "get-nonce";
import { createRoot } from "react-dom/client";
import { queryClient } from "./api/queries.ts";
import { restoreFirst } from "./api/restore.ts";
import type { Boot } from "./api/types.ts";
import { App } from "./app.tsx";
import { loadBoot } from "./boot.ts";
import "./design/tokens.css";
import "./markdown/prose.css";
import "./shell/early.css";
import { isLocale, loadLocale, loadRest } from "./i18n/index.ts";
import { loadConversation } from "./shell/app-shell.tsx";
import { handOver, settled } from "./shell/early-composer.ts";

/** Styles that a library writes into the page carry the nonce of this answer, or the browser refuses them. */
function adoptNonce(): void {
  const nonce = document.querySelector<HTMLMetaElement>("meta[property=csp-nonce]")?.nonce;
  if (nonce) setNonce(nonce);
}

/** What a signed-in person's first screen needs besides the shell, so that it comes in one piece. */
async function prepare(boot: Boot): Promise<void> {
  if (!boot.user) return;
  const path = location.pathname.slice(boot.base_path.length);
  const code = path.startsWith("/c/") ? loadConversation().catch(() => null) : null; // The view itself says so when it cannot be loaded.
  await Promise.all([restoreFirst(queryClient, boot.user.id, path, boot.base_path), code]);
}

async function start(): Promise<void> {
  adoptNonce();
  const boot = await loadBoot();
  const wanted = boot.user?.locale ?? boot.locale;
  await Promise.all([loadLocale(isLocale(wanted) ? wanted : "en"), prepare(boot)]);
  await settled();
  const root = document.getElementById("root");
  if (!root) return;
  handOver(root);
  createRoot(root).render(<App />);
  setTimeout(() => void afterPaint(boot), 0);
}

/** The remaining texts, and the worker. */
async function afterPaint(boot: Boot): Promise<void> {
  await loadRest();
  const { startWorker } = await import("./pwa/start.ts");
  await startWorker(boot);
}

void start();
