// The customer's own words (用户原话): always in reach, bound to a question, never lost.
import type { RefObject } from "react";
import type { Script } from "../../api/schemas";
import { time } from "../../lib/format";
import { useWords } from "../../lib/i18n";
import { isComposing } from "../../lib/keys";
import { usePhone } from "../../softphone/context";
import { Kbd, Saved } from "../../ui/bits";
import { isWords, wordsKey } from "./script";
import type { ScriptHand } from "./useScript";

export function Words({ script, hand, field }: { script: Script; hand: ScriptHand; field: RefObject<HTMLTextAreaElement | null> }) {
  const { t } = useWords();
  const up = usePhone((s) => s.link === "up");
  const { words } = hand;
  const own = words.key !== null && words.key === script.node.key && isWords(script.node.answer);
  return (
    <div className="verb">
      <div className="h">
        <label htmlFor="words">{t("words.title")}</label> <Kbd>N</Kbd>
        <Binding script={script} hand={hand} />
        <span className="end" />
        <span className="xs q">{t("words.leave")}</span>
        {words.waiting ? <span className={up ? "xs q" : "xs a"} data-testid="words-state">{up ? t("words.draft") : t("say.queued")}</span>
          : words.text !== "" && <Saved><span data-testid="words-state">{t("words.saved")}</span></Saved>}
      </div>
      <textarea id="words" ref={field} data-testid="verbatim" disabled={words.key === null} value={words.text}
        placeholder={words.key === null ? t("words.noKey") : t("words.placeholder")}
        onChange={(e) => words.type(e.target.value)} onBlur={words.flush}
        onKeyDown={(e) => {
          if (isComposing(e.nativeEvent)) return;
          if (e.key === "Escape") e.currentTarget.blur();
          if (e.key !== "Enter" || e.shiftKey || e.altKey || e.ctrlKey || !own) return;
          e.preventDefault();
          hand.forward();
          e.currentTarget.blur();
        }} />
      <Earlier script={script} except={words.key} />
    </div>
  );
}

/** Which question the words belong to; can be another one already answered. */
function Binding({ script, hand }: { script: Script; hand: ScriptHand }) {
  const { t, pick } = useWords();
  const { key } = hand.words;
  if (key === null) return null;
  const natural = wordsKey(script);
  const labels = new Map(script.answers.map((answer) => {
    const step = script.path.find((p) => p.key === answer.key);
    return [answer.key, step ? pick(step.labelZh, step.labelEn) : pick(answer.questionZh, answer.questionEn)];
  }));
  const here = t("words.here");
  const keys = [...new Set([natural, ...labels.keys()])].filter((k): k is string => k !== null);
  return (
    <select className="tag b" data-testid="words-key" aria-label={t("words.for", { what: "" })} value={key} onChange={(e) => hand.words.choose(e.target.value)}>
      {keys.map((k) => <option key={k} value={k}>{t("words.for", { what: labels.get(k) ?? here })}</option>)}
    </select>
  );
}

function Earlier({ script, except }: { script: Script; except: string | null }) {
  const { pick } = useWords();
  const last = script.answers.filter((answer) => answer.verbatim && answer.key !== except).at(-1);
  if (!last) return null;
  return (
    <p className="said"><span className="q">{pick(last.questionZh, last.questionEn)}</span> <span className="el">“{last.verbatim}”</span><span className="end" /><Saved>{time(last.savedAt)}</Saved></p>
  );
}
