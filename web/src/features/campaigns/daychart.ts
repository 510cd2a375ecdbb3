// Where the things of a day's chart stand; numbers only.
import type { CampaignDay } from "../../api/schemas";

/** What is drawn of a day. */
export type Drawn = Pick<CampaignDay, "stepSeconds" | "points">;
type Point = CampaignDay["points"][number];
export interface Box { width: number; height: number; left: number; right: number; top: number; bottom: number }

export interface Frame {
  x(at: number): number;
  y(n: number): number;
  /** Grid lines, from 0 up. */
  levels: number[];
  /** Full hours to write below, in ms. */
  hours: number[];
  /** Where now is, or null when it is outside. */
  now: number | null;
  area(of: (p: Point) => number): string;
  line(of: (p: Point) => number): string;
}

const HOUR = 3_600_000;
const QUIET = 20 * 60_000;

/** The frame of a day's points: from the hour of the first to the end of the hour of now. */
export function frameOf(day: Drawn, now: number, box: Box): Frame {
  const first = Date.parse(day.points[0]?.at ?? new Date(now).toISOString());
  const last = Date.parse(day.points.at(-1)?.at ?? new Date(now).toISOString()) + day.stepSeconds * 1000;
  const from = Math.floor(first / HOUR) * HOUR;
  const sameDay = now >= last && now - last < 12 * HOUR;
  const to = Math.max(Math.ceil((sameDay ? now : last) / HOUR) * HOUR, from + HOUR);
  const most = niceTop(Math.max(1, ...day.points.map((p) => Math.max(p.lines, p.talking + p.wrapping + p.ready))));
  const step = most / 4;
  const floor = box.height - box.bottom;
  const x = (at: number) => round(box.left + ((at - from) / (to - from)) * (box.width - box.left - box.right));
  const y = (n: number) => round(floor - (n / most) * (floor - box.top));
  const hours: number[] = [];
  const gap = to - from > 8 * HOUR ? 2 * HOUR : HOUR;
  for (let at = from; at <= to; at += gap) hours.push(at);
  const runs = runsOf(day);
  const startOf = (run: Point[]) => Date.parse(run[0]?.at ?? "");
  const endOf = (p: Point | undefined) => Math.min(Date.parse(p?.at ?? "") + day.stepSeconds * 1000, Math.max(now, first));
  // A mean stands in the middle of its minutes; the ends reach to where they begin and end.
  const path = (run: Point[], of: (p: Point) => number) => {
    const means = run.map((p) => `${x((Date.parse(p.at) + endOf(p)) / 2)} ${y(of(p))}`);
    const [head, tail] = [run[0], run.at(-1)];
    return head && tail ? [`${x(Date.parse(head.at))} ${y(of(head))}`, ...means, `${x(endOf(tail))} ${y(of(tail))}`].join("L") : "";
  };
  return {
    x, y, hours, levels: [0, 1, 2, 3, 4].map((i) => i * step), now: now >= from && now <= to ? x(now) : null,
    line: (of) => runs.map((run) => `M${path(run, of)}`).join(""),
    area: (of) => runs.map((run) => `M${x(startOf(run))} ${floor}L${path(run, of)}L${x(endOf(run.at(-1)))} ${floor}Z`).join(""),
  };
}

const round = (n: number): number => Math.round(n * 10) / 10;

/** The smallest of 4, 8, 12, 20, 40, … that is not below n. */
export function niceTop(n: number): number {
  for (let scale = 4; ; scale *= 10) for (const top of [scale, scale * 2, scale * 3, scale * 5]) if (top >= n) return top;
}

/** Stretches in which something happened; a pause of twenty minutes parts them. */
function runsOf(day: Drawn): Point[][] {
  const out: Point[][] = [];
  let quiet = Infinity;
  for (const p of day.points) {
    const still = p.lines + p.talking + p.wrapping < 0.01;
    quiet = still ? quiet + day.stepSeconds * 1000 : 0;
    if (still && quiet >= QUIET) continue;
    const run = out.at(-1);
    const before = run?.at(-1);
    if (run && before && Date.parse(p.at) - Date.parse(before.at) <= day.stepSeconds * 1000) run.push(p);
    else out.push([p]);
  }
  return out;
}
