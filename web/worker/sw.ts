/**
 * The service worker. It hands out the files of its own build, and a page of its own when a navigation reaches nobody.
 * It never sees the API, keeps nothing of a person, and waits until it is told to take over from the worker before it.
 */
import { outdated, planFor } from "../src/pwa/plan.ts";

/** Filled in by `plugins/separate.ts`: the paths of the files below the base, and a digest of them all. */
declare const ASSETS: readonly string[];
declare const BUILD: string;

const worker = self as unknown as ServiceWorkerGlobalScope;
const base = new URL(worker.registration.scope).pathname.replace(/\/$/, "");
const cacheName = `portico:${base}:${BUILD}`;
const offline = `${base}/offline.html`;

worker.addEventListener("install", (event) => event.waitUntil(fill()));
worker.addEventListener("activate", (event) => event.waitUntil(takeOver()));
worker.addEventListener("message", (event) => answer(event));
worker.addEventListener("fetch", (event) => {
  const plan = planFor(event.request, worker.location.origin, base);
  if (plan === "asset") event.respondWith(asset(event.request));
  if (plan === "page") event.respondWith(page(event));
});

/** Keeps the build's files. Those that an earlier build has already (their names carry a hash) are taken from there. */
async function fill(): Promise<void> {
  const cache = await caches.open(cacheName);
  await Promise.all(
    ASSETS.map(async (path) => {
      const url = `${base}/${path}`;
      const known = await caches.match(url);
      await (known ? cache.put(url, known) : cache.add(url));
    }),
  );
  await cache.add(new Request(offline, { cache: "reload" }));
}

async function takeOver(): Promise<void> {
  const old = outdated(await caches.keys(), base, cacheName);
  await Promise.all(old.map((name) => caches.delete(name)));
  await worker.registration.navigationPreload?.enable();
  await worker.clients.claim();
}

async function asset(request: Request): Promise<Response> {
  return (await caches.match(request, { ignoreVary: true })) ?? fetch(request);
}

async function page(event: FetchEvent): Promise<Response> {
  try {
    const preloaded = (await event.preloadResponse) as Response | undefined;
    return preloaded ?? (await fetch(event.request));
  } catch {
    const cache = await caches.open(cacheName);
    return (await cache.match(offline)) ?? Response.error();
  }
}

/** `take-over` replaces the worker before this one; `has` says whether a file belongs to this build. */
function answer(event: ExtendableMessageEvent): void {
  const { type, asset: name } = event.data as { type: string; asset?: string };
  if (type === "take-over") event.waitUntil(worker.skipWaiting());
  if (type === "has") event.ports[0]?.postMessage(ASSETS.includes(`assets/${name}`));
}
