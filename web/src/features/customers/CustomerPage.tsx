// One customer: who, the next promise, one time line of everything, and cards of
// promises, vehicles, numbers with consent, and what the file still misses.
import { useEffect } from "react";
import { Link, useLocation, useNavigate, useParams } from "react-router";
import type { CustomerFile } from "../../api/schemas";
import { http, must } from "../../api/http";
import { Listed } from "../../api/Listed";
import { WhyCustomer } from "../../calls/Why";
import { phone } from "../../lib/format";
import { useWords } from "../../lib/i18n";
import { Tag } from "../../ui/bits";
import { useMay } from "../../session";
import { Gaps } from "./Gaps";
import { Merges } from "./Merges";
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
          <Followed asked={id} found={customer.id} merged={customer.merges.length > 0} />
          <Head customer={customer} />
          <div className="cust-body">
            <Timeline key={customer.id} customer={customer} />
            <aside className="side-col">
              <Promises customer={customer} />
              <WhyCustomer id={customer.id} />
              <Vehicles customer={customer} />
              <Numbers customer={customer} />
              <Gaps customer={customer} />
              <Merges customer={customer} />
            </aside>
          </div>
        </div>
      )}
    </Listed>
  );
}

/** A file that was merged away leads to the one that is left, and says so. */
function Followed({ asked, found, merged }: { asked: string; found: string; merged: boolean }) {
  const { t } = useWords();
  const navigate = useNavigate();
  const { state } = useLocation() as { state: { followed?: boolean } | null };
  useEffect(() => {
    if (asked !== found) void navigate(`/customers/${found}`, { replace: true, state: { followed: true } });
  }, [asked, found, navigate]);
  return state?.followed && merged ? <p className="note-box" role="status" data-testid="followed">{t("mrg.followed")}</p> : null;
}

function Head({ customer }: { customer: CustomerFile }) {
  const { t, pick } = useWords();
  const first = customer.phones[0];
  const next = customer.promises[0];
  const reviews = useMay("review.answer");
  const asked = customer.openReviews > 0 && <Tag tone="warn">{t("cust.reviews", { n: customer.openReviews })}</Tag>;
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
          {asked && (reviews ? <Link to="/merges">{asked}</Link> : asked)}
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
