// Who calls for a campaign and by which number; saved together, with a log entry.
import { useState } from "react";
import type { CampaignDetail, CampaignOptions } from "../../api/schemas";
import { asFailure, type Failure } from "../../api/failure";
import { http, must } from "../../api/http";
import { Listed } from "../../api/Listed";
import { useWords } from "../../lib/i18n";
import { useKeys } from "../../lib/keys";
import { Act } from "../../ui/bits";
import { Drawer } from "../../ui/Drawer";
import { AgentChoices, CallerChoices } from "./Choices";

export function Settings({ campaign, close }: { campaign: CampaignDetail; close: () => void }) {
  const { t } = useWords();
  return (
    <Drawer title={t("camp.settings")} id="campaign-settings-drawer" close={close} closeWord={t("app.close")}>
      <Listed queryKey={["campaign-options"]} read={() => must(http.GET("/api/v1/campaigns/options"))} empty={() => null}>{(options) => <Form campaign={campaign} options={options} close={close} />}</Listed>
    </Drawer>
  );
}

function Form({ campaign: c, options, close }: { campaign: CampaignDetail; options: CampaignOptions; close: () => void }) {
  const { t, pick } = useWords();
  const [name, setName] = useState(c.name);
  const [agents, setAgents] = useState(c.agentIds);
  const [caller, setCaller] = useState(c.callerNumber?.id);
  const [failure, setFailure] = useState<Failure | null>(null);
  const save = () => {
    setFailure(null);
    const body = { name, agentIds: agents, ...(caller ? { callerNumberId: caller } : {}), version: c.version };
    must(http.PATCH("/api/v1/campaigns/{id}", { params: { path: { id: c.id } }, body })).then(close, (error: unknown) => setFailure(asFailure(error)));
  };
  useKeys({ "Ctrl+Enter": save });
  return (
    <div className="sec pace">
      <label className="field"><span>{t("camp.name")}</span><input className="inp" data-testid="settings-name" value={name} maxLength={60} onChange={(e) => setName(e.target.value)} /></label>
      <h2>{t("camp.step.agents")}</h2>
      <AgentChoices options={options} chosen={agents} choose={setAgents} />
      <h2>{t("camp.caller")}</h2>
      <CallerChoices options={options} chosen={caller} choose={setCaller} />
      <p className="q sm">{t("camp.settingsHint")}</p>
      {failure && <p className="note-box r" role="alert">{pick(failure.zh, failure.en)}</p>}
      <p className="row"><Act id="settings-save" kind="p" keyCap="Ctrl+Enter" run={save}>{t("camp.save")}</Act><Act id="settings-cancel" run={close}>{t("app.cancel")}</Act></p>
    </div>
  );
}
