import { findModel } from "../api/queries.ts";
import type { Model, ModelRef } from "../api/types.ts";

/** A stretch of the list under one heading; `provider` is its name when the heading is one. */
export type Section = { kind: "pinned" | "recent" | "provider"; provider: string; models: Model[] };

/** The models in the order in which they are offered: pinned ones, those used last, then all others by provider. A search knows providers only. */
export function sectionsOf(models: readonly Model[], text: string, pinned: readonly ModelRef[], recent: readonly ModelRef[]): Section[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length) return byProvider(models.filter((model) => matches(model, words)));
  const first = known(models, pinned);
  const next = known(models, recent).filter((model) => !first.includes(model));
  const rest = models.filter((model) => !first.includes(model) && !next.includes(model));
  const above: Section[] = [
    { kind: "pinned", provider: "", models: first },
    { kind: "recent", provider: "", models: next },
  ];
  return [...above.filter((section) => section.models.length > 0), ...byProvider(rest)];
}

function known(models: readonly Model[], refs: readonly ModelRef[]): Model[] {
  return refs.flatMap((ref) => findModel(models, ref) ?? []);
}

function byProvider(models: readonly Model[]): Section[] {
  const sections = new Map<string, Section>();
  for (const model of models) {
    const section = sections.get(model.provider) ?? { kind: "provider", provider: model.provider_name, models: [] };
    section.models.push(model);
    sections.set(model.provider, section);
  }
  return [...sections.values()];
}

function matches(model: Model, words: readonly string[]): boolean {
  const name = `${model.name} ${model.id} ${model.provider_name}`.toLowerCase();
  return words.every((word) => name.includes(word));
}
