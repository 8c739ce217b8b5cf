import type { Message } from "../api/types.ts";
import { viewKeyOf } from "./local.ts";

/** A question with what answers it. The key stays when the question itself comes later, with the page above. */
export type Turn = { key: string; messages: Message[] };

export function turnsOf(messages: readonly Message[]): Turn[] {
  const turns: Turn[] = [];
  for (const message of messages) {
    const current = turns.at(-1);
    if (current && message.role !== "user") current.messages.push(message);
    else turns.push({ key: viewKeyOf(message.role === "user" ? message.id : (message.parent ?? message.id)), messages: [message] });
  }
  return turns;
}
