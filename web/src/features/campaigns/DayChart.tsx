// A campaign's day: agents ready and talking, lines, and where somebody was lost.
import type { CampaignDetail, CampaignDay } from "../../api/schemas";
import { asFailure } from "../../api/failure";
import { businessNow } from "../../lib/clock";
import { hourMinute } from "../../lib/format";
import { useWords } from "../../lib/i18n";
import { Failed, Skeleton } from "../../ui/looks";
import { frameOf, type Box } from "./daychart";
import { useDay } from "./useDay";

const BOX: Box = { width: 860, height: 150, left: 26, right: 46, top: 8, bottom: 18 };

export function DayChart({ campaign }: { campaign: CampaignDetail }) {
  const { t } = useWords();
  const day = useDay(campaign.id);
  return (
    <section className="card daychart" data-testid="campaign-day">
      <header className="head"><h2>{t("day.title")}</h2><span className="q sm">{t("day.hint")}</span><span className="end" />
        <span className="legend sm"><i className="ta" />{t("camp.talking")}<i className="wr" />{t("day.wrap")}<i className="re" />{t("day.ready")}<i className="li" />{t("camp.lines")}<i className="ab" />{t("camp.abandoned")}</span>
      </header>
      {day.isError ? <Failed failure={asFailure(day.error)} retry={() => void day.refetch()} /> : day.data === undefined ? <Skeleton lines={4} />
        : day.data.points.length === 0 ? <p className="sec q">{t("day.none")}</p> : <Chart day={day.data} name={campaign.name} />}
    </section>
  );
}

function Chart({ day, name }: { day: CampaignDay; name: string }) {
  const { t } = useWords();
  const f = frameOf(day, businessNow(), BOX);
  const last = day.points.at(-1);
  const floor = BOX.height - BOX.bottom;
  return (
    <svg className="day" viewBox={`0 0 ${BOX.width} ${BOX.height}`} role="img" aria-label={t("day.aria", { name })} data-testid="day-svg">
      {f.levels.map((n) => <g key={n}><path className="grid" d={`M${BOX.left} ${f.y(n)}H${BOX.width - BOX.right}`} /><text x={BOX.left - 5} y={f.y(n) + 4} textAnchor="end">{n}</text></g>)}
      {f.hours.map((at) => <text key={at} x={f.x(at)} y={BOX.height - 3} textAnchor="middle">{hourMinute(at)}</text>)}
      <path className="wr" d={f.area((p) => p.talking + p.wrapping)} />
      <path className="ta" d={f.area((p) => p.talking)} />
      <path className="re" d={f.line((p) => p.talking + p.wrapping + p.ready)} />
      <path className="li" d={f.line((p) => p.lines)} />
      {day.points.filter((p) => p.abandoned > 0).map((p) => <path key={p.at} className="ab" d={`M${f.x(Date.parse(p.at)) + 2} ${floor - 14}V${floor}`}><title>{t("day.lost", { at: hourMinute(p.at), n: p.abandoned })}</title></path>)}
      {f.now !== null && <path className="now" d={`M${f.now} ${BOX.top}V${floor}`} />}
      {last && f.now !== null && <text x={Math.min(f.now + 5, BOX.width - BOX.right + 4)} y={BOX.top + 9}>{hourMinute(businessNow())}</text>}
    </svg>
  );
}
