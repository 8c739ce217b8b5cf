import { readdirSync, readFileSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { expect, test } from "vitest";

const SOURCE = resolve(import.meta.dirname, "..");
/** Utilities that name a side of the screen instead of a side of the text. */
const PHYSICAL_CLASS =
  /(?<![\w-])-?(?:ml|mr|pl|pr|left|right|border-l|border-r|rounded-l|rounded-r|rounded-tl|rounded-tr|rounded-bl|rounded-br|scroll-ml|scroll-mr|scroll-pl|scroll-pr|text-left|text-right|float-left|float-right|clear-left|clear-right)(?:-(?:[\d.]+|px|auto|full|\[[^\]]*\]|sm|md|lg|xl))?(?=["'`\s])/g;
const PHYSICAL_CSS =
  /(?:^|[;{\s])(?:margin|padding|border|scroll-margin|scroll-padding)-(?:left|right)\b|(?:^|[;{\s])(?:left|right)\s*:|text-align:\s*(?:left|right)|float:\s*(?:left|right)/g;

function files(folder: string, ending: RegExp): string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && ending.test(entry.name) && !entry.name.includes(".test."))
    .map((entry) => join(entry.parentPath, entry.name));
}

/** The places where a pattern is found, as `file:line text`. */
function found(paths: readonly string[], pattern: RegExp, within: (text: string) => string[] = (text) => [text]): string[] {
  return paths.flatMap((path) =>
    readFileSync(path, "utf8")
      .split("\n")
      .flatMap((line, index) =>
        within(line).flatMap((part) =>
          [...part.matchAll(pattern)].map((match) => `${relative(SOURCE, path)}:${index + 1} ${match[0].trim()}`),
        ),
      ),
  );
}

/** The texts in quotation marks of a line that may hold classes. */
const quoted = (line: string) =>
  /import |: t\(/.test(line) ? [] : [...line.matchAll(/"[^"]*"|'[^']*'|`[^`]*`/g)].map((match) => match[0]);

test("classes name sides of the text, not of the screen: the page turns around for right-to-left languages", () => {
  expect(found(files(SOURCE, /\.tsx$/), PHYSICAL_CLASS, quoted)).toEqual([]);
});

test("so do stylesheets", () => {
  expect(found(files(SOURCE, /\.css$/), PHYSICAL_CSS)).toEqual([]);
});

test("the patterns find what they look for", () => {
  for (const bad of ['"flex ml-2"', '"text-left"', '"-right-3"', '"rounded-tl-md x"'])
    expect(bad.match(PHYSICAL_CLASS), bad).not.toBeNull();
  for (const good of ['"ms-2 pe-4"', '"text-start"', '"bright"', '"md:border-e"']) expect(good.match(PHYSICAL_CLASS), good).toBeNull();
  expect("  margin-left: 2px;".match(PHYSICAL_CSS)).not.toBeNull();
  expect("  margin-inline-start: 2px;".match(PHYSICAL_CSS)).toBeNull();
});
