// Every setting in figures: the chart's points, and what they cost customers.
import type { SimPoint, WhatIfResult } from "../../api/schemas";
import { count } from "../../lib/format";
import { useWords } from "../../lib/i18n";
import { linesOf, percentOf, same, settingName } from "./whatif";

export function WhatIfTable({ result: r }: { result: WhatIfResult }) {
  const { t } = useWords();
  const plain = r.points.find((p) => p.mode === "progressive");
  return (
    <table className="tbl c7" data-testid="whatif-table">
      <thead><tr>
        <th>{t("wi.t.setting")}</th><th className="num">{t("wi.t.share")}</th><th className="num wide">{t("wi.t.interval")}</th><th className="num">{t("wi.t.gain")}</th>
        <th className="num">{t("wi.t.talks")}</th><th className="num wide">{t("wi.t.perHour")}</th><th className="num">{t("wi.t.lost")}</th><th className="num">{t("wi.t.rate")}</th><th>{t("wi.t.note")}</th>
      </tr></thead>
      <tbody>{r.points.map((p) => <Row key={`${p.mode}-${p.capBp}`} p={p} plain={plain} r={r} />)}</tbody>
    </table>
  );
}

function Row({ p, plain, r }: { p: SimPoint; plain: SimPoint | undefined; r: WhatIfResult }) {
  const { t } = useWords();
  const gain = plain && plain !== p ? (p.share - plain.share) * 100 : null;
  return (
    <tr className={same(p, r.advice.setting) ? "on" : ""} data-testid={`whatif-row-${p.mode}-${p.capBp}`}>
      <td>{settingName(p, t)}</td>
      <td className="num"><b>{percentOf(p.share)}</b></td>
      <td className="num q wide">{(p.low * 100).toFixed(1)}–{(p.high * 100).toFixed(1)}</td>
      <td className="num">{gain === null ? "—" : t("wi.points", { n: `${gain >= 0 ? "+" : "−"}${Math.abs(gain).toFixed(1)}` })}</td>
      <td className="num">{count(Math.round(p.talksPerDay))}</td>
      <td className="num wide">{p.talksPerHour.toFixed(1)}</td>
      <td className="num">{p.abandonedPerDay < 10 ? p.abandonedPerDay.toFixed(1) : count(Math.round(p.abandonedPerDay))}</td>
      <td className={`num ${linesOf(p) > 0 && p.aboveCap > 0 ? "r" : ""}`}>{percentOf(p.abandonRate)}</td>
      <td className="sm"><Note p={p} r={r} /></td>
    </tr>
  );
}

function Note({ p, r }: { p: SimPoint; r: WhatIfResult }) {
  const { t } = useWords();
  if (linesOf(p) > 0) return <span className={p.aboveCap > 0 ? "r" : "q"}>{t(p.aboveCap > 0 ? "wi.note.over" : "wi.note.luck")}</span>;
  const asked = !same(r.asked, r.today) && same(p, r.asked);
  const notes = [same(p, r.advice.setting) && t("wi.note.advice"), same(p, r.today) && t("wi.note.today"), asked && t("wi.note.asked")];
  return <span>{notes.filter(Boolean).join(" · ")}</span>;
}
