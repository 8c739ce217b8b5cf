import { type ReactNode, useId } from "react";
import { classes } from "./classes.ts";

type Choice<T extends string> = { value: T; label: string; mark?: ReactNode };
type Props<T extends string> = { label: string; hint?: string; choices: readonly Choice<T>[]; value: T; onChange: (value: T) => void };

/** A few choices of which one holds, all in view. They are radio buttons, so the arrow keys step through them. */
export function Choices<T extends string>({ label, hint, choices, value, onChange }: Props<T>) {
  const name = useId();
  return (
    <fieldset className="min-w-0">
      <legend className="pb-1.5 font-medium text-sm">{label}</legend>
      <div className="flex flex-wrap gap-2">
        {choices.map((choice) => (
          <label
            key={choice.value}
            className={classes(
              "flex min-h-9 cursor-pointer items-center gap-2 rounded-md border px-3 py-1.5 transition-colors duration-80 has-focus-visible:outline-2 has-focus-visible:outline-offset-2 has-focus-visible:outline-accent-text max-md:min-h-11",
              choice.value === value
                ? "border-accent bg-accent-soft text-accent-text"
                : "border-border bg-raised text-text-2 hover:bg-hover hover:text-text-1",
            )}
          >
            <input
              type="radio"
              name={name}
              value={choice.value}
              checked={choice.value === value}
              onChange={() => onChange(choice.value)}
              className="sr-only"
            />
            {choice.mark}
            {choice.label}
          </label>
        ))}
      </div>
      {hint && <p className="pt-1.5 text-sm text-text-3">{hint}</p>}
    </fieldset>
  );
}
