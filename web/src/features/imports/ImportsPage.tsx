// Dealer files: drop them, see what was recognised and what would become of
// each row, then take them over. Rejected rows stay with their reason.
import { useRef, useState, type DragEvent } from "react";
import { useNavigate, useParams } from "react-router";
import type { ImportBatch, ImportOutcome, ImportRow, ImportRows } from "../../api/schemas";
import { asFailure, type Failure } from "../../api/failure";
import { download, http, must, upload } from "../../api/http";
import { Listed } from "../../api/Listed";
import { useTopic } from "../../api/topics";
import { Watched } from "../../api/Watched";
import { count, maskedText, moment } from "../../lib/format";
import { useWords } from "../../lib/i18n";
import { Act, Bar, Tag } from "../../ui/bits";
import { Icon } from "../../ui/Icon";
import { Empty } from "../../ui/looks";
import "../../styles/pages.css";
import "../../styles/imports.css";

const KINDS = ["work_order", "users", "dnc", "customer", "delivery", "policy"] as const;
const OUTCOMES: ImportOutcome[] = ["new", "updated", "same", "superseded", "merged", "rejected"];
const MAX_BYTES = 200 * 1024 * 1024;

export default function ImportsPage() {
  const { t } = useWords();
  const id = useParams().id;
  const list = useTopic("imports");
  const chosen = list?.items.find((b) => b.id === id);
  return (
    <div className="imports">
      <section className="card">
        <header className="head"><h1>{t("imp.title")}</h1></header>
        <Drop />
        <div className="scroll"><Watched topic="imports">{({ items }) => <Files items={items} chosen={id} />}</Watched></div>
      </section>
      <section className="card">
        {chosen ? <Batch key={chosen.id} batch={chosen} /> : <Empty icon="list" title={t("imp.selectTitle")} text={t(list && list.items.length > 0 ? "imp.select" : "imp.emptyText")} />}
      </section>
    </div>
  );
}

function Drop() {
  const { t, pick } = useWords();
  const navigate = useNavigate();
  const input = useRef<HTMLInputElement>(null);
  const [share, setShare] = useState<number | null>(null);
  const [failure, setFailure] = useState<Failure | null>(null);
  const take = async (files: FileList | null) => {
    setFailure(null);
    for (const file of Array.from(files ?? [])) {
      setShare(0);
      try {
        if (file.size > MAX_BYTES) throw Object.assign(new Error(), { zh: t("imp.types"), en: t("imp.types") });
        const batch = await upload(file, setShare);
        void navigate(`/imports/${batch.id}`);
      } catch (error) {
        setFailure(asFailure(error));
      }
    }
    setShare(null);
    if (input.current) input.current.value = "";
  };
  const dropped = (event: DragEvent) => {
    event.preventDefault();
    void take(event.dataTransfer.files);
  };
  return (
    <div className="sec">
      <label className="dropzone" onDragOver={(e) => e.preventDefault()} onDrop={dropped}>
        <Icon name="list" large /><span>{t("imp.drop")} <u>{t("imp.pick")}</u></span><span className="q sm">{t("imp.types")}</span>
        <input ref={input} data-testid="import-drop" type="file" multiple accept=".xlsx,.xls,.csv,.txt,.tsv" onChange={(e) => void take(e.target.files)} />
      </label>
      {share !== null && <p className="q" role="status">{share < 1 ? t("imp.uploading", { n: Math.round(share * 100) }) : t("imp.reading")}<Bar share={share} tone="blue" /></p>}
      {failure && <p className="note-box r" role="alert" data-testid="import-failure">{pick(failure.zh, failure.en)}</p>}
    </div>
  );
}

