// Who: the customer, why this call, the vehicle, the visit, what was before.
// Until the script has confirmed who speaks, plate, work and amounts stay covered
// (spec 3.2.9): the server leaves them out, this page says why.
import { Link } from "react-router";
import type { CustomerCard, Desk } from "../../api/schemas";
import { date, day, kilometres, moment, money, phone, plate } from "../../lib/format";
import { useWords } from "../../lib/i18n";
import { Icon } from "../../ui/Icon";
import { Saved, Tag } from "../../ui/bits";
import { BookingCard, RenewalCard } from "./Promises";

export function Who({ desk, className = "" }: { desk: Desk; className?: string }) {
  const card = desk.card;
  if (!card) return null;
  return (
    <aside className={`card who scroll ${className}`} data-testid="who" tabIndex={0}>
      <Name desk={desk} card={card} />
      <Numbers card={card} />
      {desk.booking && <BookingCard booking={desk.booking} />}
      {desk.renewal && <RenewalCard renewal={desk.renewal} />}
      <Vehicle card={card} />
      <Visit card={card} />
      <Gaps card={card} />
      <History card={card} />
    </aside>
  );
}

function Name({ desk, card }: { desk: Desk; card: CustomerCard }) {
  const { t, pick, language } = useWords();
  const { task } = desk;
  return (
    <div className="sec">
      <div className="row">
        <span className="name" data-testid="customer-name">{card.name} <span className="m">{card.honorific}</span></span>
        <span className="end" />
        {card.confirmed && <Saved>{t("who.confirmed")}</Saved>}
      </div>
      {task && (
        <p className="why">
          <b>{pick(task.whyZh, task.whyEn)}</b><br />
          <span className="a"><Icon name="clock" /> {task.callbackAt ? t("desk.agreed", { at: moment(task.callbackAt, language) }) : t("desk.due", { at: moment(task.dueAt, language) })}</span>
          {task.attempts > 0 && <span> · {t("desk.attemptNo", { n: task.attempts + (desk.call ? 0 : 1) })}</span>}
        </p>
      )}
      {card.tags.length > 0 && <p className="tags-row">{card.tags.map((tag) => <Tag key={tag.code} tone={tag.tone}>{pick(tag.zh, tag.en)}</Tag>)}</p>}
    </div>
  );
}

function Numbers({ card }: { card: CustomerCard }) {
  const { t, word } = useWords();
  const current = card.phones.find((p) => p.current) ?? card.phones[0];
  const others = card.phones.filter((p) => p !== current);
  return (
    <dl className="sec kv">
      <dt>{t("who.phone")}</dt><dd><b>{current ? phone(current.masked) : "—"}</b> <span className="q">{current && word(`role.${current.role}`, current.role)}</span></dd>
      <dt>{t("who.preferred")}</dt><dd>{card.preferredTime || <span className="q">{t("who.noPreferred")}</span>}</dd>
      {others.length > 0 && <><dt>{t("who.others")}</dt><dd>{others.map((p) => <span key={p.id} className="nw">{phone(p.masked)} <span className="q">{word(`role.${p.role}`, p.role)}</span> </span>)}</dd></>}
    </dl>
  );
}

