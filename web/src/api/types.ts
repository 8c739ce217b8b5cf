/** The objects of the HTTP API. Ids are UUIDv7 strings, times ISO-8601 UTC. */

export type ModelRef = { provider: string; model: string };

export type Role = "admin" | "member" | "guest";
export type ThemeName = "light" | "dark" | "system";
export type LocaleName = "en" | "zh-CN";

export type User = {
  id: string;
  email: string | null;
  name: string;
  role: Role;
  status: "active" | "suspended";
  locale: LocaleName | null;
  theme: ThemeName;
  created: string;
  last_seen: string | null;
  rev: number;
};

export type TextPart = { type: "text"; text: string };
export type ReasoningPart = { type: "reasoning"; text: string; signature?: string | null; duration_ms?: number | null };
export type ToolCallState = "pending" | "running" | "needs_approval" | "done" | "failed" | "denied";
export type ToolCallPart = {
  type: "tool_call";
  call: string;
  name: string;
  arguments: string;
  state: ToolCallState;
  content?: string | null;
  is_error?: boolean | null;
};
export type HostedToolPart = { type: "hosted_tool"; name: string; data: string };
export type ImagePart = {
  type: "image";
  file: string;
  name?: string | null;
  media_type: string;
  width?: number | null;
  height?: number | null;
};
export type CitationPart = { type: "citation"; url: string; title?: string | null; text?: string | null };
export type RefusalPart = { type: "refusal"; text: string };
export type NoticePart = { type: "notice"; code: string; detail?: string | null; retry_at?: string | number | null };
export type Part = TextPart | ReasoningPart | ToolCallPart | HostedToolPart | ImagePart | CitationPart | RefusalPart | NoticePart;
export type InputPart = TextPart | ImagePart;

export type MessageStatus = "done" | "pending" | "streaming" | "stopped" | "failed" | "interrupted";
export type RunState = "queued" | "running" | "completing" | "needs_user" | "done" | "failed" | "cancelled" | "interrupted";
export type RunFailure = { code: string; detail?: string | null; message?: string | null };

export type Usage = {
  input: number;
  output: number;
  cached: number;
  reasoning: number;
  cost_usd?: number | null;
  ttft_ms?: number | null;
  tokens_per_s?: number | null;
};

export type Message = {
  id: string;
  conversation: string;
  parent: string | null;
  role: "user" | "assistant";
  status: MessageStatus;
  parts: Part[];
  provider: string | null;
  model: string | null;
  siblings: string[];
  run: { id: string; state: RunState } | null;
  usage: Usage | null;
  error: RunFailure | null;
  created: string;
  finished: string | null;
};

export type Conversation = {
  id: string;
  title: string;
  title_source: "none" | "model" | "person";
  model: ModelRef | null;
  leaf: string | null;
  running: boolean;
  created: string;
  updated: string;
  rev: number;
};

export type Run = {
  id: string;
  conversation: string;
  message: string;
  state: RunState;
  attempt: number;
  place: number | null;
  created: string;
  started: string | null;
  finished: string | null;
  error: RunFailure | null;
};

export type Capabilities = {
  vision?: boolean;
  tools?: boolean;
  reasoning?: boolean;
  context_tokens?: number | null;
  output_tokens?: number | null;
  continuation?: string | null;
  input_price?: number | null;
  output_price?: number | null;
};

export type Model = {
  provider: string;
  provider_name: string;
  id: string;
  name: string;
  capabilities: Capabilities;
  enabled: boolean;
  demo: boolean;
};

export type ProviderKind = "openai" | "openai-responses" | "anthropic" | "gemini" | "ollama" | "demo";
export type Provider = {
  id: string;
  kind: ProviderKind;
  name: string;
  base_url: string | null;
  enabled: boolean;
  position: number;
  source: "settings" | "database";
  has_key: boolean;
  key_hint: string | null;
  health: { state: "ok" | "degraded" | "open" | "unknown"; detail: string | null };
  fallbacks: ModelRef[];
  rev: number;
};

export type ProviderTest = {
  ok: boolean;
  latency_ms: number;
  ttft_ms: number | null;
  text: string | null;
  error: RunFailure | null;
  continuation: string | null;
};

export type StoredFile = {
  id: string;
  name: string;
  size: number;
  media_type: string;
  status: "uploading" | "ready";
  width: number | null;
  height: number | null;
  part_size: number;
};

export type ApiKey = {
  id: string;
  name: string;
  prefix: string;
  scopes: string[];
  created: string;
  last_used: string | null;
  expires: string | null;
};

export type SessionInfo = {
  id: string;
  created: string;
  last_seen: string | null;
  user_agent?: string | null;
  address?: string | null;
  current?: boolean;
};

export type Page<T> = { items: T[]; next: string | null };

export type Boot = {
  version: string;
  base_path: string;
  setup: { required: boolean; token_required: boolean };
  access_code: boolean;
  user: User | null;
  locale: LocaleName;
  theme: ThemeName;
  instance: { name: string };
  features: Record<string, boolean>;
  conversations: Page<Conversation> | null;
  default_model: ModelRef | null;
};

export type Started = { message: Message; run: Run; assistant: Message; cursor: string };

export type SearchHit = { conversation: string; title: string; message: string | null; snippet: string; updated: string };

export type Change = { rev: number; kind: "conversation" | "message" | "settings" | "user" | "provider"; id: string; deleted: boolean };
export type SyncPage = { rev: number; next: boolean; changes: Change[] };

export type UsageSummary = { period: string; tokens_input: number; tokens_output: number; cost_usd: number | null; runs: number };
