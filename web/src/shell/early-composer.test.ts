import { afterEach, expect, test } from "vitest";
import { handOver, settled } from "./early-composer.ts";

afterEach(() => {
  document.body.innerHTML = "";
});

/** The page as it is before it runs: somebody has written into the field. */
function early(text: string, caret = text.length): { root: HTMLElement; field: HTMLTextAreaElement } {
  document.body.innerHTML = '<div id="root"><textarea id="composer" data-early></textarea></div>';
  const root = document.getElementById("root") as HTMLElement;
  const field = root.querySelector("textarea") as HTMLTextAreaElement;
  field.value = text;
  field.focus();
  field.setSelectionRange(caret, caret);
  return { root, field };
}

/** The page takes the place of the outline. */
async function mount(root: HTMLElement, draft = ""): Promise<{ composer: HTMLTextAreaElement; heard: string[] }> {
  const composer = document.createElement("textarea");
  composer.id = "composer";
  composer.value = draft;
  const heard: string[] = [];
  composer.addEventListener("input", () => heard.push(composer.value));
  root.replaceChildren(composer);
  await new Promise((resolve) => setTimeout(resolve, 50));
  return { composer, heard };
}

test("what was written early is in the composer, heard by whoever keeps the draft, with the caret where it was", async () => {
  const { root } = early("hello", 2);
  handOver(root);
  const { composer, heard } = await mount(root);
  expect(composer.value).toBe("hello");
  expect(heard).toEqual(["hello"]);
  expect(document.activeElement).toBe(composer);
  expect([composer.selectionStart, composer.selectionEnd]).toEqual([2, 2]);
});

test("it comes after the draft that was there already", async () => {
  const { root } = early("and more");
  handOver(root);
  const { composer } = await mount(root, "a draft");
  expect(composer.value).toBe("a draft\nand more");
  expect(composer.selectionStart).toBe(composer.value.length);
});

test("an untouched early composer changes nothing and takes no focus", async () => {
  const { root, field } = early("");
  field.blur();
  handOver(root);
  const { composer, heard } = await mount(root, "a draft");
  expect(composer.value).toBe("a draft");
  expect(heard).toEqual([]);
  expect(document.activeElement).not.toBe(composer);
});

test("a word that an input method is composing is finished first", async () => {
  const { field } = early("ni");
  field.dispatchEvent(new Event("compositionstart"));
  let done = false;
  const wait = settled().then(() => {
    done = true;
  });
  await new Promise((resolve) => setTimeout(resolve));
  expect(done).toBe(false);
  field.dispatchEvent(new Event("compositionend"));
  await wait;
  expect(done).toBe(true);
});
