// The supervisor's working page: figures, agents, campaigns, satisfaction. Every
// number opens the calls behind it.
import { useState } from "react";
import { Link } from "react-router";
import type { Wallboard } from "../../api/schemas";
import { Watched } from "../../api/Watched";
import { CallsDrawer, type Figure } from "../../calls/CallsDrawer";
import { basisPoints, count, moment, NONE, percent, time } from "../../lib/format";
import { useWords } from "../../lib/i18n";
import { usePhone } from "../../softphone/context";
import { Icon } from "../../ui/Icon";
import { Agents } from "./Agents";
import { Satisfaction } from "./Satisfaction";
import "../../styles/pages.css";

export default function LivePage() {
  return <Watched topic="wallboard" lines={12}>{(board) => <Board board={board} />}</Watched>;
}

function Board({ board }: { board: Wallboard }) {
  const [figure, setFigure] = useState<Figure | null>(null);
  return (
    <div className="live-page" data-testid="wallboard">
      <Notices board={board} />
      <Figures board={board} open={setFigure} />
      <Campaigns board={board} />
      <div className="live-body">
        <Agents board={board} open={setFigure} />
        <div className="side-col"><Satisfaction board={board} open={setFigure} /><Results board={board} open={setFigure} /></div>
      </div>
      {figure && <CallsDrawer figure={figure} close={() => setFigure(null)} />}
    </div>
  );
}

const MOST_OWED = 6;

export type Open = (figure: Figure) => void;

function Notices({ board }: { board: Wallboard }) {
  const { t } = useWords();
  const stale = usePhone((s) => s.link !== "up");
  return (
    <>
      {stale && <p className="note-box a">{t("live.stale", { t: time(board.at) })}</p>}
      {!board.redis.ok && <p className="note-box r" role="alert"><Icon name="warn" /> {t("live.redisDown")}</p>}
      {board.owed.length > 0 && <Owed owed={board.owed} />}
    </>
  );
}

/** Calls whose agents let the wrap-up time pass: whom to remind of which customer. */
function Owed({ owed }: { owed: Wallboard["owed"] }) {
  const { t, language } = useWords();
  return (
    <div className="note-box a owed" data-testid="owed">
      <Icon name="warn" /> <b>{t("live.owed", { n: owed.length })}</b>
      {owed.slice(0, MOST_OWED).map((o) => (
        <Link key={o.attemptId} to={`/customers/${o.customerId}`}>{t(o.signedOn ? "live.owedOne" : "live.owedGone", { agent: o.agent, who: o.customerInitial, t: moment(o.at, language) })}</Link>
      ))}
      {owed.length > MOST_OWED && <span className="q">{t("live.owedMore", { n: owed.length - MOST_OWED })}</span>}
    </div>
  );
}

function Figures({ board, open }: { board: Wallboard; open: Open }) {
  const { t } = useWords();
  const { lines, abandoned, contactRate, waitMs } = board;
  const over = abandoned.den > 0 && (abandoned.num / abandoned.den) * 10_000 > abandoned.capBp;
  const ms = (n: number | null) => (n === null ? NONE : count(Math.round(n)));
  const rows = [
    { id: "lines", title: t("live.lines"), value: count(lines.dialing + lines.ringing + lines.talking + lines.waiting), sub: t("live.linesSub", { d: lines.planned + lines.dialing, r: lines.ringing, t: lines.talking }), tone: "" },
    { id: "attempts", title: t("live.attempts"), value: count(board.attemptsToday), sub: t("live.attemptsSub", { n: board.reachedToday }), tone: "" },
    { id: "reached", title: t("live.contact"), value: percent(contactRate.num, contactRate.den), sub: t("live.contactSub", { n: contactRate.num, d: contactRate.den }), tone: "" },
    { id: "abandoned", title: t("live.abandon"), value: percent(abandoned.num, abandoned.den), sub: over ? t("live.abandonOver", { cap: basisPoints(abandoned.capBp) }) : t("live.abandonSub", { n: abandoned.num, cap: basisPoints(abandoned.capBp) }), tone: over ? "r" : "" },
    { id: "completed", title: t("live.done"), value: count(board.completedToday), sub: t("live.doneSub", { n: board.quickFormsToday }), tone: "" },
    { id: "waiting", title: t("live.wait"), value: waitMs.p50 === null ? NONE : t("top.ms", { n: ms(waitMs.p50) }), sub: waitMs.p50 === null ? t("live.waitNone") : t("live.waitSub", { p50: ms(waitMs.p50), p99: ms(waitMs.p99) }), tone: "" },
  ];
  return (
    <div className="figures">
      {rows.map((row) => (
        <button key={row.id} type="button" className={`fig ${row.tone}`} data-testid={`figure-${row.id}`} onClick={() => open({ title: row.title, filter: { day: "today", figure: row.id === "waiting" ? "reached" : row.id } })}>
          <span className="sm q">{row.title}</span><span className="v"><br />{row.value}</span><small>{row.sub}</small>
        </button>
      ))}
    </div>
  );
}

function Campaigns({ board }: { board: Wallboard }) {
  const { t, pick } = useWords();
  if (board.campaigns.length === 0) return <p className="note-box">{t("live.noCampaigns")}</p>;
  return (
    <div className="camps">
      {board.campaigns.map((c) => (
        <Link key={c.id} className="camp" to={`/campaigns/${c.id}`} data-testid={`live-campaign-${c.id}`}>
          <p className="row"><b className="el">{c.name}</b><span className="q sm">{t(`camp.mode.${c.mode}`)}</span><span className="end" /><span className={`st ${c.state === "running" ? "g" : ""}`}><i className={`dot ${c.state === "running" ? "g" : ""}`} />{t(`camp.st.${c.state}`)}</span></p>
          <p className="sm">{t("camp.lines")} <b>{c.lines}</b> · {t("live.ready", { n: c.ready })} · {t("live.left", { n: count(c.left) })}</p>
          <p className="q sm el">{pick(c.decisionZh, c.decisionEn)}</p>
        </Link>
      ))}
    </div>
  );
}

function Results({ board, open }: { board: Wallboard; open: Open }) {
  const { t, pick } = useWords();
  const { tasks } = board;
  return (
    <section className="card">
      <header><h2>{t("live.results")}</h2><span className="end q sm">{t("live.tasksSub", { d: tasks.dueToday, o: tasks.overdue })}</span></header>
      <ul className="sec resultlist">
        {board.results.length === 0 && <li className="q sm">{t("live.noResults")}</li>}
        {board.results.map((r) => (
          <li key={r.code}><span>{pick(r.zh, r.en) || r.code}</span>
            <button className="linkish" data-testid={`result-${r.code}`} onClick={() => open({ title: pick(r.zh, r.en), filter: { day: "today", result: r.code } })}>{count(r.n)}</button></li>
        ))}
      </ul>
    </section>
  );
}
