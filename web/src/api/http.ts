import { networkError, readProblem } from "./errors.ts";

let basePath = "";
let onUnauthorized: () => void = () => undefined;

/** Sets the path prefix under which the server answers ("" or "/portico"). */
export function setBasePath(path: string): void {
  basePath = path.replace(/\/$/, "");
}

/** Sets what happens when a signed-in page is told that its session ended. */
export function setUnauthorizedHandler(handler: () => void): void {
  onUnauthorized = handler;
}

export function apiUrl(path: string): string {
  return `${basePath}/api${path}`;
}

export function pageUrl(path: string): string {
  return `${basePath}${path}`;
}

export type HttpOptions = { body?: unknown; raw?: Blob; ifMatch?: number; signal?: AbortSignal; quiet401?: boolean };

/** One request to the API. Raises ApiError; an answer without a body is `undefined`. */
export async function http<T>(method: string, path: string, options: HttpOptions = {}): Promise<T> {
  const response = await send(method, path, options);
  if (response.status === 401 && !options.quiet401) onUnauthorized();
  if (!response.ok) throw await readProblem(response);
  if (response.status === 204 || response.headers.get("Content-Length") === "0") return undefined as T;
  return (await response.json()) as T;
}

/** The bare response, for streams. Raises ApiError when nobody answers. */
export async function send(method: string, path: string, options: HttpOptions = {}): Promise<Response> {
  const headers: Record<string, string> = { Accept: "application/json" };
  if (options.body !== undefined) headers["Content-Type"] = "application/json";
  if (options.raw) headers["Content-Type"] = "application/octet-stream";
  if (options.ifMatch !== undefined) headers["If-Match"] = String(options.ifMatch);
  const body = options.raw ?? (options.body === undefined ? null : JSON.stringify(options.body));
  try {
    return await fetch(apiUrl(path), { method, headers, body, credentials: "same-origin", signal: options.signal ?? null });
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw networkError();
  }
}
