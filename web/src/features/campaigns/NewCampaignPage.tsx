// Making a campaign: what, how, who, on one page, with a live count beside it.
import { useCallback, useState } from "react";
import { useNavigate } from "react-router";
import type { CampaignDraft, CampaignMode, CampaignOptions } from "../../api/schemas";
import { asFailure, type Failure } from "../../api/failure";
import { http, must } from "../../api/http";
import { Listed } from "../../api/Listed";
import { businessNow } from "../../lib/clock";
import { date, phone } from "../../lib/format";
import { useKeys } from "../../lib/keys";
import { useWords } from "../../lib/i18n";
import { Act } from "../../ui/bits";
import { Empty } from "../../ui/looks";
import { Forecast } from "./Forecast";
import { share } from "./caps";
import type { Refused } from "./Head";
import { AgentChoices, CallerChoices } from "./Choices";
import { Cap, Sharing, type Told } from "./Numbers";
import "../../styles/pages.css";
import "../../styles/campaigns.css";

const MODES: CampaignMode[] = ["progressive", "preview", "predictive"];

export default function NewCampaignPage() {
  return (
    <Listed queryKey={["campaign-options"]} read={() => must(http.GET("/api/v1/campaigns/options"))} empty={() => null}>
      {(options) => <Wizard options={options} />}
    </Listed>
  );
}

type Missing = "camp.fixWrong" | "camp.nameMissing" | "camp.kindMissing" | "camp.callerMissing" | "camp.agentsMissing" | null;

function Wizard({ options }: { options: CampaignOptions }) {
  const { t } = useWords();
  const usable = options.callerNumbers.filter((n) => n.state === "ok");
  const [draft, setDraft] = useState<CampaignDraft>({ name: t("camp.suggest", { day: date(businessNow()) }), taskKind: "", mode: "progressive", capBp: options.capBp, priority: 5, weight: 10, agentIds: [], ...(usable[0] ? { callerNumberId: usable[0].id } : {}) });
  const change = (part: Partial<CampaignDraft>) => setDraft((old) => ({ ...old, ...part }));
  const [wrong, setWrong] = useState<readonly string[]>([]);
  const told: Told = useCallback((field, is) => setWrong((old) => (old.includes(field) === is ? old : is ? [...old, field] : old.filter((f) => f !== field))), []);
  return (
    <div className="wizard">
      <section className="card scroll">
        <header className="head"><h1>{t("camp.new")}</h1></header>
        <Tasks options={options} draft={draft} change={change} />
        <How options={options} draft={draft} change={change} told={told} />
        <Agents options={options} draft={draft} change={change} />
        <Confirm options={options} draft={draft} wrong={wrong.length > 0} />
      </section>
      <aside className="card scroll"><Count draft={draft} /></aside>
    </div>
  );
}

interface Step { options: CampaignOptions; draft: CampaignDraft; change: (part: Partial<CampaignDraft>) => void }

function Tasks({ options, draft, change }: Step) {
  const { t, pick } = useWords();
  const kinds = options.taskKinds.filter((k) => k.open > 0 || k.kind === "followup_3d");
  return (
    <div className="sec">
      <h2>1 · {t("camp.step.tasks")}</h2>
      <label className="field"><span>{t("camp.name")}</span><input className="inp" data-testid="campaign-name" value={draft.name} maxLength={60} onChange={(e) => change({ name: e.target.value })} /></label>
      <div className="choices" role="group" aria-label={t("camp.pickKind")}>
        {kinds.map((k) => (
          <button key={k.kind} type="button" className={`choice ${draft.taskKind === k.kind ? "on" : ""}`} aria-pressed={draft.taskKind === k.kind} data-testid={`campaign-kind-${k.kind}`} onClick={() => change(!k.ahead && draft.mode === "predictive" ? { taskKind: k.kind, mode: "preview" } : { taskKind: k.kind })}>
            <b>{pick(k.zh, k.en)}</b><span className="q">{t("camp.open", { n: k.open })}</span>
          </button>
        ))}
      </div>
      {options.taskKinds.every((k) => k.open === 0) && <p className="note-box a">{t("camp.noKinds")}</p>}
    </div>
  );
}

function How({ options, draft, change, told }: Step & { told: Told }) {
  const { t } = useWords();
  const kind = options.taskKinds.find((k) => k.kind === draft.taskKind);
  const barred = (m: CampaignMode) => m === "predictive" && kind !== undefined && !kind.ahead;
  return (
    <div className="sec">
      <h2>2 · {t("camp.step.how")}</h2>
      <div className="choices">
        {MODES.map((m) => (
          <button key={m} type="button" disabled={barred(m)} className={`choice ${draft.mode === m ? "on" : ""}`} aria-pressed={draft.mode === m} data-testid={`campaign-mode-${m}`} onClick={() => change({ mode: m })}>
            <b>{t(`camp.mode.${m}`)}</b><span className="q">{t(barred(m) ? "camp.readFirst" : `camp.modeText.${m}`)}</span>
          </button>
        ))}
      </div>
      {draft.mode === "predictive" && <Cap chosen={draft.capBp ?? options.capBp} most={options.mostBp} choose={(capBp) => change({ capBp })} told={told} />}
      <Sharing priority={draft.priority ?? 5} weight={draft.weight ?? 10} choose={change} told={told} />
      <CallerChoices options={options} chosen={draft.callerNumberId} choose={(callerNumberId) => change({ callerNumberId })} />
    </div>
  );
}

