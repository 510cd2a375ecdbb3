// How a file is read, for a person to correct: its kind, encoding, sheet and header
// row, then which column is which. Each correction reads the file again.
import { useQuery, useQueryClient } from "@tanstack/react-query";
import type { ImportBatch, ImportCorrection } from "../../api/schemas";
import { asFailure } from "../../api/failure";
import { http, must } from "../../api/http";
import { useChange, type Change } from "../../api/useChange";
import { useWords } from "../../lib/i18n";
import { Failed, Skeleton } from "../../ui/looks";
import { useState } from "react";
import { Columns } from "./Columns";
import { useKinds } from "./kinds";
import { Reading, readingOf } from "./Reading";

/** Reads a file again as said; true when it could be read. */
export interface Rereading { change: Change; reread: (correction: ImportCorrection) => Promise<boolean> }

export function useRereading(id: string): Rereading {
  const cache = useQueryClient();
  const change = useChange();
  const reread = async (body: ImportCorrection) => {
    let read = false;
    await change.run(async () => {
      const batch = await must(http.POST("/api/v1/imports/{id}/correction", { params: { path: { id } }, body }));
      read = batch.state === "parsed";
      for (const key of ["import", "import-top", "import-rows"]) void cache.invalidateQueries({ queryKey: [key, id] });
    });
    return read;
  };
  return { change, reread };
}

export function Correction({ batch: b, rereading: { change, reread }, close }: { batch: ImportBatch; rereading: Rereading; close: () => void }) {
  const { t, pick } = useWords();
  const kinds = useKinds();
  const [reading, setReading] = useState(() => readingOf(b));
  const { sheet, encoding } = reading;
  const top = useQuery({
    queryKey: ["import-top", b.id, sheet, encoding],
    queryFn: () => must(http.GET("/api/v1/imports/{id}/top", { params: { path: { id: b.id }, query: { sheet, encoding } } })),
    placeholderData: (old) => old,
  });
  if (top.isError) return <Failed failure={asFailure(top.error)} retry={() => void top.refetch()} />;
  if (top.data === undefined) return <Skeleton lines={8} />;
  const { kind, headerRow } = readingOf(b);
  return (
    <div className="scroll" data-testid="import-correction" tabIndex={0}>
      {change.failure && <p className="note-box r" role="alert">{pick(change.failure.zh, change.failure.en)}</p>}
      <Reading key={b.headerRow + b.kind + b.encoding + b.sheet} batch={b} top={top.data} kinds={kinds} reading={reading} set={setReading} busy={change.busy}
        send={(r) => void reread(r)} />
      {b.columns.length > 0 && <Columns key={JSON.stringify(b.columns)} batch={b} top={top.data} fields={kinds.find((k) => k.kind === b.kind)?.fields ?? []} busy={change.busy}
        send={(fields) => void reread({ kind, encoding: b.encoding, sheet: b.sheet, headerRow, fields }).then((read) => read && close())} />}
      <p className="sec q sm">{t("imp.remember")}</p>
    </div>
  );
}
