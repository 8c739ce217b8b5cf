import { LOCALES } from "virtual:locales";
import type en from "./en.json";

export type Key = keyof typeof en;
type PluralKey = Key extends infer K ? (K extends `${infer Stem}.other` ? Stem : never) : never;
type Values = Record<string, string | number>;

export type LocaleName = string;

let locale: LocaleName = "en";
let catalogue: Record<string, string> = {};
let restWanted = false;

/** Loads a language; what is rendered after it reads in that language. */
export async function loadLocale(name: LocaleName): Promise<void> {
  const files = LOCALES[name];
  if (!files) return;
  const parts = await Promise.all([files.core(), ...(restWanted ? [files.rest()] : [])]);
  locale = name;
  catalogue = Object.assign({}, ...parts.map((part) => part.default));
  document.documentElement.lang = name;
  document.documentElement.dir = files.dir;
}

/** Loads the texts of the views that no first paint needs, now and whenever the language changes. */
export async function loadRest(): Promise<void> {
  restWanted = true;
  const rest = await LOCALES[locale]?.rest();
  if (rest) catalogue = { ...rest.default, ...catalogue };
}

export function currentLocale(): LocaleName {
  return locale;
}

export function isLocale(name: string): boolean {
  return name in LOCALES;
}

/** The languages to choose from, each by its own name. */
export const languages: readonly { value: LocaleName; label: string }[] = Object.entries(LOCALES).map(([value, { name }]) => ({
  value,
  label: name,
}));

/** The text of a key, with `{name}` filled from `values`. */
export function t(key: Key, values?: Values): string {
  return fill(catalogue[key] ?? key, values);
}

/** The text of a key in the form that a number wants: `<key>.one`, `<key>.other` and so on. */
export function plural(key: PluralKey, count: number, values?: Values): string {
  const form = new Intl.PluralRules(locale).select(count);
  const text = catalogue[`${key}.${form}`] ?? catalogue[`${key}.other`] ?? key;
  return fill(text, { count: formatNumber(count), ...values });
}

/** The text for a stable code of the server, or null when this version of the page has none. */
export function textOfCode(prefix: string, code: string, values?: Values): string | null {
  const text = catalogue[`${prefix}.${code}`];
  return text === undefined ? null : fill(text, values);
}

function fill(text: string, values?: Values): string {
  if (!values) return text;
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}

export function formatNumber(value: number, options?: Intl.NumberFormatOptions): string {
  return new Intl.NumberFormat(locale, options).format(value);
}

export function formatDate(iso: string, options: Intl.DateTimeFormatOptions = { dateStyle: "medium", timeStyle: "short" }): string {
  return new Intl.DateTimeFormat(locale, options).format(new Date(iso));
}

/** Names as one of several: "Ada, Grace or Linus". */
export function formatList(names: readonly string[]): string {
  return new Intl.ListFormat(locale, { type: "disjunction" }).format(names);
}

/** Seconds as a person says them: "8 s", "1 min 20 s", "2 min". */
export function formatSeconds(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  const unit = (value: number, name: "second" | "minute") => formatNumber(value, { style: "unit", unit: name, unitDisplay: "short" });
  const [minutes, rest] = [Math.floor(seconds / 60), seconds % 60];
  if (!minutes) return unit(rest, "second");
  return rest ? `${unit(minutes, "minute")} ${unit(rest, "second")}` : unit(minutes, "minute");
}

const STEPS = [
  ["year", 31_536_000],
  ["month", 2_592_000],
  ["week", 604_800],
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
] as const;

/** How far away a time is: "3 minutes ago", "in 2 days", "now". */
export function formatRelative(iso: string, now: number = Date.now()): string {
  const seconds = Math.round((new Date(iso).getTime() - now) / 1000);
  const [unit, size] = STEPS.find(([, length]) => Math.abs(seconds) >= length) ?? ["second", 60];
  const format = new Intl.RelativeTimeFormat(locale, { numeric: "auto" });
  return unit === "second" ? format.format(0, "second") : format.format(Math.trunc(seconds / size), unit);
}
