// The figures of a period: what spec 4.1 counts, against its target and the
// period before, each opening the rows it is made of.
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useSearchParams } from "react-router";
import { asFailure } from "../../api/failure";
import { http, must } from "../../api/http";
import type { FiguresPage as Page } from "../../api/schemas";
import { businessNow } from "../../lib/clock";
import { date } from "../../lib/format";
import { useWords } from "../../lib/i18n";
import { useKeys, type Bindings } from "../../lib/keys";
import { useMay, useSession } from "../../session";
import { Icon } from "../../ui/Icon";
import { Tag } from "../../ui/bits";
import { Failed, Skeleton } from "../../ui/looks";
import { choiceOf, paramsOf, PERIODS, stepped, turned, type Choice } from "./choice";
import { FigureDrawer } from "./FigureDrawer";
import { FigureTable } from "./FigureTable";
import "../../styles/pages.css";
import "../../styles/figures.css";

export default function FiguresPage() {
  const { t } = useWords();
  const [params, setParams] = useSearchParams();
  const choice = choiceOf(params);
  const choose = (next: Choice) => setParams(paramsOf(next, params), { replace: true });
  const read = () => must(http.GET("/api/v1/figures", { params: { query: choice } }));
  const query = useQuery<Page>({ queryKey: ["figures", choice], queryFn: read, placeholderData: keepPreviousData, refetchInterval: 60_000 });
  const page = query.data;
  useKeys(keysOf(choice, page, choose));
  return (
    <section className="card fillpage figures-page" data-testid="figures">
      <header>
        <h1>{t("kpi.title")}</h1>
        <PeriodPicker choice={choice} page={page} choose={choose} />
        {page?.own && <Tag>{t("kpi.own")}</Tag>}
        <span className="end" />
        <Whose choice={choice} page={page} choose={choose} />
        {page && !page.own && <Export choice={choice} />}
      </header>
      <div className={`scroll${query.isPlaceholderData ? " stale" : ""}`}>
        {query.isError ? <Failed failure={asFailure(query.error)} retry={() => void query.refetch()} />
          : page ? <FigureTable blocks={page.blocks} period={page.period} /> : <Skeleton lines={16} />}
      </div>
      {page && params.get("open") && <FigureDrawer page={page} choice={choice} />}
    </section>
  );
}

/** 1–4 choose the kind of period, − and + go to the one before and after. */
function keysOf(choice: Choice, page: Page | undefined, choose: (next: Choice) => void): Bindings {
  const turn = (i: number) => () => choose(turned(choice, page?.period, PERIODS[i] ?? "month", date(businessNow())));
  const kinds = { "1": turn(0), "2": turn(1), "3": turn(2), "4": turn(3) };
  return page ? { ...kinds, "-": () => choose(stepped(choice, page.period, -1)), "+": () => choose(stepped(choice, page.period, 1)) } : kinds;
}

function PeriodPicker({ choice, page, choose }: { choice: Choice; page: Page | undefined; choose: (next: Choice) => void }) {
  const { t } = useWords();
  const shown = page?.period;
  const today = date(businessNow());
  return (
    <>
      <div className="seg" role="group" aria-label={t("kpi.period")}>
        {PERIODS.map((kind, i) => (
          <button key={kind} type="button" className={kind === choice.period ? "on" : ""} aria-pressed={kind === choice.period} data-testid={`period-${kind}`}
            onClick={() => choose(turned(choice, shown, kind, today))}>{t(`kpi.period.${kind}`)}<kbd>{i + 1}</kbd></button>
        ))}
      </div>
      {shown && (
        <span className="row span">
          <button type="button" className="btn s t" data-testid="period-before" title={`${t("kpi.earlier")}  −`} aria-label={t("kpi.earlier")} onClick={() => choose(stepped(choice, shown, -1))}><Icon name="left" /></button>
          {choice.period === "own" ? <Own choice={choice} from={shown.from} to={shown.to} choose={choose} />
            : <span className="nw" data-testid="period-span">{shown.from === shown.to ? shown.from : t("kpi.span", { from: shown.from, to: shown.to })}</span>}
          <button type="button" className="btn s t flip" data-testid="period-after" title={`${t("kpi.later")}  +`} aria-label={t("kpi.later")} onClick={() => choose(stepped(choice, shown, 1))}><Icon name="left" /></button>
          {shown.running && <span className="tag" title={t("kpi.runningHint")}><Icon name="clock" />{t("kpi.running")}</span>}
        </span>
      )}
    </>
  );
}

/** Two days, taken over when both make a span. */
function Own({ choice, from, to, choose }: { choice: Choice; from: string; to: string; choose: (next: Choice) => void }) {
  const { t } = useWords();
  const set = (next: { from?: string; to?: string }) => {
    const span = { from: choice.from ?? from, to: choice.to ?? to, ...next };
    if (span.from && span.to) choose({ ...choice, ...(span.from <= span.to ? span : { from: next.from ?? next.to, to: next.from ?? next.to }) });
  };
  return (
    <>
      <input type="date" className="inp s" aria-label={t("kpi.from")} data-testid="period-from" value={from} onChange={(e) => set({ from: e.target.value })} />
      <input type="date" className="inp s" aria-label={t("kpi.to")} data-testid="period-to" value={to} onChange={(e) => set({ to: e.target.value })} />
    </>
  );
}

function Whose({ choice, page, choose }: { choice: Choice; page: Page | undefined; choose: (next: Choice) => void }) {
  const { t } = useWords();
  const { session } = useSession();
  if (!page) return null;
  return (
    <>
      {page.stores.length > 1 && (
        <select className="inp s" aria-label={t("kpi.store")} data-testid="figures-store" value={choice.store ?? session.store.id} onChange={(e) => choose({ ...choice, store: e.target.value })}>
          <option value="all">{t("kpi.allStores")}</option>
          {page.stores.map((store) => <option key={store.id} value={store.id}>{store.name}</option>)}
        </select>
      )}
      {page.agents.length > 0 && (
        <select className="inp s" aria-label={t("kpi.agent")} data-testid="figures-agent" value={choice.agentId ?? ""} onChange={(e) => choose({ ...choice, agentId: e.target.value || undefined })}>
          <option value="">{t("kpi.allAgents")}</option>
          {page.agents.map((agent) => <option key={agent.id} value={agent.id}>{agent.name}</option>)}
        </select>
      )}
    </>
  );
}

function Export({ choice }: { choice: Choice }) {
  const { t, language } = useWords();
  const may = useMay("figures.see");
  if (!may) return null;
  const address = (format: string) => `/api/v1/figures/export?${paramsOf(choice, new URLSearchParams({ format, language })).toString()}`;
  return (
    <span className="row">
      <a className="btn s" href={address("xlsx")} download data-testid="export-xlsx"><Icon name="dl" />XLSX</a>
      <a className="btn s" href={address("csv")} download data-testid="export-csv" title={t("kpi.exportHint")}><Icon name="dl" />CSV</a>
    </span>
  );
}
