import { PREFIX } from "./kept.ts";

const PERSON = `${PREFIX}person`;

/** Takes away what somebody else left on this device without signing out: drafts, messages on their way, hosts that they trusted. */
export function forgetOthers(user: string): void {
  const before = localStorage.getItem(PERSON);
  if (before === user) return;
  if (before !== null)
    for (const name of Object.keys(localStorage)) if (name.startsWith(PREFIX) && !name.includes(user)) localStorage.removeItem(name);
  try {
    localStorage.setItem(PERSON, user);
  } catch {
    // The device is full: there is no room for drafts either.
  }
}
