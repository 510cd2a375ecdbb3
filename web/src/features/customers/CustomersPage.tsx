// Customers: found by phone, plate, VIN, name or order number, or listed.
import { useEffect, useState } from "react";
import { useNavigate, useSearchParams } from "react-router";
import type { CustomerRow } from "../../api/schemas";
import { http, must } from "../../api/http";
import { Listed } from "../../api/Listed";
import { phone, plate } from "../../lib/format";
import { useWords } from "../../lib/i18n";
import { WHOLE } from "../../lists/ask";
import { ListPage } from "../../lists/ListPage";
import { DataTable } from "../../ui/DataTable";
import { Empty } from "../../ui/looks";

const SHORTEST = 2;
const REST_MS = 200;

export default function CustomersPage() {
  const { t } = useWords();
  const [params, setParams] = useSearchParams();
  const q = params.get("q") ?? "";
  const [typed, setTyped] = useState(q);
  useEffect(() => {
    const timer = setTimeout(() => typed !== q && setParams(typed ? { q: typed } : { view: WHOLE }, { replace: true }), REST_MS);
    return () => clearTimeout(timer);
  }, [typed, q, setParams]);
  const field = (
    <input className="inp s searchpage" data-testid="customer-search" type="search" placeholder={t("lists.find")} aria-label={t("cust.searchHint")} value={typed} onChange={(e) => setTyped(e.target.value)} />
  );
  return <ListPage list="customers" icon="users" first={{ title: "lists.noCustomers", text: "lists.noCustomersText" }} tools={field} instead={q.trim().length < SHORTEST ? undefined : <div className="scroll"><Found q={q} /></div>} />;
}

/** Whoever the words may mean. */
function Found({ q }: { q: string }) {
  const { t } = useWords();
  const navigate = useNavigate();
  return (
    <Listed queryKey={["customers", q]} read={() => must(http.GET("/api/v1/customers", { params: { query: { q } } }))}
      empty={({ items }) => (items.length === 0 ? <Empty icon="search" title={t("cust.none", { q })} text={t("cust.noneText")} /> : null)}>
      {({ items }) => (
        <DataTable<CustomerRow> name="customer" rows={items} rowKey={(r) => r.id} open={(r) => void navigate(`/customers/${r.id}`)} columns={[
          { head: t("cust.name"), cell: (r) => <b>{r.name}</b> },
          { head: t("cust.phones"), cell: (r) => (r.phones ?? []).map(phone).join("、") || "—" },
          { head: t("cust.plates"), cell: (r) => (r.plates ?? []).map(plate).join("、") || "—" },
          { head: t("cust.vehicle"), cell: (r) => r.model || "—" },
        ]} />
      )}
    </Listed>
  );
}
