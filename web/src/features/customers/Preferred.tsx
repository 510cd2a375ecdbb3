// When the customer wants to be called: in their words, and as hours of the day.
import { useState } from "react";
import type { CustomerFile } from "../../api/schemas";
import { http, must } from "../../api/http";
import { useWords } from "../../lib/i18n";
import { useMay } from "../../session";
import { ChangeForm, useChanged } from "./change";

export function Preferred({ customer }: { customer: CustomerFile }) {
  const { t } = useWords();
  const may = useMay("customer.edit");
  const changed = useChanged();
  const [editing, setEditing] = useState(false);
  const [words, setWords] = useState(customer.preferredTime);
  const [from, setFrom] = useState("");
  const [to, setTo] = useState("");
  const send = async () => {
    changed(await must(http.PUT("/api/v1/customers/{id}/preferred-time", { params: { path: { id: customer.id } }, body: { words, from: from || undefined, to: to || undefined } })));
    setEditing(false);
  };
  return (
    <div className="sec">
      <h2>{t("who.preferred")} {may && <button className="linkish sm end" data-testid="preferred-edit" onClick={() => setEditing(!editing)}>{t("cust.change")}</button>}</h2>
      {!editing && <p className="sm">{customer.preferredTime || <span className="q">{t("who.noPreferred")}</span>}</p>}
      {editing && (
        <ChangeForm id="preferred-form" send={send} cancel={() => setEditing(false)} submit={t("cust.save")} hint={t("cust.hoursHint")}>
          <input className="inp s" autoFocus aria-label={t("who.preferred")} placeholder={t("cust.preferredWords")} value={words} maxLength={60} onChange={(e) => setWords(e.target.value)} />
          <div className="row"><input className="inp s" type="time" aria-label={t("cust.from")} value={from} onChange={(e) => setFrom(e.target.value)} /><span>–</span><input className="inp s" type="time" aria-label={t("cust.to")} value={to} onChange={(e) => setTo(e.target.value)} /></div>
        </ChangeForm>
      )}
    </div>
  );
}
