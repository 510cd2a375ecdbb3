// The little of IndexedDB the console needs: one database, a few key-value
// stores. Where the browser has none (private windows), a Map stands in for
// the life of the page.

const NAME = "ringback";
const STORES = ["commands", "drafts"] as const;
export type StoreName = (typeof STORES)[number];

export interface KeyValue<T> {
  put(key: string, value: T): Promise<void>;
  get(key: string): Promise<T | undefined>;
  remove(key: string): Promise<void>;
  all(): Promise<T[]>;
}

let opened: Promise<IDBDatabase> | undefined;

function open(): Promise<IDBDatabase> {
  opened ??= new Promise((resolve, reject) => {
    const request = indexedDB.open(NAME, 1);
    request.onupgradeneeded = () => STORES.forEach((store) => request.result.createObjectStore(store));
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error("opening IndexedDB"));
  });
  return opened;
}

async function run<R>(store: StoreName, mode: IDBTransactionMode, ask: (s: IDBObjectStore) => IDBRequest<R>): Promise<R> {
  const database = await open();
  return new Promise((resolve, reject) => {
    const request = ask(database.transaction(store, mode).objectStore(store));
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error(`${mode} on ${store}`));
  });
}

export function memoryStore<T>(): KeyValue<T> {
  const map = new Map<string, T>();
  return {
    put: async (key, value) => void map.set(key, value),
    get: async (key) => map.get(key),
    remove: async (key) => void map.delete(key),
    all: async () => [...map.values()],
  };
}

export function indexedStore<T>(store: StoreName): KeyValue<T> {
  if (typeof indexedDB === "undefined") return memoryStore();
  return {
    put: async (key, value) => void (await run(store, "readwrite", (s) => s.put(value, key))),
    get: (key) => run<T | undefined>(store, "readonly", (s) => s.get(key) as IDBRequest<T | undefined>),
    remove: async (key) => void (await run(store, "readwrite", (s) => s.delete(key))),
    all: () => run<T[]>(store, "readonly", (s) => s.getAll() as IDBRequest<T[]>),
  };
}
