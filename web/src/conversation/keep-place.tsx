import { Component, type ReactNode, type RefObject } from "react";
import { type Anchor, anchorOf, holdAnchor, rememberHeights } from "./places.ts";

type Props = {
  conversation: string;
  stretch: string;
  scroller: RefObject<HTMLElement | null>;
  onHeld: () => void;
  children: ReactNode;
};

/**
 * Keeps what is in view where it is when turns come or go above it. A class, since only a class is told just before the document
 * changes. `stretch` names the turns that are held: while it stays, nothing is measured.
 */
export class KeepPlace extends Component<Props> {
  override getSnapshotBeforeUpdate(before: Props): Anchor | null {
    const scroller = this.props.scroller.current;
    if (!scroller || before.stretch === this.props.stretch) return null;
    rememberHeights(this.props.conversation, scroller);
    return anchorOf(scroller);
  }

  override componentDidUpdate(_before: Props, _state: unknown, anchor: Anchor | null): void {
    const scroller = this.props.scroller.current;
    if (scroller && anchor && holdAnchor(scroller, anchor)) this.props.onHeld();
  }

  override render(): ReactNode {
    return this.props.children;
  }
}
