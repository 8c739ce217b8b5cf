import { useEffect, useId, useRef } from "react";
import { Button } from "../design/button.tsx";
import { t } from "../i18n/index.ts";

const USUAL = "#3b5bdb";

type Props = { color: string | null; onChoose: (color: string | null) => void };

/** The colour that everybody sees. The page takes its hue; how light it is stays fixed, so that text on it can be read. */
export function BrandField({ color, onChoose }: Props) {
  const id = useId();
  const input = useRef<HTMLInputElement>(null);
  const latest = useRef(onChoose);
  latest.current = onChoose;
  // React's onChange fires with every movement in the picker; only the colour that was settled on is stored.
  useEffect(() => {
    const field = input.current;
    const choose = () => field && latest.current(field.value.toLowerCase());
    field?.addEventListener("change", choose);
    return () => field?.removeEventListener("change", choose);
  }, []);
  useEffect(() => {
    if (input.current) input.current.value = color ?? USUAL;
  }, [color]);
  return (
    <div className="flex flex-col gap-1.5">
      <label htmlFor={id} className="font-medium text-sm">
        {t("branding.color")}
      </label>
      <div className="flex items-center gap-3">
        <input
          ref={input}
          id={id}
          type="color"
          defaultValue={color ?? USUAL}
          className="h-10 w-16 cursor-pointer rounded-md border border-border-strong bg-raised p-1 max-md:h-11 [&::-webkit-color-swatch]:rounded-sm [&::-webkit-color-swatch]:border-0"
        />
        {color ? (
          <Button look="quiet" onClick={() => onChoose(null)}>
            {t("branding.reset")}
          </Button>
        ) : (
          <span className="text-text-3">{t("branding.usual")}</span>
        )}
      </div>
      <p className="text-text-3 text-xs">{t("branding.colorHint")}</p>
    </div>
  );
}
