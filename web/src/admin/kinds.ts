import type { ProviderKind } from "../api/types.ts";

type Preset = { id: string; name: string; kind: ProviderKind; base_url?: string; needsKey: boolean };

/** Back ends that people look for by name. All but the first column is only a proposal that the form shows and lets them change. */
export const PRESETS: readonly Preset[] = [
  { id: "openai", name: "OpenAI", kind: "openai-responses", needsKey: true },
  { id: "anthropic", name: "Anthropic", kind: "anthropic", needsKey: true },
  { id: "gemini", name: "Google Gemini", kind: "gemini", needsKey: true },
  { id: "deepseek", name: "DeepSeek", kind: "openai", base_url: "https://api.deepseek.com/v1", needsKey: true },
  { id: "openrouter", name: "OpenRouter", kind: "openai", base_url: "https://openrouter.ai/api/v1", needsKey: true },
  { id: "ollama", name: "Ollama", kind: "ollama", base_url: "http://127.0.0.1:11434", needsKey: false },
  { id: "compatible", name: "OpenAI-compatible", kind: "openai", base_url: "", needsKey: false },
];

export const KIND_NAMES: Record<ProviderKind, string> = {
  openai: "OpenAI Chat Completions",
  "openai-responses": "OpenAI Responses",
  anthropic: "Anthropic Messages",
  gemini: "Gemini",
  ollama: "Ollama",
  demo: "Demo",
};
