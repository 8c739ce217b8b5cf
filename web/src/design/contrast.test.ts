import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { expect, test } from "vitest";
import { ACCENTS } from "./appearance.ts";

const css = readFileSync(resolve(import.meta.dirname, "tokens.css"), "utf8");
type Color = { l: number; c: number; h: number };
type Theme = "light" | "dark";
type Accent = { hue: number; chroma: number };

const NEUTRAL_HUE = Number(/--hue: ([\d.]+);/.exec(css)?.[1]);
const USUAL: Accent = { hue: 264, chroma: 0.95 };

/** One number of a colour: plain, the neutral hue, or a share of the accent's chroma. */
function number(text: string, accent: Accent): number {
  const chroma = /calc\(([\d.]+) \* var\(--accent-chroma\)\)/.exec(text)?.[1];
  if (chroma) return Number(chroma) * accent.chroma;
  return text.includes("--accent-hue") ? accent.hue : text.includes("--hue") ? NEUTRAL_HUE : Number(text);
}

/** The colour of a token as the stylesheet defines it, through any names in between. */
function token(name: string, theme: Theme, accent: Accent): Color {
  const value = new RegExp(`--${name}: ([^;]+);`).exec(css)?.[1] ?? "";
  const other = /^var\(--([\w-]+)\)$/.exec(value)?.[1];
  if (other) return token(other, theme, accent);
  const colors = [...value.matchAll(/oklch\(((?:[^()]|\([^()]*(?:\([^()]*\))?[^()]*\))+)\)/g)].map((found) => found[1] ?? "");
  const parts = (colors[theme === "light" ? 0 : 1] ?? "").match(/calc\([^)]*\)\)|var\([^)]*\)|[\d.]+/g) ?? [];
  const [l = Number.NaN, c = Number.NaN, h = Number.NaN] = parts.map((part) => number(part, accent));
  return { l, c, h };
}

const WHITE: Color = { l: 1, c: 0, h: 0 };

/** Red, green and blue, linear, of a colour in OKLCH (Björn Ottosson, 2020). */
function rgb({ l, c, h }: Color): [number, number, number] {
  const [a, b] = [c * Math.cos((h * Math.PI) / 180), c * Math.sin((h * Math.PI) / 180)];
  const [long, medium, short] = [
    (l + 0.3963377774 * a + 0.2158037573 * b) ** 3,
    (l - 0.1055613458 * a - 0.0638541728 * b) ** 3,
    (l - 0.0894841775 * a - 1.291485548 * b) ** 3,
  ];
  return [
    4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short,
    -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short,
    -0.0041960863 * long - 0.7034186147 * medium + 1.707614701 * short,
  ];
}

function luminance(color: Color): number {
  const [red, green, blue] = rgb(color).map((channel) => Math.min(1, Math.max(0, channel))) as [number, number, number];
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** WCAG's contrast of two colours. */
function contrast(one: Color, other: Color): number {
  const [darker = 0, lighter = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (lighter + 0.05) / (darker + 0.05);
}

const SURFACES = ["bg", "surface", "raised", "overlay", "n3", "n4", "n2-up", "n3-up", "n4-up"];
const TEXTS = ["n12", "n11", "a11", "danger", "warn", "ok"];
const THEMES: Theme[] = ["light", "dark"];
const accents: [string, Accent][] = [
  ["default", USUAL],
  ...Object.entries(ACCENTS).map(([name, [hue, chroma]]) => [name, { hue, chroma }] as [string, Accent]),
];
const cases = accents.flatMap(([name, accent]) => THEMES.map((theme) => [name, theme, accent] as const));

/** All pairs of this look that fall short of what they need. */
function shortfalls(theme: Theme, accent: Accent): string[] {
  const of = (name: string) => token(name, theme, accent);
  const pairs: [string, Color, Color, number][] = [
    ...SURFACES.flatMap((surface) =>
      TEXTS.map((text) => [`${text} on ${surface}`, of(text), of(surface), 4.5] as [string, Color, Color, number]),
    ),
    ...["bg", "raised", "overlay", "n2-up", "n3-up"].map(
      (surface) => [`n10 on ${surface}`, of("n10"), of(surface), 4.5] as [string, Color, Color, number],
    ),
    ["white on a9", WHITE, of("a9"), 4.5],
    ["white on a10", WHITE, of("a10"), 4.5],
    ["a11 on a3", of("a11"), of("a3"), 4.5],
    ["danger on danger-soft", of("danger"), of("danger-soft"), 4.5],
    ["warn on warn-soft", of("warn"), of("warn-soft"), 4.5],
    ["ok on ok-soft", of("ok"), of("ok-soft"), 4.5],
    ...SURFACES.map((surface) => [`focus on ${surface}`, of("focus"), of(surface), 3] as [string, Color, Color, number]),
  ];
  return pairs
    .map(([name, one, other, least]) => ({ name, found: contrast(one, other), least }))
    .filter(({ found, least }) => !(found >= least))
    .map(({ name, found }) => `${name}: ${found.toFixed(2)}`);
}

test("the arithmetic is WCAG's: black on white is 21, and a known pair is known", () => {
  expect(contrast({ l: 0, c: 0, h: 0 }, WHITE)).toBeCloseTo(21, 1);
  expect(contrast({ l: 0.6279, c: 0.2577, h: 29.23 }, WHITE)).toBeCloseTo(4.0, 1); // #ff0000
});

test.each(cases)("text can be read with the accent %s, %s", (_, theme, accent) => {
  expect(shortfalls(theme, accent)).toEqual([]);
});

const STEPS = ["a3", "a5", "a9", "a10", "a11"];
const inGamut = (accent: Accent) =>
  THEMES.every((theme) => STEPS.every((step) => rgb(token(step, theme, accent)).every((channel) => channel > -0.002 && channel < 1.002)));

test.each(accents)("the accent %s is made of colours that screens have", (_, accent) => {
  expect(inGamut(accent)).toBe(true);
});

test("whatever hue a brand has, text can be read, in the chroma that screens have (the server gives no more)", () => {
  const found = new Set<string>();
  for (let hue = 0; hue < 360; hue += 3) {
    const most = [1, 0.9, 0.8, 0.7, 0.6, 0.5, 0.4].find((chroma) => inGamut({ hue, chroma })) ?? 0.4;
    for (const chroma of [0, most / 2, most])
      for (const theme of THEMES) for (const fault of shortfalls(theme, { hue, chroma })) found.add(`${fault} at ${hue}`);
  }
  expect([...found]).toEqual([]);
});

test("the choices of the settings are those of the stylesheet", () => {
  const defined = [...css.matchAll(/\[data-accent="(\w+)"\] \{\s*--accent-hue: ([\d.]+);\s*--accent-chroma: ([\d.]+);/g)];
  expect(Object.fromEntries(defined.map(([, name, hue, chroma]) => [name, [Number(hue), Number(chroma)]]))).toEqual(ACCENTS);
});
