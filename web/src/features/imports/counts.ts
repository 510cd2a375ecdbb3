// What becomes of a file's rows: what the preview settled and what it foresees of
// the rest, under one set of outcomes.
import type { ImportBatch, ImportOutcome } from "../../api/schemas";

export const OUTCOMES: ImportOutcome[] = ["new", "updated", "same", "superseded", "merged", "rejected"];
/** Always shown, also when there are none. */
const ALWAYS = new Set<ImportOutcome>(["new", "updated", "same", "rejected"]);

export interface Counted { outcome: ImportOutcome; rows: number }

/** The figures of a batch. Waiting rows of which nothing is foreseen are counted as waiting. */
export function counted(b: Pick<ImportBatch, "counts" | "forecast">): Counted[] {
  const waiting = b.counts.waiting ?? 0;
  const foreseen = Object.values(b.forecast).reduce((n, x) => n + x, 0);
  const rows = (o: ImportOutcome) => (b.counts[o] ?? 0) + (waiting > 0 ? (b.forecast[o] ?? 0) : 0);
  const out = OUTCOMES.filter((o) => ALWAYS.has(o) || rows(o) > 0).map((outcome) => ({ outcome, rows: rows(outcome) }));
  return waiting > foreseen ? [{ outcome: "waiting", rows: waiting - foreseen }, ...out] : out;
}
