import { useWords } from "../../lib/i18n";
import { usePhone, usePhoneObject } from "../../softphone/context";
import { Icon } from "../../ui/Icon";

/** What the server refused last, in its own words; goes away with the next step or a click. */
export function Problem() {
  const { t, pick } = useWords();
  const phone = usePhoneObject();
  const problem = usePhone((s) => s.problem);
  if (problem === null) return null;
  return (
    <p className="note-box a problem" role="alert" data-testid="desk-problem" data-code={problem.code}>
      <Icon name="warn" /> <span>{pick(problem.zh, problem.en)}</span>
      <button type="button" className="btn t s end" aria-label={t("app.close")} onClick={() => phone.dispatch({ type: "problem", problem: null })}><Icon name="x" /></button>
    </p>
  );
}
