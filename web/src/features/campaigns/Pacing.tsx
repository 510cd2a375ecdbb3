// A predictive campaign's account: how many customers may still find nobody, what
// the model expects, and mode and cap, which change at once.
import { useState } from "react";
import type { CampaignDetail } from "../../api/schemas";
import { asFailure, type Failure } from "../../api/failure";
import { http, must } from "../../api/http";
import { count, day } from "../../lib/format";
import { useWords } from "../../lib/i18n";
import { Bar } from "../../ui/bits";
import { caps, share } from "./caps";

const MODES = ["preview", "progressive", "predictive"] as const;

export function Pacing({ campaign: c }: { campaign: CampaignDetail }) {
  const { t } = useWords();
  const p = c.pacing;
  return (
    <section className="card" data-testid="campaign-pacing">
      <header className="head"><h2>{t("pace.title")}</h2></header>
      {p && (
        <div className="sec pace">
          <p className="row"><b className={p.margin < 0 ? "r" : ""}>{t("pace.used", { b: count(p.abandoned), a: count(p.answered), cap: share(p.capBp) })}</b></p>
          <Bar share={p.answered === 0 ? 0 : (p.abandoned * 10_000) / (p.capBp * p.answered)} tone={p.margin < 1 ? "warn" : "ok"} />
          <p className="q sm">{p.margin < 0 ? t("pace.over") : t("pace.margin", { n: p.margin.toFixed(1) })} {t("pace.until", { day: day(p.to) })}</p>
          {p.fellBack && <p className="note-box a">{t("pace.fellBack")}</p>}
          {p.vanished > 0 && <p className="a sm">{t("pace.vanished", { n: p.vanished })}</p>}
          <dl className="pacefig">
            <div><dt>{t("pace.free", { s: Math.round(p.ahead) })}</dt><dd>{p.free.toFixed(1)}</dd></div>
            <div><dt>{t("pace.live", { s: Math.round(p.ahead) })}</dt><dd>{p.live.toFixed(1)}</dd></div>
            <div><dt>{t("pace.chance")}</dt><dd>{share(p.chance * 10_000)}</dd></div>
            <div><dt>{t("pace.price")}</dt><dd>{share(p.price * 10_000)}</dd></div>
          </dl>
        </div>
      )}
      <Change campaign={c} />
    </section>
  );
}

function Change({ campaign: c }: { campaign: CampaignDetail }) {
  const { t, pick } = useWords();
  const [failure, setFailure] = useState<Failure | null>(null);
  const change = (part: { mode?: (typeof MODES)[number]; capBp?: number; priority?: number; weight?: number }) => {
    setFailure(null);
    must(http.PATCH("/api/v1/campaigns/{id}", { params: { path: { id: c.id } }, body: { ...part, version: c.version } })).catch((error: unknown) => setFailure(asFailure(error)));
  };
  return (
    <div className="sec pace">
      <div className="row wrap">
        <div className="seg" role="group" aria-label={t("camp.mode")}>{MODES.map((m) => <button key={m} type="button" className={m === c.mode ? "on" : ""} aria-pressed={m === c.mode} data-testid={`mode-${m}`} onClick={() => m !== c.mode && change({ mode: m })}>{t(`camp.mode.${m}`)}</button>)}</div>
        {c.pacing && <Caps chosen={c.capBp} most={c.pacing.mostBp} choose={(capBp) => change({ capBp })} />}
      </div>
      <Sharing priority={c.priority} weight={c.weight} choose={change} />
      {failure && <p className="r sm" role="alert" data-testid="pacing-failure">{pick(failure.zh, failure.en)}</p>}
    </div>
  );
}

/** The caps to choose from, up to what the rule pack allows. */
export function Caps({ chosen, most, choose }: { chosen: number; most: number; choose: (bp: number) => void }) {
  const { t } = useWords();
  return (
    <label className="row sm capsel"><span className="q nw">{t("pace.cap")}</span>
      <select className="inp" data-testid="campaign-cap" value={chosen} onChange={(e) => choose(Number(e.target.value))}>
        {caps(chosen, most).map((bp) => <option key={bp} value={bp}>{share(bp)}</option>)}
      </select>
    </label>
  );
}

const PRIORITIES = [1, 2, 3, 4, 5, 6, 7, 8, 9];
const WEIGHTS = [1, 2, 5, 10, 20, 30, 50, 100];

/** Who gets the agents that several campaigns list: the first priority, then by share. */
export function Sharing({ priority, weight, choose }: { priority: number; weight: number; choose: (part: { priority?: number; weight?: number }) => void }) {
  const { t } = useWords();
  const weights = WEIGHTS.includes(weight) ? WEIGHTS : [...WEIGHTS, weight].sort((a, b) => a - b);
  return (
    <div className="row wrap sm" title={t("share.why")}>
      <label className="row capsel"><span className="q nw">{t("share.priority")}</span>
        <select className="inp" data-testid="campaign-priority" value={priority} onChange={(e) => choose({ priority: Number(e.target.value) })}>
          {PRIORITIES.map((n) => <option key={n} value={n}>{n === 1 ? t("share.first") : n === 9 ? t("share.last") : n}</option>)}
        </select>
      </label>
      <label className="row capsel"><span className="q nw">{t("share.weight")}</span>
        <select className="inp" data-testid="campaign-weight" value={weight} onChange={(e) => choose({ weight: Number(e.target.value) })}>
          {weights.map((n) => <option key={n} value={n}>{n}</option>)}
        </select>
      </label>
    </div>
  );
}
