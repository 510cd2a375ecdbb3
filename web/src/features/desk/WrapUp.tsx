// After the call: the result proposed from the answers, one key to accept it,
// others by digit, a timer that says what happens at zero.
import { useState } from "react";
import type { Desk, DeskCall, Wrap } from "../../api/schemas";
import { withKeys } from "../../lib/choices";
import { clockText, fullWidth } from "../../lib/format";
import { useWords } from "../../lib/i18n";
import { useKeys } from "../../lib/keys";
import { usePhone, usePhoneObject } from "../../softphone/context";
import { useNow } from "../../ui/Since";
import { Icon } from "../../ui/Icon";
import { Act, Saved, Tag } from "../../ui/bits";
import { Notes } from "./Actions";
import { Slots } from "../../visits/Slots";
import { LostForm, type Loss } from "../../renewals/LostForm";
import { Moments } from "./Moments";
import { Problem } from "./Problem";
import { bayOf } from "./script";
import { Tabs, type TabName } from "./Tabs";
import { CallFacts, Course } from "./What";
import { Who } from "./Who";

const WRAP_MS = 120_000;
const CALL_BACK = "C02";
const NAMES = ["actions", "customer", "history", "call"] as const;

export function WrapUp({ desk }: { desk: Desk }) {
  const { call, wrap } = desk;
  const [tab, setTab] = useState<TabName>("actions");
  if (!call) return null;
  return (
    <div className={`desk talk tab-${tab}`} data-testid="desk-wrapup">
      <Tabs names={NAMES} chosen={tab} choose={setTab} />
      <Who desk={desk} />
      <section className="card say middle">{wrap && <Result key={call.attemptId} desk={desk} call={call} wrap={wrap} />}</section>
      <aside className="card what">
        <div className="sec pA"><CallFacts call={call} /></div>
        <div className="pB">
          <div className="sec"><Notes key={call.attemptId} attemptId={call.attemptId} kept={wrap?.notes ?? ""} /></div>
          <Form desk={desk} />
        </div>
        <Course call={call} />
      </aside>
    </div>
  );
}

function Result({ desk, call, wrap }: { desk: Desk; call: DeskCall; wrap: Wrap }) {
  const hand = useResult(call, wrap);
  return (
    <>
      <Timer desk={desk} call={call} wrap={wrap} />
      <Problem />
      <Proposed wrap={wrap} hand={hand} />
      <Needed desk={desk} wrap={wrap} hand={hand} />
      <GivenAnswers desk={desk} />
    </>
  );
}

type Need = "" | "time" | "slot" | "lost";
interface Given { callbackAt?: string; slotAt?: string; lost?: Loss }
interface Hand { code: string; sending: boolean; needs: Need; choose(code: string): void; accept(given?: Given): void }

/** What the result cannot do without; the others to choose from once nothing is missing. */
function Needed({ desk, wrap, hand }: { desk: Desk; wrap: Wrap; hand: Hand }) {
  switch (hand.needs) {
    case "time": return <WhenAgain give={(callbackAt) => hand.accept({ callbackAt })} />;
    case "slot": return <WhichSlot desk={desk} give={(slotAt) => hand.accept({ slotAt })} />;
    case "lost": return desk.renewal ? <LostForm reasons={desk.renewal.lostReasons} give={(lost) => hand.accept({ lost })} /> : null;
    default: return <Others wrap={wrap} hand={hand} />;
  }
}

/** The result in the agent's hand: the proposed one until another is chosen. */
function useResult(call: DeskCall, wrap: Wrap): Hand {
  const phone = usePhoneObject();
  const [chosen, setChosen] = useState<string | null>(null);
  const [sending, setSending] = useState(false);
  const [asking, setAsking] = useState(false);
  const code = chosen ?? wrap.proposed;
  const needOf = (of: string): Need => (of === CALL_BACK ? (wrap.callbackAt ? "" : "time") : (wrap.options.find((o) => o.code === of)?.needs ?? ""));
  const accept = (given: Given = {}) => {
    if (sending) return;
    const time = code === CALL_BACK && wrap.callbackAt ? { callbackAt: wrap.callbackAt } : {};
    if (needOf(code) !== "" && Object.keys(given).length === 0) return setAsking(true);
    setSending(true);
    void phone.keep("desk.wrap", { attemptId: call.attemptId, disposition: code, ...time, ...given }).then(() => setSending(false));
  };
  const choose = (next: string) => {
    setChosen(next);
    setAsking(needOf(next) !== "");
  };
  return { code, sending, needs: asking ? needOf(code) : "", choose, accept };
}

function Timer({ desk, call, wrap }: { desk: Desk; call: DeskCall; wrap: Wrap }) {
  const { t } = useWords();
  const phone = usePhoneObject();
  const left = Date.parse(wrap.until ?? desk.serverNow) - useNow(500);
  const over = left <= 0 || call.state === "wrap_overdue";
  const more = () => void phone.command("desk.wrapMore", { attemptId: call.attemptId });
  useKeys(call.state === "wrap_overdue" ? {} : { "+": more });
  const share = Math.max(0, Math.min(1, left / WRAP_MS));
  return (
    <div className="wtop" data-testid="wrap-timer">
      <div className="ring" aria-hidden="true">
        <svg viewBox="0 0 64 64" width="64" height="64">
          <circle cx="32" cy="32" r="28" fill="none" stroke="var(--line)" strokeWidth="6" />
          <circle cx="32" cy="32" r="28" fill="none" stroke={left < 20_000 ? "var(--amber-f)" : "var(--ink-2)"} strokeWidth="6" strokeDasharray={`${share * 176} 176`} transform="rotate(-90 32 32)" />
        </svg>
        <b>{clockText(over ? -left : left)}</b>
      </div>
      <div className="grow">
        <p className={over ? "r b" : left < 20_000 ? "a b" : "b"}>{over ? t("wrap.overdue", { t: clockText(-left) }) : t(desk.wants === "paused" ? "wrap.leftPause" : "wrap.left", { t: clockText(left) })}</p>
        <p className="q sm">{t(over ? "wrap.overdueText" : "wrap.zero")}</p>
      </div>
      {call.state !== "wrap_overdue" && <Act id="wrap-more" keyCap="+" run={more}>{t("wrap.more")}</Act>}
    </div>
  );
}