function Vehicle({ card }: { card: CustomerCard }) {
  const { t } = useWords();
  const v = card.vehicle;
  if (card.covered) {
    return <div className="sec covered" data-testid="covered"><Icon name="shield" /> {t("who.covered")}{v && <p className="m sm">{[v.series, v.model].filter(Boolean).join(" ")}</p>}</div>;
  }
  if (!v) return null;
  return (
    <div className="sec" data-testid="vehicle">
      <div className="row" style={{ marginBottom: 4 }}><span className="plate">{plate(v.plate)}</span><b className="el">{[v.series, v.model].filter(Boolean).join(" ")}</b></div>
      <dl className="kv">
        {v.mileageKm != null && <><dt>{t("who.mileage")}</dt><dd>{kilometres(v.mileageKm)} <span className="q">{v.mileageAt ? date(v.mileageAt) : ""}</span></dd></>}
        {v.warrantyEnd && <><dt>{t("who.warranty")}</dt><dd>{v.warrantyEnd}</dd></>}
        {(v.nextDueDate || v.nextDueKm) && <><dt>{t("who.nextDue")}</dt><dd>{[v.nextDueDate, v.nextDueKm ? kilometres(v.nextDueKm) : ""].filter(Boolean).join(" / ")}</dd></>}
        {v.vin && <><dt>{t("who.vin")}</dt><dd className="el">{v.vin}</dd></>}
      </dl>
      {card.otherVehicles > 0 && <p className="q sm">{t("who.otherVehicles", { n: card.otherVehicles })}</p>}
    </div>
  );
}

/** What may be asked to make the file whole. */
function Gaps({ card }: { card: CustomerCard }) {
  const { t, pick } = useWords();
  if (card.gaps.length === 0) return null;
  return (
    <div className="sec" data-testid="who-gaps">
      <h2>{t("cust.gaps")}<span className="end q">{t("cust.complete")} {card.complete} %</span></h2>
      <p className="sm">{card.gaps.map((g) => pick(g.zh, g.en)).join(t("cust.and"))}</p>
    </div>
  );
}

function Visit({ card }: { card: CustomerCard }) {
  const { t, language } = useWords();
  const v = card.visit;
  if (!v || card.covered) return null;
  return (
    <div className="sec">
      <h2>{t("who.visit")} <span className="q">{v.roNo}</span><span className="end">{v.totalFen != null && money(v.totalFen)}</span></h2>
      <dl className="kv">
        {v.items && <><dt>{t("who.items")}</dt><dd className="clip3">{v.items}</dd></>}
        <dt>{t("who.delivered")}</dt><dd>{moment(v.deliveredAt, language)} {v.lateMinutes != null && v.lateMinutes > 0 && <Tag tone="warn">{t("who.late", { n: v.lateMinutes })}</Tag>}</dd>
        {(v.advisor || v.technician) && <><dt>{t("who.advisor")}</dt><dd>{v.advisor || "—"} <span className="q">{v.technician && `${t("who.technician")} ${v.technician}`}</span></dd></>}
        {v.note && <><dt>{t("who.note")}</dt><dd>{v.note}</dd></>}
      </dl>
    </div>
  );
}

export function History({ card, className = "" }: { card: CustomerCard; className?: string }) {
  const { t, pick, language } = useWords();
  const rows = [
    ...card.visits.map((v) => ({ at: v.at ?? "", icon: "wrench" as const, what: pick(v.kindZh, v.kindEn), end: card.covered ? "" : money(v.totalFen), id: `v${v.id}` })),
    ...card.calls.map((c) => ({ at: c.at, icon: "phone" as const, what: pick(c.kindZh, c.kindEn), end: pick(c.resultZh, c.resultEn), id: `c${c.id}` })),
  ].sort((a, b) => b.at.localeCompare(a.at)).slice(0, 8);
  return (
    <div className={`sec past ${className}`}>
      <h2>{t("who.history")}<span className="end"><Link to={`/customers/${card.id}`} tabIndex={-1}>{t("who.open")}</Link></span></h2>
      {rows.length === 0 && <p className="q sm">{t("who.noHistory")}</p>}
      <ul className="hist">
        {rows.map((row) => <li key={row.id}><time>{day(row.at, language)}</time><Icon name={row.icon} /><span className="el">{row.what}</span><span className="el">{row.end}</span></li>)}
      </ul>
      {card.lastWords?.text && <><h3 className="h" style={{ marginTop: 8 }}>{t("who.lastWords")} <span className="q">{day(card.lastWords.at, language)}</span></h3><p className="m sm">“{card.lastWords.text}”</p></>}
    </div>
  );
}
