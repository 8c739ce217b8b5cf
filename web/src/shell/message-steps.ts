/** Moves the focus to the next (1) or previous (-1) message of the view. */
export function stepMessage(step: 1 | -1): void {
  const messages = [...document.querySelectorAll<HTMLElement>("main article[data-role]")];
  const at = messages.findIndex((message) => message.contains(document.activeElement));
  const target = messages[at < 0 ? firstInView(messages) : Math.min(messages.length - 1, Math.max(0, at + step))];
  if (!target) return;
  target.tabIndex = -1;
  target.focus({ preventScroll: true });
  target.scrollIntoView({ block: "start", behavior: "smooth" });
}

/** The first message of which anything is seen. */
function firstInView(messages: readonly HTMLElement[]): number {
  const top = document.querySelector("main [role=region]")?.getBoundingClientRect().top ?? 0;
  return Math.max(
    0,
    messages.findIndex((message) => message.getBoundingClientRect().bottom > top + 1),
  );
}
