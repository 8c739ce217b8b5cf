/** The composer that stands in index.html until the page runs: what is written into it is not lost when the page takes its place. */

const WAIT_MS = 15_000;

type Early = { text: string; start: number; end: number; focused: boolean };

let composing = false;
document.addEventListener(
  "compositionstart",
  () => {
    composing = true;
  },
  true,
);
document.addEventListener(
  "compositionend",
  () => {
    composing = false;
  },
  true,
);

/** Resolves when no input method is in the middle of a word in the early composer: taking the field away would lose the word. */
export function settled(): Promise<void> {
  const field = find();
  return new Promise((resolve) => {
    if (!field || !composing) return resolve();
    field.addEventListener("compositionend", () => setTimeout(resolve), { once: true });
  });
}

/** Notes what stands in the early composer and hands it to the real one as soon as that is there. Call it right before the first render. */
export function handOver(root: HTMLElement): void {
  const field = find();
  if (!field) return;
  const early = { focused: document.activeElement === field };
  const take = () => {
    const composer = document.querySelector<HTMLTextAreaElement>("#composer:not([data-early])");
    if (!composer) return;
    stop();
    fill(composer, { ...early, text: field.value, start: field.selectionStart, end: field.selectionEnd });
  };
  const observer = new MutationObserver(take);
  const timer = setTimeout(() => stop(), WAIT_MS); // The address shows no composer.
  const stop = () => {
    observer.disconnect();
    clearTimeout(timer);
  };
  observer.observe(root, { childList: true, subtree: true });
}

/** Writes as a person would, so that whoever keeps the draft hears of it. What was begun earlier stays in front. */
function fill(composer: HTMLTextAreaElement, early: Early): void {
  if (!early.text && !early.focused) return;
  const before = composer.value && early.text ? `${composer.value}\n` : composer.value;
  if (early.text) {
    Object.getOwnPropertyDescriptor(HTMLTextAreaElement.prototype, "value")?.set?.call(composer, before + early.text);
    composer.dispatchEvent(new Event("input", { bubbles: true }));
  }
  if (!early.focused) return;
  composer.focus();
  placeCaret(composer, before + early.text, before.length + early.start, before.length + early.end);
}

/** Whoever keeps the draft writes the value once more, some frames later, which moves the caret to its end: only then can it be placed. */
function placeCaret(composer: HTMLTextAreaElement, value: string, start: number, end: number, tries = 30): void {
  requestAnimationFrame(() => {
    if (composer.value === value) composer.setSelectionRange(start, end);
    else if (tries > 0) placeCaret(composer, value, start, end, tries - 1);
  });
}

function find(): HTMLTextAreaElement | null {
  return document.querySelector("#composer[data-early]");
}
