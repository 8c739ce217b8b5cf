import { remember } from "../api/session.ts";

export const SIDEBAR_WIDTH = "portico:sidebar-width";

/** Tells the server how the list stands, since it draws the outline of the page before any script runs. */
export function rememberSidebar(folded: boolean): void {
  const width = localStorage.getItem(SIDEBAR_WIDTH);
  remember("portico_sidebar", `${folded ? "folded" : "open"}${width ? `.${width}` : ""}`);
}
