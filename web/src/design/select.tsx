import { ChevronDown } from "lucide-react";
import { type SelectHTMLAttributes, useId } from "react";
import { classes } from "./classes.ts";
import { inputClass } from "./field.tsx";

type Props = SelectHTMLAttributes<HTMLSelectElement> & { label: string; options: { value: string; label: string }[]; hideLabel?: boolean };

export function Select({ label, options, hideLabel, className, ...rest }: Props) {
  const id = useId();
  return (
    <div className={classes("flex flex-col gap-1.5", className)}>
      <label htmlFor={id} className={hideLabel ? "sr-only" : "font-medium text-sm text-text-1"}>
        {label}
      </label>
      <div className="relative">
        <select {...rest} id={id} className={classes(inputClass, "appearance-none pe-9")}>
          {options.map((option) => (
            <option key={option.value} value={option.value}>
              {option.label}
            </option>
          ))}
        </select>
        <ChevronDown aria-hidden size={16} className="pointer-events-none absolute inset-e-3 top-1/2 -translate-y-1/2 text-text-3" />
      </div>
    </div>
  );
}
