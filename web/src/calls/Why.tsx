// Why a customer was not called: the one thing that decides, what else stands in
// the way, when it ends, and everything the gate ever refused. The server tells
// it in words; used on a customer's page, beside a task and on a campaign's page.
import type { Refusal, Sentence, WhyTask } from "../api/schemas";
import { http, must } from "../api/http";
import { Listed } from "../api/Listed";
import { businessNow } from "../lib/clock";
import { count, moment } from "../lib/format";
import { useWords } from "../lib/i18n";
import { Drawer } from "../ui/Drawer";
import { Icon, type IconName } from "../ui/Icon";
import "../styles/why.css";

/** Codes that mean the call is on its way or done: nothing is wrong. */
const FINE = new Set(["IN_CALL", "IN_HAND", "QUEUE", "CLOSED"]);
const icon = (code: string): IconName => (FINE.has(code) ? "check" : code === "TIME" ? "clock" : "warn");

/** The tasks of one customer, each with its answer. */
export function WhyCustomer({ id }: { id: string }) {
  const { t } = useWords();
  const read = () => must(http.GET("/api/v1/customers/{id}/why", { params: { path: { id } } }));
  return (
    <section className="card" data-testid="why-customer">
      <header><h2>{t("why.title")}</h2></header>
      <Listed queryKey={["why-customer", id]} read={read} empty={(p) => (p.items.length === 0 ? <p className="sec q sm">{t("why.noTasks")}</p> : null)}>
        {(page) => <ul className="whys">{page.items.map((w) => <li key={w.taskId}><Answer why={w} /></li>)}</ul>}
      </Listed>
    </section>
  );
}

/** One task in a drawer. */
export function WhyDrawer({ task, title, close }: { task: string; title: string; close: () => void }) {
  const { t } = useWords();
  return <Drawer title={`${t("why.title")}：${title}`} id="why-drawer" close={close} closeWord={t("app.close")}><OfTask id={task} /></Drawer>;
}

/** One task's answer, in its record. */
export function WhyTaskSection({ task }: { task: string }) {
  const { t } = useWords();
  return <section className="sec" data-testid="why-task"><h2>{t("why.title")}</h2><OfTask id={task} /></section>;
}

function OfTask({ id }: { id: string }) {
  const read = () => must(http.GET("/api/v1/tasks/{id}/why", { params: { path: { id } } }));
  return <Listed queryKey={["why-task", id]} read={read} empty={() => null}>{(w) => <div className="whys"><Answer why={w} open /></div>}</Listed>;
}

function Answer({ why, open = false }: { why: WhyTask; open?: boolean }) {
  const { t, pick, language } = useWords();
  return (
    <div className="why" data-testid="why-answer">
      <p className="q sm">{pick(why.kindZh, why.kindEn)}</p>
      <Line say={why.answer} strong />
      {why.also.map((s) => <Line key={s.code} say={s} />)}
      {why.nextAt && !FINE.has(why.answer.code) && <p className="q sm">{Date.parse(why.nextAt) > businessNow() ? t("why.earliest", { when: moment(why.nextAt, language) }) : t("why.allowed")}</p>}
      {why.refusals.length > 0 && (
        <details open={open}><summary>{t("why.refusals", { n: why.refusals.length })}</summary><RefusalList rows={why.refusals} /></details>
      )}
    </div>
  );
}

function Line({ say, strong = false }: { say: Sentence; strong?: boolean }) {
  const { pick } = useWords();
  return (
    <p className={`whyline ${FINE.has(say.code) ? "g" : say.code === "TIME" ? "" : "a"}`}>
      <Icon name={icon(say.code)} /><span>{strong ? <b>{pick(say.zh, say.en)}</b> : pick(say.zh, say.en)}</span>
    </p>
  );
}

/** What the gate refused: rule, words, how often, and when it ends or ended. */
export function RefusalList({ rows, named = false }: { rows: Refusal[]; named?: boolean }) {
  const { t, pick, language } = useWords();
  const ends = (r: Refusal): string => {
    if (r.endedAt) return t("why.ended", { when: moment(r.endedAt, language) });
    if (r.until) return t("why.until", { when: moment(r.until, language) });
    return t(`why.by.${r.cause}`);
  };
  return (
    <ul className="refusals">
      {rows.map((r) => (
        <li key={r.taskId + r.rule} className={r.endedAt ? "past" : ""}>
          <p>{named && <b>{r.customer.name} </b>}<span className="rule">{pick(r.labelZh, r.labelEn)} · {r.rule}</span></p>
          <p>{pick(r.reasonZh, r.reasonEn)}</p>
          <p className="q sm">{ends(r)} · {t("why.times", { n: count(r.times), first: moment(r.firstAt, language), last: moment(r.lastAt, language) })}</p>
        </li>
      ))}
    </ul>
  );
}
