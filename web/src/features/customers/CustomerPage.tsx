// One customer: who, vehicles, numbers, and one time line of everything.
import { useState } from "react";
import { useParams } from "react-router";
import type { Customer, TimelineItem } from "../../api/schemas";
import { http, must } from "../../api/http";
import { Listed } from "../../api/Listed";
import { WhyCustomer } from "../../calls/Why";
import { day, hourMinute, kilometres, phone, plate } from "../../lib/format";
import { useWords } from "../../lib/i18n";
import { Icon, type IconName } from "../../ui/Icon";
import { Tag } from "../../ui/bits";
import { Empty } from "../../ui/looks";
import "../../styles/pages.css";

const ICONS: Record<TimelineItem["kind"], IconName> = { visit: "wrench", call: "phone", answer: "msg", form: "bolt", task: "list" };

export default function CustomerPage() {
  const { id = "" } = useParams();
  return (
    <Listed queryKey={["customer", id]} read={() => must(http.GET("/api/v1/customers/{id}", { params: { path: { id } } }))} empty={() => null}>
      {(customer) => (
        <div className="cust-page" data-testid="customer">
          <Head customer={customer} />
          <div className="cust-body"><Timeline items={customer.timeline} /><Cards customer={customer} /></div>
        </div>
      )}
    </Listed>
  );
}

function Head({ customer }: { customer: Customer }) {
  const { t, pick } = useWords();
  const current = customer.phones.find((p) => p.current) ?? customer.phones[0];
  return (
    <header className="card head">
      <div>
        <p className="row"><h1>{customer.name} <span className="m">{customer.honorific}</span></h1>{customer.tags.map((tag) => <Tag key={tag.code} tone={tag.tone}>{pick(tag.zh, tag.en)}</Tag>)}</p>
        <p className="q sm">{current && phone(current.masked)} · {t("who.preferred")} {customer.preferredTime || t("who.noPreferred")}</p>
      </div>
    </header>
  );
}

function Timeline({ items }: { items: TimelineItem[] }) {
  const { t, pick, language } = useWords();
  const [kind, setKind] = useState<TimelineItem["kind"] | "">("");
  const kinds = [...new Set(items.map((i) => i.kind))];
  const shown = kind === "" ? items : items.filter((i) => i.kind === kind);
  return (
    <section className="card">
      <header>
        <h2>{t("cust.timeline")}</h2>
        <div className="seg" role="group">
          <button className={kind === "" ? "on" : ""} onClick={() => setKind("")}>{t("app.all")} {items.length}</button>
          {kinds.map((k) => <button key={k} className={kind === k ? "on" : ""} onClick={() => setKind(k)}>{t(`cust.kind.${k}`)} {items.filter((i) => i.kind === k).length}</button>)}
        </div>
      </header>
      <div className="scroll evs" tabIndex={0} data-testid="customer-timeline">
        {items.length === 0 && <Empty icon="clock" title={t("cust.timeline")} text={t("cust.noTimeline")} />}
        {shown.map((item, i) => (
          <div key={`${item.kind}${item.refId}${i}`} className="ev">
            <time className="evtime">{day(item.at, language)} {hourMinute(item.at)}</time>
            <span className="mk"><Icon name={ICONS[item.kind] ?? "dots"} /></span><span className="kd q">{t(`cust.kind.${item.kind}`)}</span>
            <div className="grow"><b>{pick(item.titleZh, item.titleEn)}</b><p className="evp m">{pick(item.detailZh, item.detailEn)}</p></div>
          </div>
        ))}
      </div>
    </section>
  );
}

function Cards({ customer }: { customer: Customer }) {
  const { t, word } = useWords();
  const v = customer.vehicle;
  return (
    <aside className="side-col">
      <WhyCustomer id={customer.id} />
      <section className="card">
        <header><h2>{t("cust.vehicle")}</h2></header>
        <div className="sec">
          {!v && <p className="q sm">{t("cust.noVehicle")}</p>}
          {v && <><p className="row"><span className="plate">{plate(v.plate)}</span><b>{[v.series, v.model].filter(Boolean).join(" ")}</b></p>
            <dl className="kv">
              {v.mileageKm != null && <><dt>{t("who.mileage")}</dt><dd>{kilometres(v.mileageKm)}</dd></>}
              {v.warrantyEnd && <><dt>{t("who.warranty")}</dt><dd>{v.warrantyEnd}</dd></>}
              {v.nextDueDate && <><dt>{t("who.nextDue")}</dt><dd>{v.nextDueDate}</dd></>}
              {v.vin && <><dt>{t("who.vin")}</dt><dd>{v.vin}</dd></>}
            </dl></>}
          {customer.otherVehicles > 0 && <p className="q sm">{t("who.otherVehicles", { n: customer.otherVehicles })}</p>}
        </div>
      </section>
      <section className="card">
        <header><h2>{t("cust.numbers")}</h2></header>
        <ul className="sec sm">{customer.phones.map((p) => <li key={p.id}><span className="q">{word(`role.${p.role}`, p.role)}</span> <b>{phone(p.masked)}</b> {p.current && <span className="g">{t("cust.current")}</span>}</li>)}</ul>
      </section>
    </aside>
  );
}
