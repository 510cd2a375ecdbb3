// What a what-if page works out by itself: names of settings, the questions ready
// to ask, and where things stand in the chart.
import type { SimPoint, SimSetting, SimSpan, WhatIfQuestion, WhatIfRun } from "../../api/schemas";
import type { Key, Say } from "../../lib/i18n";
import { share } from "./caps";

/** A share of time as "65.3 %". */
export const percentOf = (x: number): string => `${(x * 100).toFixed(1)} %`;

export const same = (a: SimSetting, b: SimSetting): boolean => a.mode === b.mode && a.capBp === b.capBp;

/** The lines a fixed ratio opens for each ready agent; 0 for the product's own modes. */
export const linesOf = (s: SimSetting): number => (s.mode.startsWith("ratio:") ? Number(s.mode.slice(6)) : 0);

export function settingName(s: SimSetting, t: Say): string {
  const lines = linesOf(s);
  if (lines > 0) return t("wi.ratio", { n: lines });
  return s.mode === "predictive" ? t("wi.predictive", { cap: share(s.capBp) }) : t("wi.progressive");
}

const clock = (minute: number): string => `${String(Math.floor(minute / 60)).padStart(2, "0")}:${String(minute % 60).padStart(2, "0")}`;
export const spansText = (spans: SimSpan[]): string => spans.map((s) => `${clock(s.from)}–${clock(s.to)}`).join(" ");

/** A question in a few words; the empty one is how things are. */
export function questionText(q: WhatIfQuestion, t: Say): string {
  const parts = [
    q.agents !== undefined && t("wi.q.agents", { n: q.agents }),
    q.from !== undefined && q.to !== undefined && t("wi.q.hours", { from: q.from, to: q.to }),
    q.capBp !== undefined && t("wi.q.cap", { cap: share(q.capBp) }),
  ].filter((part) => part !== false);
  return parts.length === 0 ? t("wi.q.none") : parts.join(t("wi.comma"));
}

export const SEED = 1;

export interface Ready { id: string; label: Key; question: WhatIfQuestion }

/** The questions ready to ask; only such as make sense here. */
export function readyQuestions(agents: number, hours: SimSpan[], mostBp: number): Ready[] {
  const end = Math.ceil(Math.max(0, ...hours.map((s) => s.to)) / 60);
  const out: Ready[] = [{ id: "agents", label: "wi.more", question: { agents: agents + 2, seed: SEED } }];
  const first = Math.min(...hours.map((s) => s.from)) / 60;
  if (end > NOON + 1 && first < NOON) out.push({ id: "afternoon", label: "wi.afternoon", question: { from: NOON, to: end, seed: SEED } });
  if (mostBp >= 50) out.push({ id: "cap", label: "wi.cap", question: { capBp: 50, seed: SEED } });
  return out;
}

const NOON = 12;

export interface Draft { agents: string; from: string; to: string; cap: string }
export const nothing: Draft = { agents: "", from: "", to: "", cap: "" };

/** What somebody typed as a question; null when one of them is no number. The server judges the numbers. */
export function questionOf(d: Draft): WhatIfQuestion | null {
  const whole = (text: string): number | undefined | null => (text.trim() === "" ? undefined : /^-?\d{1,6}$/.test(text.trim()) ? Number(text.trim()) : null);
  const [agents, from, to] = [whole(d.agents), whole(d.from), whole(d.to)];
  const typed = d.cap.replace("%", "").trim();
  const capBp = typed === "" ? undefined : /^-?\d{1,4}(\.\d{1,4})?$/.test(typed) ? Math.round(Number(typed) * 100) : null;
  if (agents === null || from === null || to === null || capBp === null) return null;
  return { seed: SEED, ...(agents !== undefined && { agents }), ...(from !== undefined && { from }), ...(to !== undefined && { to }), ...(capBp !== undefined && { capBp }) };
}

export const runningOf = (asked: WhatIfRun[]): WhatIfRun | undefined => asked.find((a) => a.state === "running");

/** Lowest and highest share of the chart, on whole steps of five points. */
export function rangeOf(points: SimPoint[], others: number[]): [number, number] {
  const all = [...points.flatMap((p) => [p.low, p.high]), ...others];
  const low = Math.floor(Math.min(...all) * 20) / 20;
  return [Math.max(0, low), Math.min(1, Math.max(low + 0.1, Math.ceil(Math.max(...all) * 20) / 20))];
}

export interface Label { y: number; text: string; name: string }

/** Labels moved apart so that none covers another; from top to bottom. */
export function apart(labels: Label[], gap: number, top: number, bottom: number): Label[] {
  const out = [...labels].sort((a, b) => a.y - b.y).map((l) => ({ ...l }));
  out.forEach((l, i) => (l.y = Math.max(l.y, i === 0 ? top : (out[i - 1]?.y ?? top) + gap)));
  for (let i = out.length - 1; i >= 0; i -= 1) {
    const l = out[i];
    if (l) l.y = Math.min(l.y, i === out.length - 1 ? bottom : (out[i + 1]?.y ?? bottom) - gap);
  }
  return out;
}
