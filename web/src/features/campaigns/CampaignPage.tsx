// One campaign, live: what the dialer decides, its lines, its calls, why people
// are not called, and who changed what.
import { useState } from "react";
import { Link, useParams } from "react-router";
import type { AttemptRow, CampaignDetail } from "../../api/schemas";
import { asFailure, type Failure } from "../../api/failure";
import { http, must } from "../../api/http";
import { Listed } from "../../api/Listed";
import { Watched } from "../../api/Watched";
import { RefusalList } from "../../calls/Why";
import { count, duration, moment, percent, phone, time } from "../../lib/format";
import { useWords } from "../../lib/i18n";
import { useKeys } from "../../lib/keys";
import { useMay } from "../../session";
import { Act, Tag } from "../../ui/bits";
import { DataTable } from "../../ui/DataTable";
import { Empty } from "../../ui/looks";
import { Forecast } from "./Forecast";
import { Pacing } from "./Pacing";
import { stateTone } from "./state";
import "../../styles/pages.css";
import "../../styles/campaigns.css";

export default function CampaignPage() {
  const id = useParams().id ?? "";
  return <Watched topic={`campaign:${id}`} lines={12}>{(campaign) => <Campaign campaign={campaign} />}</Watched>;
}

function Campaign({ campaign }: { campaign: CampaignDetail }) {
  return (
    <div className="campaign-page" data-testid="campaign">
      <Head campaign={campaign} />
      <div className="campaign-body">
        <div className="col"><Calls campaign={campaign} /></div>
        <div className="col">{live(campaign) && <Pacing campaign={campaign} />}<Outlook campaign={campaign} /><Refusals campaign={campaign} /><Log campaign={campaign} /></div>
      </div>
    </div>
  );
}

const live = (c: CampaignDetail): boolean => c.state === "running" || c.state === "paused" || c.state === "draft";

function Head({ campaign: c }: { campaign: CampaignDetail }) {
  const { t, pick } = useWords();
  const mayPlan = useMay("campaign.manage");
  const figures = [
    [t("camp.left"), count(c.left)], [t("camp.readyAgents"), count(c.readyAgents)], [t("camp.ringing"), count(c.lines.planned + c.lines.ringing)],
    [t("camp.talking"), count(c.lines.talking)], [t("camp.attempts"), count(c.attemptsToday)], [t("camp.answered"), count(c.answeredToday)],
    [t("camp.contact"), percent(c.contactRate.num, c.contactRate.den)], [t("camp.abandoned"), count(c.abandonedToday)],
  ];
  return (
    <section className="card">
      <header className="head">
        <h1>{c.name}</h1><Tag tone={stateTone(c.state)}>{t(`camp.st.${c.state}`)}</Tag>
        <span className="q">{t(`camp.mode.${c.mode}`)} · {t("camp.caller")} {c.callerNumber ? phone(c.callerNumber.number) : t("app.none")} · {t("camp.agents")} {count(c.agents)}</span>
        <span className="end" />{mayPlan && <Link className="btn" data-testid="campaign-whatif" to={`/campaigns/${c.id}/what-if`}>{t("wi.open")}</Link>}<Controls campaign={c} />
      </header>
      <div className="sec decision"><p className="q">{t("camp.decision")}</p><p className="big" data-testid="campaign-decision">{pick(c.decision.zh, c.decision.en)}</p></div>
      <dl className="figrow">{figures.map(([name, value]) => <div key={name}><dt>{name}</dt><dd>{value}</dd></div>)}</dl>
    </section>
  );
}

type Verb = "start" | "pause" | "stop";

