// A customer's numbers, masked; who may, reads one in clear with a reason. Below
// them: when to call, what the customer agreed to, and do-not-call.
import { useState } from "react";
import type { CustomerFile, FilePhone } from "../../api/schemas";
import { http, must } from "../../api/http";
import { moment, phone } from "../../lib/format";
import { useWords } from "../../lib/i18n";
import { useMay } from "../../session";
import { Icon } from "../../ui/Icon";
import { Consents } from "./Consents";
import { DoNotCall } from "./DoNotCall";
import { Preferred } from "./Preferred";
import { ChangeForm, useCatalog } from "./change";

export function Numbers({ customer }: { customer: CustomerFile }) {
  const { t } = useWords();
  return (
    <section className="card" aria-label={t("cust.numbers")} data-testid="numbers">
      <header><h2>{t("cust.numbers")}</h2></header>
      <div className="sec">
        {customer.phones.length === 0 && <p className="q sm">{t("cust.noNumbers")}</p>}
        <dl className="kv">{customer.phones.map((p) => <Number key={p.id} customer={customer.id} phone={p} />)}</dl>
      </div>
      <Preferred customer={customer} />
      <Consents customer={customer} />
      <DoNotCall customer={customer} />
    </section>
  );
}

function Number({ customer, phone: p }: { customer: string; phone: FilePhone }) {
  const { t, pick, word, language } = useWords();
  const may = useMay("phone.reveal");
  const [asking, setAsking] = useState(false);
  const [clear, setClear] = useState("");
  const last = p.lastAt ? `${moment(p.lastAt, language)} ${pick(p.lastZh, p.lastEn)}` : t("cust.neverCalled");
  return (
    <>
      <dt>{word(`role.${p.role}`, p.role)}</dt>
      <dd>
        <b data-testid="number">{phone(clear || p.masked)}</b>{" "}
        {may && (clear
          ? <button className="linkish sm" onClick={() => setClear("")}>{t("cust.hide")}</button>
          : <button className="linkish sm" data-testid="reveal" onClick={() => setAsking(!asking)}><Icon name="eye" /> {t("cust.reveal")}</button>)}
        <p className="xs"><span className={p.callable ? "q" : "a"}>{!p.callable && `${pick(p.statusZh, p.statusEn)} · `}{last}</span></p>
        {asking && <Reveal customer={customer} id={p.id} done={(number) => { setClear(number); setAsking(false); }} cancel={() => setAsking(false)} />}
      </dd>
    </>
  );
}

function Reveal({ customer, id, done, cancel }: { customer: string; id: string; done: (number: string) => void; cancel: () => void }) {
  const { t, pick } = useWords();
  const reasons = useCatalog()?.revealReasons ?? [];
  const [reason, setReason] = useState("verify");
  const [note, setNote] = useState("");
  const send = async () => {
    const body = { reason: reason as "verify", note };
    const seen = await must(http.POST("/api/v1/customers/{id}/phones/{phone}/reveal", { params: { path: { id: customer, phone: id } }, body }));
    done(seen.number);
  };
  return (
    <ChangeForm id="reveal-form" send={send} cancel={cancel} submit={t("cust.revealDo")} hint={t("cust.revealHint")}>
      <select className="inp s" aria-label={t("cust.reason")} value={reason} onChange={(e) => setReason(e.target.value)}>{reasons.map((r) => <option key={r.code} value={r.code}>{pick(r.zh, r.en)}</option>)}</select>
      {reason === "other" && <input className="inp s" aria-label={t("cust.note")} placeholder={t("cust.note")} value={note} maxLength={200} onChange={(e) => setNote(e.target.value)} />}
    </ChangeForm>
  );
}
