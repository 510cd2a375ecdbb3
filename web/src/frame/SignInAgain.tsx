// The session ran out while somebody works: a bar asks for the password. The
// page below stays as it is, and what waits to be sent goes out afterwards.
import { useState, type FormEvent } from "react";
import { asFailure, type Failure } from "../api/failure";
import { useWords } from "../lib/i18n";
import { useSession } from "../session";
import { Icon } from "../ui/Icon";

export function SignInAgain() {
  const { t, pick } = useWords();
  const { session, signInAgain, signOut } = useSession();
  const [password, setPassword] = useState("");
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<Failure | null>(null);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (busy || password === "") return;
    setBusy(true);
    signInAgain(password).catch((error: unknown) => {
      setBusy(false);
      setFailure(asFailure(error));
    });
  };
  return (
    <form className="linkbar r again" onSubmit={submit} data-testid="sign-in-again">
      <Icon name="warn" />
      <span role="alert">{failure === null ? t("again.text", { name: session.user.name }) : pick(failure.zh, failure.en)}</span>
      <input type="text" name="username" autoComplete="username" value={session.user.login} readOnly hidden />
      <input className="inp" type="password" name="password" autoComplete="current-password" data-testid="again-password" aria-label={t("login.password")} placeholder={t("login.password")}
        value={password} onChange={(e) => setPassword(e.target.value)} />
      <button className="btn p" type="submit" data-testid="again-submit" disabled={busy}>{busy ? t("login.busy") : t("login.submit")} <kbd>Enter</kbd></button>
      <button className="btn t" type="button" onClick={() => void signOut()}>{t("again.other")}</button>
    </form>
  );
}
