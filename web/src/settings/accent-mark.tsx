/** A dot in an accent's colour: hue and chroma at the lightness that the tokens give it. */
export function AccentMark({ color: [hue, chroma] }: { color: [hue: number, chroma: number] }) {
  return (
    <span
      aria-hidden
      className="size-4 forced-color-adjust-none rounded-full"
      style={{ background: `light-dark(oklch(0.52 ${0.185 * chroma} ${hue}), oklch(0.535 ${0.18 * chroma} ${hue}))` }}
    />
  );
}
