import type { LucideIcon } from "lucide-react";
import type { ButtonHTMLAttributes, Ref } from "react";
import { classes } from "./classes.ts";

type Props = ButtonHTMLAttributes<HTMLButtonElement> & {
  icon: LucideIcon;
  label: string;
  small?: boolean;
  ref?: Ref<HTMLButtonElement>;
};

/** A button that shows only an icon; its label is its name and its tooltip. */
export function IconButton({ icon: Icon, label, small, className, ...rest }: Props) {
  return (
    <button
      type="button"
      aria-label={label}
      title={label}
      {...rest}
      className={classes(
        "inline-flex shrink-0 items-center justify-center rounded-md text-text-2 transition-colors duration-80 hover:bg-hover hover:text-text-1 disabled:opacity-40",
        small ? "size-8 max-md:size-11" : "size-9 max-md:size-11",
        className,
      )}
    >
      <Icon aria-hidden size={small ? 16 : 18} strokeWidth={1.75} />
    </button>
  );
}
