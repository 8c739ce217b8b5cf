import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { expect, test } from "vitest";
import { firstPaint, lateKeys, readCatalogues, sources, stemOf } from "../../plugins/locales.ts";
import { formatRelative, formatSeconds, languages, loadLocale, loadRest, plural, t, textOfCode } from "./index.ts";

const WEB = resolve(import.meta.dirname, "../..");
const catalogues = readCatalogues(import.meta.dirname);
const en = catalogues.en ?? {};
const code = [...sources(resolve(WEB, "src")).map(read), read(resolve(WEB, "plugins/locales.ts"))].join("\n");

function read(path: string): string {
  return readFileSync(path, "utf8");
}

const server = sources(resolve(WEB, "../src/portico"), /\.py$/).map(read).join("\n");

const stems = (catalogue: Record<string, string>) => [...new Set(Object.keys(catalogue).map(stemOf))].sort();
const gaps = (text: string) => [...new Set(text.match(/\{\w+\}/g) ?? [])].filter((gap) => gap !== "{count}").sort();

test.each(Object.keys(catalogues))("%s has a text for every key, with the same gaps to fill", (tag) => {
  const catalogue = catalogues[tag] ?? {};
  expect(stems(catalogue)).toEqual(stems(en));
  for (const [key, text] of Object.entries(catalogue)) {
    expect(text.trim(), key).not.toBe("");
    expect(gaps(text), key).toEqual(gaps(en[key] ?? en[`${stemOf(key)}.other`] ?? ""));
  }
});

test.each(Object.keys(catalogues))("%s has every form that its numbers take", (tag) => {
  const forms = new Intl.PluralRules(tag).resolvedOptions().pluralCategories;
  const catalogue = catalogues[tag] ?? {};
  for (const stem of stems(catalogue).filter((key) => `${key}.other` in catalogue))
    expect(
      forms.filter((form) => !(`${stem}.${form}` in catalogue)),
      stem,
    ).toEqual([]);
});

test.each(Object.keys(catalogues))("%s is sorted, so that two people's additions meet without a conflict", (tag) => {
  const keys = Object.keys(catalogues[tag] ?? {});
  expect(keys).toEqual([...keys].sort());
});

/** Codes of the server become keys: `textOfCode("error", code)`. Only codes that there are deserve a text. */
function codesOf(prefix: string): Set<string> {
  if (prefix === "error")
    return new Set([...read(resolve(WEB, "../docs/reference/errors.md")).matchAll(/`([a-z0-9_]+)`/g)].flatMap((found) => found[1] ?? []));
  return new Set([...server.matchAll(/"([a-z0-9_]+)"/g)].flatMap((found) => found[1] ?? []));
}
const MADE_HERE = new Set(["error.network", "error.unexpected"]);

test("every key is used: spelled out somewhere, or made from a code that the server has", () => {
  const known = { error: codesOf("error"), notice: codesOf("notice") };
  const used = (key: string) => {
    const [prefix = "", ...rest] = key.split(".");
    const codes = prefix === "error" || prefix === "notice" ? known[prefix] : null;
    return code.includes(`"${key}"`) || MADE_HERE.has(key) || codes?.has(rest.join("."));
  };
  expect(stems(en).filter((key) => !used(key) && key !== "language.name")).toEqual([]);
});

test("every key that is spelled out exists", () => {
  const asked = [...code.matchAll(/\b(?:t|plural)\(\s*"([\w.]+)"/g)].flatMap((found) => found[1] ?? []);
  expect(asked.length).toBeGreaterThan(100);
  expect(asked.filter((key) => !stems(en).includes(key))).toEqual([]);
});

test("the first paint has the texts that it spells out, and no others", () => {
  const source = resolve(WEB, "src");
  const late = lateKeys(source, Object.keys(en));
  const early = [...firstPaint(source)].map(read).join("\n");
  expect([...late].filter((key) => early.includes(`"${key}"`))).toEqual([]);
  expect(late.has("settings.sendKey")).toBe(true);
  expect(late.has("home.greeting") || late.has("sidebar.new")).toBe(false);
});

test("the languages to choose from are the files, by the names in them", () => {
  expect(Object.fromEntries(languages.map(({ value, label }) => [value, label]))).toEqual(
    Object.fromEntries(Object.entries(catalogues).map(([tag, texts]) => [tag, texts["language.name"]])),
  );
});

test("numbers, times and lists follow their language", async () => {
  await loadLocale("en");
  await loadRest();
  expect(plural("usage.tokens", 1)).toBe("1 token");
  expect(plural("usage.tokens", 1200)).toBe("1,200 tokens");
  expect(formatSeconds(80_000)).toBe("1 min 20 sec");
  const now = Date.parse("2027-01-10T12:00:00Z");
  expect(["2027-01-10T11:59:40Z", "2027-01-10T11:57:00Z", "2027-01-09T12:00:00Z"].map((iso) => formatRelative(iso, now))).toEqual([
    "now",
    "3 minutes ago",
    "yesterday",
  ]);
  await loadLocale("zh-CN");
  expect(document.documentElement.lang).toBe("zh-CN");
  expect(plural("usage.tokens", 1)).toBe("1 token");
  expect(t("sidebar.deleted", { title: "a" })).toBe("已删除“a”");
  expect(textOfCode("error", "no_such_code")).toBeNull();
});
