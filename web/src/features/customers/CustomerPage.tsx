// One customer: who, the next promise, one time line of everything, and cards of
// promises, vehicles, numbers with consent, and what the file still misses.
import { useParams } from "react-router";
import type { CustomerFile } from "../../api/schemas";
import { http, must } from "../../api/http";
import { Listed } from "../../api/Listed";
import { WhyCustomer } from "../../calls/Why";
import { phone } from "../../lib/format";
import { useWords } from "../../lib/i18n";
import { Tag } from "../../ui/bits";
import { Gaps } from "./Gaps";
import { Numbers } from "./Numbers";
import { Due, Promises } from "./Promises";
import { Timeline } from "./Timeline";
import { Vehicles } from "./Vehicles";
import "../../styles/pages.css";
import "../../styles/records.css";

export default function CustomerPage() {
  const { id = "" } = useParams();
  return (
    <Listed queryKey={["customer", id]} read={() => must(http.GET("/api/v1/customers/{id}", { params: { path: { id } } }))} empty={() => null}>
      {(customer) => (
        <div className="cust-page" data-testid="customer">
          <Head customer={customer} />
          <div className="cust-body">
            <Timeline key={customer.id} customer={customer} />
            <aside className="side-col">
              <Promises customer={customer} />
              <WhyCustomer id={customer.id} />
              <Vehicles customer={customer} />
              <Numbers customer={customer} />
              <Gaps customer={customer} />
            </aside>
          </div>
        </div>
      )}
    </Listed>
  );
}

function Head({ customer }: { customer: CustomerFile }) {
  const { t, pick } = useWords();
  const first = customer.phones[0];
  const next = customer.promises[0];
  const facts = [
    first && phone(first.masked), customer.preferredTime || t("who.noPreferred"), customer.address,
    customer.advisor && t("cust.advisor", { who: customer.advisor }),
  ].filter(Boolean);
  return (
    <section className="card head" aria-label={t("cust.customer")}>
      <div className="grow">
        <div className="row wrap">
          <h1>{customer.name}</h1><span className="m">{customer.honorific}</span>
          {customer.tags.map((tag) => <Tag key={tag.code} tone={tag.tone}>{pick(tag.zh, tag.en)}</Tag>)}
          {customer.openReviews > 0 && <Tag tone="warn">{t("cust.reviews", { n: customer.openReviews })}</Tag>}
        </div>
        <p className="sm m">{facts.join(" · ")}</p>
      </div>
      <div className="nextp" data-testid="next-promise">
        <p className="xs q">{t("cust.next")}</p>
        {next ? <p><b>{pick(next.kindZh, next.kindEn)}</b> <Due promise={next} /></p> : <p className="q">{t("cust.noNext")}</p>}
      </div>
    </section>
  );
}
