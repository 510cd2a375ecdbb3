// A new booking: who, what for, when. The reason chooses the bay; the slot is held
// when it is pressed.
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { Bay, CustomerRow, VisitDay } from "../../api/schemas";
import { http, must } from "../../api/http";
import { useChange } from "../../api/useChange";
import { hourMinute, date, phone } from "../../lib/format";
import { useWords } from "../../lib/i18n";
import { Act } from "../../ui/bits";
import { Slots } from "../../visits/Slots";
import type { Start } from "./AppointmentsPage";

const REASONS = ["periodic", "first", "repair", "diagnosis", "accident", "paint", "rework"] as const;
type Reason = (typeof REASONS)[number];
const SOURCES = ["in", "advisor", "online", "out"] as const;
const bayOf = (reason: Reason): Bay => (reason === "periodic" || reason === "first" ? "fast" : reason === "accident" || reason === "paint" ? "body" : "general");

export function Booking({ start, booked }: { start: Start; booked: (board: VisitDay) => void }) {
  const { t, pick } = useWords();
  const change = useChange();
  const [customer, setCustomer] = useState<CustomerRow | null>(null);
  const [reason, setReason] = useState<Reason>(() => REASONS.find((r) => bayOf(r) === (start?.bay ?? "fast")) ?? "periodic");
  const [source, setSource] = useState<(typeof SOURCES)[number]>("in");
  const [items, setItems] = useState("");
  const give = (at: string) => {
    if (!customer) return;
    void change.run(async () => booked(await must(http.POST("/api/v1/appointments", { body: { customerId: customer.id, at, reason, source, items: items.trim() } }))));
  };
  const held = start && bayOf(reason) === start.bay ? start : null;
  return (
    <div className="visitbox" data-testid="booking-form">
      <div className="sec">{customer
        ? <p><b>{customer.name}</b> <span className="q">{customer.phones[0] && phone(customer.phones[0])} {customer.plates.join(" ")}</span> <button type="button" className="linkish" onClick={() => setCustomer(null)}>{t("visit.other")}</button></p>
        : <FindCustomer choose={setCustomer} />}</div>
      <div className="sec formgrid">
        <label>{t("visit.what")}<select className="inp" data-testid="booking-reason" value={reason} onChange={(e) => setReason(e.target.value as Reason)}>{REASONS.map((r) => <option key={r} value={r}>{t(`visit.why.${r}`)}</option>)}</select></label>
        <label>{t("visit.source")}<select className="inp" value={source} onChange={(e) => setSource(e.target.value as (typeof SOURCES)[number])}>{SOURCES.map((s) => <option key={s} value={s}>{t(`visit.src.${s}`)}</option>)}</select></label>
        <label>{t("visit.items")}<input className="inp" value={items} maxLength={200} placeholder={t("visit.itemsHint")} onChange={(e) => setItems(e.target.value)} /></label>
      </div>
      {change.failure && <p className="sec r" role="alert" data-testid="booking-failure">{pick(change.failure.zh, change.failure.en)}</p>}
      {!customer ? <p className="sec q">{t("visit.firstWho")}</p> : (
        <div className="sec">
          {held && <p className="row"><Act id="booking-held" kind="p" disabled={change.busy} run={() => give(held.at)}>{t("visit.bookHeld", { at: `${date(held.at)} ${hourMinute(held.at)}` })}</Act> <span className="q sm">{t("visit.orSlot")}</span></p>}
          <Slots bay={bayOf(reason)} give={give} sent={change.busy} />
        </div>
      )}
    </div>
  );
}

function FindCustomer({ choose }: { choose: (customer: CustomerRow) => void }) {
  const { t } = useWords();
  const [text, setText] = useState("");
  const q = text.trim();
  const query = useQuery({ queryKey: ["find-customer", q], queryFn: () => must(http.GET("/api/v1/customers", { params: { query: { q } } })), enabled: q.length >= 2 });
  return (
    <>
      <input className="inp" autoFocus data-testid="booking-customer" aria-label={t("visit.find")} placeholder={t("visit.find")} value={text} onChange={(e) => setText(e.target.value)} />
      <ul className="found">
        {query.data?.items.slice(0, 6).map((c, i) => <li key={c.id}><button type="button" className="linkish" data-testid={`found-${i}`} onClick={() => choose(c)}><b>{c.name}</b> <span className="q">{c.phones[0] && phone(c.phones[0])} {c.plates.join(" ")} {c.model}</span></button></li>)}
        {query.data?.items.length === 0 && <li className="q sm">{t("visit.nobody")}</li>}
      </ul>
    </>
  );
}
