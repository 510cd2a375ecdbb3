// The promise behind the call: the renewal with its stage, quote and last talks, and
// the booking that the call is about or has led to.
import type { DeskBooking, DeskRenewal } from "../../api/schemas";
import { day, money, moment } from "../../lib/format";
import { useWords } from "../../lib/i18n";
import { Icon } from "../../ui/Icon";
import { Tag } from "../../ui/bits";

const DONE = ["bound"];
const OVER = ["lost", "lapsed", "invalid"];
const toneOf = (stage: string) => (DONE.includes(stage) ? "ok" : OVER.includes(stage) ? "bad" : "info");

export function RenewalCard({ renewal: r }: { renewal: DeskRenewal }) {
  const { t, pick, language } = useWords();
  return (
    <div className="sec" data-testid="renewal" data-stage={r.stage.code}>
      <h2>{t("ren.card")} <Tag tone={toneOf(r.stage.code)}>{pick(r.stage.zh, r.stage.en)}</Tag></h2>
      <dl className="kv">
        <dt>{t("ren.expiry")}</dt><dd>{r.expiry} <b className={r.days < 0 ? "r" : r.days <= 15 ? "a" : ""}>{r.days < 0 ? t("ren.past", { n: -r.days }) : t("ren.left", { n: r.days })}</b></dd>
        {r.insurer && <><dt>{t("ren.last")}</dt><dd>{r.insurer} {r.premiumFen > 0 && money(r.premiumFen)}</dd></>}
        {r.nextContactAt && <><dt>{t("ren.next")}</dt><dd>{moment(r.nextContactAt, language)}</dd></>}
        {r.lostReason && <><dt>{t("ren.lost")}</dt><dd className="r">{pick(r.lostReason.zh, r.lostReason.en)}</dd></>}
        {r.quote && <><dt>{t("ren.quote")}</dt><dd data-testid="quote" data-state={r.quote.state}>{r.quote.totalFen > 0 ? <>{r.quote.insurer} <b>{money(r.quote.totalFen)}</b></> : r.quote.asked || "—"} <span className="q">{t(`quote.st.${r.quote.state}`)}</span></dd></>}
      </dl>
      {r.lostWords && <p className="m sm">“{r.lostWords}”</p>}
      {r.talks.length > 0 && (
        <ul className="hist talks">{r.talks.slice(0, 3).map((e) => <li key={e.at}><time>{day(e.at, language)}</time><Icon name={e.way === "短信" ? "msg" : e.way === "电话" ? "phone" : "dots"} /><span className="el">{pick(e.stage.zh, e.stage.en)}</span><span className="el">{e.words || e.way}</span></li>)}</ul>
      )}
    </div>
  );
}

export function BookingCard({ booking: b }: { booking: DeskBooking }) {
  const { t, language } = useWords();
  const over = b.state === "cancelled" || b.state === "no_show";
  return (
    <div className="sec" data-testid="booking" data-state={b.state}>
      <h2>{t("visit.card")} <Tag tone={over ? "bad" : "ok"}>{t(`visit.st.${b.state}`)}</Tag></h2>
      <p><b>{moment(b.at, language)}</b> <span className="q sm">{t(`slot.bay.${b.bay}`)}</span></p>
      {(b.items || b.advisor) && <p className="sm m">{[b.items, b.advisor && t("visit.advisor", { name: b.advisor })].filter(Boolean).join(" · ")}</p>}
    </div>
  );
}
