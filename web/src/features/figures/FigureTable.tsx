// The table of figures: a block per subject, a row per figure, the parts of a
// figure folded below it. Every number opens the rows behind it.
import { Fragment } from "react";
import { useSearchParams } from "react-router";
import type { FigureBox, FigureNumbers, FigurePeriod, FigureView } from "../../api/schemas";
import { count, money } from "../../lib/format";
import { useWords } from "../../lib/i18n";
import { Icon, type IconName } from "../../ui/Icon";
import { Empty } from "../../ui/looks";
import type { Side } from "./sides";

export function FigureTable({ blocks, period }: { blocks: FigureBox[]; period: FigurePeriod }) {
  const { t, pick } = useWords();
  if (blocks.length === 0) return <Empty icon="chart" title={t("kpi.empty")} text={t("kpi.emptyText")} />;
  return (
    <table className="tbl kpis">
      <thead>
        <tr>
          <th>{t("kpi.figure")}</th><th className="num">{t("kpi.value")}</th><th>{t("kpi.target")}</th><th className="num" title={t("kpi.intervalHint")}>{t("kpi.interval")}</th>
          <th className="num">{t("kpi.counted")}</th><th>{t("kpi.toLookAt")}</th>
          <th className="num" title={`${period.beforeFrom} – ${period.beforeTo}`}>{t(`kpi.before.${period.kind}`)}</th><th className="num">{t("kpi.change")}</th>
        </tr>
      </thead>
      {blocks.map((block) => (
        <tbody key={block.code}>
          <tr className="block"><th colSpan={8} scope="colgroup">{pick(block.zh, block.en)}</th></tr>
          {block.figures.map((figure) => <Rows key={figure.id} figure={figure} />)}
        </tbody>
      ))}
    </table>
  );
}

function Rows({ figure }: { figure: FigureView }) {
  const { t, pick } = useWords();
  const [params, setParams] = useSearchParams();
  const unfolded = (params.get("unfold") ?? "").split(",").filter(Boolean);
  const out = unfolded.includes(figure.id);
  const fold = () => setParams((p) => {
    const rest = unfolded.filter((id) => id !== figure.id);
    p.set("unfold", (out ? rest : [...rest, figure.id]).join(","));
    return p;
  }, { replace: true });
  const name = pick(figure.zh, figure.en);
  const parts = figure.parts.length;
  return (
    <Fragment>
      <tr data-testid={`figure-${figure.id}`} className={figure.of ? "reading" : ""}>
        <td title={`${pick(figure.formulaZh, figure.formulaEn)}\n${t("kpi.key")}：${pick(figure.keyZh, figure.keyEn)}`}>
          <button type="button" className={`fold${parts === 0 ? " none" : ""}`} disabled={parts === 0} aria-expanded={parts === 0 ? undefined : out} aria-label={t(out ? "kpi.fold" : "kpi.unfold", { name })}
            data-testid={`unfold-${figure.id}`} onClick={fold}><Icon name="down" /></button>
          <b>{name}</b> <span className="q xs">{figure.id}</span>
        </td>
        {figure.hasSource ? <Cells figure={figure} /> : <td colSpan={7} className="q" data-testid={`no-source-${figure.id}`}>{t("kpi.noSource")}</td>}
      </tr>
      {out && figure.parts.map((part) => (
        <tr key={part.code} className="part" data-testid={`part-${figure.id}-${part.code}`}>
          <td><span className="fold none" />{pick(part.zh, part.en)}</td>
          <td className="num"><Open figure={figure.id} part={part.code} side="all">{part.shown}</Open></td>
          <td />
          <td className="num q"><Interval n={part} /></td>
          <Counted figure={figure} n={part} part={part.code} />
          <td /><td />
        </tr>
      ))}
    </Fragment>
  );
}

function Cells({ figure }: { figure: FigureView }) {
  const before = figure.before?.shown ?? "";
  return (
    <>
      <td className="num value"><Open figure={figure.id} side="all">{figure.shown}</Open></td>
      <td><Standing figure={figure} /></td>
      <td className="num q"><Interval n={figure} /></td>
      <Counted figure={figure} n={figure} />
      <td className="num q">{before}</td>
      <td className="num"><Change figure={figure} /></td>
    </>
  );
}

const MARKS: Record<FigureView["status"], { icon: IconName; tone: string } | null> = {
  in: { icon: "check", tone: "g" }, near: { icon: "warn", tone: "a" }, missed: { icon: "x", tone: "r" }, open: { icon: "clock", tone: "q" }, none: null,
};

/** The target, and how the value stands to it, in colour, mark and word. */
function Standing({ figure }: { figure: FigureView }) {
  const { t } = useWords();
  const mark = MARKS[figure.status];
  return (
    <span className="standing">
      <span className="q goal">{figure.target}</span>
      {mark && <span className={`st ${mark.tone}`} title={figure.status === "open" ? t("kpi.status.openHint") : undefined}><Icon name={mark.icon} />{t(`kpi.status.${figure.status}`)}</span>}
    </span>
  );
}

function Interval({ n }: { n: FigureNumbers }) {
  const { t } = useWords();
  return <>{n.few && <span className="tag few" title={t("kpi.fewHint")}>{t("kpi.few", { n: count(n.cases) })}</span>}{n.interval}</>;
}

/** Numerator and denominator, and what did not make it: each opens its rows. */
function Counted({ figure, n, part }: { figure: FigureView; n: FigureNumbers; part?: string }) {
  const { t } = useWords();
  const open = (side: Side, text: string) => <Open figure={figure.id} part={part} side={side}>{text}</Open>;
  const missed = figure.method === "exposure" || figure.method === "weighted" ? 0 : n.rest;
  const amount = figure.unit === "yuan" || figure.method === "amounts" ? money : count;
  return (
    <>
      <td className="num">
        {figure.method === "total" || figure.method === "weighted" ? open("all", t("kpi.rows", { n: count(n.rows) }))
          : figure.method === "net" ? open("all", t("kpi.answers", { n: count(n.den) })) : <>{open("num", amount(n.num))} / {open("den", amount(n.den))}</>}
      </td>
      <td className="nw">
        {missed > 0 && open("rest", t("kpi.rest", { n: count(missed) }))}
        {n.open > 0 && <> {open("open", t("kpi.open", { n: count(n.open) }))}</>}
      </td>
    </>
  );
}

function Change({ figure }: { figure: FigureView }) {
  const { t } = useWords();
  if (!figure.change) return null;
  const tone = figure.better === undefined ? "q" : figure.better ? "g" : "r";
  const same = !/[1-9]/.test(figure.change);
  return (
    <span className={`st ${same ? "q" : tone}`} title={figure.better === undefined || same ? undefined : t(figure.better ? "kpi.better" : "kpi.worse")}>
      {!same && <Icon name={figure.change.startsWith("+") ? "rise" : "fall"} />}{figure.change}
    </span>
  );
}

/** A number that opens the rows it is made of. */
function Open({ figure, part, side, children }: { figure: string; part?: string; side: Side; children: string }) {
  const [, setParams] = useSearchParams();
  const go = () => setParams((p) => {
    for (const name of ["part", "side", "offset"]) p.delete(name);
    p.set("open", figure);
    if (part) p.set("part", part);
    if (side !== "all") p.set("side", side);
    return p;
  });
  return <button type="button" className="linkish" data-testid={`open-${figure}${part ? `-${part}` : ""}-${side}`} onClick={go}>{children}</button>;
}
