/** What stands in a composer but was not sent, kept per conversation on this device. */
const key = (conversation: string | null) => `portico:draft:${conversation ?? "new"}`;

export function readDraft(conversation: string | null): string {
  return localStorage.getItem(key(conversation)) ?? "";
}

export function writeDraft(conversation: string | null, text: string): void {
  if (text) localStorage.setItem(key(conversation), text);
  else localStorage.removeItem(key(conversation));
}
