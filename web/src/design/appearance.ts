import type { Appearance } from "../api/types.ts";

export type Accent = Appearance["accent"];

/** The accents: hue and chroma as in tokens.css, for the choice of one. `default` is the instance's brand. */
export const ACCENTS: Record<Exclude<Accent, "default">, [hue: number, chroma: number]> = {
  blue: [245, 0.55],
  teal: [195, 0.43],
  green: [152, 0.66],
  orange: [45, 0.73],
  rose: [10, 1],
  violet: [300, 1],
  graphite: [264, 0.06],
};

const CANVAS = { light: "#fdfdfe", dark: "#111315" };

/** Gives the page a look, as the server does before the first paint: everything hangs on attributes of `<html>`. */
export function showAppearance(look: Appearance): void {
  const { dataset } = document.documentElement;
  dataset.theme = look.theme;
  dataset.accent = look.accent;
  dataset.density = look.density;
  dataset.textSize = look.text_size;
  dataset.chatWidth = look.chat_width;
  dataset.motion = look.motion;
  for (const meta of document.querySelectorAll<HTMLMetaElement>("meta[name=theme-color]"))
    meta.content = CANVAS[look.theme === "system" ? (meta.media.includes("dark") ? "dark" : "light") : look.theme];
}

/** The brand's accent while an administrator tries colours; null is Portico's own. */
export function showBrand(brand: { hue: number; chroma: number } | null): void {
  const { style } = document.documentElement;
  style.setProperty("--brand-hue", brand ? String(brand.hue) : "264");
  style.setProperty("--brand-chroma", brand ? String(brand.chroma) : "0.95");
}

/** Asked for in every frame of a growing text, and dear to make. */
const reducedMotion = globalThis.matchMedia?.("(prefers-reduced-motion: reduce)");

/** Whether things should appear without motion: the person's own choice, or the system's. */
export function prefersStill(): boolean {
  return document.documentElement.dataset.motion === "reduced" || Boolean(reducedMotion?.matches);
}
