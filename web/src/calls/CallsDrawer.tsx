// The calls behind a number: a drawer with the list, and one call's whole course.
// Used wherever a figure is shown; not a page of its own.
import { useState } from "react";
import type { AttemptDetail, AttemptRow } from "../api/schemas";
import { http, must } from "../api/http";
import { Listed } from "../api/Listed";
import { day, duration, fullWidth, phone, time } from "../lib/format";
import { useWords, type Words } from "../lib/i18n";
import { Icon } from "../ui/Icon";
import { DataTable, Pager, type Column } from "../ui/DataTable";
import { Drawer } from "../ui/Drawer";
import { Empty, Technical } from "../ui/looks";

export type CallFilter = Record<string, string | undefined>;
export interface Figure { title: string; filter: CallFilter }

const LIMIT = 50;

export function CallsDrawer({ figure, close }: { figure: Figure; close: () => void }) {
  const { t } = useWords();
  const [offset, setOffset] = useState(0);
  const [opened, setOpened] = useState<AttemptRow | null>(null);
  const read = () => must(http.GET("/api/v1/attempts", { params: { query: { ...figure.filter, limit: LIMIT, offset } } }));
  return (
    <Drawer title={`${t("calls.title")}：${figure.title}`} id="calls-drawer" close={close} closeWord={t("app.close")}>
      {opened
        ? <><p className="sec"><button className="linkish" onClick={() => setOpened(null)}><Icon name="left" /> {t("app.back")}</button></p><CallDetail id={opened.id} /></>
        : <Calls name={["attempts", figure.filter, offset]} read={read} offset={offset} go={setOffset} open={setOpened} />}
    </Drawer>
  );
}

/** A page of calls; also the list on a campaign's page. */
export function Calls({ name, read, offset, go, open, every, empty }: {
  name: readonly unknown[]; read: () => Promise<{ items: AttemptRow[]; total: number }>; offset: number; go: (offset: number) => void;
  open: (row: AttemptRow) => void; every?: number; empty?: string;
}) {
  const words = useWords();
  return (
    <Listed queryKey={name} read={read} every={every} empty={(page) => (page.total === 0 && page.items.length === 0 ? <Empty icon="phone" title={empty ?? words.t("calls.empty")} /> : null)}>
      {(page) => (
        <>
          <DataTable name="call" rows={page.items} columns={columns(words)} rowKey={(row) => row.id} open={open} />
          <Pager total={page.total} limit={LIMIT} offset={offset} go={go} />
        </>
      )}
    </Listed>
  );
}

function columns({ t, pick, language }: Words): Column<AttemptRow>[] {
  return [
    { head: t("calls.time"), cell: (r) => <span className="nw">{day(r.businessAt, language)} {time(r.businessAt)}</span> },
    { head: t("calls.customer"), cell: (r) => r.customer.name },
    { head: t("calls.number"), cell: (r) => phone(r.calledMasked) },
    { head: t("calls.result"), cell: (r) => pick(r.lineResultZh, r.lineResultEn) || pick(r.stateZh, r.stateEn) || r.state },
    { head: t("calls.disposition"), cell: (r) => pick(r.dispositionZh, r.dispositionEn) || "—" },
    { head: t("calls.agent"), cell: (r) => r.agent?.name ?? "—" },
    { head: t("calls.ring"), num: true, cell: (r) => duration(r.ringMs, language) },
    { head: t("calls.talk"), num: true, cell: (r) => duration(r.talkMs, language) },
  ];
}

export function CallDetail({ id }: { id: string }) {
  const { t } = useWords();
  const read = () => must(http.GET("/api/v1/attempts/{id}", { params: { path: { id } } }));
  return <Listed queryKey={["attempt", id]} read={read} empty={() => null}>{(call) => <Detail call={call} title={t("calls.detail")} />}</Listed>;
}

function Detail({ call, title }: { call: AttemptDetail; title: string }) {
  const { t, pick, language } = useWords();
  return (
    <div data-testid="call-detail">
      <div className="sec">
        <h2>{call.customer.name} <span className="q">{phone(call.calledMasked)} · {pick(call.lineResultZh, call.lineResultEn)} · {pick(call.dispositionZh, call.dispositionEn) || "—"} · {duration(call.talkMs, language)}</span></h2>
        {call.sipCode ? <Technical text={`${t("calls.technical")}: ${call.sipCode} ${call.sipReason ?? ""} ${call.detail ?? ""}`} /> : null}
      </div>
      <div className="sec">
        <h2>{t("calls.answers")}</h2>
        {call.answers.length === 0 && <p className="q sm">{t("calls.noAnswers")}</p>}
        <dl className="qa">
          {call.answers.map((a) => (
            <div key={a.key}><dt>{fullWidth(pick(a.questionZh, a.questionEn))}</dt><dd>{a.valueZh !== a.verbatim && <b>{pick(a.valueZh, a.valueEn)}</b>}{a.verbatim && <span className="m"> “{a.verbatim}”</span>}</dd></div>
          ))}
        </dl>
      </div>
      <div className="sec">
        <h2>{title}</h2>
        <ol className="tl">{call.events.map((e, i) => <li key={`${e.at}${i}`}><time>{time(e.at)}</time><i className="dot" /><span>{pick(e.zh, e.en)}</span></li>)}</ol>
      </div>
    </div>
  );
}
