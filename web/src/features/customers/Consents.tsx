// What a customer agreed to, by purpose: the newest answer holds, the older ones
// fold out below.
import { useState } from "react";
import type { ConsentEntry, CustomerFile } from "../../api/schemas";
import { http, must } from "../../api/http";
import { date } from "../../lib/format";
import { useWords } from "../../lib/i18n";
import { useMay } from "../../session";
import { Icon } from "../../ui/Icon";
import { ChangeForm, useCatalog, useChanged } from "./change";
import { holding } from "./record";

type State = ConsentEntry["state"];
const STATES: State[] = ["given", "refused", "withdrawn"];
const CHANNELS = ["paper", "call", "sms", "online"] as const;

export function Consents({ customer }: { customer: CustomerFile }) {
  const { t, pick, word } = useWords();
  const may = useMay("customer.edit");
  const purposes = useCatalog()?.consentPurposes ?? [];
  const [adding, setAdding] = useState(false);
  const now = holding(customer.consents, purposes.map((p) => p.code));
  return (
    <div className="sec" data-testid="consents">
      <h2>{t("cust.consent")} {may && <button className="linkish sm end" data-testid="consent-add" onClick={() => setAdding(!adding)}>{t("cust.record")}</button>}</h2>
      <ul className="sm consents">
        {purposes.map((p, i) => {
          const entry = now[i]?.entry;
          const mark = entry === undefined ? "q" : entry.state === "given" ? "g" : "a";
          return <li key={p.code} className={mark}>{entry && <Icon name={entry.state === "given" ? "check" : "x"} />} {pick(p.zh, p.en)} <span className="q">{entry ? t(`cust.consent.${entry.state}`) : t("cust.notAsked")}</span></li>;
        })}
      </ul>
      {adding && <Add customer={customer} close={() => setAdding(false)} />}
      {customer.consents.length > 0 && (
        <details className="history">
          <summary>{t("cust.history", { n: customer.consents.length })}</summary>
          <ul className="xs">{customer.consents.map((c) => <li key={c.id}>{date(c.at)} {pick(c.purposeZh, c.purposeEn)}：{t(`cust.consent.${c.state}`)} <span className="q">{[word(`cust.channel.${c.channel}`, c.channel), c.by, c.evidence].filter(Boolean).join(" · ")}</span></li>)}</ul>
        </details>
      )}
    </div>
  );
}

function Add({ customer, close }: { customer: CustomerFile; close: () => void }) {
  const { t, pick } = useWords();
  const purposes = useCatalog()?.consentPurposes ?? [];
  const changed = useChanged();
  const [purpose, setPurpose] = useState("service_call");
  const [state, setState] = useState<State>("given");
  const [channel, setChannel] = useState<(typeof CHANNELS)[number]>("paper");
  const [evidence, setEvidence] = useState("");
  const send = async () => {
    changed(await must(http.POST("/api/v1/customers/{id}/consents", { params: { path: { id: customer.id } }, body: { purpose, state, channel, evidence } })));
    close();
  };
  return (
    <ChangeForm id="consent-form" send={send} cancel={close} submit={t("cust.save")}>
      <select className="inp s" aria-label={t("cust.purpose")} value={purpose} onChange={(e) => setPurpose(e.target.value)}>{purposes.map((p) => <option key={p.code} value={p.code}>{pick(p.zh, p.en)}</option>)}</select>
      <div className="row">
        <select className="inp s" aria-label={t("cust.answer")} value={state} onChange={(e) => setState(e.target.value as State)}>{STATES.map((s) => <option key={s} value={s}>{t(`cust.consent.${s}`)}</option>)}</select>
        <select className="inp s" aria-label={t("cust.channel")} value={channel} onChange={(e) => setChannel(e.target.value as (typeof CHANNELS)[number])}>{CHANNELS.map((c) => <option key={c} value={c}>{t(`cust.channel.${c}`)}</option>)}</select>
      </div>
      <input className="inp s" aria-label={t("cust.evidence")} placeholder={t("cust.evidence")} value={evidence} maxLength={200} onChange={(e) => setEvidence(e.target.value)} />
    </ChangeForm>
  );
}
