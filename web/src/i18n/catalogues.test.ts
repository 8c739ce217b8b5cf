import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { expect, test } from "vitest";
import en from "./en.json" with { type: "json" };
import { formatSeconds, LOCALES, loadLocale, plural, t, textOfCode } from "./index.ts";

const SOURCE = resolve(import.meta.dirname, "..");
const PLURAL_FORMS = /\.(?:zero|one|two|few|many|other)$/;
// Keys made from a code of the server are not spelled out in the source.
const BY_CODE = /^(?:error|notice)\./;

const stems = (catalogue: Record<string, string>) => new Set(Object.keys(catalogue).map((key) => key.replace(PLURAL_FORMS, "")));

function sources(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return sources(path);
    return /\.tsx?$/.test(entry.name) && !entry.name.includes(".test.") ? [readFileSync(path, "utf8")] : [];
  });
}

test.each(Object.keys(LOCALES))("%s has a text for every key, with the same gaps to fill", async (name) => {
  const loaded = (await LOCALES[name as keyof typeof LOCALES].load()).default;
  expect([...stems(loaded)].sort()).toEqual([...stems(en)].sort());
  const gaps = (text: string) => [...new Set(text.match(/\{\w+\}/g) ?? [])].filter((gap) => gap !== "{count}").sort();
  for (const [key, text] of Object.entries(loaded)) {
    expect(text.trim(), key).not.toBe("");
    expect(gaps(text), key).toEqual(gaps((en as Record<string, string>)[key] ?? text));
  }
});

test("every key is used somewhere", () => {
  const code = sources(SOURCE).join("\n");
  const unused = [...stems(en)].filter((key) => !BY_CODE.test(key) && !code.includes(`"${key}"`));
  expect(unused).toEqual([]);
});

test("numbers choose the form of their language", async () => {
  await loadLocale("en");
  expect(plural("usage.tokens", 1)).toBe("1 token");
  expect(plural("usage.tokens", 1200)).toBe("1,200 tokens");
  expect(formatSeconds(80_000)).toBe("1 min 20 sec");
  await loadLocale("zh-CN");
  expect(plural("usage.tokens", 1)).toBe("1 token");
  expect(t("sidebar.deleted", { title: "a" })).toBe("已删除“a”");
  expect(textOfCode("error", "no_such_code")).toBeNull();
});
