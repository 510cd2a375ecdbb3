// Reports that work must be done again (返修): the service manager confirms one with
// its cause, or rejects it with a reason. Confirmed ones are counted (K-15).
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Link } from "react-router";
import type { ReworkRow, ReworksPage } from "../../api/schemas";
import { http, must } from "../../api/http";
import { Listed } from "../../api/Listed";
import { useChange } from "../../api/useChange";
import { dateTime, moment } from "../../lib/format";
import { useWords, type Words } from "../../lib/i18n";
import { useMay } from "../../session";
import { DataTable, type Column } from "../../ui/DataTable";
import { Drawer } from "../../ui/Drawer";
import { Act, Tag } from "../../ui/bits";
import { Empty } from "../../ui/looks";
import "../../styles/visits.css";

export function Reworks() {
  const words = useWords();
  const { t } = words;
  const [opened, setOpened] = useState<ReworkRow | null>(null);
  return (
    <Listed queryKey={["reworks"]} read={() => must(http.GET("/api/v1/reworks", { params: { query: { limit: 200 } } }))} every={30_000}
      empty={({ items }) => (items.length === 0 ? <Empty icon="wrench" title={t("rework.empty")} text={t("rework.emptyText")} /> : null)}>
      {(page) => (
        <>
          <DataTable<ReworkRow> name="rework" rows={page.items} rowKey={(r) => r.id} open={setOpened} columns={columns(words, page)} />
          {opened && <Drawer title={`${t("rework.title")} · ${opened.customerName}`} id="rework-drawer" close={() => setOpened(null)} closeWord={t("app.close")}><Rework key={opened.id} rework={opened} causes={page.causes} decided={() => setOpened(null)} /></Drawer>}
        </>
      )}
    </Listed>
  );
}

const toneOf = (state: ReworkRow["state"]) => (state === "reported" ? "warn" : state === "rejected" ? "info" : "bad");

function columns({ t, pick, word, language }: Words, page: ReworksPage): Column<ReworkRow>[] {
  const cause = (code: string) => page.causes.find((c) => c.code === code);
  return [
    { head: t("rework.reported"), cell: (r) => moment(r.reportedAt, language) },
    { head: t("ren.customer"), cell: (r) => <b>{r.customerName}</b> },
    { head: t("rework.order"), wide: true, cell: (r) => r.roNo || "—" },
    { head: t("rework.fault"), cell: (r) => <span className="wrapcell clip2">“{r.fault}”</span> },
    { head: t("msg.state"), cell: (r) => <Tag tone={toneOf(r.state)}>{word(`rework.st.${r.state}`, r.state)}</Tag> },
    { head: t("rework.cause"), cell: (r) => pick(cause(r.cause)?.zh, cause(r.cause)?.en) || r.decidedWords || "—" },
  ];
}

function Rework({ rework: r, causes, decided }: { rework: ReworkRow; causes: ReworksPage["causes"]; decided: () => void }) {
  const { t, pick, word } = useWords();
  const may = useMay("rework.decide");
  const change = useChange();
  const cache = useQueryClient();
  const [cause, setCause] = useState("");
  const [words, setWords] = useState("");
  const decide = (confirm: boolean) => void change.run(async () => {
    await must(http.POST("/api/v1/reworks/{id}/decision", { params: { path: { id: r.id } }, body: { confirm, cause: confirm ? cause : "", words: words.trim() } }));
    await cache.invalidateQueries({ queryKey: ["reworks"] });
    decided();
  });
  return (
    <>
      <dl className="sec kv wide-kv">
        <dt>{t("ren.customer")}</dt><dd><Link to={`/customers/${r.customerId}`}>{r.customerName}</Link></dd>
        <dt>{t("rework.fault")}</dt><dd>“{r.fault}”</dd>
        <dt>{t("rework.reported")}</dt><dd>{dateTime(r.reportedAt)} <Tag tone={toneOf(r.state)}>{word(`rework.st.${r.state}`, r.state)}</Tag></dd>
        {r.roNo && <><dt>{t("rework.order")}</dt><dd>{r.roNo} {r.kindZh} {r.deliveredAt && dateTime(r.deliveredAt)}</dd></>}
        {r.items && <><dt>{t("visit.items")}</dt><dd>{r.items}</dd></>}
        {r.technician && <><dt>{t("rework.technician")}</dt><dd>{r.technician}</dd></>}
        {r.decidedAt && <><dt>{t("rework.decided")}</dt><dd>{r.decidedBy} {dateTime(r.decidedAt)} {pick(causes.find((c) => c.code === r.cause)?.zh, causes.find((c) => c.code === r.cause)?.en)} <span className="q">{r.decidedWords}</span></dd></>}
      </dl>
      {change.failure && <p className="sec r" role="alert" data-testid="rework-failure">{pick(change.failure.zh, change.failure.en)}</p>}
      {may && r.state === "reported" && (
        <div className="sec formgrid">
          <label>{t("rework.cause")}<select className="inp" data-testid="rework-cause" value={cause} onChange={(e) => setCause(e.target.value)}><option value="">—</option>{causes.map((c) => <option key={c.code} value={c.code}>{pick(c.zh, c.en)}</option>)}</select></label>
          <label>{t("rework.words")}<input className="inp" data-testid="rework-words" value={words} maxLength={200} onChange={(e) => setWords(e.target.value)} /></label>
          <p className="row whole"><Act id="rework-confirm" kind="p" icon="check" disabled={change.busy || cause === ""} run={() => decide(true)}>{t("rework.confirm")}</Act><Act id="rework-reject" kind="d" disabled={change.busy || words.trim() === ""} run={() => decide(false)}>{t("rework.reject")}</Act><span className="q sm">{t("rework.hint")}</span></p>
        </div>
      )}
    </>
  );
}
