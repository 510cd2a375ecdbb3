// How many vehicles each kind of bay takes at a time, and when: what appointments are
// booked into.
import { useState, type FormEvent } from "react";
import { http, must } from "../../api/http";
import type { StoreBay, StoreBays } from "../../api/schemas";
import { useWords } from "../../lib/i18n";
import { Act } from "../../ui/bits";
import { Clock } from "./Clock";
import { Section, type Setting } from "./Section";

/** A bay in the form: the capacity as it is typed. */
type Row = Omit<StoreBay, "capacity"> & { capacity: string };
const rowsOf = (bays: StoreBay[]): Row[] => bays.map((b) => ({ ...b, capacity: String(b.capacity) }));
const inWords = (rows: { opens: string; closes: string; capacity: string | number }[]): string => rows.map((r) => `${r.opens}–${r.closes} ${r.capacity}`).join(" / ");

export function Bays() {
  const { t } = useWords();
  return (
    <Section id="bays" title={t("bay.title")} text={t("bay.text")} read={() => must(http.GET("/api/v1/store/bays"))}>
      {(setting) => <Table key={inWords(setting.value.bays)} {...setting} />}
    </Section>
  );
}

function Table({ value, change, save }: Setting<StoreBays>) {
  const { t } = useWords();
  const [rows, setRows] = useState(() => rowsOf(value.bays));
  const put = (at: number, part: Partial<Row>) => setRows(rows.map((r, i) => (i === at ? { ...r, ...part } : r)));
  const send = (event: FormEvent) => {
    event.preventDefault();
    const bays = rows.map((r) => ({ ...r, capacity: wholeOf(r.capacity) }));
    void save(() => must(http.PUT("/api/v1/store/bays", { body: { bays } })));
  };
  return (
    <form className="sec spans" onSubmit={send}>
      {rows.map((r, i) => {
        const kind = t(`slot.bay.${r.kind}`);
        return (
          <div key={r.kind} className="row wrap" data-testid={`bay-${r.kind}`}>
            <span className="sm nw bayname">{kind}</span>
            <Clock id={`bay-opens-${r.kind}`} label={t("bay.opens", { kind })} value={r.opens} set={(opens) => put(i, { opens })} />–
            <Clock id={`bay-closes-${r.kind}`} label={t("bay.closes", { kind })} value={r.closes} set={(closes) => put(i, { closes })} />
            <label className="row sm nw">{t("bay.takes")} <input className="inp num few" data-testid={`bay-capacity-${r.kind}`} aria-label={t("bay.capacity", { kind })} inputMode="numeric" maxLength={2} value={r.capacity} onChange={(e) => put(i, { capacity: e.target.value })} /> {t("bay.vehicles")}</label>
          </div>
        );
      })}
      <div className="row wrap">
        <button className="btn p" type="submit" data-testid="bays-save" disabled={change.busy || inWords(rows) === inWords(value.bays)}>{t("store.save")}</button>
        {inWords(rows) !== inWords(value.defaults) && <Act id="bays-default" run={() => setRows(rowsOf(value.defaults))}>{t("win.useDefault")}</Act>}
      </div>
    </form>
  );
}

/** The number that was typed, full-width digits too; what is none becomes one that the server refuses. */
const wholeOf = (text: string): number => (/^\d+$/.test(text.normalize("NFKC").trim()) ? Number(text.normalize("NFKC")) : -1);
