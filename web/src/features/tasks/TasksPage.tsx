// Promises to call: what is open, when it is due, and what holds it back.
import { useState } from "react";
import { useNavigate, useSearchParams } from "react-router";
import type { TaskRow } from "../../api/schemas";
import { http, must } from "../../api/http";
import { Listed } from "../../api/Listed";
import { WhyDrawer } from "../../calls/Why";
import { businessNow } from "../../lib/clock";
import { moment } from "../../lib/format";
import { useWords, type Words } from "../../lib/i18n";
import { DataTable, Pager, type Column } from "../../ui/DataTable";
import { Empty } from "../../ui/looks";

const LIMIT = 50;
const STATES = ["open", "all"] as const;

export default function TasksPage() {
  const words = useWords();
  const { t } = words;
  const [params, setParams] = useSearchParams();
  const navigate = useNavigate();
  const state = params.get("state") ?? "open";
  const offset = Number(params.get("offset") ?? 0);
  const [asked, setAsked] = useState<TaskRow | null>(null);
  const read = () => must(http.GET("/api/v1/tasks", { params: { query: { state, limit: LIMIT, offset } } }));
  return (
    <section className="card fillpage">
      <header>
        <h1>{t("task.title")}</h1>
        <div className="seg" role="group">{STATES.map((s) => <button key={s} className={s === state ? "on" : ""} data-testid={`tasks-${s}`} onClick={() => setParams({ state: s })}>{t(`task.st.${s}`)}</button>)}</div>
      </header>
      <div className="scroll">
        <Listed queryKey={["tasks", state, offset]} read={read} empty={(p) => (p.items.length === 0 ? <Empty icon="list" title={t("task.empty")} text={t("task.emptyText")} /> : null)}>
          {(page) => (
            <>
              <DataTable name="task" rows={page.items} rowKey={(r) => r.id} open={(r) => void navigate(`/customers/${r.customer.id}`)} columns={columns(words, setAsked)} />
              <Pager total={page.total} limit={LIMIT} offset={offset} go={(o) => setParams({ state, offset: String(o) })} />
            </>
          )}
        </Listed>
      </div>
      {asked && <WhyDrawer task={asked.id} title={asked.customer.name} close={() => setAsked(null)} />}
    </section>
  );
}

function columns({ t, pick, language }: Words, ask: (row: TaskRow) => void): Column<TaskRow>[] {
  const late = (r: TaskRow) => Date.parse(r.dueAt) < businessNow() && !["completed", "done", "cancelled"].includes(r.state);
  const why = (r: TaskRow) => r.refusals.map((x) => pick(x.reasonZh, x.reasonEn)).join("；") || r.blockedReason || "";
  return [
    { head: t("task.customer"), cell: (r) => <b>{r.customer.name}</b> },
    { head: t("task.kind"), cell: (r) => pick(r.kindZh, r.kindEn) },
    { head: t("task.state"), cell: (r) => pick(r.stateZh, r.stateEn) },
    { head: t("task.ro"), cell: (r) => r.roNos.join("、") },
    { head: t("task.due"), cell: (r) => <span className={late(r) ? "r" : ""}>{moment(r.dueAt, language)}{late(r) && ` ${t("task.overdue")}`}</span> },
    { head: t("task.next"), cell: (r) => moment(r.nextAttemptAt ?? r.notBefore, language) },
    { head: t("task.tries"), num: true, cell: (r) => `${r.attempts} / ${r.maxAttempts}` },
    { head: t("task.why"), cell: (r) => <button type="button" className="linkish wrapcell" data-testid={`why-${r.id}`} onClick={(e) => { e.stopPropagation(); ask(r); }}>{why(r) || t("why.ask")}</button> },
  ];
}