function Agents({ options, draft, change }: Step) {
  const { t } = useWords();
  const all = () => change({ agentIds: options.agents.map((a) => a.id) });
  useKeys({ A: all });
  return (
    <div className="sec">
      <h2>3 · {t("camp.step.agents")} <Act id="campaign-all-agents" size="s" keyCap="A" run={all}>{t("camp.allAgents")}</Act></h2>
      <AgentChoices options={options} chosen={draft.agentIds} choose={(agentIds) => change({ agentIds })} />
    </div>
  );
}

function Confirm({ options, draft, wrong }: { options: CampaignOptions; draft: CampaignDraft; wrong: boolean }) {
  const { t, pick } = useWords();
  const navigate = useNavigate();
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<Failure | null>(null);
  const [missing, setMissing] = useState<Missing>(null);
  const send = async (start: boolean) => {
    const lacks = wrong ? "camp.fixWrong" : lacking(draft, start);
    setMissing(lacks);
    if (lacks !== null || busy) return;
    setBusy(true);
    setFailure(null);
    try {
      const made = await must(http.POST("/api/v1/campaigns", { body: draft }));
      const refused = start ? await refusal(made.id) : null;
      await navigate(`/campaigns/${made.id}`, { state: refused && { refused } });
    } catch (error) {
      setBusy(false);
      setFailure(asFailure(error));
    }
  };
  useKeys({ "Ctrl+Enter": () => void send(true) });
  return (
    <div className="sec">
      <h2>4 · {t("camp.step.confirm")}</h2>
      <Summary options={options} draft={draft} />
      {missing && <p className="note-box a" role="alert">{t(missing)}</p>}
      {failure && <p className="note-box r" role="alert" data-testid="campaign-failure">{pick(failure.zh, failure.en)}</p>}
      <p className="row">
        <Act id="campaign-create-start" kind="p" size="xl" icon="phone" keyCap="Ctrl+Enter" disabled={busy} run={() => void send(true)}>{t("camp.createStart")}</Act>
        <Act id="campaign-create" size="xl" disabled={busy} run={() => void send(false)}>{t("camp.create")}</Act>
      </p>
    </div>
  );
}

/** Starts a campaign that was just made; what is in the way is told on its page, where
 * it stands as a draft. */
async function refusal(id: string): Promise<Refused | null> {
  try {
    await must(http.POST("/api/v1/campaigns/{id}/start", { params: { path: { id } } }));
    return null;
  } catch (error) {
    const { zh, en } = asFailure(error);
    return { zh, en };
  }
}

/** The campaign in one sentence. */
function Summary({ options, draft }: { options: CampaignOptions; draft: CampaignDraft }) {
  const { t, pick } = useWords();
  const kind = options.taskKinds.find((k) => k.kind === draft.taskKind);
  const caller = options.callerNumbers.find((n) => n.id === draft.callerNumberId);
  const cap = draft.mode === "predictive" ? ` · ${t("pace.cap")} ${share(draft.capBp ?? options.capBp)}` : "";
  return (
    <p className="q" data-testid="campaign-summary">{kind ? pick(kind.zh, kind.en) : t("camp.kindMissing")} · {t(`camp.mode.${draft.mode}`)}{cap} · {caller ? phone(caller.number) : t("camp.callerMissing")} · {t("camp.agentsN", { n: draft.agentIds.length })} · {t("share.priority")} {draft.priority ?? 5} · {t("share.weight")} {draft.weight ?? 10}</p>
  );
}

function lacking(draft: CampaignDraft, start: boolean): Missing {
  if (draft.name.trim() === "") return "camp.nameMissing";
  if (draft.taskKind === "") return "camp.kindMissing";
  if (start && !draft.callerNumberId) return "camp.callerMissing";
  return start && draft.agentIds.length === 0 ? "camp.agentsMissing" : null;
}

function Count({ draft }: { draft: CampaignDraft }) {
  const { t } = useWords();
  if (draft.taskKind === "") return <Empty icon="list" title={t("fc.title")} text={t("camp.previewPick")} />;
  return <><header className="head"><h2>{t("fc.title")}</h2></header><Forecast over={{ taskKind: draft.taskKind, callerNumberId: draft.callerNumberId, mode: draft.mode }} /></>;
}
