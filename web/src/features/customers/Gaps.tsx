// What a file still misses (档案缺项), and how complete it is.
import type { CustomerFile } from "../../api/schemas";
import { useWords } from "../../lib/i18n";
import { Icon } from "../../ui/Icon";
import { Bar } from "../../ui/bits";

const GOOD = 80;

export function Gaps({ customer }: { customer: CustomerFile }) {
  const { t, pick } = useWords();
  return (
    <section className="card" aria-label={t("cust.gaps")} data-testid="gaps">
      <header><h2>{t("cust.complete")}</h2><b className={`end ${customer.complete >= GOOD ? "g" : "a"}`}>{customer.complete} %</b></header>
      <div className="sec">
        <Bar share={customer.complete / 100} tone={customer.complete >= GOOD ? "ok" : "warn"} />
        {customer.gaps.length === 0
          ? <p className="ok gaprow"><Icon name="check" />{t("cust.noGaps")}</p>
          : <p className="sm gaprow"><span className="q">{t("cust.gaps")}</span> {customer.gaps.map((g) => pick(g.zh, g.en)).join(t("cust.and"))}</p>}
      </div>
    </section>
  );
}
