// Bays side by side, half hours below each other; a booking is a chip that opens.
import type { Bay, VisitDay, VisitRow } from "../../api/schemas";
import { hourMinute, plate } from "../../lib/format";
import { useWords } from "../../lib/i18n";
import { Icon } from "../../ui/Icon";
import type { Start } from "./AppointmentsPage";

export const TONES: Record<VisitRow["state"], "" | "g" | "a" | "r" | "b" | "n"> = {
  requested: "a", booked: "b", confirmed: "g", arrived: "g", completed: "n", no_show: "r", rescheduled: "n", cancelled: "n",
};
const GONE = ["rescheduled", "cancelled"];

export function Board({ day, open, book }: { day: VisitDay; open: (visit: VisitRow) => void; book?: ((start: Start) => void) | undefined }) {
  const { t } = useWords();
  const times = [...new Set(day.bays.flatMap((b) => b.places.map((p) => p.at)))].sort();
  const gone = day.visits.filter((v) => GONE.includes(v.state));
  return (
    <>
      <table className="tbl board" data-testid="board">
        <thead><tr><th>{t("visit.time")}</th>{day.bays.map((b) => <th key={b.bay}>{t(`slot.bay.${b.bay}`)} <span className="q">{t("visit.places", { used: b.places.reduce((n, p) => n + p.used, 0), all: b.places.reduce((n, p) => n + p.capacity, 0) })}</span></th>)}</tr></thead>
        <tbody>{times.map((at) => (
          <tr key={at}>
            <td className="q">{hourMinute(at)}</td>
            {day.bays.map((b) => <Cell key={b.bay} bay={b.bay} at={at} place={b.places.find((p) => p.at === at)} visits={day.visits.filter((v) => v.bay === b.bay && v.startsAt === at && !GONE.includes(v.state))} open={open} book={book} />)}
          </tr>
        ))}</tbody>
      </table>
      {gone.length > 0 && <p className="sec sm gone">{t("visit.gone")} {gone.map((v) => <Chip key={v.id} visit={v} open={open} />)}</p>}
    </>
  );
}

interface CellProps { bay: Bay; at: string; place: { capacity: number; used: number } | undefined; visits: VisitRow[]; open: (visit: VisitRow) => void; book?: ((start: Start) => void) | undefined }

function Cell({ bay, at, place, visits, open, book }: CellProps) {
  const { t } = useWords();
  if (!place) return <td className="shut" />;
  const left = place.capacity - place.used;
  return (
    <td>
      <div className="row cellrow">
        {visits.map((v) => <Chip key={v.id} visit={v} open={open} />)}
        <span className="end" />
        {left > 0 && (book ? <button type="button" className="linkish xs" data-testid={`free-${bay}-${hourMinute(at)}`} title={t("visit.bookAt", { at: hourMinute(at) })} onClick={() => book({ bay, at })}>{t("slot.left", { n: left })}</button> : <span className="q xs">{t("slot.left", { n: left })}</span>)}
        {left === 0 && <span className="r xs">{t("slot.full")}</span>}
      </div>
    </td>
  );
}

function Chip({ visit: v, open }: { visit: VisitRow; open: (visit: VisitRow) => void }) {
  const { t } = useWords();
  const icon = v.state === "confirmed" || v.state === "arrived" || v.state === "completed" ? "check" : v.state === "no_show" ? "warn" : "clock";
  return (
    <button type="button" className={`crumb ${TONES[v.state]}`} data-testid={`visit-${v.state}`} disabled={!v.own} title={t(`visit.st.${v.state}`)} onClick={() => open(v)}>
      <Icon name={icon} />{v.own ? <><b>{v.customerName}</b> {v.plate && plate(v.plate)}</> : t("visit.taken")}
    </button>
  );
}
