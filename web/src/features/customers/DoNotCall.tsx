// Do-not-call entries of a customer's numbers: those that hold, and what was. Adding
// is easy; ending one needs the proof that allows it.
import { useState } from "react";
import type { CustomerFile, DNCEntry } from "../../api/schemas";
import { http, must } from "../../api/http";
import { date, phone } from "../../lib/format";
import { useWords } from "../../lib/i18n";
import { useMay } from "../../session";
import { Icon } from "../../ui/Icon";
import { ChangeForm, useCatalog, useChanged } from "./change";

const SOURCES = ["customer", "agent", "regulator", "court"] as const;

export function DoNotCall({ customer }: { customer: CustomerFile }) {
  const { t } = useWords();
  const may = useMay("dnc.add");
  const [adding, setAdding] = useState(false);
  const open = customer.dnc.filter((d) => d.open);
  const past = customer.dnc.filter((d) => !d.open);
  return (
    <div className="sec" data-testid="dnc">
      <h2>{t("cust.dnc")} {may && customer.phones.length > 0 && <button className="linkish sm end" data-testid="dnc-add" onClick={() => setAdding(!adding)}>{t("cust.addDnc")}</button>}</h2>
      {open.length === 0 && <p className="q sm">{t("cust.noDnc")}</p>}
      <ul className="sm">{open.map((d) => <Entry key={d.id} customer={customer.id} entry={d} />)}</ul>
      {adding && <Add customer={customer} close={() => setAdding(false)} />}
      {past.length > 0 && (
        <details className="history">
          <summary>{t("cust.history", { n: past.length })}</summary>
          <ul className="xs">{past.map((d) => <Past key={d.id} entry={d} />)}</ul>
        </details>
      )}
    </div>
  );
}

function Past({ entry: d }: { entry: DNCEntry }) {
  const { pick } = useWords();
  return <li>{pick(d.scopeZh, d.scopeEn)} {phone(d.masked)} {date(d.from)} – {date(d.to)} <span className="q">{d.evidence}</span></li>;
}

function Entry({ customer, entry: d }: { customer: string; entry: DNCEntry }) {
  const { t, pick, word } = useWords();
  const may = useMay("dnc.end");
  const changed = useChanged();
  const [ending, setEnding] = useState(false);
  const [reason, setReason] = useState("");
  const send = async () => {
    changed(await must(http.POST("/api/v1/customers/{id}/dnc/{entry}/end", { params: { path: { id: customer, entry: d.id } }, body: { reason } })));
    setEnding(false);
  };
  return (
    <li>
      <div className="row"><span className="a"><Icon name="ban" /> {pick(d.scopeZh, d.scopeEn)}</span>{may && <button className="linkish sm end" data-testid="dnc-end" onClick={() => setEnding(!ending)}>{t("cust.endDnc")}</button>}</div>
      <p className="q xs">{[phone(d.masked), t("cust.since", { day: date(d.from) }), word(`cust.source.${d.source}`, d.source), d.by, d.evidence].filter(Boolean).join(" · ")}</p>
      {ending && (
        <ChangeForm id="dnc-end-form" send={send} cancel={() => setEnding(false)} submit={t("cust.endDnc")} hint={t("cust.endHint")}>
          <input className="inp s" autoFocus aria-label={t("cust.proof")} placeholder={t("cust.proof")} value={reason} maxLength={200} onChange={(e) => setReason(e.target.value)} />
        </ChangeForm>
      )}
    </li>
  );
}

function Add({ customer, close }: { customer: CustomerFile; close: () => void }) {
  const { t, pick, word } = useWords();
  const scopes = useCatalog()?.dncScopes ?? [];
  const changed = useChanged();
  const [phoneId, setPhoneId] = useState(customer.phones[0]?.id ?? "");
  const [scope, setScope] = useState<DNCEntry["scope"]>("commercial");
  const [source, setSource] = useState<(typeof SOURCES)[number]>("customer");
  const [evidence, setEvidence] = useState("");
  const send = async () => {
    changed(await must(http.POST("/api/v1/customers/{id}/dnc", { params: { path: { id: customer.id } }, body: { phoneId, scope, source, evidence } })));
    close();
  };
  return (
    <ChangeForm id="dnc-form" send={send} cancel={close} submit={t("cust.addDnc")} hint={t("cust.dncHint")}>
      <select className="inp s" aria-label={t("cust.phones")} value={phoneId} onChange={(e) => setPhoneId(e.target.value)}>{customer.phones.map((p) => <option key={p.id} value={p.id}>{phone(p.masked)}</option>)}</select>
      <div className="row">
        <select className="inp s" aria-label={t("cust.scope")} value={scope} onChange={(e) => setScope(e.target.value as DNCEntry["scope"])}>{scopes.map((s) => <option key={s.code} value={s.code}>{pick(s.zh, s.en)}</option>)}</select>
        <select className="inp s" aria-label={t("cust.source")} value={source} onChange={(e) => setSource(e.target.value as (typeof SOURCES)[number])}>{SOURCES.map((s) => <option key={s} value={s}>{word(`cust.source.${s}`, s)}</option>)}</select>
      </div>
      <input className="inp s" aria-label={t("cust.evidence")} placeholder={t("cust.evidence")} value={evidence} maxLength={200} onChange={(e) => setEvidence(e.target.value)} />
    </ChangeForm>
  );
}
