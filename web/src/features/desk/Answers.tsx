// The answers of the node on the screen, each with its key.
import { useState } from "react";
import type { AnswerSpec, AnswerValue, ScriptNode } from "../../api/schemas";
import { useWords } from "../../lib/i18n";
import { businessNow } from "../../lib/clock";
import { date, isDay } from "../../lib/format";
import { isComposing, useKeys, type Bindings } from "../../lib/keys";
import { Moments } from "./Moments";
import { choices, isChoice, isField, isScore, scoreKeys, toggled } from "./script";
import { Act } from "../../ui/bits";
import { Slots } from "../../visits/Slots";

interface Props { node: ScriptNode; sent: AnswerValue | undefined; give: (value: AnswerValue) => void }

export function Answers({ node, sent, give }: Props) {
  const { answer } = node;
  if (!answer) return null;
  const chosen = sent ?? node.current?.value ?? undefined;
  if (isScore(answer)) return <Scores answer={answer} chosen={chosen} give={give} />;
  if (isChoice(answer)) return <Options answer={answer} chosen={chosen} give={give} />;
  if (answer.type === "multi") return <Several key={node.id} answer={answer} first={chosen} give={give} />;
  if (answer.bay) return <Slots bay={answer.bay} give={give} chosen={chosen} sent={sent !== undefined} />;
  if (answer.type === "datetime") return <Moments give={give} first={chosen} />;
  if (isField(answer)) return <Field key={node.id} answer={answer} first={chosen} give={give} />;
  return null;
}

function bindings<T>(items: { key: string }[], run: (item: T) => void): Bindings {
  return Object.fromEntries(items.filter((item) => item.key !== "").map((item) => [item.key, () => run(item as T)]));
}

function Scores({ answer, chosen, give }: { answer: AnswerSpec; chosen: unknown; give: (value: number) => void }) {
  const { t } = useWords();
  const keys = scoreKeys(answer);
  useKeys(bindings<{ value: number }>(keys, (k) => give(k.value)));
  const columns = { gridTemplateColumns: `repeat(${keys.length},minmax(0,1fr))` };
  const scale = (tone: string) => keys.filter((k) => k.tone === tone);
  const label = (tone: "r" | "a" | "g") => {
    const part = scale(tone);
    const [from, to] = [part[0]?.value ?? 0, part[part.length - 1]?.value ?? 0];
    if (answer.type === "nps") return t(tone === "r" ? "say.npsLow" : tone === "a" ? "say.npsMid" : "say.npsHigh");
    return tone === "a" ? t("say.mid", { n: from }) : t(tone === "r" ? "say.low" : "say.high", { from, to });
  };
  const parts = answer.type === "score5"
    ? keys.map((k) => ({ tone: k.tone, span: 1, text: t(`say.five${k.value as 1 | 2 | 3 | 4 | 5}`) })) // read aloud as words
    : (["r", "a", "g"] as const).map((tone) => ({ tone, span: Math.max(1, scale(tone).length), text: label(tone) }));
  return (
    <>
      <div className="keys" style={columns} role="group">
        {keys.map((k) => (
          <button key={k.value} type="button" data-testid={`answer-${k.value}`} className={chosen === k.value ? "on" : ""} aria-pressed={chosen === k.value}
            onMouseDown={(e) => e.preventDefault()} onClick={() => give(k.value)}>
            {k.value}{k.key !== String(k.value) && <kbd>{k.key}</kbd>}
          </button>
        ))}
      </div>
      <div className="scale" style={columns}>
        {parts.map((p) => <span key={p.text} className={p.tone} style={{ gridColumn: `span ${p.span}` }}>{p.text}</span>)}
      </div>
    </>
  );
}

function Options({ answer, chosen, give }: { answer: AnswerSpec; chosen: unknown; give: (value: string) => void }) {
  const { pick } = useWords();
  const options = choices(answer);
  useKeys(bindings<{ value: string }>(options, (o) => give(o.value)));
  return (
    <div className={options.length > 4 ? "choices two" : "choices"} role="group">
      {options.map((o) => (
        <button key={o.value} type="button" data-testid={`answer-${o.value}`} className={chosen === o.value ? "on" : ""} aria-pressed={chosen === o.value}
          onMouseDown={(e) => e.preventDefault()} onClick={() => give(o.value)}>
          {o.key && <kbd>{o.key}</kbd>}<span>{pick(o.zh, o.en)}</span>
        </button>
      ))}
    </div>
  );
}

function Several({ answer, first, give }: { answer: AnswerSpec; first: unknown; give: (value: string[]) => void }) {
  const { t, pick } = useWords();
  const [chosen, choose] = useState<string[]>(Array.isArray(first) ? (first as string[]) : []);
  const [empty, setEmpty] = useState(false);
  const options = choices(answer);
  const flip = (value: string) => {
    setEmpty(false);
    choose((now) => toggled(now, value));
  };
  const confirm = () => {
    if (chosen.length === 0 && answer.required) return setEmpty(true);
    give(chosen);
  };
  useKeys({ ...bindings<{ value: string }>(options, (o) => flip(o.value)), Enter: confirm });
  return (
    <div className={options.length > 12 ? "choices three" : options.length > 4 ? "choices two" : "choices"} role="group">
      {options.map((o) => (
        <button key={o.value} type="button" data-testid={`answer-${o.value}`} className={chosen.includes(o.value) ? "on" : ""} aria-pressed={chosen.includes(o.value)}
          onMouseDown={(e) => e.preventDefault()} onClick={() => flip(o.value)}>
          {o.key && <kbd>{o.key}</kbd>}<span>{pick(o.zh, o.en)}</span>
        </button>
      ))}
      <div className="row confirm">
        <Act id="answer-confirm" kind="p" keyCap="Enter" run={confirm}>{t("say.confirm")}</Act>
        <span className={empty ? "r sm" : "q sm"}>{t(empty ? "say.required" : "say.pressMulti")}</span>
      </div>
    </div>
  );
}

function Field({ answer, first, give }: { answer: AnswerSpec; first: unknown; give: (value: AnswerValue) => void }) {
  const { t } = useWords();
  const [text, setText] = useState(first === undefined ? "" : String(first));
  const numeric = answer.type === "number" || answer.type === "money";
  const confirm = () => {
    const value = text.trim();
    if (value === "" || (numeric && Number.isNaN(Number(value))) || (answer.type === "date" && !isDay(value))) return;
    give(numeric ? Number(value) : value);
  };
  return (
    <div className="row fieldrow">
      <input className="inp" data-testid="answer-field" type="text" placeholder={answer.type === "date" ? date(businessNow()) : undefined} inputMode={numeric ? "decimal" : undefined} aria-label={t("say.typeValue")}
        value={text} onChange={(e) => setText(e.target.value)} autoFocus
        onKeyDown={(e) => {
          if (isComposing(e.nativeEvent)) return;
          if (e.key === "Enter") confirm();
          if (e.key === "Escape") e.currentTarget.blur();
        }} />
      <Act id="answer-confirm" kind="p" keyCap="Enter" run={confirm}>{t("say.confirm")}</Act>
    </div>
  );
}
