// How fast a file is written, and how long it still takes: from the last seconds,
// not from the start, because the rows that the preview settled cost nothing.

export interface Sample { atMs: number; rows: number }
export interface Pace { perSecond: number; leftMs: number }

const WINDOW_MS = 15_000;

/** The samples with one more; those too old to tell today's pace go. */
export function sampled(samples: readonly Sample[], next: Sample): Sample[] {
  const kept = samples.filter((s) => next.atMs - s.atMs <= WINDOW_MS && s.rows <= next.rows);
  return [...kept, next];
}

/** null until two samples tell. */
export function paceOf(samples: readonly Sample[], total: number): Pace | null {
  const first = samples[0];
  const end = samples[samples.length - 1];
  if (!first || !end || end.rows === first.rows || end.atMs === first.atMs) return null;
  const perMs = (end.rows - first.rows) / (end.atMs - first.atMs);
  return { perSecond: perMs * 1000, leftMs: Math.max(0, total - end.rows) / perMs };
}
