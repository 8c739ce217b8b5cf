import { useRef } from "react";
import type { Message } from "../api/types.ts";
import { isUnfinished } from "./local.ts";

/** What came below while the person was further up: how many messages, and whether the last one that they saw went on growing. */
export type Unseen = { messages: number; grew: boolean };

export function useUnseen(away: boolean, messages: readonly Message[]): Unseen {
  const seen = useRef<Message | undefined>(undefined);
  if (!away) seen.current = messages.at(-1);
  return away ? unseenAfter(messages, seen.current) : { messages: 0, grew: false };
}

export function unseenAfter(messages: readonly Message[], seen: Message | undefined): Unseen {
  const at = messages.findIndex((message) => message.id === seen?.id);
  const grew = seen !== undefined && seen.role === "assistant" && isUnfinished(seen.status);
  return { messages: at < 0 ? 0 : messages.length - 1 - at, grew };
}
