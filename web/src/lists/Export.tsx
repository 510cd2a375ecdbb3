// A list as a file: how many rows it will have is said first; it can be called off.
import { useQuery } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import type { ListAbout } from "../api/schemas";
import { asFailure, type Failure } from "../api/failure";
import { download, http, must } from "../api/http";
import { count } from "../lib/format";
import { useWords } from "../lib/i18n";
import { exportPath, queryOf, type Ask } from "./ask";
import { Pop } from "./Pop";

export function Export({ list, about, ask }: { list: string; about: ListAbout; ask: Ask }) {
  const { t } = useWords();
  if (!about.mayExport) return null;
  return <Pop id="export" icon="dl" label={t("lists.export")}>{(close) => <Panel list={list} about={about} ask={ask} close={close} />}</Pop>;
}

function Panel({ list, about, ask, close }: { list: string; about: ListAbout; ask: Ask; close: () => void }) {
  const { t, pick, language } = useWords();
  const [failure, setFailure] = useState<Failure | null>(null);
  const [busy, setBusy] = useState(false);
  const running = useRef<AbortController | null>(null);
  useEffect(() => () => running.current?.abort(), []);
  const { filter, sort } = queryOf(ask);
  const rows = useQuery({ queryKey: ["list-exact", list, filter], queryFn: () => must(http.GET("/api/v1/lists/{list}/count", { params: { path: { list }, query: { filter, sort, exact: true } } })), gcTime: 0, retry: false });
  const n = rows.data?.n ?? 0;
  const tooMany = about.mostExported > 0 && n > about.mostExported;
  const take = (format: string) => {
    running.current = new AbortController();
    setBusy(true);
    setFailure(null);
    download(exportPath(list, ask, format, language), running.current.signal).then(close, (error: unknown) => running.current?.signal.aborted || setFailure(asFailure(error))).finally(() => setBusy(false));
  };
  const said = rows.isError ? asFailure(rows.error) : failure;
  return (
    <div className="exportpanel">
      <p data-testid="export-count">{rows.isSuccess ? <>{t("lists.exportRows", { n: count(n) })}</> : rows.isError ? null : t("lists.counting")}</p>
      <p className="q xs">{tooMany ? <span className="r">{t("lists.exportMany", { n: count(about.mostExported) })}</span> : t("lists.exportMasked")}</p>
      {said && <p className="r xs" role="alert">{pick(said.zh, said.en)}</p>}
      {busy ? (
        <div className="row"><span className="q sm" role="status">{t("lists.exporting")}</span><button type="button" className="btn s" data-testid="export-cancel" onClick={() => running.current?.abort()}>{t("app.cancel")}</button></div>
      ) : (
        <div className="row">{["xlsx", "csv"].map((f) => <button key={f} type="button" className="btn s p" data-testid={`export-${f}`} disabled={!rows.isSuccess || tooMany || n === 0} onClick={() => take(f)}>{f === "xlsx" ? "Excel" : "CSV"}</button>)}</div>
      )}
    </div>
  );
}
