import { DropdownMenu } from "radix-ui";
import { Fragment, type ReactNode } from "react";
import { classes } from "./classes.ts";
import type { MenuItem } from "./menu.tsx";

type Props = {
  trigger: ReactNode;
  items: MenuItem[];
  open: boolean;
  onOpenChange: (open: boolean) => void;
  side?: "top" | "bottom";
  header?: ReactNode;
};

/** The open menu; it is loaded when a trigger is first touched. */
export default function MenuContent({ trigger, items, open, onOpenChange, side = "bottom", header }: Props) {
  return (
    <DropdownMenu.Root modal={false} open={open} onOpenChange={onOpenChange}>
      <DropdownMenu.Trigger asChild>{trigger}</DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content
          side={side}
          align="start"
          sideOffset={6}
          collisionPadding={8}
          className="z-50 min-w-48 max-w-80 animate-fade rounded-md border border-border bg-overlay p-1 shadow-3"
        >
          {header && <div className="px-2.5 py-2 text-sm text-text-2">{header}</div>}
          {items.map((item, index) => (
            <Fragment key={item.label}>
              {item.danger && index > 0 && <DropdownMenu.Separator className="mx-1 my-1 h-px bg-border" />}
              <MenuRow item={item} />
            </Fragment>
          ))}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}

function MenuRow({ item }: { item: MenuItem }) {
  const Icon = item.icon;
  return (
    <DropdownMenu.Item
      onSelect={item.onSelect}
      disabled={item.disabled}
      className={classes(
        "flex min-h-9 items-center gap-2.5 rounded-sm px-2.5 text-base outline-none data-disabled:opacity-40 data-highlighted:bg-hover max-md:min-h-11",
        item.danger ? "text-danger" : "text-text-1",
      )}
    >
      {Icon && <Icon aria-hidden size={16} strokeWidth={1.75} />}
      <span className="min-w-0 flex-1 truncate">{item.label}</span>
      {item.note && <span className="text-text-3 text-xs">{item.note}</span>}
    </DropdownMenu.Item>
  );
}
