import type { LucideIcon } from "lucide-react";
import { lazy, type ReactElement, type ReactNode, Suspense, useState } from "react";
import { Slot } from "./slot.tsx";

export type MenuItem = {
  label: string;
  onSelect: () => void;
  icon?: LucideIcon;
  note?: string;
  danger?: boolean;
  disabled?: boolean;
};

const load = () => import("./menu-content.tsx");
const MenuContent = lazy(load);

type Props = {
  trigger: ReactElement<Record<string, unknown>>;
  /** A function brings them when the menu is wanted. */
  items: MenuItem[] | (() => Promise<MenuItem[]>);
  side?: "top" | "bottom";
  header?: ReactNode;
  onOpenChange?: (open: boolean) => void;
};

/** A button with a menu. The menu's code comes when the pointer or the focus reaches the button, so that the first paint does not carry it. */
export function Menu({ trigger, items, side, header, onOpenChange }: Props) {
  const [open, setOpen] = useState(false);
  const [used, setUsed] = useState(false);
  const [brought, setBrought] = useState<MenuItem[]>([]);
  const change = async (next: boolean) => {
    if (next && typeof items === "function") setBrought(await items());
    setOpen(next);
    setUsed(true);
    onOpenChange?.(next);
  };
  const closed = (
    <Slot
      element={trigger}
      props={{
        onPointerEnter: preload,
        onFocus: preload,
        onClick: () => void change(true),
        "aria-haspopup": "menu",
        "aria-expanded": open,
      }}
    />
  );
  if (!used) return closed;
  return (
    <Suspense fallback={closed}>
      <MenuContent
        trigger={trigger}
        items={typeof items === "function" ? brought : items}
        side={side}
        header={header}
        open={open}
        onOpenChange={(next) => void change(next)}
      />
    </Suspense>
  );
}

function preload(): void {
  void load();
}
