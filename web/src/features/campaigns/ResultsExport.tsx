// A campaign's results, or the calls they are made of, as a file.
import { useEffect, useRef, useState } from "react";
import { asFailure, type Failure } from "../../api/failure";
import { download } from "../../api/http";
import type { CampaignResults } from "../../api/schemas";
import { count } from "../../lib/format";
import { useWords } from "../../lib/i18n";
import { paramsOf, type Choice } from "../../lib/period";
import { Pop } from "../../lists/Pop";

export function ResultsExport({ page, choice }: { page: CampaignResults; choice: Choice }) {
  const { t } = useWords();
  return <Pop id="export" icon="dl" label={t("res.export")}>{(close) => <Panel page={page} choice={choice} close={close} />}</Pop>;
}

function Panel({ page, choice, close }: { page: CampaignResults; choice: Choice; close: () => void }) {
  const { t, pick, language } = useWords();
  const [failure, setFailure] = useState<Failure | null>(null);
  const [busy, setBusy] = useState(false);
  const running = useRef<AbortController | null>(null);
  useEffect(() => () => running.current?.abort(), []);
  const calls = page.total.dialed;
  const tooMany = page.mostExported > 0 && calls > page.mostExported;
  const take = (what: string, format: string) => {
    const stopped = new AbortController();
    running.current = stopped;
    setBusy(true);
    setFailure(null);
    download(`/api/v1/campaigns/${page.campaign.id}/results/export?${paramsOf(choice, new URLSearchParams({ what, format, language })).toString()}`, stopped.signal)
      .then(close, (error: unknown) => stopped.signal.aborted || setFailure(asFailure(error))).finally(() => setBusy(false));
  };
  const row = (what: string, title: string, text: string, barred: boolean) => (
    <div className="resfile"><span><b>{title}</b><span className="q xs">{text}</span></span>
      <span className="row">{["xlsx", "csv"].map((f) => <button key={f} type="button" className="btn s p" disabled={busy || barred} data-testid={`export-${what}-${f}`} onClick={() => take(what, f)}>{f === "xlsx" ? "Excel" : "CSV"}</button>)}</span>
    </div>
  );
  return (
    <div className="exportpanel resfiles">
      {row("results", t("res.exportResults"), t("res.exportResultsText"), false)}
      {row("calls", t("res.exportCalls"), tooMany ? t("res.exportMany", { n: count(page.mostExported) }) : t("res.exportCallsText", { n: count(calls) }), tooMany || calls === 0)}
      {busy && <p className="q sm row" role="status">{t("res.exporting")}<button type="button" className="btn s" onClick={() => running.current?.abort()}>{t("app.cancel")}</button></p>}
      {failure && <p className="r xs" role="alert">{pick(failure.zh, failure.en)}</p>}
    </div>
  );
}
