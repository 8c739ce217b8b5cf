/** Whether the server answers. The service worker answers for navigations only, so this reaches the server itself. */
export async function reachable(base: URL): Promise<boolean> {
  try {
    return (await fetch(new URL("livez", base), { cache: "no-store" })).ok;
  } catch {
    return false; // Nobody answers.
  }
}
