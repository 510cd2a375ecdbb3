// A quote by SMS: insurer, cover and amounts in; the server checks the insurer and
// hands the message over.
import { useState, type FormEvent, type KeyboardEvent } from "react";
import { date, fenOf } from "../lib/format";
import { businessNow } from "../lib/clock";
import { useWords } from "../lib/i18n";
import { isComposing } from "../lib/keys";
import { Act } from "../ui/bits";
import "../styles/visits.css";

const DAYS_VALID = 14;

export interface Offer { insurer: string; coverZh: string; compulsoryFen: number; taxFen: number; commercialFen: number; validUntil: string }
/** What is known before: the draft, or the quote that stands. */
export interface Had { insurer: string; asked: string; coverZh: string; compulsoryFen: number; taxFen: number; commercialFen: number }

interface Props { had: Had | null | undefined; /** last year's insurer */ before: string; expiry: string; approved: string[]; send: (offer: Offer) => Promise<boolean>; close: () => void }

export function QuoteForm({ had, before, expiry, approved, send: give, close }: Props) {
  const { t } = useWords();
  const [insurer, setInsurer] = useState(() => [had?.insurer, before].find((name) => name && approved.includes(name)) ?? approved[0] ?? "");
  const [cover, setCover] = useState(had?.coverZh || had?.asked || "");
  const [amounts, setAmounts] = useState({ compulsory: yuan(had?.compulsoryFen), tax: yuan(had?.taxFen), commercial: yuan(had?.commercialFen) });
  const [until, setUntil] = useState(() => lastValid(expiry));
  const [busy, setBusy] = useState(false);
  const send = (event?: FormEvent | KeyboardEvent) => {
    event?.preventDefault();
    if (busy) return;
    setBusy(true);
    const offer = { insurer, coverZh: cover.trim(), compulsoryFen: fenOf(amounts.compulsory), taxFen: fenOf(amounts.tax), commercialFen: fenOf(amounts.commercial), validUntil: until };
    void give(offer).then((sent) => {
      setBusy(false);
      if (sent) close();
    });
  };
  const keys = (e: KeyboardEvent) => {
    if (isComposing(e.nativeEvent)) return;
    if (e.key === "Escape") close();
    if (e.key === "Enter" && (e.target as HTMLElement).tagName !== "BUTTON") send(e);
  };
  const field = (name: keyof typeof amounts, first = false) => (
    <label className="sm">{t(`quote.${name}`)}
      <input className="inp s num" inputMode="decimal" data-testid={`quote-${name}`} autoFocus={first} value={amounts[name]} onChange={(e) => setAmounts({ ...amounts, [name]: e.target.value })} />
    </label>
  );
  const total = fenOf(amounts.compulsory) + fenOf(amounts.tax) + fenOf(amounts.commercial);
  return (
    <form className="pop-panel quoteform" data-testid="quote-panel" onSubmit={send} onKeyDown={keys}>
      <p className="sm b">{t("quote.title")}</p>
      {approved.length === 0 ? <p className="r xs">{t("quote.noInsurer")}</p> : (
        <select className="inp s" aria-label={t("quote.insurer")} data-testid="quote-insurer" value={insurer} onChange={(e) => setInsurer(e.target.value)}>{approved.map((name) => <option key={name}>{name}</option>)}</select>
      )}
      <input className="inp s" aria-label={t("quote.cover")} placeholder={t("quote.cover")} data-testid="quote-cover" value={cover} maxLength={80} onChange={(e) => setCover(e.target.value)} />
      <div className="quotenums">{field("compulsory", true)}{field("tax")}{field("commercial")}</div>
      <label className="sm">{t("quote.until")} <input className="inp s" data-testid="quote-until" value={until} onChange={(e) => setUntil(e.target.value)} /></label>
      <p className="sm">{t("quote.total")} <b>¥{(total / 100).toFixed(2)}</b></p>
      <div className="row"><Act id="quote-send" kind="p" keyCap="Enter" run={() => send()} disabled={busy || approved.length === 0}>{t("quote.send")}</Act><Act id="quote-close" keyCap="Esc" run={close}>{t("app.cancel")}</Act></div>
    </form>
  );
}

const yuan = (fen: number | undefined): string => (fen ? String(fen / 100) : "");

/** Two weeks, but never beyond the end of the present cover while that is ahead. */
function lastValid(expiry: string): string {
  const inTwoWeeks = date(businessNow() + DAYS_VALID * 86_400_000);
  return expiry >= date(businessNow()) && expiry < inTwoWeeks ? expiry : inTwoWeeks;
}
