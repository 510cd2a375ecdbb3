// A customer's vehicles: mileage, warranty, when maintenance and cover are due.
import type { CustomerFile, FileVehicle } from "../../api/schemas";
import { count, kilometres, plate } from "../../lib/format";
import { useWords } from "../../lib/i18n";
import { Tag } from "../../ui/bits";

const SOON_DAYS = 60;

export function Vehicles({ customer }: { customer: CustomerFile }) {
  const { t } = useWords();
  return (
    <section className="card" aria-label={t("cust.vehicles")} data-testid="vehicles">
      <header><h2>{t("cust.vehicles")} {customer.vehicles.length > 0 && customer.vehicles.length}</h2></header>
      {customer.vehicles.length === 0 && <p className="sec q sm">{t("cust.noVehicle")}</p>}
      {customer.vehicles.map((v) => <Vehicle key={v.id} vehicle={v} />)}
    </section>
  );
}

function Vehicle({ vehicle: v }: { vehicle: FileVehicle }) {
  const { t, word } = useWords();
  const warranty = [v.warrantyEnd, v.warrantyKm != null && `${count(v.warrantyKm)} km`].filter(Boolean).join(" / ");
  const due = [v.nextDueDate, v.nextDueKm != null && `${count(v.nextDueKm)} km`].filter(Boolean).join(" / ");
  return (
    <div className="sec">
      <div className="row vehrow">
        <span className="plate">{v.plate ? plate(v.plate) : v.vin || "—"}</span>
        <b className="el">{[v.series || v.brand, v.model].filter(Boolean).join(" ")}</b><span className="q sm end nw">{word(`owner.${v.role}`, v.role)}</span>
      </div>
      <dl className="kv">
        <dt>{t("who.mileage")}</dt><dd>{v.mileageKm != null ? kilometres(v.mileageKm) : "—"} <span className="q">{v.mileageAt}</span></dd>
        <dt>{t("who.warranty")}</dt><dd>{warranty || "—"}</dd>
        <dt>{t("who.nextDue")}</dt><dd>{due || "—"}</dd>
        <dt>{t("cust.commercial")}</dt><dd><Cover firm={v.commercialInsurer} end={v.commercialEnd} /></dd>
        <dt>{t("cust.compulsory")}</dt><dd><Cover firm={v.compulsoryInsurer} end={v.compulsoryEnd} /></dd>
      </dl>
      {v.daysLeft != null && v.daysLeft <= SOON_DAYS && <p className="cover"><Tag tone={v.daysLeft < 0 ? "bad" : "warn"} icon="clock">{v.daysLeft < 0 ? t("cust.coverEnded", { n: -v.daysLeft }) : t("cust.coverLeft", { n: v.daysLeft })}</Tag></p>}
    </div>
  );
}

const Cover = ({ firm, end }: { firm: string; end: string }) => <>{end ? `${firm} ${end}` : "—"}</>;
