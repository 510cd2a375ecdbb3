// What is still owed to a customer: when, in which state, and what holds it.
import type { CustomerFile, Promised } from "../../api/schemas";
import { businessNow } from "../../lib/clock";
import { moment } from "../../lib/format";
import { useWords } from "../../lib/i18n";
import { Icon } from "../../ui/Icon";
import { Tag } from "../../ui/bits";
import { CallNow } from "./CallNow";
import { standing } from "./record";

export function Promises({ customer }: { customer: CustomerFile }) {
  const { t, pick, language } = useWords();
  const late = customer.promises.filter((p) => standing(p, businessNow()) === "late").length;
  return (
    <section className="card" aria-label={t("cust.promises")} data-testid="promises">
      <header><h2>{t("cust.promises")}</h2>{late > 0 && <Tag tone="bad">{t("cust.late", { n: late })}</Tag>}</header>
      {customer.promises.length === 0 && <p className="sec q sm">{t("cust.noPromises")}</p>}
      <ul className="prs">
        {customer.promises.map((p) => (
          <li key={p.id}>
            <span className={`st ${standing(p, businessNow()) === "held" ? "a" : ""}`}><Icon name={standing(p, businessNow()) === "held" ? "pause" : "phone"} /></span>
            <div className="grow">
              <div className="row"><b>{pick(p.kindZh, p.kindEn)}</b><span className="end nw"><Due promise={p} /></span></div>
              <p className="q xs">{[pick(p.stateZh, p.stateEn), p.plate, p.tries > 0 && t("cust.tries", { n: p.tries, of: p.maxTries }), p.assignee].filter(Boolean).join(" · ")}</p>
              <CallNow promise={p} />
              {p.whyZh && <p className="a xs">{pick(p.whyZh, p.whyEn)}{p.until && t("cust.until", { at: moment(p.until, language) })}</p>}
            </div>
          </li>
        ))}
      </ul>
    </section>
  );
}

export function Due({ promise }: { promise: Promised }) {
  const { t, language } = useWords();
  const how = standing(promise, businessNow());
  if (promise.agreedAt) return <span className="a">{t("cust.agreed", { at: moment(promise.agreedAt, language) })}</span>;
  return <span className={how === "late" ? "r" : "q"}>{t("cust.by", { at: moment(promise.dueAt, language) })}{how === "late" && ` ${t("task.overdue")}`}</span>;
}
