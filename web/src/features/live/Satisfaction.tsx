// Satisfaction so far, overall and by department.
import type { Wallboard } from "../../api/schemas";
import { average } from "../../lib/format";
import { useWords } from "../../lib/i18n";
import { Bar } from "../../ui/bits";
import type { Open } from "./LivePage";

const TEN = 10;

export function Satisfaction({ board, open }: { board: Wallboard; open: Open }) {
  const { t, pick } = useWords();
  const { overall, byDept } = board.satisfaction;
  const tone = (score: { sum: number; n: number }) => (score.n === 0 ? "info" : score.sum / score.n >= 8 ? "ok" : score.sum / score.n >= 7 ? "warn" : "bad") as "info" | "ok" | "warn" | "bad";
  return (
    <section className="card" data-testid="satisfaction">
      <header>
        <h2>{t("live.satisfaction")}</h2><span className="end" />
        <span className="q sm">{t("live.overall")} </span>
        <button className="linkish b" data-testid="figure-scored" onClick={() => open({ title: t("live.overall"), filter: { day: "today", figure: "scored" } })}>{average(overall)}</button>
        <span className="q xs">{t("live.scores", { n: overall.n })}</span>
      </header>
      {byDept.length === 0 && <p className="sec q sm">{t("live.satNone")}</p>}
      <ul className="sec depts">
        {byDept.map((d) => (
          <li key={d.dept}>
            <span className="el">{pick(d.zh, d.en)}</span>
            <Bar share={d.n > 0 ? d.sum / d.n / TEN : 0} tone={tone(d)} />
            <button className="linkish" data-testid={`dept-${d.dept}`} title={t("live.satSub", { s: d.satisfied, d: d.dissatisfied })} onClick={() => open({ title: pick(d.zh, d.en), filter: { day: "today", dept: d.dept } })}>{average(d)}</button>
            <button className="linkish r" data-testid={`dept-bad-${d.dept}`} aria-label={t("live.satSub", { s: d.satisfied, d: d.dissatisfied })} onClick={() => open({ title: pick(d.zh, d.en), filter: { day: "today", dept: d.dept, figure: "dissatisfied" } })}>{d.dissatisfied > 0 ? `▼${d.dissatisfied}` : ""}</button>
          </li>
        ))}
      </ul>
    </section>
  );
}
