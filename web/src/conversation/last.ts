import { keys, queryClient } from "../api/queries.ts";
import { branchOf, type Stretch } from "../api/stretch.ts";
import type { Message } from "../api/types.ts";
import { textOf } from "./text.ts";

const FENCE = /^[ \t]*(`{3,}|~{3,})[^\n]*\n([\s\S]*?)^[ \t]*\1[ \t]*$/gm;

/** The words of the newest answer of a conversation that has any, as far as the page has loaded it. */
export function lastAnswerOf(conversation: string): string | null {
  const branch = branchOf(queryClient.getQueryData<Stretch>(keys.messages(conversation)));
  return branch.reduceRight<string | null>((found, message) => found ?? answerText(message), null);
}

/** The newest code block of a conversation's newest answer. */
export function lastCodeOf(conversation: string): string | null {
  return lastBlockIn(lastAnswerOf(conversation) ?? "");
}

export function lastBlockIn(text: string): string | null {
  return [...text.matchAll(FENCE)].at(-1)?.[2]?.replace(/\n$/, "") ?? null;
}

function answerText(message: Message): string | null {
  return message.role === "assistant" ? textOf(message.parts) || null : null;
}
