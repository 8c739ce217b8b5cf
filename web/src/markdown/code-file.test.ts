import { expect, test } from "vitest";
import { fileName } from "./code-file.ts";

test.each([
  ["py", "code.py"],
  ["c++", "code.cpp"],
  ["html", "code.html"],
  ["vue", "code.vue"],
  ["dockerfile", "Dockerfile"],
  ["", "code.txt"],
  ["some/odd thing", "code.txt"],
  ["__proto__", "code.txt"],
])("code in %j is saved as %s", (language, name) => {
  expect(fileName(language)).toBe(name);
});
