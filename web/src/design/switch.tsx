import { classes } from "./classes.ts";

type Props = { checked: boolean; label: string; onChange: (checked: boolean) => void; disabled?: boolean };

export function Switch({ checked, label, onChange, disabled }: Props) {
  return (
    <button
      type="button"
      role="switch"
      aria-checked={checked}
      aria-label={label}
      title={label}
      disabled={disabled}
      onClick={() => onChange(!checked)}
      className={classes(
        "relative h-6 w-10 shrink-0 rounded-full transition-colors duration-150 disabled:opacity-50 max-md:after:absolute max-md:after:-inset-2.5",
        checked ? "bg-accent" : "bg-border-strong",
      )}
    >
      <span
        className={classes(
          "absolute top-0.5 block size-5 rounded-full bg-white shadow-1 transition-all duration-150",
          checked ? "inset-s-4.5" : "inset-s-0.5",
        )}
      />
    </button>
  );
}
