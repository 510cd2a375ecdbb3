// Why a renewal is lost (战败), given with the result: reason, the customer's own
// words, who got it instead.
import { useRef, useState } from "react";
import { keyed } from "../lib/choices";
import { useWords } from "../lib/i18n";
import { isComposing, useKeys } from "../lib/keys";
import { Act } from "../ui/bits";
import "../styles/desk.css";
import "../styles/visits.css";

export interface Loss { reason: string; words: string; competitor?: string }
const LEAST = 10;

export function LostForm({ reasons: all, give }: { reasons: { code: string; zh: string; en: string }[]; give: (loss: Loss) => void }) {
  const { t, pick } = useWords();
  const [reason, setReason] = useState("");
  const [words, setWords] = useState("");
  const [competitor, setCompetitor] = useState("");
  const field = useRef<HTMLTextAreaElement>(null);
  const reasons = keyed(all);
  const short = [...words.trim()].length < LEAST;
  const send = () => reason !== "" && !short && give({ reason, words: words.trim(), ...(competitor.trim() ? { competitor: competitor.trim() } : {}) });
  useKeys({ ...Object.fromEntries(reasons.filter((r) => r.key !== "").map((r) => [r.key, () => setReason(r.code)])), Enter: () => void send(), N: () => field.current?.focus() });
  return (
    <div className="alts lostform" data-testid="lost-form">
      <p className="q sm">{t("lost.why")}</p>
      <div className="choices three lostwhy">{reasons.map((r) => (
        <button key={r.code} type="button" data-testid={`lost-${r.code}`} className={r.code === reason ? "on" : ""} aria-pressed={r.code === reason} onMouseDown={(e) => e.preventDefault()} onClick={() => setReason(r.code)}>
          {r.key ? <kbd>{r.key}</kbd> : <span />}<span className="el">{pick(r.zh, r.en)}</span>
        </button>
      ))}</div>
      <label className="sm">{t("lost.words")} <kbd>N</kbd> <span className={short ? "a" : "q"}>{t("say.atLeast", { n: LEAST })}</span><textarea ref={field} className="note" data-testid="lost-words" value={words} onChange={(e) => setWords(e.target.value)} onKeyDown={(e) => e.key === "Escape" && !e.nativeEvent.isComposing && e.currentTarget.blur()} /></label>
      <label className="sm">{t("lost.competitor")}<input className="inp s" data-testid="lost-competitor" value={competitor} maxLength={80} onChange={(e) => setCompetitor(e.target.value)} onKeyDown={(e) => !isComposing(e.nativeEvent) && e.key === "Enter" && void send()} /></label>
      <Act id="lost-send" kind="p" keyCap="Enter" run={() => void send()} disabled={reason === "" || short}>{t("lost.send")}</Act>
    </div>
  );
}
