/** The page that the worker shows where nobody answers: it looks for the server and, when that answers, loads what was asked for. */
import { reachable } from "../api/reachable.ts";

const FIRST_MS = 2_000;
const LONGEST_MS = 30_000;
const base = new URL(/* @vite-ignore */ "../", import.meta.url);

let wait = FIRST_MS;

function again(): void {
  location.reload();
}

async function look(): Promise<void> {
  if (await reachable(base)) return again();
  wait = Math.min(wait * 2, LONGEST_MS);
  setTimeout(look, wait);
}

window.addEventListener("online", again);
document.getElementById("retry")?.addEventListener("click", (event) => {
  event.preventDefault();
  again();
});
setTimeout(look, wait);
