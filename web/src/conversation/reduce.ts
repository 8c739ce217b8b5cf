import type { NoticeData, RunEvent } from "../api/events.ts";
import type { ImagePart, Part, ReasoningPart, RunFailure, RunState, ToolCallPart, Usage } from "../api/types.ts";

/** A run as this page has seen it so far: the answer's parts, and where in the log that is. */
export type Draft = {
  attempt: number;
  lastSeq: number;
  parts: Part[];
  state: RunState;
  place: number | null;
  notice: NoticeData | null;
  usage: Pick<Usage, "input" | "output" | "cached" | "reasoning"> | null;
  error: RunFailure | null;
};

export const emptyDraft: Draft = {
  attempt: 0,
  lastSeq: 0,
  parts: [],
  state: "queued",
  place: null,
  notice: null,
  usage: null,
  error: null,
};

/** The draft after one event. A reconnect replays events; a replay changes nothing, and an event of an older attempt is ignored. */
export function reduce(draft: Draft, event: RunEvent): Draft {
  if (event.attempt < draft.attempt || event.seq <= draft.lastSeq) return draft;
  const next: Draft = { ...draft, attempt: event.attempt, lastSeq: event.seq, notice: null };
  switch (event.type) {
    case "text_delta":
      return { ...next, state: "running", parts: appendText(draft.parts, event.text) };
    case "reasoning_delta":
      return { ...next, state: "running", parts: appendReasoning(draft.parts, event.text, event.signature) };
    case "part_started":
      return { ...next, parts: startPart(draft.parts, event) };
    case "tool_call_started":
      return {
        ...next,
        parts: [...draft.parts, { type: "tool_call", call: event.call, name: event.name, arguments: "", state: "pending" }],
      };
    case "tool_call_delta":
      return { ...next, parts: updateCall(draft.parts, event.call, (part) => ({ ...part, arguments: part.arguments + event.json })) };
    case "tool_call_ready":
      return { ...next, parts: updateCall(draft.parts, event.call, (part) => ({ ...part, arguments: event.arguments, state: "running" })) };
    case "tool_result":
      return { ...next, parts: updateCall(draft.parts, event.call, (part) => settleCall(part, event.content, event.is_error ?? false)) };
    case "citation":
      return { ...next, parts: [...draft.parts, { type: "citation", url: event.url, title: event.title ?? "", text: event.text ?? "" }] };
    case "usage":
      return { ...next, usage: readUsage(event) };
    case "notice":
      return { ...next, notice: { code: event.code, retry_at: event.retry_at, detail: event.detail } };
    case "approval_needed":
      return {
        ...next,
        state: "needs_user",
        parts: updateCall(draft.parts, event.call, (part) => ({ ...part, state: "needs_approval" })),
      };
    case "run_finished":
      return { ...next, state: event.outcome, error: event.error ?? null };
    default:
      event satisfies never; // A new event type fails the build here; at run time it is only counted.
      return next;
  }
}

/** The server replaces the whole draft: another attempt took over, or the log does not reach back to the cursor. */
export function reset(draft: Draft, to: { attempt: number; seq: number; parts: Part[] }): Draft {
  return { ...draft, attempt: to.attempt, lastSeq: to.seq, parts: to.parts, notice: null, error: null };
}

function appendText(parts: readonly Part[], text: string): Part[] {
  const last = parts.at(-1);
  if (last?.type !== "text") return [...parts, { type: "text", text }];
  return [...parts.slice(0, -1), { ...last, text: last.text + text }];
}

function appendReasoning(parts: readonly Part[], text: string, signature?: string | null): Part[] {
  const last = parts.at(-1);
  const open = last?.type === "reasoning" && !last.signature;
  const part: ReasoningPart = open ? { ...last, text: last.text + text } : { type: "reasoning", text };
  if (signature) part.signature = signature;
  return [...(open ? parts.slice(0, -1) : parts), part];
}

function startPart(parts: readonly Part[], event: Extract<RunEvent, { type: "part_started" }>): Part[] {
  switch (event.kind) {
    case "hosted_tool":
      return [...parts, { type: "hosted_tool", name: event.name ?? "", data: event.data ?? "" }];
    case "refusal":
      return [...parts, { type: "refusal", text: event.data ?? "" }];
    case "image":
      return [...parts, imageOf(event)];
    default:
      return [...parts];
  }
}

function updateCall(parts: readonly Part[], call: string, change: (part: ToolCallPart) => ToolCallPart): Part[] {
  return parts.map((part) => (part.type === "tool_call" && part.call === call ? change(part) : part));
}

function settleCall(part: ToolCallPart, content: string, isError: boolean): ToolCallPart {
  const denied = part.state === "denied";
  return { ...part, content, is_error: isError, state: denied ? "denied" : isError ? "failed" : "done" };
}

/** A model's own image: the server stored it before it told of it, so its size is known. What is zero is left out on the wire. */
function imageOf(event: Extract<RunEvent, { type: "part_started" }>): ImagePart {
  const { data: file = "", media_type = "", name = "", width, height } = event;
  return { type: "image", file, media_type, ...(name && { name }), ...(width && height && { width, height }) };
}

/** Fields that are zero are left out on the wire. */
function readUsage(event: Extract<RunEvent, { type: "usage" }>): Draft["usage"] {
  return { input: event.input ?? 0, output: event.output ?? 0, cached: event.cached ?? 0, reasoning: event.reasoning ?? 0 };
}
