// The looks every list and page shares: opening, loading, empty, failed. Each
// says what to do next.
import type { ReactNode } from "react";
import type { Failure } from "../api/failure";
import { useWords } from "../lib/i18n";
import { Icon, type IconName } from "./Icon";

export function Opening() {
  const { t } = useWords();
  return <div className="opening" role="status">{t("app.loading")}</div>;
}

/** A list while it loads: as many grey lines as it is likely to have. */
export function Skeleton({ lines = 6 }: { lines?: number }) {
  return (
    <div className="skeleton" role="status" aria-busy="true">
      {Array.from({ length: lines }, (_, i) => <i key={i} style={{ width: `${92 - ((i * 17) % 40)}%` }} />)}
    </div>
  );
}

export function Empty({ icon = "list", title, text, action }: { icon?: IconName; title: string; text?: string; action?: ReactNode }) {
  return (
    <div className="empty" data-testid="empty">
      <Icon name={icon} large />
      <b>{title}</b>
      {text && <p>{text}</p>}
      {action}
    </div>
  );
}

export function Failed({ failure, retry }: { failure: Failure; retry?: () => void }) {
  const { t, pick } = useWords();
  return (
    <div className="empty bad" role="alert" data-testid="failed">
      <Icon name="warn" large />
      <b>{t("list.failed")}</b>
      <p>{pick(failure.zh, failure.en)}</p>
      {retry && <button className="btn p" data-testid="retry" onClick={retry}>{t("app.retry")}</button>}
      <Technical text={`${failure.code} ${failure.status || ""}`} />
    </div>
  );
}

/** Technical detail folds away and can be copied. */
export function Technical({ text }: { text: string }) {
  const { t } = useWords();
  return (
    <details className="technical">
      <summary>{t("app.details")}</summary>
      <code>{text}</code>
      <button className="btn s" onClick={() => void navigator.clipboard?.writeText(text)}>{t("app.copy")}</button>
    </details>
  );
}
