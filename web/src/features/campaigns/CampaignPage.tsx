// One campaign, live: what the dialer decides, the margin to the cap, the day, its
// lines, why people are not called, and who changed what.
import { useParams } from "react-router";
import type { CampaignDetail } from "../../api/schemas";
import { http, must } from "../../api/http";
import { Listed } from "../../api/Listed";
import { Watched } from "../../api/Watched";
import { RefusalList } from "../../calls/Why";
import { useWords } from "../../lib/i18n";
import { DayChart } from "./DayChart";
import { Decision } from "./Decision";
import { Forecast } from "./Forecast";
import { Head } from "./Head";
import { Leaving } from "./Leaving";
import { Log } from "./Log";
import { Pacing } from "./Pacing";
import { Running } from "./Running";
import "../../styles/pages.css";
import "../../styles/campaigns.css";

export default function CampaignPage() {
  const id = useParams().id ?? "";
  return <Watched topic={`campaign:${id}`} lines={12}>{(campaign) => <Campaign campaign={campaign} />}</Watched>;
}

const live = (c: CampaignDetail): boolean => c.state === "running" || c.state === "paused" || c.state === "draft";

function Campaign({ campaign }: { campaign: CampaignDetail }) {
  return (
    <div className="campaign-page" data-testid="campaign">
      <Head campaign={campaign} />
      <div className="campaign-body">
        <div className="col"><Decision campaign={campaign} /><DayChart campaign={campaign} /><Running campaign={campaign} /></div>
        <div className="col">
          {live(campaign) && <Pacing campaign={campaign} />}
          {campaign.leaving.length > 0 && <Leaving campaign={campaign} />}
          <Log campaign={campaign} /><Outlook campaign={campaign} /><Refusals campaign={campaign} />
        </div>
      </div>
    </div>
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
    <section className="card">
      <header className="head"><h2>{t("camp.refusals")}</h2></header>
      <div className="scroll refusals">
        <Listed queryKey={["campaign-refusals", campaign.id]} every={10_000} read={read} empty={(p) => (p.items.length === 0 ? <p className="sec q">{t("camp.noRefusals")}</p> : null)}>
          {(page) => <RefusalList rows={page.items} named />}
        </Listed>
      </div>
    </section>
  );
}
