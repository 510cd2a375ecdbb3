// The tables of a campaign's results. A count that is not zero opens its calls.
import type { ReactNode } from "react";
import type { CallSums, CampaignResults } from "../../api/schemas";
import { count, duration, percent } from "../../lib/format";
import { useWords } from "../../lib/i18n";
import { Bar } from "../../ui/bits";
import { DataTable, type Column } from "../../ui/DataTable";
import type { Open } from "./ResultsPage";

type HourRow = CampaignResults["hours"][number];
type AgentRow = CampaignResults["agents"][number];
type CountRow = CampaignResults["lines"][number];

function Opens({ n, id, run }: { n: number; id: string; run: () => void }) {
  if (n === 0) return <span className="q">0</span>;
  return <button type="button" className="linkish" data-testid={id} onClick={run}>{count(n)}</button>;
}

/** The columns that hours and agents share; `only` narrows a figure to the row. */
function useSumColumns<R extends CallSums>(open: Open, id: (row: R) => string, name: (row: R) => string, only: (row: R) => Record<string, string>): Column<R>[] {
  const { t, language } = useWords();
  const opens = (head: string, figure: string, n: (row: R) => number, wide = false): Column<R> => ({
    head, num: true, wide, cell: (r) => <Opens n={n(r)} id={`${figure}-${id(r)}`} run={() => open(`${name(r)} · ${head}`, { figure, ...only(r) })} />,
  });
  const busy = (r: R) => r.talkMs + r.wrapMs;
  return [
    opens(t("res.dialed"), "attempts", (r) => r.dialed),
    opens(t("res.answered"), "answered", (r) => r.answered),
    { head: t("res.contact"), num: true, cell: (r) => percent(r.answered, r.counted) },
    opens(t("res.talked"), "reached", (r) => r.talked),
    opens(t("res.abandoned"), "abandoned", (r) => r.abandoned),
    { head: t("res.talk"), num: true, cell: (r) => duration(r.talkMs, language) },
    { head: t("res.wrap"), num: true, wide: true, cell: (r) => duration(r.wrapMs, language) },
    { head: t("res.wait"), num: true, wide: true, cell: (r) => duration(r.waitMs, language) },
    { head: t("res.share"), num: true, cell: (r) => percent(busy(r), busy(r) + r.waitMs) },
  ];
}

function Part({ title, hint, children }: { title: string; hint?: string; children: ReactNode }) {
  return <section className="respart"><h2>{title} {hint && <span className="q sm">{hint}</span>}</h2><div className="xscroll">{children}</div></section>;
}

const two = (n: number): string => `${String(n).padStart(2, "0")}:00`;

export function Hours({ rows, open }: { rows: HourRow[]; open: Open }) {
  const { t } = useWords();
  const name = (r: HourRow) => `${two(r.hour)}–${two(r.hour + 1)}`;
  const sums = useSumColumns<HourRow>(open, (r) => String(r.hour), name, (r) => ({ hour: String(r.hour) }));
  const most = Math.max(1, ...rows.map((r) => r.dialed));
  return (
    <Part title={t("res.hours")} hint={t("res.hoursHint")}>
      <DataTable<HourRow> name="hours" rows={rows} rowKey={(r) => String(r.hour)} columns={[
        { head: t("res.hour"), cell: (r) => <span className="reshour">{name(r)}<Bar share={r.dialed / most} tone="info" /></span> }, ...sums,
      ]} />
    </Part>
  );
}

export function Agents({ rows, open }: { rows: AgentRow[]; open: Open }) {
  const { t } = useWords();
  const name = (r: AgentRow) => r.agent?.name ?? t("res.nobody");
  const sums = useSumColumns<AgentRow>(open, (r) => r.agent?.id ?? "nobody", name, (r): Record<string, string> => (r.agent ? { agentId: r.agent.id } : { nobody: "true" }));
  return (
    <Part title={t("res.agents")} hint={t("res.agentsHint")}>
      <DataTable<AgentRow> name="agents" rows={rows} rowKey={(r) => r.agent?.id ?? "nobody"} columns={[
        { head: t("res.agent"), cell: (r) => (r.agent ? <b>{r.agent.name}</b> : <span className="q" title={t("res.nobodyHint")}>{t("res.nobody")}</span>) }, ...sums,
      ]} />
    </Part>
  );
}

/** Calls by disposition or by what the line said. */
export function Counts({ title, hint, name, rows, of, open }: { title: string; hint: string; name: "outcome" | "line"; rows: CountRow[]; of: number; open: Open }) {
  const { t, pick, language } = useWords();
  const filter = (r: CountRow) => (name === "outcome" ? { figure: "reached", disposition: r.code } : r.code === "" ? { figure: "lines" } : { figure: "attempts", result: r.code });
  const all: Column<CountRow>[] = [
    { head: t(name === "outcome" ? "calls.disposition" : "calls.result"), cell: (r) => <span className="wrapcell">{pick(r.zh, r.en)}</span> },
    { head: t("res.calls"), num: true, cell: (r) => <Opens n={r.n} id={`${name}-${r.code}`} run={() => open(pick(r.zh, r.en), filter(r))} /> },
    { head: t("res.part"), num: true, cell: (r) => percent(r.n, of) },
  ];
  return (
    <Part title={title} hint={hint}>
      {rows.length === 0 ? <p className="sec q">{t("res.noTalk")}</p> : (
        <DataTable<CountRow> name={name} rows={rows} rowKey={(r) => r.code} columns={name === "line" ? all : [...all, { head: t("res.talk"), num: true, wide: true, cell: (r) => duration(r.talkMs, language) }]} />
      )}
    </Part>
  );
}
