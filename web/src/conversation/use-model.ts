import { useCallback } from "react";
import { create } from "zustand";
import { patchConversation } from "../api/client.ts";
import { asApiError } from "../api/errors.ts";
import { findModel, keys, queryClient, updateConversation, useModels } from "../api/queries.ts";
import { useSession } from "../api/session.ts";
import type { Conversation, Model, ModelRef } from "../api/types.ts";
import { toast } from "../design/toast.tsx";
import { describeError } from "../i18n/errors.ts";
import { isSame } from "./compared.ts";

const LAST_MODEL = "portico:model";
const RECENT_MODELS = "portico:models";
const RECENT_KEPT = 4;

const useLastModel = create<{ ref: ModelRef | null }>(() => ({ ref: readLast() }));

export type ModelChoice = { model: Model | null; models: Model[]; loading: boolean; choose: (ref: ModelRef) => void };

/** The model that answers next: the conversation's own, else the one chosen last, else the person's or the instance's default, else the first. */
export function useModel(conversation: Conversation | null): ModelChoice {
  const { data, isPending } = useModels();
  const preferred = useSession((state) => state.defaultModel);
  const last = useLastModel((state) => state.ref);
  const models = (data?.items ?? []).filter((model) => model.enabled);
  const candidates = [conversation?.model, conversation ? null : last, preferred, data?.default];
  const model = candidates.map((ref) => findModel(models, ref)).find(Boolean) ?? models[0] ?? null;
  const id = conversation?.id;
  const choose = useCallback((ref: ModelRef) => void chooseModel(id ?? null, ref), [id]);
  return { model, models, loading: isPending, choose };
}

async function chooseModel(conversation: string | null, ref: ModelRef): Promise<void> {
  useLastModel.setState({ ref });
  localStorage.setItem(LAST_MODEL, JSON.stringify(ref));
  const others = recentModels().filter((other) => !isSame(other, ref));
  localStorage.setItem(RECENT_MODELS, JSON.stringify([ref, ...others].slice(0, RECENT_KEPT)));
  if (!conversation) return;
  const before = queryClient.getQueryData<Conversation>(keys.conversation(conversation));
  updateConversation(conversation, (item) => ({ ...item, model: ref }));
  try {
    await patchConversation(conversation, { model: ref });
  } catch (error) {
    if (before) updateConversation(conversation, (item) => ({ ...item, model: before.model }));
    toast(describeError(asApiError(error)), { tone: "error" });
  }
}

/** The models that were chosen last in this browser, newest first. */
export function recentModels(): ModelRef[] {
  return read<ModelRef[]>(RECENT_MODELS) ?? [];
}

function readLast(): ModelRef | null {
  return read<ModelRef>(LAST_MODEL);
}

function read<T>(key: string): T | null {
  try {
    return JSON.parse(localStorage.getItem(key) ?? "null") as T | null;
  } catch {
    return null; // Written by another version of the page.
  }
}
