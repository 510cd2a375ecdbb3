// One entry of the time line. What was answered in a call shows when it is opened.
import type { Moment } from "../../api/schemas";
import { date, dayHead, duration, fullWidth, hourMinute, kilometres, maskedText, moment, money } from "../../lib/format";
import { useWords, type Words } from "../../lib/i18n";
import { Icon, type IconName } from "../../ui/Icon";
import { toneClass } from "../../ui/bits";

const ICONS: Record<Moment["kind"], IconName> = {
  visit: "wrench", call: "phone", form: "bolt", policy: "shield", delivery: "flag", task: "list", message: "mail", consent: "check",
};
const LOW = 6;

export function Entry({ item, first, at, open, toggle }: { item: Moment; first: boolean; at: boolean; open: boolean; toggle: () => void }) {
  const words = useWords();
  const { t, pick, language } = words;
  const more = item.answers.length > 0;
  return (
    <>
      {first && <li className="dt">{dayHead(item.at, language)}</li>}
      <li className={`ev ${open ? "open" : ""} ${at ? "at" : ""}`} data-testid={`ev-${item.kind}`}>
        <time>{item.dayOnly ? "" : hourMinute(item.at)}</time>
        <span className="mk"><Icon name={ICONS[item.kind]} /></span>
        <span className="q kd">{t(`cust.kind.${item.kind}`)}</span>
        <div className="grow">
          <div className="row">
            <b className="el">{headline(item, words)}</b>
            {more && <button className="linkish sm" aria-expanded={open} onClick={toggle}>{t(open ? "cust.fold" : "cust.answers", { n: item.answers.length })}</button>}
            <span className={`end nw ${toneClass(item.tone)}`}>{result(item, words)}</span>
          </div>
          <Detail item={item} words={words} />
          {open && <Replies item={item} />}
        </div>
      </li>
    </>
  );

  function result(m: Moment, w: Words) {
    const text = w.pick(m.resultZh, m.resultEn);
    if (m.amountFen != null && m.amountFen > 0) return <><span className="q">{text}</span> <b>{money(m.amountFen)}</b></>;
    return <>{pick(fullWidth(m.resultZh), m.resultEn)}</>;
  }
}

/** What an entry is, in one line: the kind of visit with mileage, the kind of call with who and how long. */
function headline(m: Moment, { t, pick, language }: Words): string {
  const title = pick(m.titleZh, m.titleEn);
  const who = m.who && (m.kind === "visit" ? t("cust.received", { who: m.who }) : m.who);
  const parts = [title, m.no, m.km != null && kilometres(m.km), who, m.seconds != null && duration(m.seconds * 1000, language)];
  return parts.filter(Boolean).join(language === "en" ? ", " : "，");
}

function Detail({ item: m, words: { t, pick, language } }: { item: Moment; words: Words }) {
  const late = m.lateMinutes != null && m.lateMinutes > 0;
  if (m.kind === "task") {
    return <p className="m">{m.until && t("cust.by", { at: moment(m.until, language) })} {pick(m.words, m.more)}</p>;
  }
  if (m.kind === "policy") return <p className="m">{m.until && t("cust.coverTo", { day: date(m.until) })}</p>;
  return (
    <>
      {(m.words || late) && <p className="m">{m.kind === "form" || m.kind === "call" ? quoted(m.words) : maskedText(m.words)} {late && <span className="a"><Icon name="warn" /> {t("who.late", { n: m.lateMinutes ?? 0 })}</span>}</p>}
      {m.more && <p className="m">{t(m.kind === "visit" ? "cust.advice" : m.kind === "form" ? "cust.demand" : "cust.more", { text: maskedText(m.more) })}</p>}
    </>
  );
}

const quoted = (text: string): string => (text ? `“${maskedText(text)}”` : "");

function Replies({ item }: { item: Moment }) {
  const { pick } = useWords();
  const scores = item.answers.filter((a) => a.score != null);
  const others = item.answers.filter((a) => a.score == null || a.verbatim);
  return (
    <div data-testid="replies">
      <p className="ans">{scores.map((a) => <span key={a.key} className={(a.score ?? 10) <= LOW ? "r" : ""}>{pick(a.labelZh, a.labelEn)} <b>{a.score}</b></span>)}</p>
      {others.map((a) => <p key={a.key} className="m sm">{pick(a.labelZh, a.labelEn)} <b>{a.score == null && pick(a.valueZh, a.valueEn)}</b> {a.verbatim && a.verbatim !== a.valueZh && quoted(a.verbatim)}</p>)}
    </div>
  );
}
