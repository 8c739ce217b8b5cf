import { readFileSync } from "node:fs";
import { act } from "react";
import { createRoot, type Root } from "react-dom/client";
import { afterEach, expect, test, vi } from "vitest";
import { Markdown } from "./view.tsx";

const CORPUS = readFileSync(`${import.meta.dirname}/golden/attacks.md`, "utf8");
const DEFINITIONS = CORPUS.slice(CORPUS.lastIndexOf("\n\n"));
const PAYLOADS = CORPUS.slice(0, CORPUS.lastIndexOf("\n\n")).split("\n\n");

// Everything that the view itself may put on the page, the parts' own buttons and icons among it.
const ELEMENTS =
  /^(?:A|P|H[1-6]|BLOCKQUOTE|UL|OL|LI|HR|BR|EM|STRONG|DEL|CODE|PRE|TABLE|THEAD|TBODY|TR|TH|TD|SPAN|SUP|SECTION|DIV|BUTTON|INPUT|LABEL|IMG|svg|path|rect|line|polyline|circle)$/;
const ATTRIBUTES =
  /^(?:class|id|href|title|target|rel|align|start|tabindex|type|checked|disabled|readonly|role|alt|src|style|xmlns|width|height|viewBox|fill|stroke|stroke-width|stroke-linecap|stroke-linejoin|d|x|y|x1|x2|y1|y2|rx|ry|cx|cy|r|points|aria-[a-z]+|value)$/;

Object.assign(globalThis, { IS_REACT_ACT_ENVIRONMENT: true });

const roots: Root[] = [];
afterEach(() => act(() => roots.splice(0).map((root) => root.unmount())));

function render(text: string): Element {
  const place = document.createElement("div");
  const root = createRoot(place);
  act(() => root.render(<Markdown text={text} done />));
  roots.push(root);
  return place;
}

/** Waits for the parts that come later, the frame of a diagram last, and looks again. */
async function judgeLate(place: Element, payload: string): Promise<void> {
  const look = async () => {
    await act(() => new Promise((resolve) => setTimeout(resolve, 10)));
    expect(place.querySelector("iframe"), payload).not.toBeNull();
  };
  await vi.waitFor(look, { timeout: 10_000 });
  judge(place, payload);
}

function judge(place: Element, payload: string): void {
  for (const element of place.querySelectorAll("*")) {
    if (element instanceof HTMLIFrameElement) {
      expect(element.getAttribute("sandbox"), payload).toBe("allow-scripts"); // That of a diagram, which has an origin of its own.
      expect(element.getAttribute("src"), payload).toBe("/frame/mermaid");
      continue;
    }
    expect(element.tagName, payload).toMatch(ELEMENTS);
    for (const { name, value } of element.attributes) {
      expect(name, payload).toMatch(ATTRIBUTES);
      if (name === "href") expect(value, payload).toMatch(/^(?:https?:|mailto:|#)/i);
      if (name === "src") expect(value, payload).toMatch(/^data:image\/(?:png|jpeg|gif|webp);base64,/);
    }
    if (element instanceof HTMLAnchorElement && !element.getAttribute("href")?.startsWith("#")) {
      expect(element.rel, payload).toBe("noopener noreferrer nofollow");
    }
  }
}

test("there are more than a hundred attacks", () => {
  expect(PAYLOADS.length).toBeGreaterThan(100);
});

test("no attack yields an element or an attribute that is not on the list", () => {
  for (const payload of PAYLOADS) judge(render(payload + DEFINITIONS), payload);
});

test("nor do all of them together, whole or cut off anywhere", async () => {
  const whole = render(CORPUS);
  judge(whole, "all of them");
  await judgeLate(whole, "all of them, later");
  for (let at = 7; at < CORPUS.length; at += 211) judge(render(CORPUS.slice(0, at)), `the first ${at} characters`);
});
