// What the dialer decides right now, what stands in its way, and today's figures; a
// figure of calls opens them.
import { useState } from "react";
import type { CampaignDetail } from "../../api/schemas";
import { CallsDrawer, type Figure } from "../../calls/CallsDrawer";
import { businessNow, realNow } from "../../lib/clock";
import { count, percent, time } from "../../lib/format";
import { useWords } from "../../lib/i18n";
import { toneClass } from "../../ui/bits";
import { Tempo } from "./Tempo";

export function Decision({ campaign: c }: { campaign: CampaignDetail }) {
  const { t, pick } = useWords();
  const [figure, setFigure] = useState<Figure | null>(null);
  const today = (figure: string) => ({ campaignId: c.id, day: "today", figure });
  const now = (figure: string) => ({ campaignId: c.id, day: "all", figure });
  const figures: { name: string; value: string; filter?: Figure["filter"] }[] = [
    { name: t("camp.left"), value: count(c.left) }, { name: t("camp.readyAgents"), value: count(c.readyAgents) },
    { name: t("camp.ringing"), value: count(c.lines.planned + c.lines.ringing), filter: now("ringing") }, { name: t("camp.talking"), value: count(c.lines.talking), filter: now("talking") },
    { name: t("camp.attempts"), value: count(c.attemptsToday), filter: today("attempts") }, { name: t("camp.answered"), value: count(c.answeredToday), filter: today("answered") },
    { name: t("camp.contact"), value: percent(c.contactRate.num, c.contactRate.den), filter: today("counted") }, { name: t("camp.abandoned"), value: count(c.abandonedToday), filter: today("abandoned") },
  ];
  const told = c.state === "running" && c.health.whyZh !== "" && (c.health.tone === "warn" || c.health.tone === "bad");
  return (
    <section className="card">
      <div className="sec decision">
        <p className="q sm">{t("camp.decision")}{c.decision.at && c.state === "running" && <> · {time(Date.parse(c.decision.at) + businessNow() - realNow())}</>}</p>
        <p className="big" data-testid="campaign-decision">{pick(c.decision.zh, c.decision.en)}</p>
        {told && <p className={`note-box ${toneClass(c.health.tone)}`} data-testid="campaign-health"><b>{pick(c.health.zh, c.health.en)}</b> {pick(c.health.whyZh, c.health.whyEn)}</p>}
      </div>
      <div className="figrow opens">
        {figures.map(({ name, value, filter }) => (filter
          ? <button key={name} type="button" data-testid={`today-${filter.figure}`} onClick={() => setFigure({ title: name, filter })}><span>{name}</span><b>{value}</b></button>
          : <div key={name}><span>{name}</span><b>{value}</b></div>))}
      </div>
      <Tempo campaign={c} />
      {figure && <CallsDrawer figure={figure} close={() => setFigure(null)} />}
    </section>
  );
}
