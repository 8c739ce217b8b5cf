import { BUILD } from "../api/restore.ts";
import type { Boot } from "../api/types.ts";
import { toast } from "../design/toast.tsx";
import { t } from "../i18n/index.ts";
import { scriptUrl } from "./policy.ts";

const CHECK_AGAIN_MS = 30 * 60_000;

let registration: ServiceWorkerRegistration | null = null;
let checked = Date.now();
let announced = false;

/** Registers the worker, or takes it away where the server is set to have none. Browsers without one do without. */
export async function startWorker(boot: Boot): Promise<void> {
  if (!navigator.serviceWorker) return;
  const scope = `${boot.base_path}/`;
  if (!boot.features.worker) return remove(scope);
  registration = await navigator.serviceWorker.register(scriptUrl(`${scope}sw.js`), { scope, updateViaCache: "none" }).catch(() => null);
  if (!registration) return; // The server is away, or the browser keeps nothing: the page works without.
  if (registration.waiting) void consider(registration.waiting);
  registration.addEventListener("updatefound", () => follow(registration?.installing ?? null));
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible" && Date.now() - checked > CHECK_AGAIN_MS) checkForUpdate();
  });
}

/** Asks whether there is a new version: the connection was lost and is back, which is what an update of the server looks like. */
export function checkForUpdate(): void {
  checked = Date.now();
  registration?.update().catch(() => undefined); // Asked again another time.
}

function follow(worker: ServiceWorker | null): void {
  worker?.addEventListener("statechange", () => {
    if (worker.state === "installed" && navigator.serviceWorker.controller) void consider(worker);
  });
}

/** A new worker waits. If this page is of its build already it may begin at once; else the person is asked, and nothing happens before that. */
async function consider(worker: ServiceWorker): Promise<void> {
  if (await has(worker, BUILD)) {
    worker.postMessage({ type: "take-over" });
    return;
  }
  if (announced) return;
  announced = true;
  toast(t("update.ready"), { lasting: true, action: { label: t("update.reload"), run: () => void reload() } });
}

async function reload(): Promise<void> {
  const waiting = registration?.waiting;
  if (waiting) {
    const changed = new Promise((resolve) => navigator.serviceWorker.addEventListener("controllerchange", resolve, { once: true }));
    waiting.postMessage({ type: "take-over" });
    await Promise.race([changed, new Promise((resolve) => setTimeout(resolve, 1_000))]);
  }
  location.reload();
}

function has(worker: ServiceWorker, asset: string): Promise<boolean> {
  return new Promise((resolve) => {
    const channel = new MessageChannel();
    channel.port1.onmessage = (event: MessageEvent<boolean>) => resolve(event.data);
    worker.postMessage({ type: "has", asset }, [channel.port2]);
  });
}

async function remove(scope: string): Promise<void> {
  const present = await navigator.serviceWorker.getRegistration(scope);
  await present?.unregister();
  for (const name of await caches.keys()) if (name.startsWith(`portico:${scope.slice(0, -1)}:`)) await caches.delete(name);
}
