// One booking: who, what for, who said yes, and what can be done with it.
import { useState } from "react";
import { Link } from "react-router";
import type { VisitDay, VisitRow } from "../../api/schemas";
import { http, must } from "../../api/http";
import { useChange } from "../../api/useChange";
import { hourMinute, date, dateTime, phone, plate } from "../../lib/format";
import { useWords } from "../../lib/i18n";
import { useMay } from "../../session";
import { Act, Tag } from "../../ui/bits";
import { Slots } from "../../visits/Slots";

const AHEAD = ["requested", "booked", "confirmed"];
const PARTS = ["customer", "parts", "bay"] as const;

export function Visit({ visit: v, changed }: { visit: VisitRow; changed: (board: VisitDay) => void }) {
  const { t, pick } = useWords();
  const run = useMay("appointment.run");
  const change = useChange();
  const [panel, setPanel] = useState<"" | "move" | "cancel" | "missed">("");
  const path = { params: { path: { id: v.id } } };
  const ask = (work: () => Promise<VisitDay>) => void change.run(async () => changed(await work()));
  const ahead = AHEAD.includes(v.state);
  return (
    <div className="visitbox">
      <dl className="sec kv wide-kv">
        <dt>{t("visit.time")}</dt><dd><b>{date(v.startsAt)} {hourMinute(v.startsAt)}</b> {t(`slot.bay.${v.bay}`)} <Tag tone={v.state === "no_show" || v.state === "cancelled" ? "bad" : v.state === "booked" ? "info" : "ok"}>{t(`visit.st.${v.state}`)}</Tag>{v.late && <Tag tone="warn">{t("visit.late")}</Tag>}</dd>
        <dt>{t("visit.customer")}</dt><dd><Link to={`/customers/${v.customerId}`}>{v.customerName}</Link> <span className="q">{phone(v.phone)}</span></dd>
        {v.plate && <><dt>{t("visit.vehicle")}</dt><dd>{plate(v.plate)} {v.model}</dd></>}
        <dt>{t("visit.items")}</dt><dd>{v.items || "—"}</dd>
        <dt>{t("visit.advisorWord")}</dt><dd>{v.advisor || "—"}</dd>
        <dt>{t("visit.source")}</dt><dd>{t(`visit.src.${v.source}`)} <span className="q">{v.madeBy}</span></dd>
        <dt>{t("visit.yes")}</dt><dd>{PARTS.map((part) => <span key={part} className={said(v, part) ? "g nw yesno" : "q nw yesno"}>{said(v, part) ? "✓ " : "○ "}{t(`visit.part.${part}`)}</span>)}</dd>
        {v.arrivedAt && <><dt>{t("visit.arrivedAt")}</dt><dd>{dateTime(v.arrivedAt)}</dd></>}
        {v.closedReason && <><dt>{t("visit.reason")}</dt><dd>{v.closedReason}</dd></>}
      </dl>
      <div className="sec row wrap">
        {run && (v.state === "booked" || v.state === "confirmed") && PARTS.filter((part) => !said(v, part)).map((part) => (
          <Act key={part} id={`confirm-${part}`} icon="check" disabled={change.busy} run={() => ask(() => must(http.POST("/api/v1/appointments/{id}/confirm", { ...path, body: { part } })))}>{t("visit.saidYes", { who: t(`visit.part.${part}`) })}</Act>
        ))}
        {run && (ahead || v.state === "no_show") && v.state !== "requested" && <Act id="visit-arrive" kind="p" disabled={change.busy} run={() => ask(() => must(http.POST("/api/v1/appointments/{id}/arrive", path)))}>{t("visit.here")}</Act>}
        {(ahead || v.state === "no_show") && <Act id="visit-move" icon="cal" run={() => setPanel(panel === "move" ? "" : "move")}>{t("visit.move")}</Act>}
        {ahead && <Act id="visit-cancel" kind="d" run={() => setPanel(panel === "cancel" ? "" : "cancel")}>{t("visit.cancel")}</Act>}
        {run && v.state === "no_show" && <Act id="visit-missed" run={() => setPanel(panel === "missed" ? "" : "missed")}>{t("visit.missed")}</Act>}
      </div>
      {change.failure && <p className="sec r" role="alert" data-testid="visit-failure">{pick(change.failure.zh, change.failure.en)}</p>}
      {panel === "move" && <div className="sec"><Slots bay={v.bay} chosen={v.startsAt} sent={change.busy} give={(at) => ask(() => must(http.POST("/api/v1/appointments/{id}/move", { ...path, body: { at } })))} /></div>}
      {panel === "cancel" && <Why id="cancel" word={t("visit.cancel")} busy={change.busy} give={(reason) => ask(() => must(http.POST("/api/v1/appointments/{id}/cancel", { ...path, body: { reason } })))} />}
      {panel === "missed" && <Why id="missed" word={t("visit.missed")} busy={change.busy} give={(reason) => ask(() => must(http.POST("/api/v1/appointments/{id}/missed", { ...path, body: { reason } })))} />}
    </div>
  );
}

const said = (v: VisitRow, part: (typeof PARTS)[number]): boolean => (part === "customer" ? v.customerOk : part === "parts" ? v.partsOk : v.bayOk);

function Why({ id, word, busy, give }: { id: string; word: string; busy: boolean; give: (reason: string) => void }) {
  const { t } = useWords();
  const [reason, setReason] = useState("");
  return (
    <form className="sec row" onSubmit={(e) => { e.preventDefault(); give(reason.trim()); }}>
      <input className="inp" autoFocus data-testid={`${id}-reason`} aria-label={t("visit.reason")} placeholder={t("visit.reason")} value={reason} maxLength={200} onChange={(e) => setReason(e.target.value)} />
      <button className="btn p" type="submit" data-testid={`${id}-send`} disabled={busy || reason.trim() === ""}>{word}</button>
    </form>
  );
}
