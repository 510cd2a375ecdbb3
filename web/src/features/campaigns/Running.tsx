// A campaign's calls: those on their way, and the newest of all.
import { useState } from "react";
import type { AttemptRow, CampaignDetail } from "../../api/schemas";
import { http, must } from "../../api/http";
import { Listed } from "../../api/Listed";
import { CallDetail } from "../../calls/CallsDrawer";
import { realNow } from "../../lib/clock";
import { duration, phone, time } from "../../lib/format";
import { useWords } from "../../lib/i18n";
import { Bar, toneClass } from "../../ui/bits";
import { DataTable } from "../../ui/DataTable";
import { Drawer } from "../../ui/Drawer";
import { Empty } from "../../ui/looks";
import { Since, useNow } from "../../ui/Since";

const EVERY_MS = 2000;

export function Running({ campaign: c }: { campaign: CampaignDetail }) {
  const { t } = useWords();
  const [all, setAll] = useState(false);
  const [opened, setOpened] = useState<AttemptRow | null>(null);
  const lines = c.lines.planned + c.lines.ringing;
  return (
    <section className="card grow">
      <header className="head">
        <h2>{t("run.title", { n: lines })}</h2><span className="q sm">{t("run.talking", { n: c.lines.talking })}</span><span className="end" />
        <span className="seg">
          <button type="button" className={all ? "" : "on"} aria-pressed={!all} data-testid="run-now" onClick={() => setAll(false)}>{t("run.now")}</button>
          <button type="button" className={all ? "on" : ""} aria-pressed={all} data-testid="run-all" onClick={() => setAll(true)}>{t("camp.running")}</button>
        </span>
      </header>
      <div className="scroll">{all ? <Newest campaign={c} open={setOpened} /> : <Lines campaign={c} open={setOpened} />}</div>
      {opened && <Drawer title={opened.customer.name} id="attempt-drawer" close={() => setOpened(null)} closeWord={t("app.close")}><CallDetail id={opened.id} /></Drawer>}
    </section>
  );
}

interface Shown { campaign: CampaignDetail; open: (row: AttemptRow) => void }

const TONES: Partial<Record<string, "ok" | "warn" | "bad">> = { ringing: "warn", dialing: "warn", checking: "warn", answered: "bad", bridged: "ok" };

function Lines({ campaign: c, open }: Shown) {
  const { t, pick } = useWords();
  const read = () => must(http.GET("/api/v1/attempts", { params: { query: { figure: "lines", campaignId: c.id, day: "all", limit: 100 } } }));
  return (
    <Listed queryKey={["campaign-lines", c.id]} every={EVERY_MS} read={read} empty={(p) => (p.items.length === 0 ? <Empty icon="phone" title={t("run.none")} text={t("run.noneText")} /> : null)}>
      {(page) => (
        <DataTable<AttemptRow> name="line" rows={page.items} rowKey={(r) => r.id} open={open} columns={[
          { head: t("camp.state"), cell: (r) => <span className={`st ${toneClass(TONES[r.state] ?? "info")}`}><i className={`dot ${toneClass(TONES[r.state] ?? "info")}`} />{pick(r.stateZh, r.stateEn)}</span> },
          { head: t("run.for"), num: true, cell: (r) => <Since at={since(r)} /> },
          { head: "", cell: (r) => <RingBar row={r} limit={c.ringSeconds} /> },
          { head: t("calls.number"), wide: true, cell: (r) => phone(r.calledMasked) },
          { head: t("calls.customer"), cell: (r) => <b>{r.customer.name}</b> },
          { head: t("calls.agent"), cell: (r) => r.agent?.name ?? "" },
          { head: t("run.began"), wide: true, cell: (r) => time(r.businessAt) },
        ]} />
      )}
    </Listed>
  );
}

const since = (r: AttemptRow): string => r.bridgedAt ?? r.answeredAt ?? r.plannedAt;

/** How much of the ring time is over; a call that was answered has none. */
function RingBar({ row, limit }: { row: AttemptRow; limit: number }) {
  const now = useNow(500);
  if (row.answeredAt) return null;
  return <span className="ringbar"><Bar share={(Math.max(now, realNow()) - Date.parse(row.plannedAt)) / (limit * 1000)} tone="warn" /></span>;
}

function Newest({ campaign, open }: Shown) {
  const { t, pick, language } = useWords();
  const read = () => must(http.GET("/api/v1/campaigns/{id}/attempts", { params: { path: { id: campaign.id }, query: { limit: 50 } } }));
  return (
    <Listed queryKey={["campaign-calls", campaign.id]} every={EVERY_MS} read={read} empty={(p) => (p.items.length === 0 ? <Empty icon="phone" title={t("camp.running")} text={t("camp.noAttempts")} /> : null)}>
      {(page) => (
        <DataTable<AttemptRow> name="call" rows={page.items} rowKey={(r) => r.id} open={open} columns={[
          { head: t("calls.time"), cell: (r) => time(r.businessAt) },
          { head: t("calls.customer"), cell: (r) => <b>{r.customer.name}</b> },
          { head: t("calls.number"), wide: true, cell: (r) => phone(r.calledMasked) },
          { head: t("calls.agent"), cell: (r) => r.agent?.name ?? "" },
          { head: t("calls.result"), cell: (r) => pick(r.lineResultZh, r.lineResultEn) || pick(r.stateZh, r.stateEn) },
          { head: t("calls.disposition"), cell: (r) => pick(r.dispositionZh, r.dispositionEn) },
          { head: t("calls.talk"), num: true, cell: (r) => duration(r.talkMs, language) },
        ]} />
      )}
    </Listed>
  );
}
