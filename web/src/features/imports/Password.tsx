// The password of an encrypted workbook: sent once, kept nowhere.
import { useState, type FormEvent } from "react";
import { useWords } from "../../lib/i18n";
import type { Rereading } from "./Correction";

export function Password({ rereading: { change, reread } }: { rereading: Rereading }) {
  const { t, pick } = useWords();
  const [password, setPassword] = useState("");
  const open = (event: FormEvent) => {
    event.preventDefault();
    setPassword("");
    void reread({ password });
  };
  return (
    <form className="sec row wrap unlock" data-testid="import-unlock" autoComplete="off" onSubmit={open}>
      <label className="row sm">{t("imp.locked")} <input className="inp" type="password" autoComplete="new-password" data-testid="import-unlock-password" value={password} maxLength={255} autoFocus onChange={(e) => setPassword(e.target.value)} /></label>
      <button className="btn p" type="submit" data-testid="import-unlock-send" disabled={change.busy || password === ""}>{t(change.busy ? "imp.unlocking" : "imp.unlock")}</button>
      <span className="q sm">{t("imp.lockedHint")}</span>
      {change.failure && <p className="r sm" role="alert">{pick(change.failure.zh, change.failure.en)}</p>}
    </form>
  );
}
