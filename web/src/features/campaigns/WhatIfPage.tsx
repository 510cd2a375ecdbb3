// What would change with another mode, cap, team or hours: worked out from the
// campaign's own calls, with advice in a sentence.
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate, useParams, useSearchParams } from "react-router";
import type { WhatIfPage as Page, WhatIfResult, WhatIfRun } from "../../api/schemas";
import { asFailure } from "../../api/failure";
import { http, must } from "../../api/http";
import { useChange } from "../../api/useChange";
import { count, duration, moment } from "../../lib/format";
import { useWords } from "../../lib/i18n";
import { useKeys } from "../../lib/keys";
import { Act, Bar } from "../../ui/bits";
import { Icon } from "../../ui/Icon";
import { Empty, Failed, Skeleton } from "../../ui/looks";
import { useAsking, useRun, type Ask } from "./useWhatIf";
import { WhatIfAsk } from "./WhatIfAsk";
import { WhatIfChart } from "./WhatIfChart";
import { WhatIfTable } from "./WhatIfTable";
import { questionText, same, SEED } from "./whatif";
import "../../styles/pages.css";
import "../../styles/campaigns.css";
import "../../styles/whatif.css";

export default function WhatIfPage() {
  const id = useParams().id ?? "";
  const query = useQuery({ queryKey: ["what-if", id], queryFn: () => must(http.GET("/api/v1/campaigns/{id}/what-if", { params: { path: { id } } })) });
  if (query.isError) return <Failed failure={asFailure(query.error)} retry={() => void query.refetch()} />;
  if (query.data === undefined) return <Skeleton lines={12} />;
  return <WhatIf page={query.data} />;
}

function WhatIf({ page }: { page: Page }) {
  const { t } = useWords();
  const [params] = useSearchParams();
  const asking = useAsking(page);
  const done = page.asked.filter((a) => a.state === "done" && a.result);
  const shown = done.find((a) => a.id === params.get("run")) ?? done[0];
  if (page.calls === 0) {
    return (
      <div className="wi-page" data-testid="whatif">
        <Crumbs page={page} />
        <section className="card wi-none"><Empty icon="trend" title={t("wi.noCalls")} text={t("wi.noCallsText")} action={<Link className="btn" to={`/campaigns/${page.campaign.id}`}>{t("wi.back")}</Link>} /></section>
      </div>
    );
  }
  return (
    <div className="wi-page" data-testid="whatif">
      <Crumbs page={page} shown={shown} done={done} />
      {asking.running && <Progress campaign={page.campaign.id} asking={asking} />}
      <div className="wi-body">
        <div className="wi-main">{shown?.result ? <Answer page={page} run={shown} result={shown.result} /> : asking.running ? <section className="card wi-none"><Skeleton lines={10} /></section> : <First page={page} asking={asking} />}</div>
        <WhatIfAsk page={page} asking={asking} />
      </div>
    </div>
  );
}

function Crumbs({ page, shown, done = [] }: { page: Page; shown?: WhatIfRun | undefined; done?: WhatIfRun[] }) {
  const { t, language } = useWords();
  const [, setParams] = useSearchParams();
  const title = (a: WhatIfRun) => `${questionText(a.question, t)} · ${moment(a.askedAt, language)}${a.askedBy ? ` ${a.askedBy}` : ""}`;
  return (
    <div className="ph">
      <Link to="/campaigns">{t("camp.title")}</Link><span className="q">/</span><Link to={`/campaigns/${page.campaign.id}`} className="wi-name">{page.campaign.name}</Link><span className="q">/</span><h1>{t("wi.title")}</h1>
      <span className="end" />
      {shown && (
        <label className="row sm"><span className="q nw wi-wide">{t("wi.kept")}</span>
          <select className="inp s wi-kept" data-testid="whatif-kept" aria-label={t("wi.kept")} value={shown.id} onChange={(e) => setParams({ run: e.target.value }, { replace: true })}>
            {done.map((a) => <option key={a.id} value={a.id}>{title(a)}</option>)}
          </select>
        </label>
      )}
    </div>
  );
}

