// What a file still misses (档案缺项), how complete it is, and what the customer told
// filled in.
import { useState } from "react";
import type { CustomerFile } from "../../api/schemas";
import { http, must } from "../../api/http";
import { useWords } from "../../lib/i18n";
import { useMay } from "../../session";
import { Icon } from "../../ui/Icon";
import { Bar } from "../../ui/bits";
import { ChangeForm, useChanged } from "./change";

const GOOD = 80;
/** What may be filled in on the phone, by gap code; the rest is the counter's. */
const TOLD = [{ code: "address", most: 200 }, { code: "postcode", most: 6 }, { code: "birthday", most: 20 }, { code: "email", most: 120 }] as const;

export function Gaps({ customer }: { customer: CustomerFile }) {
  const { t, pick } = useWords();
  const may = useMay("customer.edit");
  const [filling, setFilling] = useState(false);
  const blank = TOLD.filter((one) => customer.gaps.some((g) => g.code === one.code));
  return (
    <section className="card" aria-label={t("cust.gaps")} data-testid="gaps">
      <header><h2>{t("cust.complete")}</h2><b className={`end ${customer.complete >= GOOD ? "g" : "a"}`}>{customer.complete} %</b></header>
      <div className="sec">
        <Bar share={customer.complete / 100} tone={customer.complete >= GOOD ? "ok" : "warn"} />
        {customer.gaps.length === 0
          ? <p className="ok gaprow"><Icon name="check" />{t("cust.noGaps")}</p>
          : <p className="sm gaprow"><span className="q">{t("cust.gaps")}</span> {customer.gaps.map((g) => pick(g.zh, g.en)).join(t("cust.and"))}
            {may && blank.length > 0 && !filling && <> <button className="linkish" data-testid="fill-edit" onClick={() => setFilling(true)}>{t("cust.fill")}</button></>}</p>}
        {filling && <Fill customer={customer} blank={blank} close={() => setFilling(false)} />}
      </div>
    </section>
  );
}

function Fill({ customer, blank, close }: { customer: CustomerFile; blank: readonly (typeof TOLD)[number][]; close: () => void }) {
  const { t, pick } = useWords();
  const changed = useChanged();
  const [told, setTold] = useState<Partial<Record<(typeof TOLD)[number]["code"], string>>>({});
  const send = async () => {
    changed(await must(http.PUT("/api/v1/customers/{id}/blanks", { params: { path: { id: customer.id } }, body: told })));
    close();
  };
  const name = (code: string) => {
    const gap = customer.gaps.find((g) => g.code === code);
    return gap ? pick(gap.zh, gap.en) : code;
  };
  return (
    <ChangeForm id="fill-form" send={send} cancel={close} submit={t("cust.save")} hint={t("cust.fillHint")}>
      {blank.map((one, i) => (
        <input key={one.code} className="inp s" autoFocus={i === 0} data-testid={`fill-${one.code}`} aria-label={name(one.code)} maxLength={one.most}
          placeholder={one.code === "birthday" ? `${name(one.code)} 1988-05-04` : name(one.code)} value={told[one.code] ?? ""} onChange={(e) => setTold({ ...told, [one.code]: e.target.value })} />
      ))}
    </ChangeForm>
  );
}
