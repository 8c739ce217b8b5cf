import { getSession } from "./api/client.ts";
import { setBasePath } from "./api/http.ts";
import { adoptBoot } from "./api/session.ts";
import type { Boot } from "./api/types.ts";

const RETRY_MS = 2_000;

/** Takes the boot data that the server wrote into the page. Vite's dev server writes none, nor does a server whose database is away: then it is asked for. */
export async function loadBoot(): Promise<Boot> {
  setBasePath(prefixOf(import.meta.url));
  const written = document.getElementById("boot")?.textContent?.trim() ?? "";
  const boot = written.startsWith("{") ? (JSON.parse(written) as Boot) : await fetchBoot();
  setBasePath(boot.base_path);
  adoptBoot(boot);
  return boot;
}

async function fetchBoot(): Promise<Boot> {
  for (;;) {
    try {
      return await getSession();
    } catch {
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS)); // Until the server is back there is nothing to show.
    }
  }
}

/** The path under which the page is served, from the address of its own script (`<prefix>/assets/...`). */
export function prefixOf(script: string): string {
  return /^(.*)\/assets\/[^/]*$/.exec(new URL(script).pathname)?.[1] ?? "";
}
