// Kind, encoding, sheet and header row of a file, over its first lines as they are.
import type { FormEvent } from "react";
import type { ImportBatch, ImportKind, ImportTop } from "../../api/schemas";
import { maskedText } from "../../lib/format";
import { useWords } from "../../lib/i18n";

/** An empty kind and row 0 leave it to the recognition. */
export interface Said { kind: string; encoding: string; sheet: string; headerRow: number }

export const readingOf = (b: ImportBatch): Said => ({ kind: b.kind, encoding: b.encoding, sheet: b.sheet, headerRow: b.headerRow });

const LINES = 12;
const CELLS = 12;

export function Reading({ batch: b, top, kinds, reading, set, busy, send }: {
  batch: ImportBatch; top: ImportTop; kinds: ImportKind[]; reading: Said; set: (r: Said) => void; busy: boolean; send: (r: Said) => void;
}) {
  const { t, pick } = useWords();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    send(reading);
  };
  const known = kinds.some((k) => k.kind === reading.kind) ? reading.kind : "";
  return (
    <form className="sec" onSubmit={submit}>
      <div className="row wrap reading">
        <label className="sm">{t("imp.kind")}<select className="inp s" data-testid="import-kind" value={known} onChange={(e) => set({ ...reading, kind: e.target.value })}>
          <option value="">{t("imp.auto")}</option>{kinds.map((k) => <option key={k.kind} value={k.kind}>{pick(k.zh, k.en)}</option>)}
        </select></label>
        {b.encoding !== "" && <label className="sm">{t("imp.encoding")}<select className="inp s" data-testid="import-encoding" value={reading.encoding} onChange={(e) => set({ ...reading, encoding: e.target.value, headerRow: 0 })}>
          {top.encodings.map((e) => <option key={e} value={e}>{e.toUpperCase()}</option>)}
        </select></label>}
        {top.sheets.length > 1 && <label className="sm">{t("imp.sheet")}<select className="inp s" data-testid="import-sheet" value={reading.sheet} onChange={(e) => set({ ...reading, sheet: e.target.value, headerRow: 0, kind: "" })}>
          {top.sheets.map((s) => <option key={s} value={s}>{s}</option>)}
        </select></label>}
        <label className="sm">{t("imp.header")}<select className="inp s" data-testid="import-header" value={reading.headerRow} onChange={(e) => set({ ...reading, headerRow: Number(e.target.value) })}>
          <option value={0}>{t("imp.auto")}</option>{top.lines.map((l) => <option key={l.no} value={l.no}>{t("imp.headerRow", { n: l.no })}</option>)}
        </select></label>
        <button className="btn s p" type="submit" data-testid="import-reread" disabled={busy}>{t(busy ? "imp.readBusy" : "imp.readAgain")}</button>
      </div>
      <p className="q sm">{t("imp.lines")}</p>
      <div className="topscroll"><table className="tbl cells toplines" translate="no"><tbody>
        {top.lines.slice(0, LINES).map((l) => (
          <tr key={l.no} className={l.no === reading.headerRow ? "on" : ""}>
            <td><button type="button" className="linkish" data-testid={`import-line-${l.no}`} aria-pressed={l.no === reading.headerRow} onClick={() => set({ ...reading, headerRow: l.no, kind: reading.kind === b.kind ? "" : reading.kind })}>{l.no}</button></td>
            {l.cells.slice(0, CELLS).map((c, i) => <td key={i}>{maskedText(c)}</td>)}
          </tr>
        ))}
      </tbody></table></div>
    </form>
  );
}
