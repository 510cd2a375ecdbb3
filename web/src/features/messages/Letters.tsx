// Letters in the order they are mailed: print the batch, mark it printed and mailed.
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { LetterRow } from "../../api/schemas";
import { http, must } from "../../api/http";
import { Listed } from "../../api/Listed";
import { useChange } from "../../api/useChange";
import { moment } from "../../lib/format";
import { useWords, type Words } from "../../lib/i18n";
import { useMay } from "../../session";
import { DataTable, Pager, type Column } from "../../ui/DataTable";
import { Drawer } from "../../ui/Drawer";
import { Act, Tag } from "../../ui/bits";
import { Empty } from "../../ui/looks";
import { LIMIT, type Hand } from "./ShortMessages";
import { States } from "./States";

const STATES = ["waiting", "printed", "mailed", "returned", "dropped", "cancelled"] as const;
type State = (typeof STATES)[number] | "";

export function Letters({ state, offset, go }: Hand) {
  const words = useWords();
  const { t } = words;
  const [opened, setOpened] = useState<LetterRow | null>(null);
  const read = () => must(http.GET("/api/v1/letters", { params: { query: { state: state as State, limit: LIMIT, offset } } }));
  return (
    <>
      <Listed queryKey={["letters", state, offset]} read={read} empty={() => null}>
        {(page) => (
          <>
            <States names={STATES} counts={page.states} chosen={state} choose={(s) => go({ state: s, offset: 0 })} />
            <Batch letters={page.items} state={state} />
            <div className="scroll noprint">{page.items.length === 0 ? <Empty icon="mail" title={t("letter.empty")} text={t("letter.emptyText")} /> : (
              <>
                <DataTable name="letter" rows={page.items} rowKey={(l) => l.id} open={setOpened} columns={columns(words)} />
                <Pager total={page.total} limit={LIMIT} offset={offset} go={(o) => go({ offset: o })} />
              </>
            )}</div>
            <div className="printonly">{page.items.map((l) => <Sheet key={l.id} letter={l} />)}</div>
          </>
        )}
      </Listed>
      {opened && <Drawer title={opened.paper.title} id="letter-drawer" close={() => setOpened(null)} closeWord={t("app.close")}><div className="sec"><Sheet letter={opened} /></div></Drawer>}
    </>
  );
}

/** What the batch on the screen needs next: printing, then mailing. */
function Batch({ letters, state }: { letters: LetterRow[]; state: string }) {
  const { t, pick } = useWords();
  const may = useMay("message.send");
  const change = useChange();
  const cache = useQueryClient();
  if (!may || letters.length === 0 || (state !== "waiting" && state !== "printed")) return null;
  const mark = (to: "printed" | "mailed") => void change.run(async () => {
    await must(http.POST("/api/v1/letters/mark", { body: { ids: letters.map((l) => l.id), to } }));
    await cache.invalidateQueries({ queryKey: ["letters"] });
  });
  return (
    <p className="sec row noprint batch">
      {state === "waiting" && <><Act id="letters-print" kind="p" icon="dl" run={() => window.print()}>{t("letter.print", { n: letters.length })}</Act><Act id="letters-printed" icon="check" disabled={change.busy} run={() => mark("printed")}>{t("letter.printed")}</Act></>}
      {state === "printed" && <Act id="letters-mailed" kind="p" icon="mail" disabled={change.busy} run={() => mark("mailed")}>{t("letter.mailed", { n: letters.length })}</Act>}
      {change.failure && <span className="r sm" role="alert">{pick(change.failure.zh, change.failure.en)}</span>}
    </p>
  );
}

function columns({ t, word, language }: Words): Column<LetterRow>[] {
  return [
    { head: t("letter.postcode"), cell: (l) => l.postcode || "—" },
    { head: t("ren.customer"), cell: (l) => <b>{l.customerName}</b> },
    { head: t("letter.address"), wide: true, cell: (l) => <span className="wrapcell clip2">{l.fields.address || "—"}</span> },
    { head: t("msg.template"), cell: (l) => l.paper.title },
    { head: t("msg.state"), cell: (l) => <Tag tone={l.state === "mailed" ? "ok" : l.state === "returned" || l.state === "dropped" ? "bad" : "info"}>{t(`msg.st.${l.state}`)}</Tag> },
    { head: t("msg.why"), cell: (l) => (l.reason ? word(`msg.why.${l.reason}`, l.reason) : "—") },
    { head: t("msg.when"), cell: (l) => moment(l.createdAt, language) },
  ];
}

/** One A5 page and its envelope, in the customer's language. */
function Sheet({ letter: l }: { letter: LetterRow }) {
  return (
    <article className="sheet" lang="zh-CN" data-testid="sheet">
      <h3>{l.paper.title}</h3>
      {l.paper.body.map((line, i) => <p key={i} className={i > 0 ? "indent" : ""}>{line}</p>)}
      <p className="signed">{l.paper.closing}</p>
      <address>{l.paper.envelope.map((line) => <span key={line}>{line}</span>)}</address>
    </article>
  );
}
