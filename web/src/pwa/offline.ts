/** The page that the worker shows where nobody answers: it looks for the server and, when that answers, loads what was asked for. */
const FIRST_MS = 2_000;
const LONGEST_MS = 30_000;

let wait = FIRST_MS;

function again(): void {
  location.reload();
}

/** The worker answers for a navigation only, so this request reaches the server itself. */
async function look(): Promise<void> {
  const answer = await fetch(new URL(/* @vite-ignore */ "../livez", import.meta.url), { cache: "no-store" }).catch(() => null);
  if (answer?.ok) return again();
  wait = Math.min(wait * 2, LONGEST_MS);
  setTimeout(look, wait);
}

window.addEventListener("online", again);
document.getElementById("retry")?.addEventListener("click", (event) => {
  event.preventDefault();
  again();
});
setTimeout(look, wait);
