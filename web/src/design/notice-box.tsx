import type { ReactNode } from "react";
import { classes } from "./classes.ts";

type Tone = "info" | "danger" | "warn" | "ok";

const TONES: Record<Tone, string> = {
  info: "border-border bg-surface text-text-2",
  danger: "border-transparent bg-danger-soft text-danger",
  warn: "border-transparent bg-warn-soft text-warn",
  ok: "border-transparent bg-ok-soft text-ok",
};

export function NoticeBox({ tone = "info", children, role }: { tone?: Tone; children: ReactNode; role?: "alert" | "status" }) {
  return (
    <div role={role} className={classes("rounded-md border px-3 py-2 text-sm", TONES[tone])}>
      {children}
    </div>
  );
}
