// A plain table, and steps through the pages the server gives.
import type { ReactNode } from "react";
import { useWords } from "../lib/i18n";

/** A column of rank "wide" is left out on narrow screens. */
export interface Column<T> { head: string; num?: boolean; wide?: boolean; cell: (row: T) => ReactNode }

export interface TableProps<T> {
  name: string;
  rows: T[];
  columns: Column<T>[];
  rowKey: (row: T) => string;
  open?: (row: T) => void;
}

const classOf = (column: { num?: boolean; wide?: boolean }): string => `${column.num ? "num" : ""} ${column.wide ? "wide" : ""}`;

export function DataTable<T>({ name, rows, columns, rowKey, open }: TableProps<T>) {
  return (
    <table className="tbl" data-testid={`${name}-table`}>
      <thead><tr>{columns.map((c) => <th key={c.head} className={classOf(c)}>{c.head}</th>)}</tr></thead>
      <tbody>
        {rows.map((row, i) => (
          <tr key={rowKey(row)} className={open ? "open" : ""} data-testid={`${name}-row-${i}`} tabIndex={open ? 0 : undefined}
            onClick={open && (() => open(row))} onKeyDown={open && ((e) => e.key === "Enter" && open(row))}>
            {columns.map((c) => <td key={c.head} className={classOf(c)}>{c.cell(row)}</td>)}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

export function Pager({ total, limit, offset, go }: { total: number; limit: number; offset: number; go: (offset: number) => void }) {
  const { t } = useWords();
  if (total <= limit && offset === 0) return null;
  return (
    <nav className="pager">
      <span>{t("app.page", { from: Math.min(total, offset + 1), to: Math.min(total, offset + limit), total })}</span><span className="end" />
      <button className="btn s" disabled={offset === 0} onClick={() => go(Math.max(0, offset - limit))}>{t("app.prev")}</button>
      <button className="btn s" disabled={offset + limit >= total} onClick={() => go(offset + limit)}>{t("app.next")}</button>
    </nav>
  );
}
