import { create } from "zustand";
import type { Model, ModelRef } from "../api/types.ts";

export const MOST_COMPARED = 4;

type State = {
  /** Models that answer the next question beside the chosen one. */
  others: ModelRef[];
  /** By question: the answer with which a message goes on that is written before one was chosen. */
  preferred: Record<string, string>;
};

export const useCompared = create<State>(() => ({ others: [], preferred: {} }));

export function isSame(one: ModelRef | null | undefined, other: ModelRef | null | undefined): boolean {
  return one?.provider === other?.provider && one?.model === other?.model;
}

export function refOf(model: Model): ModelRef {
  return { provider: model.provider, model: model.id };
}

/** Takes a model into the comparison, or out of it; more than three beside the chosen one are left out. */
export function toggleCompared(model: ModelRef): void {
  useCompared.setState(({ others }) => {
    const rest = others.filter((other) => !isSame(other, model));
    return { others: rest.length < others.length ? rest : [...others, model].slice(0, MOST_COMPARED - 1) };
  });
}

/** The models to ask beside `model`, for one question: after it the comparison is over. */
export function takeCompared(model: ModelRef): ModelRef[] {
  const { others } = useCompared.getState();
  useCompared.setState({ others: [] });
  return others.filter((other) => !isSame(other, model));
}

export function prefer(question: string, answer: string): void {
  useCompared.setState(({ preferred }) => ({ preferred: { ...preferred, [question]: answer } }));
}
