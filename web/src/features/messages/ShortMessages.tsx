// The outbox of short messages: what waits, what went, what came back, and why
// something did not go.
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Link } from "react-router";
import type { MessageRow } from "../../api/schemas";
import { http, must } from "../../api/http";
import { Listed } from "../../api/Listed";
import { useChange } from "../../api/useChange";
import { moment, phone } from "../../lib/format";
import { useWords, type Words } from "../../lib/i18n";
import { useMay } from "../../session";
import { DataTable, Pager, type Column } from "../../ui/DataTable";
import { Drawer } from "../../ui/Drawer";
import { Act, Tag } from "../../ui/bits";
import { Empty } from "../../ui/looks";
import { States } from "./States";

export const LIMIT = 50;
const STATES = ["queued", "sent", "delivered", "failed", "blocked", "cancelled"] as const;
type State = (typeof STATES)[number] | "";
export interface Hand { state: string; offset: number; go: (next: { state?: string; offset?: number }) => void }

export function ShortMessages({ state, offset, go }: Hand) {
  const words = useWords();
  const { t } = words;
  const [opened, setOpened] = useState<MessageRow | null>(null);
  const read = () => must(http.GET("/api/v1/messages", { params: { query: { state: state as State, limit: LIMIT, offset } } }));
  return (
    <>
      <Listed queryKey={["messages", state, offset]} read={read} every={15_000} empty={() => null}>
        {(page) => (
          <>
            <States names={STATES} counts={page.states} chosen={state} choose={(s) => go({ state: s, offset: 0 })} />
            <div className="scroll">{page.items.length === 0 ? <Empty icon="msg" title={t("msg.empty")} text={t("msg.emptyText")} /> : (
              <>
                <DataTable name="message" rows={page.items} rowKey={(m) => m.id} open={setOpened} columns={columns(words)} />
                <Pager total={page.total} limit={LIMIT} offset={offset} go={(o) => go({ offset: o })} />
              </>
            )}</div>
          </>
        )}
      </Listed>
      {opened && <Drawer title={t("msg.one")} id="message-drawer" close={() => setOpened(null)} closeWord={t("app.close")}><Message message={opened} sent={() => setOpened(null)} /></Drawer>}
    </>
  );
}

const toneOf = (state: MessageRow["state"]) => (state === "delivered" ? "ok" : state === "failed" || state === "blocked" ? "bad" : "info");

function columns({ t, word, language }: Words): Column<MessageRow>[] {
  return [
    { head: t("msg.when"), cell: (m) => moment(m.createdAt, language) },
    { head: t("ren.customer"), cell: (m) => <b>{m.customerName}</b> },
    { head: t("msg.phone"), wide: true, cell: (m) => phone(m.phone) },
    { head: t("msg.template"), cell: (m) => word(`msg.tpl.${m.template}`, m.template) },
    { head: t("msg.state"), cell: (m) => <Tag tone={toneOf(m.state)}>{t(`msg.st.${m.state}`)}</Tag> },
    { head: t("msg.why"), cell: (m) => (m.reason ? word(`msg.why.${m.reason}`, m.reason) : m.errorCode || "—") },
    { head: t("msg.receipt"), cell: (m) => moment(m.receiptAt ?? m.sentAt, language) },
  ];
}

function Message({ message: m, sent }: { message: MessageRow; sent: () => void }) {
  const { t, pick, word, language } = useWords();
  const may = useMay("message.send");
  const change = useChange();
  const cache = useQueryClient();
  const again = () => void change.run(async () => {
    await must(http.POST("/api/v1/messages/{id}/again", { params: { path: { id: m.id } } }));
    await cache.invalidateQueries({ queryKey: ["messages"] });
    sent();
  });
  return (
    <>
      <p className="sec smstext" data-testid="message-text">{m.text}</p>
      <dl className="sec kv wide-kv">
        <dt>{t("ren.customer")}</dt><dd><Link to={`/customers/${m.customerId}`}>{m.customerName}</Link> <span className="q">{phone(m.phone)}</span></dd>
        <dt>{t("msg.state")}</dt><dd><Tag tone={toneOf(m.state)}>{t(`msg.st.${m.state}`)}</Tag> {m.reason && word(`msg.why.${m.reason}`, m.reason)} {m.errorCode}</dd>
        <dt>{t("msg.template")}</dt><dd>{word(`msg.tpl.${m.template}`, m.template)} <span className="q">{[m.rule, t("msg.segments", { n: m.segments })].filter(Boolean).join(" · ")}</span></dd>
        <dt>{t("msg.when")}</dt><dd>{moment(m.createdAt, language)}</dd>
        {m.sentAt && <><dt>{t("msg.sentAt")}</dt><dd>{moment(m.sentAt, language)}</dd></>}
        {m.receiptAt && <><dt>{t("msg.receipt")}</dt><dd>{moment(m.receiptAt, language)}</dd></>}
      </dl>
      {change.failure && <p className="sec r" role="alert">{pick(change.failure.zh, change.failure.en)}</p>}
      {may && m.state !== "queued" && <p className="sec row"><Act id="message-again" icon="undo" disabled={change.busy} run={again}>{t("msg.again")}</Act><span className="q sm">{t("msg.againHint")}</span></p>}
    </>
  );
}
