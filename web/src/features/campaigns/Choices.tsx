// Agents and caller numbers to choose from, in the wizard and afterwards.
import type { CampaignOptions } from "../../api/schemas";
import { phone } from "../../lib/format";
import { useWords } from "../../lib/i18n";

export function AgentChoices({ options, chosen, choose }: { options: CampaignOptions; chosen: string[]; choose: (ids: string[]) => void }) {
  const { t } = useWords();
  const flip = (id: string) => choose(chosen.includes(id) ? chosen.filter((a) => a !== id) : [...chosen, id]);
  return (
    <>
      <div className="choices small">
        {options.agents.map((a) => (
          <button key={a.id} type="button" className={`choice ${chosen.includes(a.id) ? "on" : ""}`} aria-pressed={chosen.includes(a.id)} data-testid={`campaign-agent-${a.id}`} onClick={() => flip(a.id)}>
            <b>{a.name}</b><span className="q">{a.employeeNo} · {t(a.online ? "camp.online" : "camp.offline")}</span>
          </button>
        ))}
      </div>
      {options.agents.length === 0 && <p className="note-box a">{t("camp.noAgents")}</p>}
    </>
  );
}

export function CallerChoices({ options, chosen, choose }: { options: CampaignOptions; chosen: string | undefined; choose: (id: string) => void }) {
  const { t } = useWords();
  return (
    <>
      <div className="choices">
        {options.callerNumbers.map((n) => (
          <button key={n.id} type="button" disabled={n.state !== "ok"} className={`choice ${chosen === n.id ? "on" : ""}`} aria-pressed={chosen === n.id} data-testid={`campaign-caller-${n.id}`} onClick={() => choose(n.id)}>
            <b>{phone(n.number)}</b><span className="q">{n.trunk}</span>
          </button>
        ))}
      </div>
      {options.callerNumbers.length === 0 && <p className="note-box a">{t("camp.noCaller")}</p>}
    </>
  );
}
