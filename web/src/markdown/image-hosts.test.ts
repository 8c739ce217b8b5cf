import { beforeEach, expect, test } from "vitest";
import { isTrustedHost, trustHost } from "./image-hosts.ts";

beforeEach(() => localStorage.clear());

test("a host is trusted until it is not any more", () => {
  expect(isTrustedHost("a.example")).toBe(false);
  trustHost("a.example", true);
  trustHost("b.example", true);
  trustHost("a.example", false);
  expect([isTrustedHost("a.example"), isTrustedHost("b.example")]).toEqual([false, true]);
});

test.each(["", "{", "null", "3", '{"a":1}', "[1,null]"])("what is kept as %j trusts nobody", (kept) => {
  localStorage.setItem("portico:image-hosts", kept);
  expect(isTrustedHost("a.example")).toBe(false);
});
