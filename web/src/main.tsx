import { setNonce } from "get-nonce";
import { createRoot } from "react-dom/client";
import { App } from "./app.tsx";
import { loadBoot } from "./boot.ts";
import "./design/tokens.css";
import "./markdown/prose.css";
import "./conversation/thread.css";
import { isLocale, loadLocale } from "./i18n/index.ts";

/** Styles that a library writes into the page carry the nonce of this answer, or the browser refuses them. */
function adoptNonce(): void {
  const nonce = document.querySelector<HTMLMetaElement>("meta[property=csp-nonce]")?.nonce;
  if (nonce) setNonce(nonce);
}

async function start(): Promise<void> {
  adoptNonce();
  const boot = await loadBoot();
  const wanted = boot.user?.locale ?? boot.locale;
  await loadLocale(isLocale(wanted) ? wanted : "en");
  const root = document.getElementById("root");
  if (root) createRoot(root).render(<App />);
}

void start();
