// The tab's own id. It survives a reload (the server then knows the same page
// came back) but not a duplicated tab, which copies sessionStorage: whoever
// does not get the lock of its id takes a new one.
import { randomId } from "./queue";

const KEY = "rb_client";

export async function tabId(): Promise<string> {
  const kept = sessionStorage.getItem(KEY);
  if (kept !== null && (await hold(kept))) return kept;
  const fresh = randomId();
  sessionStorage.setItem(KEY, fresh);
  await hold(fresh);
  return fresh;
}

/** Holds the id's lock for the life of the page. Without the Locks API the kept id is trusted. */
function hold(id: string): Promise<boolean> {
  if (navigator.locks === undefined) return Promise.resolve(true);
  return new Promise((resolve) => {
    const asked = navigator.locks.request(`rb_client_${id}`, { ifAvailable: true }, (lock) => {
      resolve(lock !== null);
      return lock === null ? undefined : new Promise<void>(() => undefined);
    });
    asked.catch(() => resolve(true));
  });
}
