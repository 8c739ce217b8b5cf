import { http } from "./api/http.ts";
import type { Boot } from "./api/types.ts";

/** The boot data that the server wrote into the page; Vite's dev server writes none, so then it is fetched. */
export async function loadBoot(): Promise<Boot> {
  const written = document.getElementById("boot")?.textContent?.trim() ?? "";
  if (written.startsWith("{")) return JSON.parse(written) as Boot;
  return http<Boot>("GET", "/session");
}