function Controls({ campaign: c }: { campaign: CampaignDetail }) {
  const { t, pick } = useWords();
  const [failure, setFailure] = useState<Failure | null>(null);
  const [sure, setSure] = useState(false);
  const path = { params: { path: { id: c.id } } };
  const act = (verb: Verb) => {
    setFailure(null);
    setSure(false);
    const sent = verb === "start" ? http.POST("/api/v1/campaigns/{id}/start", path) : verb === "pause" ? http.POST("/api/v1/campaigns/{id}/pause", path) : http.POST("/api/v1/campaigns/{id}/stop", path);
    must(sent).catch((error: unknown) => setFailure(asFailure(error)));
  };
  const stop = () => (sure ? act("stop") : setSure(true));
  const mayStart = c.state === "draft" || c.state === "paused";
  const mayStop = c.state === "running" || c.state === "paused" || c.state === "draft";
  useKeys({ ...(mayStart ? { S: () => act("start") } : {}), ...(c.state === "running" ? { P: () => act("pause") } : {}), ...(mayStop ? { X: stop } : {}) });
  return (
    <>
      {failure && <span className="r" role="alert" data-testid="campaign-failure">{pick(failure.zh, failure.en)}</span>}
      {sure && <span className="a sm">{t("camp.stopSure")}</span>}
      {mayStart && <Act id="campaign-start" kind="p" icon="phone" keyCap="S" run={() => act("start")}>{t("camp.start")}</Act>}
      {c.state === "running" && <Act id="campaign-pause" keyCap="P" run={() => act("pause")}>{t("camp.pause")}</Act>}
      {mayStop && <Act id="campaign-stop" kind="d" keyCap="X" run={stop}>{t("camp.stop")}</Act>}
    </>
  );
}

const CALLS_MS = 3000;

function Calls({ campaign }: { campaign: CampaignDetail }) {
  const { t, pick, language } = useWords();
  const read = () => must(http.GET("/api/v1/campaigns/{id}/attempts", { params: { path: { id: campaign.id }, query: { limit: 50 } } }));
  return (
    <section className="card grow">
      <header className="head"><h2>{t("camp.running")}</h2></header>
      <div className="scroll">
        <Listed queryKey={["campaign-calls", campaign.id]} every={CALLS_MS} read={read} empty={(p) => (p.items.length === 0 ? <Empty icon="phone" title={t("camp.running")} text={t("camp.noAttempts")} /> : null)}>
          {(page) => (
            <DataTable<AttemptRow> name="call" rows={page.items} rowKey={(r) => r.id} columns={[
              { head: t("calls.time"), cell: (r) => time(r.plannedAt) },
              { head: t("calls.customer"), cell: (r) => <b>{r.customer.name}</b> },
              { head: t("calls.number"), wide: true, cell: (r) => phone(r.calledMasked) },
              { head: t("calls.agent"), cell: (r) => r.agent?.name ?? "" },
              { head: t("calls.result"), cell: (r) => pick(r.lineResultZh, r.lineResultEn) || pick(r.stateZh ?? r.state, r.stateEn ?? r.state) },
              { head: t("calls.disposition"), cell: (r) => pick(r.dispositionZh, r.dispositionEn) },
              { head: t("calls.talk"), num: true, cell: (r) => duration(r.talkMs, language) },
            ]} />
          )}
        </Listed>
      </div>
    </section>
  );
}

const FORECAST_MS = 30_000;

/** Who will be called today and tomorrow, while there is anything left to call. */
function Outlook({ campaign: c }: { campaign: CampaignDetail }) {
  const { t } = useWords();
  if (c.state === "completed" || c.state === "cancelled" || c.mode === "manual") return null;
  return (
    <section className="card">
      <header className="head"><h2>{t("fc.title")}</h2></header>
      <Forecast every={FORECAST_MS} over={{ taskKind: c.taskKind, callerNumberId: c.callerNumber?.id, mode: c.mode }} />
    </section>
  );
}

function Refusals({ campaign }: { campaign: CampaignDetail }) {
  const { t } = useWords();
  const read = () => must(http.GET("/api/v1/campaigns/{id}/refusals", { params: { path: { id: campaign.id }, query: { limit: 50 } } }));
  return (
    <section className="card grow">
      <header className="head"><h2>{t("camp.refusals")}</h2></header>
      <div className="scroll">
        <Listed queryKey={["campaign-refusals", campaign.id]} every={10_000} read={read} empty={(p) => (p.items.length === 0 ? <p className="sec q">{t("camp.noRefusals")}</p> : null)}>
          {(page) => <RefusalList rows={page.items} named />}
        </Listed>
      </div>
    </section>
  );
}

function Log({ campaign }: { campaign: CampaignDetail }) {
  const { t, pick, language } = useWords();
  return (
    <section className="card">
      <header className="head"><h2>{t("camp.log")}</h2></header>
      {campaign.log.length === 0 ? <p className="sec q">{t("camp.noLog")}</p> : <ul className="lg">{campaign.log.map((l, i) => <li key={l.at + i}><span className="q sm">{moment(l.at, language)} {l.user}</span> {pick(l.zh, l.en)}</li>)}</ul>}
    </section>
  );
}
