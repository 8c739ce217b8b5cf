import { beforeEach, expect, test } from "vitest";
import { forgetOthers } from "./person.ts";

beforeEach(() => localStorage.clear());

test("somebody else finds nothing of the person before, who finds what is their own", () => {
  forgetOthers("ada");
  localStorage.setItem("portico:draft:text:ada:new", "for nobody else");
  localStorage.setItem("portico:outbox:ada", "[]");
  localStorage.setItem("portico:image-hosts", '["a.example"]');
  localStorage.setItem("elsewhere", "of another page");
  forgetOthers("ada");
  expect(localStorage.getItem("portico:draft:text:ada:new")).toBe("for nobody else");
  localStorage.setItem("portico:draft:text:bob:new", "kept");
  forgetOthers("bob");
  expect(Object.keys(localStorage).sort()).toEqual(["elsewhere", "portico:draft:text:bob:new", "portico:person"]);
});

test("a device on which nobody was noted yet loses nothing", () => {
  localStorage.setItem("portico:sidebar", "folded");
  forgetOthers("ada");
  expect(localStorage.getItem("portico:sidebar")).toBe("folded");
});
