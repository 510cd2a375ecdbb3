// What a record's page decides by itself: how urgent a promise is, how a time line
// falls into days, which consent holds. Pure.
import type { ConsentEntry, Moment, Promised } from "../../api/schemas";
import { date } from "../../lib/format";

export type Standing = "late" | "held" | "open";

/** A promise is late when its moment has passed, held when something stops it. */
export function standing(promise: Pick<Promised, "dueAt" | "agreedAt" | "whyZh" | "state">, now: number): Standing {
  if (promise.whyZh !== "" || promise.state === "blocked") return "held";
  return Date.parse(promise.agreedAt ?? promise.dueAt) < now ? "late" : "open";
}

export interface DayOf<T> { day: string; items: T[] }

/** Splits entries, newest first, into business days. */
export function byDay<T extends Pick<Moment, "at">>(items: readonly T[]): DayOf<T>[] {
  const out: DayOf<T>[] = [];
  for (const item of items) {
    const day = date(item.at);
    const last = out.at(-1);
    if (last?.day === day) last.items.push(item);
    else out.push({ day, items: [item] });
  }
  return out;
}

/** The newest answer of each purpose, in the order of the purposes; entries are newest first. */
export function holding(entries: readonly ConsentEntry[], purposes: readonly string[]): { purpose: string; entry: ConsentEntry | undefined }[] {
  return purposes.map((purpose) => ({ purpose, entry: entries.find((e) => e.purpose === purpose) }));
}

/** Where J and K lead in a list: never past its ends; -1 is nowhere yet. */
export function stepped(at: number, by: 1 | -1, count: number): number {
  if (count === 0) return -1;
  return Math.min(count - 1, Math.max(0, at + by));
}
