// One record of a list whole, beside the list: every column, and what belongs to it.
// Enter opens the customer's file; J and K go on to the next record.
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "react-router";
import type { ListAbout, ListAnswer } from "../api/schemas";
import { asFailure } from "../api/failure";
import { http, must } from "../api/http";
import { useWords } from "../lib/i18n";
import { useKeys } from "../lib/keys";
import { Drawer } from "../ui/Drawer";
import { Act } from "../ui/bits";
import { Empty, Failed, Skeleton } from "../ui/looks";
import { cell } from "./cells";
import { WhyTaskSection } from "../calls/Why";
import type { ListCode } from "./ListPage";

const RELATED = 8;

const read = (list: string, filter: string, columns: string[], limit: number) =>
  must(http.GET("/api/v1/lists/{list}", { params: { path: { list }, query: { filter: [filter], columns: [columns.join(",")], limit } } }));

export function RecordDrawer({ list, about, id, close }: { list: ListCode; about: ListAbout; id: string; close: () => void }) {
  const { t } = useWords();
  const all = about.columns.map((c) => c.code);
  const query = useQuery({ queryKey: ["list-record", list, id], queryFn: () => read(list, `id:${id}`, all, 1) });
  const row = query.data?.items[0];
  const title = row ? (row.cells[0] || t("lists.record")) : t("lists.record");
  return (
    <Drawer title={title} id="record" close={close} closeWord={t("app.close")}>
      {query.isError ? <Failed failure={asFailure(query.error)} retry={() => void query.refetch()} />
        : query.data === undefined ? <Skeleton />
          : row === undefined ? <Empty icon="search" title={t("lists.gone")} text={t("lists.goneText")} />
            : <Whole key={row.id} list={list} answer={query.data} row={row} />}
    </Drawer>
  );
}

function Whole({ list, answer, row }: { list: ListCode; answer: ListAnswer; row: ListAnswer["items"][number] }) {
  const words = useWords();
  const { t, pick } = words;
  const navigate = useNavigate();
  const file = row.customerId ? `/customers/${row.customerId}` : null;
  useKeys({ Enter: () => file !== null && void navigate(file) });
  return (
    <div className="record">
      {file && <div className="sec row"><Act id="record-file" kind="p" icon="user" keyCap="Enter" run={() => void navigate(file)}>{t("lists.file")}</Act></div>}
      {list === "tasks" && <WhyTaskSection task={row.id} />}
      <dl className="sec recordkv">
        {answer.columns.map((c, i) => <div key={c.code} className={c.long ? "whole" : ""}><dt>{pick(c.zh, c.en)}</dt><dd>{cell(c, row.cells[i] ?? "", words, true)}</dd></div>)}
      </dl>
      {list === "customers" && <Related list="vehicles" by={`customer:${row.id}`} />}
      {list === "customers" && <Related list="orders" by={`customer:${row.id}`} />}
      {list === "vehicles" && <Related list="orders" by={`vehicle:${row.id}`} />}
      {list === "vehicles" && <Related list="policies" by={`vehicle:${row.id}`} />}
    </div>
  );
}

const SHORT: Record<string, string[]> = { vehicles: ["plate", "model", "lastVisit", "mileage", "nextDue", "policyEnd"], orders: ["day", "no", "kind", "state", "advisor", "amount"], policies: ["kind", "no", "insurer", "end", "premium", "stage"] };
const NAMES = { vehicles: "lists.vehicles", orders: "lists.orders", policies: "lists.policies" } as const;

/** The newest records of another list that belong to this one. */
function Related({ list, by }: { list: "vehicles" | "orders" | "policies"; by: string }) {
  const words = useWords();
  const { t, pick } = words;
  const query = useQuery({ queryKey: ["list-related", list, by], queryFn: () => read(list, by, SHORT[list] ?? [], RELATED) });
  const [code = "", value = ""] = by.split(":");
  if (query.data === undefined || query.data.items.length === 0) return null;
  const { columns, items, next } = query.data;
  return (
    <div className="sec"><h2>{t(NAMES[list])}</h2>
      <table className="tbl" data-testid={`related-${list}`}>
        <thead><tr>{columns.map((c) => <th key={c.code}>{pick(c.zh, c.en)}</th>)}</tr></thead>
        <tbody>{items.map((r) => <tr key={r.id}>{columns.map((c, i) => <td key={c.code}>{i === 0 ? <Link to={`/${list}?view=all&${code}=${value}&open=${r.id}`}>{cell(c, r.cells[i] ?? "", words, true)}</Link> : cell(c, r.cells[i] ?? "", words, true)}</td>)}</tr>)}</tbody>
      </table>
      {next !== "" && <p><Link to={`/${list}?view=all&${code}=${value}`}>{t("lists.more")}</Link></p>}
    </div>
  );
}
