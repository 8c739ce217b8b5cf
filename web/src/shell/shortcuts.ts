import { isComposing } from "../design/composing.ts";
import type { Key } from "../i18n/index.ts";

/** A key with what is held beside it. `mod` is Command on a Mac and Control elsewhere. */
export type Chord = { key: string; mod?: true; shift?: true; alt?: true };
export type Group = "general" | "writing" | "conversation";
/** Who acts on a key: the page wherever the focus is, or the part that is named. */
export type Place = "page" | "field" | "messages";
export type Shortcut = { action: Action; group: Group; label: Key; place: Place; chords: readonly Chord[]; outsideText?: true };

/** What the keys of the page do; the composer and the messages take care of theirs. */
export const PAGE_ACTIONS = [
  "palette",
  "newConversation",
  "sidebar",
  "settings",
  "model",
  "composer",
  "notes",
  "help",
  "copyAnswer",
  "copyCode",
  "deleteConversation",
  "nextMessage",
  "previousMessage",
] as const;
export type PageAction = (typeof PAGE_ACTIONS)[number];
export type Action = PageAction | "send" | "newLine" | "editLast" | "mention" | "stop";

const mod = (key: string): Chord => ({ key, mod: true });
const modShift = (key: string): Chord => ({ key, mod: true, shift: true });

/**
 * Every key of the page: what acts on key presses, the sheet that shows them and the reference page are all made from this.
 * What sends is the person's choice.
 */
export function shortcuts(sendKey: "enter" | "mod_enter"): readonly Shortcut[] {
  const withEnter = sendKey === "enter";
  return [
    { action: "palette", group: "general", label: "keyboard.palette", place: "page", chords: [mod("k")] },
    { action: "newConversation", group: "general", label: "sidebar.new", place: "page", chords: [modShift("o")] },
    { action: "sidebar", group: "general", label: "keyboard.sidebar", place: "page", chords: [mod("b")] },
    { action: "settings", group: "general", label: "settings.title", place: "page", chords: [mod(",")] },
    { action: "notes", group: "general", label: "keyboard.notes", place: "page", chords: [{ key: "F6" }] },
    { action: "help", group: "general", label: "keyboard.title", place: "page", chords: [{ key: "?" }], outsideText: true },
    { action: "send", group: "writing", label: "composer.send", place: "field", chords: withEnter ? [{ key: "Enter" }] : [mod("Enter")] },
    {
      action: "newLine",
      group: "writing",
      label: "keyboard.newLine",
      place: "field",
      chords: withEnter ? [{ key: "Enter", shift: true }] : [{ key: "Enter" }],
    },
    { action: "editLast", group: "writing", label: "keyboard.editLast", place: "field", chords: [{ key: "ArrowUp" }] },
    { action: "mention", group: "writing", label: "keyboard.mention", place: "field", chords: [{ key: "@" }] },
    { action: "composer", group: "writing", label: "keyboard.composer", place: "page", chords: [{ key: "Escape", shift: true }] },
    { action: "model", group: "writing", label: "model.choose", place: "page", chords: [mod(".")] },
    { action: "stop", group: "conversation", label: "keyboard.stop", place: "messages", chords: [{ key: "Escape" }] },
    { action: "copyAnswer", group: "conversation", label: "keyboard.copyAnswer", place: "page", chords: [modShift("c")] },
    { action: "copyCode", group: "conversation", label: "keyboard.copyCode", place: "page", chords: [modShift(";")] },
    {
      action: "nextMessage",
      group: "conversation",
      label: "keyboard.next",
      place: "page",
      chords: [{ key: "j" }, { key: "ArrowDown", alt: true }],
      outsideText: true,
    },
    {
      action: "previousMessage",
      group: "conversation",
      label: "keyboard.previous",
      place: "page",
      chords: [{ key: "k" }, { key: "ArrowUp", alt: true }],
      outsideText: true,
    },
    {
      action: "deleteConversation",
      group: "conversation",
      label: "keyboard.delete",
      place: "page",
      chords: [modShift("Backspace")],
    },
  ];
}

export type KeyPress = Pick<KeyboardEvent, "key" | "code" | "ctrlKey" | "metaKey" | "shiftKey" | "altKey" | "isComposing" | "keyCode">;

/** What a key press means to the page, or null. `inText` is true while a text field has the focus: no letter acts there. */
export function pageActionOf(event: KeyPress, inText: boolean, mac: boolean): PageAction | null {
  if (isComposing(event)) return null;
  const found = shortcuts("enter").find(
    (item) => item.place === "page" && !(item.outsideText && inText) && item.chords.some((chord) => matches(event, chord, mac)),
  );
  return found && isPageAction(found.action) ? found.action : null;
}

function isPageAction(action: Action): action is PageAction {
  return (PAGE_ACTIONS as readonly string[]).includes(action);
}

function matches(event: KeyPress, chord: Chord, mac: boolean): boolean {
  const held = mac ? event.metaKey : event.ctrlKey;
  const other = mac ? event.ctrlKey : event.metaKey;
  if (held !== Boolean(chord.mod) || other || event.altKey !== Boolean(chord.alt)) return false;
  // Where a sign such as "?" lies on a keyboard, and whether with Shift, is the keyboard's affair.
  if (chord.key !== "?" && event.shiftKey !== Boolean(chord.shift)) return false;
  return event.key.toLowerCase() === chord.key.toLowerCase() || (Boolean(chord.mod) && event.code === codeOf(chord.key));
}

const CODES: Record<string, string> = { ",": "Comma", ".": "Period", ";": "Semicolon" };

/** The key's place, for keyboards and input methods on which it writes another sign, such as Cyrillic or "。". */
function codeOf(key: string): string {
  return CODES[key] ?? (key.length === 1 ? `Key${key.toUpperCase()}` : key);
}

const SIGNS: Record<string, string> = { ArrowUp: "↑", ArrowDown: "↓", Backspace: "⌫", Escape: "Esc" };
const MAC_SIGNS: Record<string, string> = { ...SIGNS, Enter: "↩" };

/** The caps of a chord, in the order in which the platform writes them. */
export function capsOf(chord: Chord, mac: boolean): string[] {
  const key = (mac ? MAC_SIGNS : SIGNS)[chord.key] ?? (chord.key.length === 1 ? chord.key.toUpperCase() : chord.key);
  const held = mac
    ? [chord.alt && "⌥", chord.shift && "⇧", chord.mod && "⌘"]
    : [chord.mod && "Ctrl", chord.alt && "Alt", chord.shift && "Shift"];
  return [...held.filter((cap) => typeof cap === "string"), key];
}

export function isMac(): boolean {
  return /Mac|iPhone|iPad/.test(navigator.platform);
}
