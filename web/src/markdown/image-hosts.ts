const KEY = "portico:image-hosts";

/** The hosts whose images this device loads without being asked. */
export function isTrustedHost(host: string): boolean {
  return read().includes(host);
}

export function trustHost(host: string, trusted: boolean): void {
  const others = read().filter((known) => known !== host);
  try {
    localStorage.setItem(KEY, JSON.stringify(trusted ? [...others, host] : others));
  } catch {
    // A browser that keeps nothing asks again the next time.
  }
}

function read(): string[] {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(KEY) ?? "[]");
    return Array.isArray(kept) ? kept.filter((host) => typeof host === "string") : [];
  } catch {
    return []; // Nothing that can be read is kept.
  }
}
