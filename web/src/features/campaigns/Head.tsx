// The head of a campaign: what it is, how it stands, and what may be done at once.
import { useEffect, useState } from "react";
import { Link, useLocation, useNavigate } from "react-router";
import type { CampaignDetail } from "../../api/schemas";
import { asFailure } from "../../api/failure";
import { http, must } from "../../api/http";
import { count, phone } from "../../lib/format";
import { useWords } from "../../lib/i18n";
import { useKeys } from "../../lib/keys";
import { useMay } from "../../session";
import { Act, Tag } from "../../ui/bits";
import { Settings } from "./Settings";
import { stateTone } from "./state";

export function Head({ campaign: c }: { campaign: CampaignDetail }) {
  const { t } = useWords();
  const mayPlan = useMay("campaign.manage");
  return (
    <header className="card camphead">
      <Link className="sm" to="/campaigns">{t("camp.title")}</Link><span className="q">/</span><h1 className="el">{c.name}</h1><Tag tone={stateTone(c.state)}>{t(`camp.st.${c.state}`)}</Tag>
      <span className="q sm el">{c.callerNumber ? phone(c.callerNumber.number) : t("app.none")} · {t("camp.agentsN", { n: count(c.agents) })}</span>
      <nav className="seg"><span className="on" aria-current="page">{t("res.live")}</span><Link to={`/campaigns/${c.id}/results`} data-testid="campaign-to-results">{t("res.title")}</Link>{mayPlan && <Link to={`/campaigns/${c.id}/what-if`} data-testid="campaign-whatif">{t("wi.open")}</Link>}</nav>
      <span className="end" />
      <Controls campaign={c} />
    </header>
  );
}

/** Why a campaign could not be started. */
export interface Refused { zh: string; en: string }

/** What the wizard could not do, said once: not again when the page is loaded anew. */
function useArrival(): Refused | null {
  const { state, pathname } = useLocation() as { state: { refused?: Refused } | null; pathname: string };
  const navigate = useNavigate();
  const [refused] = useState(state?.refused ?? null);
  useEffect(() => {
    if (state?.refused) void navigate(pathname, { replace: true, state: null });
  }, [state, pathname, navigate]);
  return refused;
}

type Verb = "start" | "pause" | "stop";

function Controls({ campaign: c }: { campaign: CampaignDetail }) {
  const { t, pick } = useWords();
  const [failure, setFailure] = useState<Refused | null>(useArrival());
  const [sure, setSure] = useState(false);
  const [setting, setSetting] = useState(false);
  const mayChange = useMay("campaign.manage") && (c.state === "draft" || c.state === "running" || c.state === "paused");
  const path = { params: { path: { id: c.id } } };
  const act = (verb: Verb) => {
    setFailure(null);
    setSure(false);
    const sent = verb === "start" ? http.POST("/api/v1/campaigns/{id}/start", path) : verb === "pause" ? http.POST("/api/v1/campaigns/{id}/pause", path) : http.POST("/api/v1/campaigns/{id}/stop", path);
    must(sent).catch((error: unknown) => setFailure(asFailure(error)));
  };
  const stop = () => (sure ? act("stop") : setSure(true));
  const mayStart = c.state === "draft" || c.state === "paused";
  const mayStop = c.state === "running" || mayStart;
  useKeys(setting ? {} : { ...(mayStart ? { S: () => act("start") } : {}), ...(c.state === "running" ? { P: () => act("pause") } : {}), ...(mayStop ? { X: stop } : {}), ...(mayChange ? { E: () => setSetting(true) } : {}) });
  return (
    <>
      {failure && <span className="r sm" role="alert" data-testid="campaign-failure">{pick(failure.zh, failure.en)}</span>}
      {sure && <span className="a sm">{t("camp.stopSure")}</span>}
      {mayChange && <Act id="campaign-settings" icon="gear" keyCap="E" run={() => setSetting(true)}>{t("camp.settings")}</Act>}
      {mayStart && <Act id="campaign-start" kind="p" icon="phone" keyCap="S" run={() => act("start")}>{t("camp.start")}</Act>}
      {c.state === "running" && <Act id="campaign-pause" icon="pause" keyCap="P" run={() => act("pause")}>{t("camp.pause")}</Act>}
      {mayStop && <Act id="campaign-stop" kind="d" keyCap="X" run={stop}>{t("camp.stop")}</Act>}
      {setting && <Settings campaign={c} close={() => setSetting(false)} />}
    </>
  );
}
