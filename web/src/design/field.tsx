import { type InputHTMLAttributes, type ReactNode, useId } from "react";
import { classes } from "./classes.ts";

type Props = InputHTMLAttributes<HTMLInputElement> & { label: string; hint?: ReactNode; error?: string | null };

export const inputClass =
  "h-10 w-full min-w-0 rounded-md border border-border-strong bg-raised px-3 text-base text-text-1 max-md:h-11 max-md:text-lg disabled:opacity-60";

/** A labelled text field; an error takes the place of the hint and is read out with the field. */
export function Field({ label, hint, error, className, ...rest }: Props) {
  const id = useId();
  const note = error || hint;
  return (
    <div className={classes("flex flex-col gap-1.5", className)}>
      <label htmlFor={id} className="font-medium text-sm text-text-1">
        {label}
      </label>
      <input
        {...rest}
        id={id}
        aria-invalid={error ? true : undefined}
        aria-describedby={note ? `${id}-note` : undefined}
        className={classes(inputClass, error && "border-danger")}
      />
      {note && (
        <div id={`${id}-note`} className={classes("text-xs", error ? "text-danger" : "text-text-3")}>
          {note}
        </div>
      )}
    </div>
  );
}
