// A campaign's account: how many customers may still find nobody, what the model
// expects, and mode, cap and share of the agents, which change at once.
import { useState } from "react";
import type { CampaignDetail } from "../../api/schemas";
import { asFailure, type Failure } from "../../api/failure";
import { http, must } from "../../api/http";
import { count, day, hourMinute, percent } from "../../lib/format";
import { useWords } from "../../lib/i18n";
import { useMay } from "../../session";
import { Tag } from "../../ui/bits";
import { share } from "./caps";
import { marginTrail, sparkPath } from "./margin";
import { Cap, Sharing } from "./Numbers";
import { useDay } from "./useDay";

const MODES = ["preview", "progressive", "predictive"] as const;
type Account = NonNullable<CampaignDetail["pacing"]>;

export function Pacing({ campaign: c }: { campaign: CampaignDetail }) {
  const { t } = useWords();
  const p = c.pacing;
  return (
    <section className="card" data-testid="campaign-pacing">
      <header className="head"><h2>{t("gauge.title")}</h2>
        {p ? <><span className="q sm">{t("gauge.caps", { cap: share(p.capBp), law: share(p.mostBp) })}</span><span className="end" /><Tag tone={p.margin < 0 ? "bad" : "ok"}>{t(p.margin < 0 ? "gauge.over" : "gauge.within")}</Tag></> : <span className="q sm">{t("gauge.none")}</span>}
      </header>
      {p ? <Gauge account={p} campaign={c} /> : c.abandonedToday > 0 && <p className="sec a sm">{t("gauge.vanished", { n: c.abandonedToday })}</p>}
      <Change campaign={c} />
    </section>
  );
}

function Gauge({ account: p, campaign: c }: { account: Account; campaign: CampaignDetail }) {
  const { t, language } = useWords();
  const spare = Math.max(0, Math.floor(p.margin));
  const now = p.answered === 0 ? 0 : (p.abandoned * 10_000) / p.answered;
  const most = Math.max(p.mostBp, p.capBp) * 1.06;
  const beside = p.capBp < p.mostBp && p.capBp > 0.6 * p.mostBp; // no room for both words
  const at = (bp: number) => `${Math.min(100, (bp / most) * 100)}%`;
  return (
    <div className="sec pace">
      <p><b className={`gaugen ${p.margin < 0 ? "r" : ""}`}>{count(spare)}</b> <span className="q sm">{p.margin < 0 ? t("pace.over") : t("gauge.spare", { n: Math.max(0, p.lines - c.readyAgents) + p.waiting, lines: p.lines })}</span></p>
      <div className="gauge" role="img" aria-label={t("gauge.aria", { now: share(now), cap: share(p.capBp), law: share(p.mostBp) })}>
        <span className={`gaugenow sm ${now < 0.15 * most ? "from" : now > 0.8 * most ? "to" : ""}`} style={{ left: at(now) }}>{t("gauge.now", { now: share(now) })}</span>
        <div className="gaugebar"><i className={now > p.capBp ? "r" : ""} style={{ width: at(now) }} /><s className="over" style={{ left: at(p.capBp) }} /><u style={{ left: at(p.capBp) }} /><u className="law" style={{ left: at(p.mostBp) }} /></div>
        <div className="gaugelegend xs q"><span>0</span>{p.capBp < p.mostBp && <span style={{ left: at(p.capBp) }}>{t("gauge.cap", { cap: share(p.capBp) })}</span>}{!beside && <span className="law" style={{ left: at(p.mostBp) }}>{t("gauge.law", { law: share(p.mostBp) })}</span>}</div>
      </div>
      <dl className="kv sm">
        <dt>{t("gauge.period")}</dt><dd>{t("gauge.counts", { a: count(p.answered), b: count(p.abandoned) })} <span className="q">{t("gauge.until", { from: day(p.from, language), to: day(p.to, language) })}</span></dd>
        <dt>{t("gauge.today")}</dt><dd>{t("gauge.counts", { a: count(c.answeredToday), b: count(c.abandonedToday) })} {percent(c.abandonedToday, c.answeredToday)}</dd>
        <Trail account={p} campaign={c.id} />
      </dl>
      {p.fellBack && <p className="note-box a">{t("pace.fellBack")}</p>}
      {p.vanished > 0 && <p className="a sm">{t("pace.vanished", { n: p.vanished })}</p>}
      <dl className="pacefig">
        <div><dt>{t("pace.free", { s: Math.round(p.ahead) })}</dt><dd>{p.free.toFixed(1)}</dd></div>
        <div><dt>{t("pace.live", { s: Math.round(p.ahead) })}</dt><dd>{p.live.toFixed(1)}</dd></div>
        <div><dt>{t("pace.chance")}</dt><dd>{share(p.chance * 10_000)}</dd></div>
        <div><dt>{t("pace.price")}</dt><dd>{share(p.price * 10_000)}</dd></div>
      </dl>
    </div>
  );
}

const SPARK = { width: 120, height: 22 };

/** How the margin went today: from its first call to now. */
function Trail({ account, campaign }: { account: Account; campaign: string }) {
  const { t } = useWords();
  const points = useDay(campaign).data?.points ?? [];
  const trail = marginTrail(account, points);
  const [from, to] = [trail[0], trail.at(-1)];
  const began = points[points.length + 1 - trail.length];
  if (from === undefined || to === undefined || !began) return null;
  const said = t("gauge.trail", { at: hourMinute(began.at), from: Math.floor(from), to: Math.floor(to) });
  return (
    <>
      <dt>{t("gauge.trailTitle")}</dt>
      <dd data-testid="margin-trail"><svg className="spark" viewBox={`-2 -2 ${SPARK.width + 4} ${SPARK.height + 4}`} role="img" aria-label={said}><path className={to < from ? "down" : ""} d={sparkPath(trail, SPARK.width, SPARK.height)} /></svg> <span className="q">{said}</span></dd>
    </>
  );
}

function Change({ campaign: c }: { campaign: CampaignDetail }) {
  const { t, pick } = useWords();
  const may = useMay("campaign.manage");
  const [failure, setFailure] = useState<Failure | null>(null);
  if (!may) return null;
  const change = (part: { mode?: (typeof MODES)[number]; capBp?: number; priority?: number; weight?: number }) => {
    setFailure(null);
    must(http.PATCH("/api/v1/campaigns/{id}", { params: { path: { id: c.id } }, body: { ...part, version: c.version } })).catch((error: unknown) => setFailure(asFailure(error)));
  };
  return (
    <div className="sec pace">
      <div className="row wrap">
        <div className="seg" role="group" aria-label={t("camp.mode")}>{MODES.map((m) => <button key={m} type="button" className={m === c.mode ? "on" : ""} aria-pressed={m === c.mode} data-testid={`mode-${m}`} onClick={() => m !== c.mode && change({ mode: m })}>{t(`camp.mode.${m}`)}</button>)}</div>
        {c.pacing && <Cap chosen={c.capBp} most={c.pacing.mostBp} choose={(capBp) => change({ capBp })} />}
      </div>
      <Sharing priority={c.priority} weight={c.weight} choose={change} />
      {failure && <p className="r sm" role="alert" data-testid="pacing-failure">{pick(failure.zh, failure.en)}</p>}
    </div>
  );
}
