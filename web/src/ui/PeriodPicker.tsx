// The period of a page of figures: its kind, its days, and the one before or after.
import type { FigurePeriod } from "../api/schemas";
import { businessNow } from "../lib/clock";
import { date } from "../lib/format";
import { useWords } from "../lib/i18n";
import type { Bindings } from "../lib/keys";
import { PERIODS, stepped, turned, type Choice } from "../lib/period";
import { Icon } from "./Icon";

/** 1–4 choose the kind of period, − and + go to the one before and after. */
export function periodKeys(choice: Choice, shown: FigurePeriod | undefined, choose: (next: Choice) => void): Bindings {
  const turn = (i: number) => () => choose(turned(choice, shown, PERIODS[i] ?? "month", date(businessNow())));
  const kinds = { "1": turn(0), "2": turn(1), "3": turn(2), "4": turn(3) };
  return shown ? { ...kinds, "-": () => choose(stepped(choice, shown, -1)), "+": () => choose(stepped(choice, shown, 1)) } : kinds;
}

export function PeriodPicker({ choice, shown, choose }: { choice: Choice; shown: FigurePeriod | undefined; choose: (next: Choice) => void }) {
  const { t } = useWords();
  const today = date(businessNow());
  return (
    <>
      <div className="seg" role="group" aria-label={t("kpi.period")}>
        {PERIODS.map((kind, i) => (
          <button key={kind} type="button" className={kind === choice.period ? "on" : ""} aria-pressed={kind === choice.period} data-testid={`period-${kind}`}
            onClick={() => choose(turned(choice, shown, kind, today))}>{t(`kpi.period.${kind}`)}<kbd>{i + 1}</kbd></button>
        ))}
      </div>
      {shown && (
        <span className="row span">
          <button type="button" className="btn s t" data-testid="period-before" title={`${t("kpi.earlier")}  −`} aria-label={t("kpi.earlier")} onClick={() => choose(stepped(choice, shown, -1))}><Icon name="left" /></button>
          {choice.period === "own" ? <Own choice={choice} from={shown.from} to={shown.to} choose={choose} />
            : <span className="nw" data-testid="period-span">{shown.from === shown.to ? shown.from : t("kpi.span", { from: shown.from, to: shown.to })}</span>}
          <button type="button" className="btn s t flip" data-testid="period-after" title={`${t("kpi.later")}  +`} aria-label={t("kpi.later")} onClick={() => choose(stepped(choice, shown, 1))}><Icon name="left" /></button>
          {shown.running && <span className="tag" title={t("kpi.runningHint")}><Icon name="clock" />{t("kpi.running")}</span>}
        </span>
      )}
    </>
  );
}

/** Two days, taken over when both make a span. */
function Own({ choice, from, to, choose }: { choice: Choice; from: string; to: string; choose: (next: Choice) => void }) {
  const { t } = useWords();
  const set = (next: { from?: string; to?: string }) => {
    const span = { from: choice.from ?? from, to: choice.to ?? to, ...next };
    if (span.from && span.to) choose({ ...choice, ...(span.from <= span.to ? span : { from: next.from ?? next.to, to: next.from ?? next.to }) });
  };
  return (
    <>
      <input type="date" className="inp s" aria-label={t("kpi.from")} data-testid="period-from" value={from} onChange={(e) => set({ from: e.target.value })} />
      <input type="date" className="inp s" aria-label={t("kpi.to")} data-testid="period-to" value={to} onChange={(e) => set({ to: e.target.value })} />
    </>
  );
}
