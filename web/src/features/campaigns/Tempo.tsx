// How fast the campaign goes: when its list ends, how soon whoever answers has an
// agent, and how busy the agents are.
import type { CampaignDay, CampaignDetail } from "../../api/schemas";
import { asFailure } from "../../api/failure";
import { count, duration, NONE, percent } from "../../lib/format";
import { useWords } from "../../lib/i18n";
import { Failed, Skeleton } from "../../ui/looks";
import { useDay } from "./useDay";

export function Tempo({ campaign: c }: { campaign: CampaignDetail }) {
  const day = useDay(c.id);
  if (day.data) return <Figures day={day.data} ends={c.state === "running" || c.state === "paused" || c.state === "draft"} />;
  return day.isError ? <Failed failure={asFailure(day.error)} retry={() => void day.refetch()} /> : <Skeleton lines={1} />;
}

const share = (n: number | undefined): string => (n === undefined ? NONE : percent(n, 1));

function Figures({ day: { ends, pace }, ends: shown }: { day: CampaignDay; ends: boolean }) {
  const { t, pick, language } = useWords();
  const wait = pace.hourCalls === 0 ? t("tempo.noCalls")
    : t("tempo.waitHour", { n: count(pace.hourCalls), p95: duration(pace.waitMs.p95, language), soon: percent(pace.hourSoon, pace.hourCalls) });
  return (
    <dl className="tempo" data-testid="campaign-tempo">
      {shown && <div data-testid="tempo-ends"><dt>{t("tempo.ends")}</dt><dd><b>{pick(ends.zh, ends.en)}</b></dd><dd className="q xs">{pick(ends.whyZh, ends.whyEn)}</dd></div>}
      <div data-testid="tempo-wait"><dt>{t("tempo.wait")}</dt><dd><b>{duration(pace.waitMs.p50, language)}</b></dd><dd className="q xs">{wait}</dd></div>
      <div data-testid="tempo-share"><dt>{t("tempo.share")}</dt><dd><b>{share(pace.share)}</b></dd><dd className="q xs">{t("tempo.shareHour", { share: share(pace.hourShare) })}</dd></div>
    </dl>
  );
}