function First({ page, asking }: { page: Page; asking: Ask }) {
  const { t } = useWords();
  const begin = () => asking.ask({ seed: SEED });
  useKeys(asking.busy ? {} : { Enter: begin });
  return (
    <section className="card wi-none"><Empty icon="trend" title={t("wi.first")} text={t("wi.firstText", { n: count(page.calls) })}
      action={<Act id="whatif-first" kind="p" size="xl" icon="chart" keyCap="Enter" disabled={asking.busy} run={begin}>{t("wi.firstAsk")}</Act>} /></section>
  );
}

function Progress({ campaign, asking }: { campaign: string; asking: Ask }) {
  const { t } = useWords();
  const run = useRun(campaign, asking.running, asking.over);
  const share = (run?.progress ?? 0) / 100;
  useKeys({ X: asking.cancel });
  return (
    <section className="card wi-wait" role="status" data-testid="whatif-progress">
      <span className="nw">{t("wi.working", { q: run ? questionText(run.question, t) : "" })}</span><Bar share={share} tone="blue" /><b className="num">{Math.round(share * 100)} %</b>
      <Act id="whatif-cancel" size="s" keyCap="X" run={asking.cancel}>{t("wi.cancel")}</Act>
    </section>
  );
}

function Answer({ page, run, result: r }: { page: Page; run: WhatIfRun; result: WhatIfResult }) {
  const { t, pick, language } = useWords();
  return (
    <>
      <section className="card adv wi-adv" aria-label={t("wi.advice")} data-testid="whatif-advice">
        <div className="grow">
          <p className="q sm">{t("wi.advice")} · {t("wi.made", { n: count(r.calls), took: duration(run.tookMs, language), at: moment(run.askedAt, language), agents: r.agents })}</p>
          <p className="big">{pick(r.advice.zh, r.advice.en)}</p>
          <p className="why2">{pick(r.advice.whyZh, r.advice.whyEn)}</p>
          {r.answerZh && <p className="why2 wi-answer" data-testid="whatif-answer"><Icon name="msg" /> {pick(r.answerZh, r.answerEn)}</p>}
          {r.mode === "preview" && <p className="q sm">{t("wi.preview")}</p>}
          {r.measured !== undefined && <p className="q sm">{t("wi.measured", { share: `${(r.measured * 100).toFixed(1)} %`, sim: `${(r.today.share * 100).toFixed(1)} %` })}</p>}
        </div>
        <Apply page={page} result={r} />
      </section>
      <section className="card" aria-label={t("wi.chart")}>
        <header><b>{t("wi.chart")}</b><span className="q sm wi-wide">{t("wi.chartText")}</span></header>
        <WhatIfChart result={r} />
      </section>
      <section className="card wi-table"><WhatIfTable result={r} /></section>
    </>
  );
}

/** Dial by the advice, at once: the campaign's log says who did it. */
function Apply({ page, result: r }: { page: Page; result: WhatIfResult }) {
  const { t, pick } = useWords();
  const navigate = useNavigate();
  const cache = useQueryClient();
  const change = useChange();
  const c = page.campaign;
  const over = c.state !== "draft" && c.state !== "running" && c.state !== "paused";
  const to = r.advice.setting;
  const now = { mode: c.mode === "predictive" ? "predictive" : "progressive", capBp: c.mode === "predictive" ? c.capBp : 0 };
  const useless = over || c.mode === "preview" || same(to, now);
  const apply = () => void change.run(async () => {
    const body = { version: c.version, mode: to.mode === "predictive" ? "predictive" as const : "progressive" as const, ...(to.capBp > 0 && { capBp: to.capBp }) };
    await must(http.PATCH("/api/v1/campaigns/{id}", { params: { path: { id: c.id } }, body }));
    await cache.invalidateQueries({ queryKey: ["what-if", c.id] });
    await navigate(`/campaigns/${c.id}`);
  });
  useKeys(useless ? {} : { D: apply });
  if (useless) return null;
  return (
    <div className="act2">
      <Act id="whatif-apply" kind="p" keyCap="D" disabled={change.busy} run={apply}>{t("wi.apply")}</Act>
      {change.failure && <p className="r sm" role="alert">{pick(change.failure.zh, change.failure.en)}</p>}
    </div>
  );
}
