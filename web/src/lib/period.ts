// Which period a page of figures shows, and whose; kept in the URL.
import type { FigurePeriod } from "../api/schemas";

export const PERIODS = ["day", "week", "month", "own"] as const;
export type PeriodKind = (typeof PERIODS)[number];

/** What the server is asked for; an absent value is its default. */
export interface Choice { period: PeriodKind; day?: string; from?: string; to?: string; store?: string; agentId?: string }

export function choiceOf(params: URLSearchParams, usual: PeriodKind = "month"): Choice {
  const kind = PERIODS.find((p) => p === params.get("period")) ?? usual;
  const value = (name: string) => params.get(name) || undefined;
  const span = kind === "own" ? { from: value("from"), to: value("to") } : { day: value("day") };
  return { period: kind, ...span, store: value("store"), agentId: value("agentId") };
}

/** The URL of a choice, with what is folded out or open left as it is. */
export function paramsOf(choice: Choice, keep: URLSearchParams): URLSearchParams {
  const out = new URLSearchParams(keep);
  for (const name of ["period", "day", "from", "to", "store", "agentId", "offset"]) out.delete(name);
  for (const [name, value] of Object.entries(choice)) if (value) out.set(name, String(value));
  return out;
}

/** A day some days later; days are "2026-11-20" and belong to no zone. */
export function addDays(day: string, n: number): string {
  const then = new Date(`${day}T00:00:00Z`);
  then.setUTCDate(then.getUTCDate() + n);
  return then.toISOString().slice(0, 10);
}

const daysBetween = (from: string, to: string): number => Math.round((Date.parse(to) - Date.parse(from)) / 86_400_000);

/** The choice one period earlier or later than the one shown. */
export function stepped(choice: Choice, shown: FigurePeriod, direction: -1 | 1): Choice {
  if (shown.kind !== "own") return { ...choice, day: direction < 0 ? addDays(shown.from, -1) : addDays(shown.to, 1) };
  const length = daysBetween(shown.from, shown.to) + 1;
  return { ...choice, from: addDays(shown.from, direction * length), to: addDays(shown.to, direction * length) };
}

/** The same stores and agent in another kind of period, around the day that was shown. */
export function turned(choice: Choice, shown: FigurePeriod | undefined, kind: PeriodKind, today: string): Choice {
  const inside = !shown || (shown.from <= today && today <= shown.to);
  const rest = { store: choice.store, agentId: choice.agentId };
  if (kind === "own") return { period: kind, from: shown?.from, to: shown && inside && shown.to > today ? today : shown?.to, ...rest };
  return { period: kind, day: inside ? undefined : shown.to, ...rest };
}
