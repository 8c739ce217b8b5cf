import { cloneElement, type ReactElement } from "react";

type Props = { element: ReactElement<Record<string, unknown>>; props: Record<string, unknown> };

/** The element with further props; its own win. */
export function Slot({ element, props }: Props) {
  return cloneElement(element, { ...props, ...element.props });
}
