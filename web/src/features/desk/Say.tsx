// What to say: the line to read aloud, its answers, the path walked, the words
// of the customer. The line's block keeps its height, so that answers never move.
import { useEffect, useRef } from "react";
import type { Desk, Script } from "../../api/schemas";
import { fullWidth, time } from "../../lib/format";
import { useWords } from "../../lib/i18n";
import { useKeys } from "../../lib/keys";
import { usePhone, usePhoneObject } from "../../softphone/context";
import { calledName } from "../../softphone/state";
import { Icon } from "../../ui/Icon";
import { Act, Bar, Saved, toneClass } from "../../ui/bits";
import { Answers } from "./Answers";
import { isForAgent, isWords, previousNode } from "./script";
import { useScript, type ScriptHand } from "./useScript";
import { Words } from "./Words";

export function Say({ desk, script }: { desk: Desk; script: Script }) {
  const hand = useScript(script);
  const phone = usePhoneObject();
  const field = useRef<HTMLTextAreaElement>(null);
  const { node, responseId } = script;
  useKeys({
    Enter: hand.forward,
    Backspace: hand.back,
    R: () => hand.skip("refused"),
    X: () => hand.skip("na"),
    N: () => field.current?.focus(),
    Z: () => script.canShorten && void phone.keep("desk.short", { responseId }),
  });
  return (
    <section className="card say" data-testid="script" data-node={node.id}>
      <Head script={script} />
      <Crumbs script={script} goto={hand.goto} />
      <div className={(script.node.answer?.options?.length ?? 0) > 12 ? "talkarea tight" : "talkarea"} tabIndex={0}>
        <Line desk={desk} script={script} hand={hand} />
        {node.kind === "ask" && <Answers key={node.id} node={node} sent={hand.sent} give={hand.give} />}
        <Ways script={script} hand={hand} />
        <Ahead script={script} />
      </div>
      <Words script={script} hand={hand} field={field} />
      <SavedFooter desk={desk} />
    </section>
  );
}

function Head({ script }: { script: Script }) {
  const { t, pick } = useWords();
  const phone = usePhoneObject();
  const { done, total } = script.progress;
  return (
    <header>
      <h2>{script.inForm ? t("say.inForm") : pick(script.titleZh, script.titleEn)}</h2>
      <span className="q sm">{done === 0 ? t("say.total", { total }) : t("say.progress", { done, total })}</span>
      <span className="progress only-wide"><Bar share={total > 0 ? done / total : 0} tone="blue" /></span>
      <span className="end" />
      {script.short
        ? <span className="tag a">{t("say.shortOn")}</span>
        : script.canShorten && <Act id="short" keyCap="Z" size="s" run={() => void phone.keep("desk.short", { responseId: script.responseId })}>{t("say.short")}</Act>}
    </header>
  );
}

function Crumbs({ script, goto }: { script: Script; goto: (node: string) => void }) {
  const { pick } = useWords();
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (box.current) box.current.scrollTop = box.current.scrollHeight; // the newest step stays in sight
  }, [script.path.length]);
  return (
    <div className="crumbs" data-testid="crumbs" ref={box} tabIndex={0}>
      {script.path.map((step) => (
        <button key={step.node} type="button" className={`crumb ${toneClass(step.tone)} ${step.node === script.node.id ? "on" : ""}`} data-testid={`crumb-${step.node}`}
          onMouseDown={(e) => e.preventDefault()} onClick={() => goto(step.node)}>
          <Icon name={step.tone === "bad" || step.tone === "warn" ? "warn" : "check"} />{pick(step.labelZh, step.labelEn)} <b>{pick(step.valueZh, step.valueEn)}</b>
        </button>
      ))}
    </div>
  );
}

function Line({ desk, script, hand }: { desk: Desk; script: Script; hand: ScriptHand }) {
  const { t, language, pick } = useWords();
  const { node } = script;
  const last = script.answers.filter((answer) => answer.node !== node.id).at(-1);
  return (
    <div className="script">
      <p className="prev">
        {last && <>{t("say.prev")} {fullWidth(pick(last.questionZh, last.questionEn))} <b>{pick(last.valueZh, last.valueEn)}</b> <Saved>{t("say.saved")} {time(last.savedAt)}</Saved></>}
      </p>
      <p className="to">{node.kind === "end" ? t("say.endTitle") : isForAgent(node) ? t("say.forAgent") : <>{t("say.to")} <b>{calledName(desk.card) || t("desk.customer")}</b> {t("say.says")}</>}</p>
      <p className="line" data-testid="script-line" lang="zh-CN">{fullWidth(node.zh)}</p>
      {language === "en" && node.en && <p className="gloss">{node.en}</p>}
      <p className="hint">
        {node.hintZh && <>{t("say.hint")}{fullWidth(node.hintZh)}</>}
        {hand.missing !== null && <b className="r" role="alert" data-testid="answer-missing"> {hand.missing === "required" ? t("say.required") : t("say.atLeast", { n: node.answer?.minChars ?? 0 })}</b>}
      </p>
    </div>
  );
}

/** The keys under the answers: refuse, not applicable, next, back. */
function Ways({ script, hand }: { script: Script; hand: ScriptHand }) {
  const { t } = useWords();
  const up = usePhone((s) => s.link === "up");
  const { node } = script;
  const words = isWords(node.answer);
  return (
    <div className="alt">
      {node.kind === "say" && <Act id="script-next" kind="p" keyCap="Enter" run={hand.forward}>{t("say.nextSay")}</Act>}
      {words && <Act id="script-next" kind="p" keyCap="Enter" run={hand.forward}>{t("say.next")}</Act>}
      {node.answer?.refuse && <Act id="answer-refuse" keyCap="R" className={hand.sent === "refused" ? "on" : ""} run={() => hand.skip("refused")}>{t("say.refuse")}</Act>}
      {node.answer?.na && <Act id="answer-na" keyCap="X" className={hand.sent === "na" ? "on" : ""} run={() => hand.skip("na")}>{t("say.na")}</Act>}
      <span className="q sm">
        {hand.sent !== undefined ? <span className={up ? "q" : "a"} data-testid="answer-sending">{up ? t("say.sending") : t("say.queued")}</span>
          : words ? t("say.writeBelow") : node.kind === "ask" && node.answer?.type !== "multi" ? t("say.pressDigit") : node.kind === "end" ? t("say.endText") : ""}
      </span>
      <span className="end" />
      {previousNode(script) !== null && <Act id="script-back" icon="left" keyCap="Backspace" run={hand.back}>{t("say.prev")}</Act>}
    </div>
  );
}

/** Faint: what is likely to come next, and a form that is already due. */
function Ahead({ script }: { script: Script }) {
  const { t, pick } = useWords();
  const next = pick(script.nextZh, script.nextEn);
  const form = pick(script.pendingFormZh, script.pendingFormEn);
  if (!next && !form) return null;
  return (
    <div className="next">
      {next && <p className="el"><b>{t("say.nextLine")}</b> {fullWidth(next)}</p>}
      {form && <p data-testid="pending-form"><Icon name="bolt" /> {fullWidth(form)}</p>}
    </div>
  );
}

function SavedFooter({ desk }: { desk: Desk }) {
  const { t } = useWords();
  const pending = usePhone((s) => s.pending);
  return (
    <footer className="bar2">
      <Saved><span data-testid="saved-count">{t(desk.saved.words > 0 ? "saved.summary" : "saved.answers", { a: desk.saved.answers, w: desk.saved.words })}</span></Saved>
      <span className="end" data-testid="pending-count">{t("saved.pending", { n: pending })} · {t("saved.server")}</span>
    </footer>
  );
}

