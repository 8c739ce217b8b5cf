import { networkError, problemOf } from "./errors.ts";
import { apiUrl, sessionEnded } from "./http.ts";

type Options = { signal: AbortSignal; progress: (sent: number) => void };

/** Uploads one part of a file as raw bytes, and tells how many have left. `fetch` cannot tell, so this is an XMLHttpRequest. Raises ApiError. */
export function putFilePart(file: string, n: number, body: Blob, { signal, progress }: Options): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    const abort = () => request.abort();
    signal.throwIfAborted();
    signal.addEventListener("abort", abort);
    request.open("PUT", apiUrl(`/files/${encodeURIComponent(file)}/parts/${n}`));
    request.setRequestHeader("Content-Type", "application/octet-stream");
    request.upload.onprogress = (event) => progress(event.loaded);
    request.onload = () => (request.status < 300 ? resolve() : reject(refusal(request)));
    request.onerror = () => reject(networkError());
    request.onabort = () => reject(signal.reason);
    request.onloadend = () => signal.removeEventListener("abort", abort);
    request.send(body);
  });
}

function refusal(request: XMLHttpRequest): Error {
  if (request.status === 401) sessionEnded();
  const headers = { "Retry-After": request.getResponseHeader("Retry-After") ?? "" };
  return problemOf(new Response(null, { status: request.status, headers }), bodyOf(request.responseText));
}

function bodyOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null; // A proxy's page: the status says enough.
  }
}
