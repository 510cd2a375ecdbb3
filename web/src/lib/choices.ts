// Keys for lists of choices: digits first, then letters that no action of the desk uses.

/** Letters no action of the desk uses, for lists longer than the digits. */
const SPARE = [..."0CEFGHIJLOTUVWYS-+"];

/** Gives keys to what has none: 0 first, then spare letters. */
export function withKeys<T extends { key: string }>(items: readonly T[]): T[] {
  const spare = SPARE.filter((key) => !items.some((item) => item.key === key));
  return items.map((item) => (item.key === "" ? { ...item, key: spare.shift() ?? "" } : item));
}

/** The first nine by digit, the others by what is spare. */
export function keyed<T>(items: readonly T[]): (T & { key: string })[] {
  return withKeys(items.map((item, i) => ({ ...item, key: i < 9 ? String(i + 1) : "" })));
}
