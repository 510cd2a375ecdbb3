// Rows of a file as they stand in it: the rejected ones with the cell that is wrong
// marked and the reason beside it.
import { useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { ImportBatch, ImportRow, ImportRows } from "../../api/schemas";
import { asFailure } from "../../api/failure";
import { http, must } from "../../api/http";
import { maskedText } from "../../lib/format";
import { useWords } from "../../lib/i18n";
import { Act } from "../../ui/bits";
import { Failed, Skeleton } from "../../ui/looks";

const VIEWS = ["rejected", "coded", "all"] as const;
type View = (typeof VIEWS)[number];
const PAGE = 200;

export function Rows({ batch: b, errorFile }: { batch: ImportBatch; errorFile: (() => void) | null }) {
  const { t } = useWords();
  const [view, setView] = useState<View>((b.counts.rejected ?? 0) > 0 ? "rejected" : "all");
  const names: Record<View, string> = { rejected: t("imp.o.rejected"), coded: t("imp.notes"), all: t("app.all") };
  return (
    <>
      <div className="sec row"><div className="seg" role="group">{VIEWS.map((v) => <button key={v} type="button" className={v === view ? "on" : ""} data-testid={`import-view-${v}`} onClick={() => setView(v)}>{names[v]}</button>)}</div>{view === "rejected" && <span className="q sm">{t("imp.rejectedHint")}</span>}{errorFile && <Act id="import-errors" className="end" size="s" icon="dl" keyCap="D" run={errorFile}>{t("imp.errorFile")}</Act>}</div>
      <div className="scroll" tabIndex={0}><Page key={view} batch={b} view={view} /></div>
    </>
  );
}

function Page({ batch: b, view }: { batch: ImportBatch; view: View }) {
  const { t } = useWords();
  const query = useInfiniteQuery({
    queryKey: ["import-rows", b.id, view, b.state],
    queryFn: ({ pageParam: after }) => must(http.GET("/api/v1/imports/{id}/rows", { params: { path: { id: b.id }, query: { outcome: view, after, limit: PAGE } } })),
    initialPageParam: 0,
    getNextPageParam: (page: ImportRows) => (page.items.length < PAGE ? undefined : page.items[page.items.length - 1]?.rowNo),
  });
  if (query.isError) return <Failed failure={asFailure(query.error)} retry={() => void query.refetch()} />;
  const pages = query.data?.pages;
  if (pages === undefined) return <Skeleton lines={8} />;
  const rows = pages.flatMap((p) => p.items);
  if (rows.length === 0) return <p className="sec q">{t("imp.noRows")}</p>;
  return (
    <>
      <Table header={pages[0]?.header ?? []} rows={rows} batch={b} />
      {query.hasNextPage && <p className="sec"><Act id="import-more" size="s" disabled={query.isFetchingNextPage} run={() => void query.fetchNextPage()}>{t("imp.moreRows", { n: PAGE })}</Act></p>}
    </>
  );
}

function Table({ header, rows, batch }: { header: string[]; rows: ImportRow[]; batch: ImportBatch }) {
  const { t, pick } = useWords();
  const why = rows.some((row) => row.codes.length > 0 || row.reasonZh !== "");
  const fault = (row: ImportRow, i: number) => row.field !== "" && batch.columns[i]?.field === row.field;
  return (
    <table className="tbl cells" data-testid="import-rows" translate="no">
      <thead><tr><th className="num">{t("imp.row")}</th>{why && <th>{t("imp.why")}</th>}{header.map((h, i) => <th key={h + i}>{h}</th>)}</tr></thead>
      <tbody>
        {rows.map((row) => (
          <tr key={row.rowNo} className={row.outcome === "rejected" ? "rejected" : ""}>
            <td className="num">{row.rowNo}</td>
            {why && <td className="wrapcell"><b className={row.outcome === "rejected" ? "r" : "a"}>{row.codes.join(" ")}</b> {pick(row.reasonZh, row.reasonEn)}</td>}
            {Array.from({ length: Math.max(header.length, row.cells.length) }, (_, i) => <td key={i} className={fault(row, i) ? "fault" : ""}>{maskedText(row.cells[i] ?? "")}</td>)}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