function Files({ items, chosen }: { items: ImportBatch[]; chosen: string | undefined }) {
  const { t, language } = useWords();
  const navigate = useNavigate();
  if (items.length === 0) return <p className="sec q">{t("imp.empty")}</p>;
  return (
    <ul className="files">
      {items.map((b) => (
        <li key={b.id}><button type="button" className={b.id === chosen ? "on" : ""} data-testid={`import-file-${b.id}`} onClick={() => void navigate(`/imports/${b.id}`)}>
          <b translate="no">{b.fileName}</b><State batch={b} /><span className="q sm">{moment(b.createdAt, language)} · {t("imp.rows", { n: count(b.dataRows) })}{(b.counts.rejected ?? 0) > 0 && ` · ${t("imp.o.rejected")} ${count(b.counts.rejected ?? 0)}`}</span>
        </button></li>
      ))}
    </ul>
  );
}

function State({ batch }: { batch: ImportBatch }) {
  const { t } = useWords();
  const tone = batch.state === "done" ? "ok" : batch.state === "failed" ? "bad" : "warn";
  return <Tag tone={tone}>{t(`imp.st.${batch.state}`)}</Tag>;
}

const FORESEEN = ["new", "updated", "same"] as const;

function Batch({ batch: b }: { batch: ImportBatch }) {
  const { t, pick, language } = useWords();
  const [failure, setFailure] = useState<Failure | null>(null);
  const kind = KINDS.find((k) => k === b.kind);
  const takes = OUTCOMES.reduce((n, o) => n + (o === "rejected" ? 0 : (b.counts[o] ?? 0)), 0);
  const commit = () => must(http.POST("/api/v1/imports/{id}/commit", { params: { path: { id: b.id } } })).then(() => setFailure(null), (error: unknown) => setFailure(asFailure(error)));
  const waiting = b.state === "parsed";
  const rejected = b.counts.rejected ?? 0;
  const ahead = FORESEEN.filter((o) => (b.forecast[o] ?? 0) > 0);
  const [password, setPassword] = useState("");
  const [sure, setSure] = useState(false);
  const tell = (error: unknown) => setFailure(asFailure(error));
  const undo = () => must(http.POST("/api/v1/imports/{id}/undo", { params: { path: { id: b.id } } })).then(() => setFailure(null), tell).finally(() => setSure(false));
  const errorFile = () => download(`/api/v1/imports/${b.id}/errors`).then(setPassword, tell);
  return (
    <div className="batch">
      <header className="head">
        <h1 translate="no">{b.fileName}</h1><State batch={b} /><span className="end" />
        {rejected > 0 && !b.already && <Act id="import-errors" icon="list" run={() => void errorFile()}>{t("imp.errorFile")}</Act>}
        {b.undoUntil && !sure && <Act id="import-undo" run={() => setSure(true)}>{t("imp.undo", { at: moment(b.undoUntil, language) })}</Act>}
        {b.undoUntil && sure && <Act id="import-undo-sure" kind="d" run={() => void undo()}>{t("imp.undoSure")}</Act>}
        {waiting && <Act id="import-commit" kind="p" icon="check" disabled={b.dataRows === 0} run={() => void commit()}>{t("imp.commit", { n: count(b.dataRows - (b.counts.rejected ?? 0)) })}</Act>}
      </header>
      {b.error && <p className="note-box r" role="alert" data-testid="import-error">{pick(b.error.zh, b.error.en)}</p>}
      {failure && <p className="note-box r" role="alert">{pick(failure.zh, failure.en)}</p>}
      {b.already && <p className="note-box a" data-testid="import-already">{t("imp.already")}</p>}
      {b.state === "done" && <p className="note-box g" data-testid="import-done">{t("imp.done", { new: count(b.counts.new ?? 0), updated: count(b.counts.updated ?? 0), rejected: count(b.counts.rejected ?? 0) })}{b.tasksCreated > 0 && ` · ${t("imp.tasks", { n: count(b.tasksCreated) })}`}</p>}
      {password && <p className="note-box a" role="status" data-testid="import-password">{t("imp.password")} <b translate="no">{password}</b></p>}
      {waiting && ahead.length > 0 && <p className="note-box g" data-testid="import-forecast">{t("imp.forecast")} {ahead.map((o) => `${t(`imp.o.${o}`)} ${count(b.forecast[o] ?? 0)}`).join(" · ")}</p>}
      {b.asks && waiting && <p className="note-box a">{t("imp.asks")}</p>}
      {b.notes.map((n) => <p key={n.code} className="note-box">{pick(n.zh, n.en)}</p>)}
      {b.state === "committing" && <Progress batch={b} />}
      <dl className="figrow">
        <div><dt>{t("imp.kind")}</dt><dd>{kind ? t(`imp.kind.${kind}`) : t("imp.kind.unknown")}</dd></div>
        <div><dt>{t("imp.encoding")}</dt><dd>{b.encoding.toUpperCase() || "—"}</dd></div>
        <div><dt>{t("imp.header")}</dt><dd>{b.headerRow > 0 ? t("imp.headerRow", { n: b.headerRow }) : "—"}</dd></div>
        {takes + (b.counts.rejected ?? 0) > 0 && OUTCOMES.map((o) => <div key={o}><dt>{t(`imp.o.${o}`)}</dt><dd className={o === "rejected" && (b.counts[o] ?? 0) > 0 ? "r" : ""}>{count(b.counts[o] ?? 0)}</dd></div>)}
      </dl>
      {b.dataRows > 0 && <Rows batch={b} />}
    </div>
  );
}

