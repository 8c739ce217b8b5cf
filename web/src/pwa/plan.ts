/** What the service worker does with a request: hand out a file of the build, look after a page, or stay out of it. */
export type Plan = "asset" | "page" | "none";

type Asked = { url: string; method: string; mode: string; destination: string };

/** `base` is the path below which the server answers, without a slash at its end. The API is never touched, nor are other sites. */
export function planFor(request: Asked, origin: string, base: string): Plan {
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== origin || !url.pathname.startsWith(`${base}/`)) return "none";
  const path = url.pathname.slice(base.length);
  if (path === "/api" || path.startsWith("/api/")) return "none";
  if (path.startsWith("/assets/")) return "asset";
  return request.mode === "navigate" && request.destination === "document" ? "page" : "none";
}

/** Caches that are not needed any more: all but the present one and the newest before it, whose page may still be open in another tab. */
export function outdated(names: readonly string[], base: string, present: string): string[] {
  const older = names.filter((name) => name.startsWith(`portico:${base}:`) && name !== present);
  return older.slice(0, -1);
}
