import { asApiError } from "../api/errors.ts";
import { setBasePath } from "../api/http.ts";
import { readShared, type ShareBoot } from "../api/shared.ts";
import { isLocale, loadLocale } from "../i18n/index.ts";
import { frame, loadingView, sharedView, stateView } from "./page.ts";
import "./share.css";

/** What the server wrote into the page; Vite's dev server writes nothing, then the address has the link. */
function readBoot(): ShareBoot {
  const written = document.getElementById("boot")?.textContent?.trim() ?? "";
  if (written.startsWith("{")) return JSON.parse(written) as ShareBoot;
  const token = new URLSearchParams(location.search).get("token");
  return { base_path: "", instance: "Portico", token, state: "loading", shared: null };
}

async function start(): Promise<void> {
  const boot = readBoot();
  setBasePath(boot.base_path);
  const lang = document.documentElement.lang;
  await loadLocale(isLocale(lang) ? lang : "en");
  const root = document.getElementById("root");
  const show = (view: HTMLElement) => root?.replaceChildren(frame(boot.instance, view));
  if (boot.shared && boot.token) return show(sharedView(boot.shared, boot.token));
  if (boot.state !== "loading" || !boot.token) return show(stateView(boot.state));
  show(loadingView());
  try {
    show(sharedView(await readShared(boot.token), boot.token));
  } catch (error) {
    show(stateView(asApiError(error).code));
  }
}

void start();
