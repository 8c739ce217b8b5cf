/** The event union of a run; the mirror of `src/portico/runs/events.py`. A type that is not listed here is ignored (an older page, a newer server). */
import type { Message, Part, RunFailure, RunState } from "./types.ts";

type Stamp = { seq: number; attempt: number };

export type RunEvent = Stamp &
  (
    | { type: "text_delta"; text: string }
    | { type: "reasoning_delta"; text: string; signature?: string | null }
    | {
        type: "part_started";
        part: number;
        kind: string;
        name?: string;
        data?: string;
        media_type?: string;
        width?: number;
        height?: number;
      }
    | { type: "tool_call_started"; call: string; name: string }
    | { type: "tool_call_delta"; call: string; json: string }
    | { type: "tool_call_ready"; call: string; arguments: string; signature?: string | null }
    | { type: "tool_result"; call: string; content: string; is_error?: boolean }
    | { type: "citation"; url: string; title?: string | null; text?: string | null }
    | { type: "usage"; input?: number; output?: number; cached?: number; reasoning?: number }
    | { type: "notice"; code: string; retry_at?: string | number | null; detail?: string | null }
    | { type: "approval_needed"; call: string }
    | { type: "run_finished"; outcome: "done" | "failed" | "cancelled" | "interrupted"; error?: RunFailure | null }
  );

/** One decoded frame of `GET /events`. */
export type Frame =
  | { frame: "event"; run: string; events: RunEvent[] }
  | { frame: "reset"; run: string; attempt: number; seq: number; parts: Part[] }
  | { frame: "state"; run: string; state: RunState; place: number | null; notice?: NoticeData | null }
  | { frame: "end"; run: string; message: Message }
  | { frame: "bye"; retry_ms: number }
  | { frame: "sync"; rev: number };

export type NoticeData = { code: string; retry_at?: string | number | null; detail?: string | null };

/** A position in a run's log, `<attempt>.<seq>`. */
export type Cursor = { attempt: number; seq: number };

export function parseCursor(text: string): Cursor {
  const [attempt, seq] = text.split(".").map(Number);
  return { attempt: attempt || 0, seq: seq || 0 };
}

export function formatCursor(cursor: Cursor): string {
  return `${cursor.attempt}.${cursor.seq}`;
}
