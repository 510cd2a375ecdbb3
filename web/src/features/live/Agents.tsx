// Agents as a table, those that need attention first.
import { useState } from "react";
import type { BoardAgent, DeskState, Wallboard } from "../../api/schemas";
import { average } from "../../lib/format";
import { useWords } from "../../lib/i18n";
import { Icon, type IconName } from "../../ui/Icon";
import { Since, useNow } from "../../ui/Since";
import { Empty } from "../../ui/looks";
import { attention, byAttention } from "./attention";
import type { Open } from "./LivePage";

const LOOKS: Partial<Record<DeskState, { tone: string; icon: IconName }>> = {
  talking: { tone: "g", icon: "phone" }, ringing: { tone: "a", icon: "ring" }, dialing: { tone: "a", icon: "phone" }, reserved: { tone: "a", icon: "ring" },
  preview: { tone: "a", icon: "eye" }, wrapup: { tone: "", icon: "pen" }, paused: { tone: "", icon: "pause" }, lost: { tone: "r", icon: "off" },
};

export function Agents({ board, open }: { board: Wallboard; open: Open }) {
  const { t } = useWords();
  const [only, setOnly] = useState<DeskState | "">("");
  const now = useNow(1000);
  const all = byAttention(board.agents.list, now);
  const states = [...new Set(all.map((a) => a.state))];
  const shown = only === "" ? all : all.filter((a) => a.state === only);
  return (
    <section className="card">
      <header>
        <h2>{t("live.agents")} {all.length}</h2>
        <div className="seg" role="group">
          <button className={only === "" ? "on" : ""} onClick={() => setOnly("")}>{t("app.all")} {all.length}</button>
          {states.map((s) => <button key={s} className={only === s ? "on" : ""} data-testid={`agents-${s}`} onClick={() => setOnly(s)}>{t(`state.${s}`)} {board.agents.byState[s] ?? all.filter((a) => a.state === s).length}</button>)}
        </div>
      </header>
      <div className="scroll">
        {all.length === 0 ? <Empty icon="head" title={t("live.noAgents")} /> : (
          <table className="tbl" data-testid="agents-table">
            <thead><tr><th>{t("live.state")}</th><th className="num">{t("live.for")}</th><th>{t("live.agent")}</th><th>{t("live.why")}</th><th className="wide">{t("live.campaign")}</th><th>{t("live.with")}</th><th className="num">{t("live.answered")}</th><th className="num">{t("live.score")}</th></tr></thead>
            <tbody>{shown.map((agent) => <Row key={agent.userId} agent={agent} now={now} open={open} />)}</tbody>
          </table>
        )}
      </div>
    </section>
  );
}

function Row({ agent, now, open }: { agent: BoardAgent; now: number; open: Open }) {
  const { t } = useWords();
  const look = LOOKS[agent.state];
  const { level, why } = attention(agent, now);
  const tone = level === 2 ? "r" : level === 1 ? "a" : look?.tone ?? "";
  return (
    <tr data-testid={`agent-${agent.userId}`}>
      <td><span className={`st ${tone}`}>{look ? <Icon name={look.icon} /> : <i className={`dot o ${tone}`} />}{t(`state.${agent.state}`)}</span></td>
      <td className="num"><Since at={agent.since} /></td>
      <td><b>{agent.name}</b></td>
      <td className={tone === "r" ? "r" : "a"}>{why ? t(why) : ""}</td>
      <td className="wide">{agent.campaign ?? "—"}</td>
      <td>{agent.customerInitial ? `${agent.customerInitial}**` : "—"}</td>
      <td className="num"><button className="linkish" onClick={() => open({ title: agent.name, filter: { day: "today", agentId: agent.userId } })}>{agent.answeredToday}</button></td>
      <td className="num">{average({ sum: agent.scoreSum, n: agent.scoreN })}</td>
    </tr>
  );
}
