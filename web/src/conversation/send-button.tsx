import { ArrowUp, Square } from "lucide-react";
import { classes } from "../design/classes.ts";
import { Spinner } from "../design/spinner.tsx";
import { t } from "../i18n/index.ts";

/** Sends, or stops the answer under way; it turns while a message waits for its images. */
export function SendButton({ running, ready, busy, onStop }: { running: boolean; ready: boolean; busy: boolean; onStop: () => void }) {
  const look = "inline-flex size-9 items-center justify-center rounded-full transition-colors duration-80 max-md:size-11";
  if (running) {
    return (
      <button
        type="button"
        onClick={onStop}
        aria-label={t("composer.stop")}
        title={t("composer.stop")}
        className={classes(look, "bg-text-1 text-bg")}
      >
        <Square aria-hidden size={13} fill="currentColor" />
      </button>
    );
  }
  return (
    <button
      type="submit"
      disabled={!ready}
      aria-label={t("composer.send")}
      title={t("composer.send")}
      className={classes(look, "bg-accent text-white hover:bg-accent-hover disabled:bg-active disabled:text-text-3")}
    >
      {busy ? <Spinner /> : <ArrowUp aria-hidden size={18} strokeWidth={2.25} />}
    </button>
  );
}
