import { Component, type ReactNode } from "react";
import { t } from "../i18n/index.ts";
import { Button } from "./button.tsx";

type Props = { children: ReactNode };

/** Catches a view that cannot be shown, most often because its code could not be fetched, and offers to load the page anew. */
export class ErrorBoundary extends Component<Props, { failed: boolean }> {
  override state = { failed: false };

  static getDerivedStateFromError(): { failed: boolean } {
    return { failed: true };
  }

  override render(): ReactNode {
    if (!this.state.failed) return this.props.children;
    return (
      <div role="alert" className="m-auto flex max-w-sm flex-col items-center gap-3 p-6 text-center">
        <h1 className="font-semibold text-xl">{t("error.viewTitle")}</h1>
        <p className="text-text-2">{t("error.viewText")}</p>
        <Button onClick={() => location.reload()}>{t("error.reload")}</Button>
      </div>
    );
  }
}
