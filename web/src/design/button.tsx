import type { ButtonHTMLAttributes } from "react";
import { classes } from "./classes.ts";
import { Spinner } from "./spinner.tsx";

type Look = "primary" | "secondary" | "quiet" | "danger";

const LOOKS: Record<Look, string> = {
  primary: "bg-accent text-white hover:bg-accent-hover disabled:bg-active disabled:text-text-3",
  secondary: "border border-border bg-raised text-text-1 hover:bg-hover disabled:text-text-3",
  quiet: "text-text-2 hover:bg-hover hover:text-text-1 disabled:text-text-3",
  danger: "border border-border bg-raised text-danger hover:bg-danger-soft disabled:text-text-3",
};

type Props = ButtonHTMLAttributes<HTMLButtonElement> & { look?: Look; busy?: boolean; small?: boolean };

export function Button({ look = "secondary", busy, small, className, children, disabled, ...rest }: Props) {
  return (
    <button
      type="button"
      {...rest}
      disabled={disabled || busy}
      aria-busy={busy || undefined}
      className={classes(
        "inline-flex shrink-0 items-center justify-center gap-2 whitespace-nowrap rounded-md font-medium transition-colors duration-80",
        small ? "h-8 px-3 text-sm max-md:h-11 max-md:px-4" : "h-10 px-4 text-base max-md:h-11",
        LOOKS[look],
        className,
      )}
    >
      {busy && <Spinner />}
      {children}
    </button>
  );
}
