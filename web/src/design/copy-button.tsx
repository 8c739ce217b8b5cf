import { Check, Copy } from "lucide-react";
import { useEffect, useState } from "react";
import { t } from "../i18n/index.ts";
import { copyText } from "./copy.ts";
import { IconButton } from "./icon-button.tsx";

/** Copies a text and says so for a moment. */
export function CopyButton({ text, label }: { text: () => string; label?: string }) {
  const [done, setDone] = useState(false);
  useEffect(() => {
    if (!done) return;
    const timer = setTimeout(() => setDone(false), 1_500);
    return () => clearTimeout(timer);
  }, [done]);
  const name = done ? t("common.copied") : (label ?? t("common.copy"));
  return <IconButton icon={done ? Check : Copy} label={name} small onClick={async () => setDone(await copyText(text()))} />;
}
