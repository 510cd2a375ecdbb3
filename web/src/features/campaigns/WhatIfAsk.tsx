// Asking what would change, and what the answer is worked out from.
import { useState, type FormEvent } from "react";
import type { SimSource, WhatIfPage, WhatIfQuestion } from "../../api/schemas";
import type { Failure } from "../../api/failure";
import { count } from "../../lib/format";
import { useWords, type Say } from "../../lib/i18n";
import { useKeys } from "../../lib/keys";
import { Act } from "../../ui/bits";
import { share } from "./caps";
import { nothing, percentOf, questionOf, readyQuestions, SEED, spansText, type Draft } from "./whatif";

export interface Asking { busy: boolean; failure: Failure | null; unfinished: boolean; ask: (q: WhatIfQuestion) => void }

export function WhatIfAsk({ page, asking }: { page: WhatIfPage; asking: Asking }) {
  return (
    <aside className="card wi-side">
      <Ready page={page} asking={asking} />
      <Free page={page} asking={asking} />
      <Facts sources={page.sources} />
    </aside>
  );
}

function Ready({ page, asking }: { page: WhatIfPage; asking: Asking }) {
  const { t } = useWords();
  const ready = readyQuestions(page.agents, page.hours, page.mostBp);
  useKeys(asking.busy ? {} : Object.fromEntries(ready.map((r, i) => [String(i + 1), () => asking.ask(r.question)])));
  return (
    <div className="sec">
      <h2>{t("wi.ask")}</h2>
      <div className="wi-ready">
        {ready.map((r, i) => <Act key={r.id} id={`whatif-${r.id}`} size="s" keyCap={String(i + 1)} disabled={asking.busy} run={() => asking.ask(r.question)}>{t(r.label, { n: page.agents + 2, from: r.question.from ?? 0, to: r.question.to ?? 0 })}</Act>)}
      </div>
    </div>
  );
}

/** Free values; what is left empty stays as it is. */
function Free({ page, asking }: { page: WhatIfPage; asking: Asking }) {
  const { t, pick } = useWords();
  const [draft, setDraft] = useState<Draft>(nothing);
  const [wrong, setWrong] = useState(false);
  const write = (part: Partial<Draft>) => setDraft((old) => ({ ...old, ...part }));
  const plain = () => {
    setDraft(nothing);
    setWrong(false);
    asking.ask({ seed: SEED });
  };
  useKeys(asking.busy ? {} : { "0": plain });
  const send = (event: FormEvent) => {
    event.preventDefault();
    const question = questionOf(draft);
    setWrong(question === null);
    if (question !== null && !asking.busy) asking.ask(question);
  };
  const field = (name: keyof Draft, label: string, usual: string) => (
    <label className="field"><span>{label}</span><input className="inp s" inputMode="decimal" data-testid={`whatif-in-${name}`} value={draft[name]} placeholder={usual} maxLength={9} onChange={(e) => write({ [name]: e.target.value })} /></label>
  );
  const end = Math.ceil(Math.max(0, ...page.hours.map((s) => s.to)) / 60);
  const begin = Math.floor(Math.min(24 * 60, ...page.hours.map((s) => s.from)) / 60);
  return (
    <form className="sec wi-free" onSubmit={send}>
      <div className="wi-fields">
        {field("agents", t("wi.in.agents"), String(page.agents))}
        {field("cap", t("wi.in.cap", { most: share(page.mostBp) }), share(page.campaign.capBp))}
        {field("from", t("wi.in.from"), String(begin))}
        {field("to", t("wi.in.to"), String(end))}
      </div>
      <p className="xs q">{t("wi.in.hint", { hours: spansText(page.hours) })}</p>
      {wrong && <p className="note-box a" role="alert" data-testid="whatif-wrong">{t("wi.in.wrong")}</p>}
      {asking.unfinished && <p className="note-box a" role="status" data-testid="whatif-unfinished">{t("wi.notDone")}</p>}
      {asking.failure && <p className="note-box r" role="alert" data-testid="whatif-failure">{pick(asking.failure.zh, asking.failure.en)}</p>}
      <div className="row"><button type="submit" className="btn p" disabled={asking.busy} data-testid="whatif-ask">{t("wi.in.ask")}</button>
        <Act id="whatif-plain" keyCap="0" disabled={asking.busy} run={plain}>{t("wi.in.plain")}</Act></div>
    </form>
  );
}

function Facts({ sources }: { sources: SimSource[] }) {
  const { t } = useWords();
  return (
    <div className="sec">
      <h2>{t("wi.facts")}</h2>
      <table className="mini wi-facts"><tbody>
        {sources.filter((s) => s.figure !== "mode" && s.figure !== "cap").map((s) => (
          <tr key={s.figure} title={t(`wi.from.${s.from}`)}>
            <td>{t(`wi.f.${s.figure}`)}</td><td><b>{valueOf(s, t)}</b></td>
            <td className={s.from === "default" ? "a" : "q"}>{t(s.calls > 0 ? `wi.fromCalls.${s.from}` : `wi.from.${s.from}`, { n: count(s.calls) })}</td>
          </tr>
        ))}
      </tbody></table>
      <p className="xs q wi-hint">{t("wi.factsHint")}</p>
    </div>
  );
}

function valueOf(s: SimSource, t: Say): string {
  if (s.figure === "answer_rate" || s.figure === "machines") return percentOf(s.value);
  if (s.figure === "answer_by_hour") return t("wi.v.hours", { n: s.value });
  if (s.figure === "agents") return t("wi.v.agents", { n: s.value.toFixed(1) });
  if (s.figure === "hours_per_day") return t("wi.v.perDay", { n: s.value.toFixed(1) });
  return t("wi.v.seconds", { n: s.value.toFixed(s.value < 10 ? 1 : 0) });
}
