import { resolve } from "node:path";
import { expect, test } from "vitest";
import en from "../i18n/en.json" with { type: "json" };
import { capsOf, type KeyPress, pageActionOf, type Shortcut, shortcuts } from "./shortcuts.ts";

const NOTHING = { ctrlKey: false, metaKey: false, shiftKey: false, altKey: false, isComposing: false, keyCode: 0, code: "" };
const press = (key: string, held: Partial<KeyPress> = {}): KeyPress => ({ ...NOTHING, key, ...held });
const ctrl = { ctrlKey: true };
const ctrlShift = { ctrlKey: true, shiftKey: true };

test.each([
  [press("k", ctrl), "palette"],
  [press("O", ctrlShift), "newConversation"],
  [press("b", ctrl), "sidebar"],
  [press(",", ctrl), "settings"],
  [press("C", ctrlShift), "copyAnswer"],
  [press(":", { ...ctrlShift, code: "Semicolon" }), "copyCode"],
  [press("Backspace", ctrlShift), "deleteConversation"],
  [press("Escape", { shiftKey: true }), "composer"],
  [press("л", { ...ctrl, code: "KeyK" }), "palette"],
  [press("。", { ...ctrl, code: "Period" }), "model"],
])("%o acts in a text field as well", (event, action) => {
  expect(pageActionOf(event, true, false)).toBe(action);
});

test.each([
  [press("j"), "nextMessage"],
  [press("k"), "previousMessage"],
  [press("ArrowDown", { altKey: true }), "nextMessage"],
  [press("?", { shiftKey: true }), "help"],
])("%o acts only outside of text fields", (event, action) => {
  expect(pageActionOf(event, false, false)).toBe(action);
  expect(pageActionOf(event, true, false)).toBeNull();
});

test("nothing acts while an input method is composing, in the order of Safari, too", () => {
  expect(pageActionOf(press("k", { ...ctrl, isComposing: true }), true, false)).toBeNull();
  expect(pageActionOf(press("j", { keyCode: 229 }), false, false)).toBeNull();
});

test("on a Mac the key is Command, and Control keeps what it does in a text field there", () => {
  expect(pageActionOf(press("k", { metaKey: true }), true, true)).toBe("palette");
  expect(pageActionOf(press("k", ctrl), true, true)).toBeNull();
  expect(capsOf({ key: "o", mod: true, shift: true }, true)).toEqual(["⇧", "⌘", "O"]);
  expect(capsOf({ key: "o", mod: true, shift: true }, false)).toEqual(["Ctrl", "Shift", "O"]);
});

test("no two actions of one place share a key, whichever key sends", () => {
  for (const sendKey of ["enter", "mod_enter"] as const) {
    const all = shortcuts(sendKey).flatMap((item) => item.chords.map((chord) => `${item.place} ${capsOf(chord, false).join("+")}`));
    expect(new Set(all).size).toBe(all.length);
  }
});

test("no key is one that a browser keeps to itself", () => {
  const kept = ["Ctrl+N", "Ctrl+T", "Ctrl+W", "Ctrl+Shift+N", "Ctrl+Shift+T", "Ctrl+Shift+W", "Ctrl+Tab", "Ctrl+Shift+Tab"];
  const own = shortcuts("enter").flatMap((item) => item.chords.map((chord) => capsOf(chord, false).join("+")));
  expect(own.filter((chord) => kept.includes(chord))).toEqual([]);
});

test("the reference page is what the registry says", async () => {
  await expect(page()).toMatchFileSnapshot(resolve(import.meta.dirname, "../../../docs/reference/keyboard.md"));
});

const TITLES = { general: "General", writing: "Writing", conversation: "In a conversation" };

function page(): string {
  const groups = Object.entries(TITLES).map(([group, title]) => {
    const rows = shortcuts("enter").filter((item) => item.group === group);
    return `## ${title}\n\n| Key | On a Mac | Does |\n| --- | --- | --- |\n${rows.map(row).join("\n")}\n`;
  });
  return `# Keys

Made from \`web/src/shell/shortcuts.ts\`; the page shows the same list on \`?\`. Enter sends unless the profile says that ${code(capsOf({ key: "Enter", mod: true }, false))} does.
Letters without a modifier act only while no text field has the focus, and nothing acts while an input method is composing.
Esc closes the top layer; when none is open, it stops the answer under way.

${groups.join("\n")}`;
}

function row({ chords, label }: Shortcut): string {
  const cell = (mac: boolean) => chords.map((chord) => code(capsOf(chord, mac))).join(" or ");
  return `| ${cell(false)} | ${cell(true)} | ${en[label]} |`;
}

function code(caps: string[]): string {
  return caps.map((cap) => `\`${cap}\``).join(" ");
}
