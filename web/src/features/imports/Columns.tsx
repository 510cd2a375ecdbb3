// Which column of a file is which of ours, with what its first row becomes.
import { useState, type FormEvent } from "react";
import type { ImportBatch, ImportField, ImportTop } from "../../api/schemas";
import { maskedText } from "../../lib/format";
import { useWords } from "../../lib/i18n";
import { mappingOf, missing, taken, type Mapping } from "./mapping";

export function Columns({ batch: b, top, fields, busy, send }: { batch: ImportBatch; top: ImportTop; fields: ImportField[]; busy: boolean; send: (m: Mapping) => void }) {
  const { t, pick, language } = useWords();
  const [mapping, setMapping] = useState(() => mappingOf(b.columns));
  const lacking = missing(mapping, fields);
  const used = Object.values(mapping).filter((f) => f !== "").length;
  const sample = top.lines.find((l) => l.no === top.sampleRow) ?? top.lines.find((l) => l.no > b.headerRow);
  const word = (f: ImportField) => pick(f.zh, f.en) + (f.required ? " *" : "");
  const submit = (event: FormEvent) => {
    event.preventDefault();
    send(mapping);
  };
  return (
    <form className="sec" onSubmit={submit}>
      <div className="row wrap"><h2>{t("imp.mapping")}</h2><span className="q sm">{t("imp.mappingHint", { n: used, u: b.columns.length - used })}</span>
        {lacking.length > 0 && <span className="a sm" data-testid="import-lacking">{t("imp.mapMissing", { what: lacking.map((f) => pick(f.zh, f.en)).join(language === "en" ? ", " : "、") })}</span>}
        <button className="btn s p end" type="submit" data-testid="import-map-apply" disabled={busy}>{t("imp.mapApply")}</button></div>
      <table className="tbl cells mapping" data-testid="import-columns">
        <thead><tr><th>{t("imp.mapFile")}</th><th>{t("imp.mapOurs")}</th><th>{t("imp.headerRow", { n: sample?.no ?? b.headerRow + 1 })}</th><th>{t("imp.mapSample", { n: top.sampleRow || (sample?.no ?? "—") })}</th></tr></thead>
        <tbody>
          {b.columns.map((c, i) => c.heading !== "" && (
            <tr key={c.heading}>
              <td translate="no">{c.heading}</td>
              <td><select className="inp s" aria-label={c.heading} data-testid={`import-field-${i}`} value={mapping[c.heading] ?? ""} onChange={(e) => setMapping(taken(mapping, c.heading, e.target.value))}>
                <option value="">{t("imp.mapSkip")}</option>{fields.map((f) => <option key={f.name} value={f.name}>{word(f)}</option>)}
                {c.field !== "" && !fields.some((f) => f.name === c.field) && <option value={c.field}>{c.field}</option>}
              </select></td>
              <td translate="no" className="q">{maskedText(sample?.cells[i] ?? "")}</td>
              <td translate="no">{c.field !== "" && c.field === mapping[c.heading] ? (top.sample[c.field] ?? "") : ""}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </form>
  );
}
