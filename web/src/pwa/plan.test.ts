import { expect, test } from "vitest";
import { outdated, type Plan, planFor } from "./plan.ts";

const HOST = "https://chat.example.org";
const navigation = { method: "GET", mode: "navigate", destination: "document" };
const subresource = { method: "GET", mode: "no-cors", destination: "script" };

test.each<[string, object, Plan]>([
  ["/chat/", navigation, "page"],
  ["/chat/c/1", navigation, "page"],
  ["/chat/assets/a-1.js", subresource, "asset"],
  ["/chat/assets/a-1.js", { ...subresource, method: "POST" }, "none"],
  ["/chat/api/conversations", { ...subresource, destination: "" }, "none"],
  ["/chat/api/conversations/1/export", navigation, "none"],
  ["/chat/api", navigation, "none"],
  ["/chat/frame/mermaid", { ...navigation, destination: "iframe" }, "none"],
  ["/chat/manifest.webmanifest", subresource, "none"],
  ["/elsewhere/assets/a-1.js", subresource, "none"],
  ["/chatter/", navigation, "none"],
])("%s", (path, request, plan) => {
  expect(planFor({ url: HOST + path, ...navigation, ...request }, HOST, "/chat")).toBe(plan);
});

test("a page at the root has the same rules", () => {
  expect(planFor({ url: `${HOST}/api/x`, ...navigation }, HOST, "")).toBe("none");
  expect(planFor({ url: `${HOST}/apiary`, ...navigation }, HOST, "")).toBe("page");
});

test("another site is left alone", () => {
  expect(planFor({ url: "https://elsewhere.example/assets/a.js", ...subresource }, HOST, "")).toBe("none");
});

test("the cache before the present one stays, since an open tab may need it", () => {
  const names = ["portico::1", "other", "portico::2", "portico:/chat:9", "portico::3"];
  expect(outdated(names, "", "portico::3")).toEqual(["portico::1"]);
  expect(outdated(["portico::1"], "", "portico::1")).toEqual([]);
});
