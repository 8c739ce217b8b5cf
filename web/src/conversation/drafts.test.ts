import { beforeEach, expect, test, vi } from "vitest";
import type { ImageItem, TextItem } from "./attachments.ts";
import { changeItems, clearDraft, draftKey, drafts, setText, storedImage } from "./drafts.ts";

const NOTE: TextItem = { kind: "text", id: "t1", name: "notes.md", language: "md", text: "# Notes", encoding: null };
const READY: ImageItem = storedImage({ type: "image", file: "f1", media_type: "image/png", name: "a.png" }, "i1", 10);
const UNDER_WAY: ImageItem = { ...READY, id: "i2", part: null, state: "uploading", progress: 0.5 };
let key = "";

beforeEach(() => {
  localStorage.clear();
  key = draftKey(crypto.randomUUID());
});

/** What another tab does to the storage that both share. */
function inAnotherTab(name: string, value: string): void {
  localStorage.setItem(name, value);
  window.dispatchEvent(new StorageEvent("storage", { key: name, newValue: value }));
}

test("what another tab writes appears here, beside what this one is uploading", () => {
  setText(key, "half a");
  changeItems(key, () => [UNDER_WAY]);
  inAnotherTab(`portico:draft:text:${key}`, "half a thought");
  inAnotherTab(`portico:draft:items:${key}`, JSON.stringify([NOTE]));
  expect(drafts.get(key)).toEqual({ text: "half a thought", items: [NOTE, UNDER_WAY] });
});

test("texts and uploaded images are stored, uploads under way and refused files are not", () => {
  changeItems(key, () => [NOTE, READY, UNDER_WAY, { kind: "refused", id: "r", name: "a.pdf", reason: "no" }]);
  const stored = JSON.parse(localStorage.getItem(`portico:draft:items:${key}`) ?? "") as { id: string }[];
  expect(stored.map((item) => item.id)).toEqual(["t1", "i1"]);
});

test("a draft that was sent leaves nothing on the device", () => {
  setText(key, "Hello");
  changeItems(key, () => [NOTE]);
  clearDraft(key);
  expect(localStorage.length).toBe(0);
});

test("a full device is told, and the text stays in the page", () => {
  const full = () => {
    throw new DOMException("full", "QuotaExceededError");
  };
  vi.stubGlobal("localStorage", { getItem: () => null, setItem: full });
  setText(key, "too much");
  expect(drafts.kept).toBe(false);
  expect(drafts.get(key).text).toBe("too much");
  vi.unstubAllGlobals();
  setText(key, "less");
  expect(drafts.kept).toBe(true);
});
