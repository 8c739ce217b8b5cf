import { pageUrl } from "../api/http.ts";
import { t } from "../i18n/index.ts";
import "../markdown/diagram.css";
import { h, whenSeen } from "./dom.ts";

type Answer = { height: number } | { error: string };

/** A Mermaid diagram, drawn in the sandboxed frame when it comes into view; until then, and when it cannot be drawn, its source. */
export function diagram(text: string, source: HTMLElement): HTMLElement {
  const holder = h("div", { class: "diagram-alone" }, source);
  whenSeen(holder, () => draw(holder, text, source));
  return holder;
}

function draw(holder: HTMLElement, text: string, source: HTMLElement): void {
  const frame = h("iframe", {
    title: t("markdown.diagram"),
    src: pageUrl("/frame/mermaid"),
    sandbox: "allow-scripts",
    class: "diagram",
  });
  const place = h("div", { class: "diagram-unseen" }, frame); // In the flow: what is read further down stays when it is seen.
  frame.addEventListener("load", () => {
    const channel = new MessageChannel();
    channel.port1.onmessage = (event: MessageEvent<Answer>) => {
      if (!("height" in event.data)) {
        place.remove();
        return;
      }
      frame.style.height = `${Math.min(2_000, Math.max(40, event.data.height))}px`;
      place.className = "";
      source.remove();
    };
    const dark = getComputedStyle(document.body).colorScheme === "dark" || systemIsDark();
    frame.contentWindow?.postMessage({ text, dark }, "*", [channel.port2]);
  });
  holder.append(place);
}

function systemIsDark(): boolean {
  return document.documentElement.dataset.theme !== "light" && matchMedia("(prefers-color-scheme: dark)").matches;
}
