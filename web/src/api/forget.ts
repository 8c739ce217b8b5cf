import { PREFIX } from "./kept.ts";

/** Deletes everything that this page keeps on the device: at sign-out. What other sites on this host keep stays. */
export async function forgetDevice(basePath: string): Promise<void> {
  for (const name of Object.keys(localStorage)) if (name.startsWith(PREFIX)) localStorage.removeItem(name);
  if (typeof indexedDB !== "undefined") indexedDB.deleteDatabase(PREFIX + basePath);
  if (typeof caches === "undefined") return;
  const names = await caches.keys();
  await Promise.all(names.filter((name) => name.startsWith(`${PREFIX}${basePath}:`)).map((name) => caches.delete(name)));
}
