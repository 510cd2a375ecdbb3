// Signing in. Small on purpose: no component library, so that it is there at once.
import { useEffect, useState, type FormEvent } from "react";
import { useLocation, useNavigate } from "react-router";
import { asFailure, type Failure } from "../../api/failure";
import { chosenLanguage, otherLanguage, setLanguage, useWords, type Words } from "../../lib/i18n";
import { landing, signIn } from "../../session";
import { Icon } from "../../ui/Icon";

interface Arrival { from?: string }

export default function LoginPage() {
  const words = useWords();
  const { t } = words;
  const form = useSignIn();
  useEffect(() => void (document.title = `${t("login.title")} · ${t("app.name")}`), [t]);
  return (
    <main className="login">
      <form className="card" onSubmit={form.submit} aria-labelledby="login-title">
        <h1 id="login-title"><Icon name="phone" large /> {t("app.name")}</h1>
        <p className="q">{t("login.subtitle")}</p>
        <Fields form={form} words={words} />
        <p className={form.error ? "note-box r" : "note-box none"} role="alert" data-testid="login-error">{form.error}</p>
        <button className="btn p xl" type="submit" data-testid="login-submit" disabled={form.busy || form.wait > 0}>
          {form.busy ? t("login.busy") : t("login.submit")} <kbd>Enter</kbd>
        </button>
        <footer>
          <span className="q xs">{t("login.forgot")}</span>
          <button type="button" className="btn t s" data-testid="login-language" onClick={() => void setLanguage(otherLanguage())}>{t("top.language")}</button>
        </footer>
      </form>
    </main>
  );
}

function Fields({ form, words: { t } }: { form: ReturnType<typeof useSignIn>; words: Words }) {
  const [shown, show] = useState(false);
  return (
    <>
      <label>
        <span>{t("login.user")}</span>
        <input className="inp" data-testid="login-user" name="username" autoComplete="username" autoFocus value={form.login} onChange={(e) => form.setLogin(e.target.value)} />
      </label>
      <label>
        <span>{t("login.password")}</span>
        <span className="with-eye">
          <input className="inp" data-testid="login-password" name="password" type={shown ? "text" : "password"} autoComplete="current-password" value={form.password} onChange={(e) => form.setPassword(e.target.value)} />
          <button type="button" className="btn t" aria-label={shown ? t("login.hide") : t("login.show")} aria-pressed={shown} onClick={() => show(!shown)}><Icon name="eye" /></button>
        </span>
      </label>
    </>
  );
}

function useSignIn() {
  const words = useWords();
  const navigate = useNavigate();
  const arrival = (useLocation().state ?? {}) as Arrival;
  const [login, setLogin] = useState("");
  const [password, setPassword] = useState("");
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<Failure | null>(null);
  const [missing, setMissing] = useState(false);
  const wait = useCountdown(failure);

  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (busy || wait > 0) return;
    setMissing(login.trim() === "" || password === "");
    if (login.trim() === "" || password === "") return;
    setBusy(true);
    setFailure(null);
    signIn(login.trim(), password).then(
      async (session) => {
        await setLanguage(chosenLanguage() === "en" ? "en" : session.user.locale);
        await navigate(arrival.from && arrival.from !== "/" ? arrival.from : landing(session), { replace: true });
      },
      (error: unknown) => {
        setBusy(false);
        setFailure(asFailure(error));
      },
    );
  };
  const error = missing ? words.t("login.needBoth") : failure === null ? "" : sentence(failure, wait, words);
  return { login, setLogin, password, setPassword, busy, failure, error, wait, submit };
}

/** Seconds until the server will listen again after too many tries. */
function useCountdown(failure: Failure | null): number {
  const [left, setLeft] = useState(0);
  useEffect(() => {
    setLeft(failure?.retryAfter ?? 0);
    if (!failure?.retryAfter) return;
    const timer = setInterval(() => setLeft((n) => Math.max(0, n - 1)), 1000);
    return () => clearInterval(timer);
  }, [failure]);
  return left;
}

function sentence(failure: Failure, wait: number, { t, pick }: Words): string {
  if (failure.code === "login_failed" || failure.status === 401) return t("login.failed");
  if (failure.status === 429) return wait > 0 ? t("login.throttled", { n: wait }) : t("login.throttledLater");
  return pick(failure.zh, failure.en) || t("login.failed");
}
