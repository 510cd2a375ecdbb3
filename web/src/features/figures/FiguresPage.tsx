// The figures of a period: what spec 4.1 counts, against its target and the
// period before, each opening the rows it is made of.
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useSearchParams } from "react-router";
import { asFailure } from "../../api/failure";
import { http, must } from "../../api/http";
import type { FiguresPage as Page } from "../../api/schemas";
import { useWords } from "../../lib/i18n";
import { useKeys } from "../../lib/keys";
import { useMay, useSession } from "../../session";
import { Icon } from "../../ui/Icon";
import { Tag } from "../../ui/bits";
import { Failed, Skeleton } from "../../ui/looks";
import { choiceOf, paramsOf, type Choice } from "../../lib/period";
import { PeriodPicker, periodKeys } from "../../ui/PeriodPicker";
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
  useKeys(periodKeys(choice, page?.period, choose));
  return (
    <section className="card fillpage figures-page" data-testid="figures">
      <header>
        <h1>{t("kpi.title")}</h1>
        <PeriodPicker choice={choice} shown={page?.period} choose={choose} />
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
