// The states as a row of buttons, each with how many stand there.
import { count } from "../../lib/format";
import { useWords } from "../../lib/i18n";

export function States({ names, counts, chosen, choose }: { names: readonly string[]; counts: { state: string; n: number }[]; chosen: string; choose: (state: string) => void }) {
  const { t, word } = useWords();
  const of = (state: string) => counts.find((c) => c.state === state)?.n ?? 0;
  const all = counts.reduce((sum, c) => sum + c.n, 0);
  return (
    <div className="pipeline noprint" role="group" aria-label={t("msg.state")}>
      <button type="button" data-testid="state-all" className={chosen === "" ? "on" : ""} aria-pressed={chosen === ""} onClick={() => choose("")}><b>{count(all)}</b><span>{t("app.all")}</span></button>
      {names.map((name) => (
        <button key={name} type="button" data-testid={`state-${name}`} className={name === chosen ? "on" : ""} aria-pressed={name === chosen} onClick={() => choose(name)}>
          <b className={of(name) === 0 ? "q" : name === "failed" || name === "blocked" || name === "returned" ? "r" : ""}>{count(of(name))}</b><span>{word(`msg.st.${name}`, name)}</span>
        </button>
      ))}
    </div>
  );
}