function Progress({ batch: b }: { batch: ImportBatch }) {
  const { t } = useWords();
  return <p className="sec" role="status" data-testid="import-progress">{t("imp.progressStart", { done: count(b.rowsDone), total: count(b.dataRows) })}<Bar share={b.dataRows > 0 ? b.rowsDone / b.dataRows : 0} tone="blue" /></p>;
}

const VIEWS = ["rejected", "coded", "all"] as const;
type View = (typeof VIEWS)[number];

function Rows({ batch: b }: { batch: ImportBatch }) {
  const { t } = useWords();
  const [view, setView] = useState<View>((b.counts.rejected ?? 0) > 0 ? "rejected" : "all");
  const names: Record<View, string> = { rejected: t("imp.o.rejected"), coded: t("imp.notes"), all: t("app.all") };
  const read = () => must(http.GET("/api/v1/imports/{id}/rows", { params: { path: { id: b.id }, query: { outcome: view, limit: 200 } } }));
  return (
    <>
      <div className="sec row"><div className="seg" role="group">{VIEWS.map((v) => <button key={v} type="button" className={v === view ? "on" : ""} data-testid={`import-view-${v}`} onClick={() => setView(v)}>{names[v]}</button>)}</div>{view === "rejected" && <span className="q sm">{t("imp.rejectedHint")}</span>}</div>
      <div className="scroll" tabIndex={0}>
        <Listed queryKey={["import-rows", b.id, view, b.state]} read={read} empty={(r) => (r.items.length === 0 ? <p className="sec q">{t("imp.noRows")}</p> : null)}>
          {(rows) => <Table rows={rows} batch={b} />}
        </Listed>
      </div>
    </>
  );
}

function Table({ rows, batch }: { rows: ImportRows; batch: ImportBatch }) {
  const { t, pick } = useWords();
  const why = rows.items.some((row) => row.codes.length > 0 || row.reasonZh !== "");
  const fault = (row: ImportRow, i: number) => row.field !== "" && batch.columns[i]?.field === row.field;
  return (
    <table className="tbl cells" data-testid="import-rows" translate="no">
      <thead><tr><th className="num">{t("imp.row")}</th>{why && <th>{t("imp.why")}</th>}{rows.header.map((h, i) => <th key={h + i}>{h}</th>)}</tr></thead>
      <tbody>
        {rows.items.map((row) => (
          <tr key={row.rowNo} className={row.outcome === "rejected" ? "rejected" : ""}>
            <td className="num">{row.rowNo}</td>
            {why && <td className="wrapcell"><b className={row.outcome === "rejected" ? "r" : "a"}>{row.codes.join(" ")}</b> {pick(row.reasonZh, row.reasonEn)}</td>}
            {row.cells.map((cell, i) => <td key={i} className={fault(row, i) ? "fault" : ""}>{maskedText(cell)}</td>)}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
