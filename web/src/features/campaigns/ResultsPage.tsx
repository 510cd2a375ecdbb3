// What a campaign's calls of a period came to: in all, by result, by hour and by
// agent. Each figure opens the calls it counts.
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Link, useParams, useSearchParams } from "react-router";
import { asFailure } from "../../api/failure";
import { http, must } from "../../api/http";
import type { CallSums, CampaignResults } from "../../api/schemas";
import { CallsDrawer, type CallFilter, type Figure } from "../../calls/CallsDrawer";
import { count, duration, percent } from "../../lib/format";
import { useWords } from "../../lib/i18n";
import { useKeys } from "../../lib/keys";
import { choiceOf, paramsOf, type Choice } from "../../lib/period";
import { Empty, Failed, Skeleton } from "../../ui/looks";
import { PeriodPicker, periodKeys } from "../../ui/PeriodPicker";
import { ResultsExport } from "./ResultsExport";
import { Hours, Agents, Counts } from "./ResultTables";
import "../../styles/pages.css";
import "../../styles/campaigns.css";

/** Opens the calls of a figure, narrowed to a row of a table. */
export type Open = (title: string, filter: CallFilter) => void;

export default function ResultsPage() {
  const { t } = useWords();
  const id = useParams().id ?? "";
  const [params, setParams] = useSearchParams();
  const choice = choiceOf(params, "day");
  const choose = (next: Choice) => setParams(paramsOf(next, params), { replace: true });
  const query = useQuery<CampaignResults>({
    queryKey: ["campaign-results", id, choice], placeholderData: keepPreviousData, refetchInterval: 30_000,
    queryFn: () => must(http.GET("/api/v1/campaigns/{id}/results", { params: { path: { id }, query: choice } })),
  });
  const page = query.data;
  useKeys(periodKeys(choice, page?.period, choose));
  return (
    <section className="card fillpage results-page" data-testid="campaign-results">
      <header>
        <h1>{page?.campaign.name ?? t("res.title")}</h1>
        <nav className="seg"><Link to={`/campaigns/${id}`}>{t("res.live")}</Link><span className="on" aria-current="page">{t("res.title")}</span></nav>
        <PeriodPicker choice={choice} shown={page?.period} choose={choose} />
        <span className="end" />
        {page?.mayExport && <ResultsExport page={page} choice={choice} />}
      </header>
      <div className={`scroll${query.isPlaceholderData ? " stale" : ""}`}>
        {query.isError ? <Failed failure={asFailure(query.error)} retry={() => void query.refetch()} /> : page ? <Results page={page} /> : <Skeleton lines={14} />}
      </div>
    </section>
  );
}

function Results({ page }: { page: CampaignResults }) {
  const { t } = useWords();
  const [figure, setFigure] = useState<Figure | null>(null);
  const open: Open = (title, filter) => setFigure({ title, filter: { campaignId: page.campaign.id, day: "own", from: page.period.from, to: page.period.to, ...filter } });
  if (page.total.dialed === 0) return <Empty icon="chart" title={t("res.empty")} text={t("res.emptyText")} />;
  return (
    <>
      <Totals sums={page.total} open={open} />
      <div className="resgrid">
        <div><Hours rows={page.hours} open={open} /><Agents rows={page.agents} open={open} /></div>
        <div>
          <Counts title={t("res.results")} hint={t("res.resultsHint")} name="outcome" rows={page.dispositions} of={page.total.talked} open={open} />
          <Counts title={t("res.lines")} hint={t("res.linesHint")} name="line" rows={page.lines} of={page.total.dialed} open={open} />
        </div>
      </div>
      {figure && <CallsDrawer figure={figure} close={() => setFigure(null)} />}
    </>
  );
}

function Totals({ sums: s, open }: { sums: CallSums; open: Open }) {
  const { t, language } = useWords();
  const busy = s.talkMs + s.wrapMs;
  const figures = [
    { name: t("res.dialed"), value: count(s.dialed), figure: "attempts" },
    { name: t("res.answered"), value: count(s.answered), figure: "answered" },
    { name: t("res.contact"), value: percent(s.answered, s.counted), figure: "counted", hint: t("res.contactHint") },
    { name: t("res.talked"), value: count(s.talked), figure: "reached" },
    { name: t("res.abandoned"), value: count(s.abandoned), figure: "abandoned" },
    { name: t("res.abandonRate"), value: percent(s.abandoned, s.answered), figure: "abandoned" },
    { name: t("res.talk"), value: duration(s.talkMs, language), figure: "reached" },
    { name: t("res.wrap"), value: duration(s.wrapMs, language), figure: "reached" },
    { name: t("res.share"), value: percent(busy, busy + s.waitMs), figure: "reached", hint: t("res.shareHint") },
  ];
  return (
    <div className="restotal">
      {figures.map((f) => (
        <button key={f.name} type="button" title={f.hint} data-testid={`total-${f.name}`} onClick={() => open(f.name, { figure: f.figure })}><span className="q">{f.name}</span><b>{f.value}</b></button>
      ))}
    </div>
  );
}
