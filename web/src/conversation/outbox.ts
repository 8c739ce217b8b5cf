import { create } from "zustand";
import { type SendInput, sendMessage } from "../api/client.ts";
import { type ApiError, asApiError } from "../api/errors.ts";
import type { Started } from "../api/types.ts";

export type Letter = { conversation: string; body: SendInput; written: number; acknowledged: number | null };

const KEPT_AFTER_ACK_MS = 10 * 60_000;
const RETRY_MS = [500, 1_000, 2_000, 4_000, 8_000];

type OutboxState = { letters: Letter[]; refused: Record<string, ApiError> };

/**
 * Messages on their way. A letter stays until 10 minutes after the server took it, and is posted again under the same id
 * while nobody answers, so that neither a lost answer nor a lost database commit loses or doubles a message.
 */
export const useOutbox = create<OutboxState>(() => ({ letters: [], refused: {} }));

/** Letters lie apart, each under its message's id: a tab that writes one leaves alone what others wrote. */
let prefix: string | null = null;

/** Takes up what this person wrote before the page was closed, in any tab. */
export function openOutbox(user: string): Letter[] {
  prefix = `portico:outbox:${user}:`;
  const letters = readLetters(prefix);
  useOutbox.setState({ letters, refused: {} });
  return letters.filter((letter) => letter.acknowledged === null);
}

export function letterOf(message: string): Letter | undefined {
  return useOutbox.getState().letters.find((letter) => letter.body.id === message);
}

/** Letters that the server took less than 10 minutes ago. */
export function lettersKept(): Letter[] {
  return useOutbox.getState().letters.filter((letter) => letter.acknowledged !== null && isWanted(letter));
}

/** Posts a letter until the server takes or refuses it; whoever shows the stored message then acknowledges it. Raises ApiError when it is refused. */
export async function post(conversation: string, body: SendInput): Promise<Started> {
  put({ conversation, body, written: Date.now(), acknowledged: letterOf(body.id)?.acknowledged ?? null });
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await sendMessage(conversation, body);
    } catch (error) {
      const failure = asApiError(error);
      if (!failure.transient || failure.status === 429) return refuse(body.id, failure);
      await pause(failure.retryAfterMs ?? RETRY_MS[Math.min(attempt, RETRY_MS.length - 1)] ?? 8_000);
    }
  }
}

/**
 * Notes that the server has a message. The view takes the stored one from the query cache, which tells its readers a moment later:
 * noted at once, the message would be gone for a frame.
 */
export function acknowledge(message: string): void {
  setTimeout(() => {
    const letter = letterOf(message);
    if (letter) put({ ...letter, acknowledged: Date.now() });
  });
}

/** Takes a letter back: the person gave up, or will try again by hand. */
export function discard(message: string): void {
  useOutbox.setState((state) => {
    const { [message]: _gone, ...refused } = state.refused;
    return { letters: state.letters.filter((letter) => letter.body.id !== message), refused };
  });
  if (prefix) localStorage.removeItem(prefix + message);
}

function refuse(message: string, failure: ApiError): never {
  useOutbox.setState((state) => ({ refused: { ...state.refused, [message]: failure } }));
  throw failure;
}

function put(letter: Letter): void {
  useOutbox.setState((state) => {
    const { [letter.body.id]: _solved, ...refused } = state.refused;
    const others = state.letters.filter((item) => item.body.id !== letter.body.id && isWanted(item));
    return { letters: [...others, letter], refused };
  });
  if (prefix) save(prefix, letter);
}

function isWanted(letter: Letter): boolean {
  return letter.acknowledged === null || Date.now() - letter.acknowledged < KEPT_AFTER_ACK_MS;
}

/** Waits, but not longer than until the network is back. */
function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      window.removeEventListener("online", done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    window.addEventListener("online", done);
  });
}

/** A full device first gives up what the server has taken; what is still open then lives as long as this page does, and is sent all the same. */
function save(prefix: string, letter: Letter): void {
  if (keep(prefix, letter)) return;
  for (const taken of lettersKept()) localStorage.removeItem(prefix + taken.body.id);
  if (letter.acknowledged === null) keep(prefix, letter);
}

function keep(prefix: string, letter: Letter): boolean {
  try {
    localStorage.setItem(prefix + letter.body.id, JSON.stringify(letter));
    return true;
  } catch {
    return false;
  }
}

/** What is kept, oldest first. What is not wanted any more, or was written by another version of the page, goes. */
function readLetters(prefix: string): Letter[] {
  const letters: Letter[] = [];
  for (const name of Object.keys(localStorage)) {
    if (!name.startsWith(prefix)) continue;
    const letter = readLetter(name);
    if (letter && isWanted(letter)) letters.push(letter);
    else localStorage.removeItem(name);
  }
  return letters.sort((one, other) => one.written - other.written);
}

function readLetter(name: string): Letter | null {
  try {
    return JSON.parse(localStorage.getItem(name) ?? "null") as Letter | null;
  } catch {
    return null;
  }
}
