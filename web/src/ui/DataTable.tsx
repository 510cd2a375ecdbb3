// A plain table, and steps through the pages the server gives.
import { useEffect, useRef, type ReactNode } from "react";
import { useWords } from "../lib/i18n";
import { Icon } from "./Icon";

/** A column of rank "wide" is left out on narrow screens. One with `sort` has a head to click. */
export interface Column<T> { head: string; num?: boolean; wide?: boolean; cell: (row: T) => ReactNode; sort?: { way: "up" | "down" | ""; flip: () => void } }

export interface TableProps<T> {
  name: string;
  rows: T[];
  columns: Column<T>[];
  rowKey: (row: T) => string;
  open?: (row: T) => void;
  /** The row that keys are at; it is kept in sight. */
  at?: number;
}

const classOf = (column: { num?: boolean; wide?: boolean }): string => `${column.num ? "num" : ""} ${column.wide ? "wide" : ""}`;

export function DataTable<T>({ name, rows, columns, rowKey, open, at }: TableProps<T>) {
  const marked = useRef<HTMLTableRowElement>(null);
  useEffect(() => {
    marked.current?.scrollIntoView({ block: "nearest" });
  }, [at]);
  return (
    <table className="tbl" data-testid={`${name}-table`}>
      <thead><tr>{columns.map((c) => <th key={c.head} className={classOf(c)} aria-sort={c.sort && WAYS[c.sort.way]}>{c.sort ? <Sorter column={c} name={name} /> : c.head}</th>)}</tr></thead>
      <tbody>
        {rows.map((row, i) => (
          <tr key={rowKey(row)} ref={i === at ? marked : undefined} className={`${open ? "open" : ""} ${i === at ? "on" : ""}`} data-testid={`${name}-row-${i}`} tabIndex={open ? 0 : undefined}
            onClick={open && (() => open(row))} onKeyDown={open && ((e) => e.key === "Enter" && open(row))}>
            {columns.map((c) => <td key={c.head} className={classOf(c)}>{c.cell(row)}</td>)}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

const WAYS = { up: "ascending", down: "descending", "": "none" } as const;

function Sorter<T>({ column: { head, sort }, name }: { column: Column<T>; name: string }) {
  return (
    <button type="button" className="sorter" data-testid={`${name}-sort-${head}`} onMouseDown={(e) => e.preventDefault()} onClick={sort?.flip}>
      {head}{sort?.way && <Icon name={sort.way === "up" ? "rise" : "fall"} />}
    </button>
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
