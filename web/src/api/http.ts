import createClient, { type Client } from "openapi-fetch";
import { networkError, problemOf } from "./errors.ts";
import type { paths } from "./schema.d.ts";

let basePath = "";
let onUnauthorized: () => void = () => undefined;

/** The typed client of the API's description. */
export let client: Client<paths> = makeClient();

/** Sets the path prefix under which the server answers ("" or "/portico"). */
export function setBasePath(path: string): void {
  basePath = path.replace(/\/$/, "");
  client = makeClient();
}

/** Sets what happens when a signed-in page is told that its session ended. */
export function setUnauthorizedHandler(handler: () => void): void {
  onUnauthorized = handler;
}

/** Tells the page that the server knows its session no more. */
export function sessionEnded(): void {
  onUnauthorized();
}

export function apiUrl(path: string): string {
  return `${basePath}/api${path}`;
}

export function pageUrl(path: string): string {
  return `${basePath}${path}`;
}

type Answer<T> = { data?: T; error?: unknown; response: Response };

/** The body of an answer. Raises ApiError for a refusal; a 401 also tells the page that the session ended. */
export async function take<T>(request: Promise<Answer<T>>): Promise<T> {
  const { data, error, response } = await request;
  if (response.ok) return data as T; // Of an answer without a body (204) nothing is asked.
  if (response.status === 401) sessionEnded();
  throw problemOf(response, error);
}

/** As `take`, for sign-in itself, where a 401 is an answer like any other. */
export async function takeSignIn<T>(request: Promise<Answer<T>>): Promise<T> {
  const { data, error, response } = await request;
  if (response.ok) return data as T;
  throw problemOf(response, error);
}

/** The event stream as a bare response. Raises ApiError when nobody answers. */
export function openStream(query: string, signal: AbortSignal): Promise<Response> {
  return reach(new Request(new URL(apiUrl(`/events${query}`), location.origin), { headers: { Accept: "text/event-stream" }, signal }));
}

function makeClient(): Client<paths> {
  return createClient<paths>({ baseUrl: new URL(basePath || "/", location.origin).href.replace(/\/$/, ""), fetch: reach });
}

async function reach(request: Request): Promise<Response> {
  try {
    return await fetch(request);
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw networkError();
  }
}
