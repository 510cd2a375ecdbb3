// One file: what was recognised, what would become of it, what became of it.
import { useState } from "react";
import type { ImportBatch } from "../../api/schemas";
import { asFailure, type Failure } from "../../api/failure";
import { download, http, must } from "../../api/http";
import { count, moment } from "../../lib/format";
import { useWords } from "../../lib/i18n";
import { useKeys } from "../../lib/keys";
import { Act } from "../../ui/bits";
import { Correction, useRereading } from "./Correction";
import { counted } from "./counts";
import { Password } from "./Password";
import { Progress } from "./Progress";
import { Rows } from "./Rows";
import { State } from "./State";

const LOCKED = new Set(["import_encrypted", "import_password"]);
/** What went wrong with a file that another reading may mend; the rest needs another file. */
const MENDABLE = new Set(["import_no_header", "import_missing_columns", "import_kind_not_supported", "import_no_sheet", "import_no_rows", "import_not_a_table"]);

export function Batch({ batch: b }: { batch: ImportBatch }) {
  const { t, language } = useWords();
  const [failure, setFailure] = useState<Failure | null>(null);
  const [password, setPassword] = useState("");
  const [sure, setSure] = useState(false);
  const code = b.error?.code ?? "";
  const readable = !b.already && (b.state === "parsed" || (b.state === "failed" && MENDABLE.has(code)));
  const [asked, setAsked] = useState<boolean | null>(null);
  const correcting = readable && (asked ?? b.state === "failed");
  const rereading = useRereading(b.id);
  const waiting = b.state === "parsed";
  const rejected = b.counts.rejected ?? 0;
  const mayCommit = waiting && b.dataRows > 0 && !rereading.change.busy;
  const tell = (error: unknown) => setFailure(asFailure(error));
  const commit = () => must(http.POST("/api/v1/imports/{id}/commit", { params: { path: { id: b.id } } })).then(() => setFailure(null), tell);
  const undo = () => must(http.POST("/api/v1/imports/{id}/undo", { params: { path: { id: b.id } } })).then(() => setFailure(null), tell).finally(() => setSure(false));
  const errorFile = () => download(`/api/v1/imports/${b.id}/errors`).then(setPassword, tell);
  const hasErrorFile = rejected > 0 && !b.already;
  useKeys({ ...(mayCommit ? { W: () => void commit() } : {}), ...(readable ? { E: () => setAsked(!correcting) } : {}), ...(hasErrorFile ? { D: () => void errorFile() } : {}) });
  return (
    <div className="batch">
      <header className="head">
        <h1 translate="no">{b.fileName}</h1><State batch={b} /><span className="end" />
        {readable && <Act id="import-correct" icon="pen" keyCap="E" run={() => setAsked(!correcting)}>{t(correcting ? "imp.correctClose" : "imp.correct")}</Act>}
        {b.undoUntil && !sure && <Act id="import-undo" icon="undo" run={() => setSure(true)}>{t("imp.undo", { at: moment(b.undoUntil, language) })}</Act>}
        {b.undoUntil && sure && <Act id="import-undo-sure" kind="d" run={() => void undo()}>{t("imp.undoSure")}</Act>}
        {waiting && <Act id="import-commit" kind="p" icon="check" keyCap="W" disabled={!mayCommit} run={() => void commit()}>{t("imp.commit", { n: count(b.dataRows - rejected) })}</Act>}
      </header>
      <Notices batch={b} failure={failure} password={password} />
      {b.state === "failed" && LOCKED.has(code) && <Password rereading={rereading} />}
      {b.state === "committing" && <Progress batch={b} />}
      <Recognised batch={b} />
      {b.dataRows > 0 && <Figures batch={b} />}
      {correcting && <Correction batch={b} rereading={rereading} close={() => setAsked(false)} />}
      {!correcting && b.dataRows > 0 && <Rows batch={b} errorFile={hasErrorFile ? () => void errorFile() : null} />}
    </div>
  );
}

function Notices({ batch: b, failure, password }: { batch: ImportBatch; failure: Failure | null; password: string }) {
  const { t, pick } = useWords();
  const waiting = b.state === "parsed";
  const followed = [b.tasksCreated > 0 && t("imp.tasks", { n: count(b.tasksCreated) }), b.reviews > 0 && t("imp.reviews", { n: count(b.reviews) })].filter(Boolean);
  const done = t("imp.done", { new: count(b.counts.new ?? 0), updated: count(b.counts.updated ?? 0), rejected: count(b.counts.rejected ?? 0) });
  return (
    <>
      {b.error && <p className="note-box r" role="alert" data-testid="import-error">{pick(b.error.zh, b.error.en)}</p>}
      {failure && <p className="note-box r" role="alert">{pick(failure.zh, failure.en)}</p>}
      {b.already && <p className="note-box a" data-testid="import-already">{t("imp.already")}</p>}
      {b.state === "done" && !b.already && <p className="note-box g" data-testid="import-done">{[done, ...followed].join(" · ")}<br /><span className="q">{t("imp.remembered")}</span></p>}
      {password && <p className="note-box a" role="status" data-testid="import-password">{t("imp.password")} <b translate="no">{password}</b></p>}
      {b.asks && waiting && <p className="note-box a" data-testid="import-asks">{t("imp.asks")}</p>}
      {b.notes.map((n) => <p key={n.code} className="note-box">{pick(n.zh, n.en)}</p>)}
    </>
  );
}

function Recognised({ batch: b }: { batch: ImportBatch }) {
  const { t, pick } = useWords();
  const header = b.headerRow > 0 ? t("imp.headerRow", { n: b.headerRow }) : "—";
  return (
    <dl className="figrow" data-testid="import-recognised">
      <div><dt>{t("imp.kind")}</dt><dd>{pick(b.kindZh, b.kindEn) || t("imp.kind.unknown")}</dd></div>
      {b.encoding !== "" && <div><dt>{t("imp.encoding")}</dt><dd>{b.encoding.toUpperCase()}</dd></div>}
      {b.sheet !== "" && <div><dt>{t("imp.sheet")}</dt><dd translate="no">{b.sheet}</dd></div>}
      <div><dt>{t("imp.header")}</dt><dd>{header}</dd></div>
      {b.columns.length > 0 && <div><dt>{t("imp.mapping")}</dt><dd>{b.known ? <span className="g">{t("imp.known")}</span> : t("imp.mappingHint", columnsOf(b))}</dd></div>}
    </dl>
  );
}

function columnsOf(b: ImportBatch): { n: number; u: number } {
  const n = b.columns.filter((c) => c.field !== "").length;
  return { n, u: b.columns.length - n };
}

function Figures({ batch: b }: { batch: ImportBatch }) {
  const { t } = useWords();
  const figures = counted(b);
  return (
    <div className="figrow counts" data-testid="import-counts">
      <span className="q sm">{t(b.state === "parsed" ? "imp.foresee" : "imp.became")}</span>
      <dl>{figures.map(({ outcome: o, rows }) => <div key={o} data-testid={`import-count-${o}`}><dt>{t(`imp.o.${o}`)}</dt><dd className={o === "rejected" && rows > 0 ? "r" : ""}>{count(rows)}</dd></div>)}</dl>
      {b.state === "parsed" && figures.some((f) => f.outcome === "waiting") && <span className="q sm">{t("imp.notForeseen")}</span>}
    </div>
  );
}