function Proposed({ wrap, hand }: { wrap: Wrap; hand: Hand }) {
  const { t, pick } = useWords();
  const up = usePhone((s) => s.link === "up");
  const option = wrap.options.find((o) => o.code === hand.code);
  useKeys({ Enter: () => hand.accept() });
  return (
    <div className="prop">
      <div className="grow">
        <p className="q">{t(hand.code === wrap.proposed ? "wrap.proposed" : "wrap.chosen")}</p>
        <p className="big" data-testid="wrap-result" data-code={hand.code}>{option ? pick(option.zh, option.en) : hand.code} <span className="q proposed-code">{hand.code}</span></p>
        {wrap.missing.length > 0 && <p className="a sm" data-testid="wrap-missing"><Icon name="warn" /> {t("wrap.missing", { what: wrap.missing.map((m) => pick(m.questionZh, m.questionEn)).join("、") })}</p>}
        {hand.needs !== "" && <p className="a sm">{t(`wrap.need.${hand.needs}`)}</p>}
      </div>
      <Act id="wrap-accept" kind="p" size="xl" keyCap="Enter" run={() => hand.accept()} disabled={hand.sending}>{hand.sending ? t(up ? "wrap.sending" : "say.queued") : t("wrap.accept")}</Act>
    </div>
  );
}

function Others({ wrap, hand }: { wrap: Wrap; hand: Hand }) {
  const { t, pick } = useWords();
  const options = withKeys(wrap.options);
  useKeys(Object.fromEntries(options.filter((o) => o.key !== "" && o.key !== "Enter").map((o) => [o.key, () => hand.choose(o.code)])));
  return (
    <div className="alts">
      <p className="q sm">{t("wrap.change")}</p>
      <div>
        {options.map((o) => (
          <button key={o.code} type="button" data-testid={`dispo-${o.code}`} className={o.code === hand.code ? "on" : ""} aria-pressed={o.code === hand.code}
            onMouseDown={(e) => e.preventDefault()} onClick={() => hand.choose(o.code)}>
            {o.key ? <kbd>{o.key}</kbd> : <span />}<span className="el">{pick(o.zh, o.en)}</span><span className="q">{o.code}</span>
          </button>
        ))}
      </div>
    </div>
  );
}

function WhichSlot({ desk, give }: { desk: Desk; give: (at: string) => void }) {
  return <div className="alts"><Slots bay={desk.booking?.bay ?? bayOf(desk.task?.kind)} give={give} /></div>;
}

function WhenAgain({ give }: { give: (at: string) => void }) {
  const { t } = useWords();
  return <div className="alts"><p className="q sm">{t("wrap.callbackAt")}</p><Moments give={give} /></div>;
}

function GivenAnswers({ desk }: { desk: Desk }) {
  const { t, pick } = useWords();
  const answers = desk.script?.answers ?? [];
  const tones = new Map(desk.script?.path.map((step) => [step.node, step.tone]));
  const words = answers.filter((a) => a.verbatim);
  return (
    <div className="sec scroll" tabIndex={0}>
      <h2>{t("wrap.answers")}<span className="end" /><Saved>{t(desk.saved.words > 0 ? "saved.summary" : "saved.answers", { a: desk.saved.answers, w: desk.saved.words })}</Saved></h2>
      {answers.length === 0 && <p className="q sm">{t("wrap.noAnswers")}</p>}
      <ul className="scs">
        {answers.filter((a) => a.valueZh !== a.verbatim).map((a) => <li key={a.key} className={tones.get(a.node) === "bad" ? "r" : tones.get(a.node) === "warn" ? "a" : ""}><span className="el">{fullWidth(pick(a.questionZh, a.questionEn))}</span><b className="el">{pick(a.valueZh, a.valueEn)}</b></li>)}
      </ul>
      {words.map((a) => <p key={a.key} className="said"><span className="q nw">{pick(a.questionZh, a.questionEn)}</span> “{a.verbatim}”</p>)}
    </div>
  );
}

function Form({ desk }: { desk: Desk }) {
  const { t, pick } = useWords();
  const form = desk.quickForm;
  if (!form) return null;
  const list = (items: { zh: string; en: string }[]) => items.map((i) => pick(i.zh, i.en)).join("、") || "—";
  return (
    <div className="sec" data-testid="form-done">
      <h2>{t("call.formDone")} <Tag tone="warn">{form.no}</Tag></h2>
      <dl className="kv">
        <dt>{t("form.category")}</dt><dd>{list(form.categories)}</dd>
        <dt>{t("form.level")}</dt><dd>{pick(form.level.zh, form.level.en) || "—"}</dd>
        <dt>{t("form.dept")}</dt><dd>{list(form.departments)}</dd>
        {form.demand && <><dt>{t("form.demand")}</dt><dd>{form.demand}</dd></>}
      </dl>
    </div>
  );
}
