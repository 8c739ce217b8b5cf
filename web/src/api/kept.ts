/** What the query cache keeps on this device, so that a reload paints at once: rows of one person in IndexedDB. */

export type Row = {
  /** The person and the key of the query. */
  id: string;
  user: string;
  /** The build of the page that wrote it: another one may read other shapes. */
  build: string;
  key: readonly unknown[];
  data: unknown;
  size: number;
  stored: number;
};

export interface Shelf {
  get(id: string): Promise<Row | undefined>;
  all(): Promise<Row[]>;
  put(row: Row): Promise<void>;
  remove(ids: readonly string[]): Promise<void>;
}

const STORE = "queries";
export const PREFIX = "portico:";

/** The shelf of the server below this path; null where the browser keeps nothing (a private window, a full disk). */
export function openShelf(basePath: string): Promise<Shelf | null> {
  if (typeof indexedDB === "undefined") return Promise.resolve(null);
  return new Promise((resolve) => {
    const request = indexedDB.open(PREFIX + basePath, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(STORE, { keyPath: "id" });
    request.onsuccess = () => {
      const database = request.result;
      database.onversionchange = () => database.close(); // Another tab signs out and deletes it.
      resolve(new IndexedShelf(database));
    };
    request.onerror = () => resolve(null);
    request.onblocked = () => resolve(null);
  });
}

class IndexedShelf implements Shelf {
  constructor(private readonly database: IDBDatabase) {}

  get(id: string): Promise<Row | undefined> {
    return this.#ask<Row | undefined>("readonly", (store) => store.get(id));
  }

  all(): Promise<Row[]> {
    return this.#ask<Row[]>("readonly", (store) => store.getAll());
  }

  async put(row: Row): Promise<void> {
    await this.#ask("readwrite", (store) => store.put(row));
  }

  async remove(ids: readonly string[]): Promise<void> {
    for (const id of ids) await this.#ask("readwrite", (store) => store.delete(id));
  }

  #ask<T>(mode: IDBTransactionMode, call: (store: IDBObjectStore) => IDBRequest): Promise<T> {
    return new Promise((resolve, reject) => {
      const request = call(this.database.transaction(STORE, mode).objectStore(STORE));
      request.onsuccess = () => resolve(request.result as T);
      request.onerror = () => reject(request.error);
    });
  }
}
