import type { LocaleName } from "../api/types.ts";
import type en from "./en.json";

export type Key = keyof typeof en;
type PluralKey = Key extends infer K ? (K extends `${infer Stem}.other` ? Stem : never) : never;
type Values = Record<string, string | number>;

/** Every language of the page; a further one needs its name here and its file. */
export const LOCALES: Record<LocaleName, { name: string; load: () => Promise<{ default: Record<string, string> }> }> = {
  en: { name: "English", load: () => import("./en.json") },
  "zh-CN": { name: "简体中文", load: () => import("./zh-CN.json") },
};

let locale: LocaleName = "en";
let catalogue: Record<string, string> = {};

/** Loads a language; what is rendered after it reads in that language. */
export async function loadLocale(name: LocaleName): Promise<void> {
  const loaded = await LOCALES[name].load();
  locale = name;
  catalogue = loaded.default;
  document.documentElement.lang = name;
}

export function currentLocale(): LocaleName {
  return locale;
}

export function isLocale(name: string): name is LocaleName {
  return name in LOCALES;
}

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

/** Seconds as a person says them: "8 s", "1 min 20 s". */
export function formatSeconds(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  const unit = (value: number, name: "second" | "minute") => formatNumber(value, { style: "unit", unit: name, unitDisplay: "short" });
  if (seconds < 60) return unit(seconds, "second");
  return `${unit(Math.floor(seconds / 60), "minute")} ${unit(seconds % 60, "second")}`;
}
