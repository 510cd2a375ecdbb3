// How far a file is written.
import { useEffect, useState } from "react";
import type { ImportBatch } from "../../api/schemas";
import { count, duration } from "../../lib/format";
import { useWords } from "../../lib/i18n";
import { Bar } from "../../ui/bits";
import { paceOf, sampled, type Pace, type Sample } from "./pace";

function usePace(rows: number, total: number): Pace | null {
  const [samples, setSamples] = useState<Sample[]>([]);
  useEffect(() => {
    const next = { atMs: performance.now(), rows };
    setSamples((old) => sampled(old, next));
  }, [rows]);
  return paceOf(samples, total);
}

export function Progress({ batch: b }: { batch: ImportBatch }) {
  const { t, language } = useWords();
  const pace = usePace(b.rowsDone, b.dataRows);
  const words = { done: count(b.rowsDone), total: count(b.dataRows) };
  const left = pace && duration(Math.max(1000, Math.ceil(pace.leftMs / 1000) * 1000), language);
  return (
    <p className="sec" role="status" data-testid="import-progress">
      {pace && left ? t("imp.progress", { ...words, rate: count(Math.round(pace.perSecond)), left }) : t("imp.progressStart", words)}
      <Bar share={b.dataRows > 0 ? b.rowsDone / b.dataRows : 0} tone="blue" />
    </p>
  );
}
