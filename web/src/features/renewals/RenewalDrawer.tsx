// One renewal whole: the register of its talks, its quotes, and what comes next.
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Link } from "react-router";
import type { RenewalFile } from "../../api/schemas";
import { asFailure } from "../../api/failure";
import { http, must } from "../../api/http";
import { useChange } from "../../api/useChange";
import { dateTime, money, moment, phone, plate } from "../../lib/format";
import { useWords } from "../../lib/i18n";
import { LostForm } from "../../renewals/LostForm";
import { QuoteForm } from "../../renewals/QuoteForm";
import { useMay } from "../../session";
import { Drawer } from "../../ui/Drawer";
import { Act, Tag } from "../../ui/bits";
import { Failed, Skeleton } from "../../ui/looks";
import { NextContact } from "./NextContact";

export function RenewalDrawer({ id, name, close }: { id: string; name: string; close: () => void }) {
  const { t } = useWords();
  const query = useQuery({ queryKey: ["renewal", id], queryFn: () => must(http.GET("/api/v1/renewals/{id}", { params: { path: { id } } })), refetchInterval: 15_000 });
  return (
    <Drawer title={`${t("ren.card")} · ${name}`} id="renewal-drawer" close={close} closeWord={t("app.close")}>
      {query.isError ? <Failed failure={asFailure(query.error)} retry={() => void query.refetch()} /> : query.data === undefined ? <Skeleton /> : <File file={query.data} />}
    </Drawer>
  );
}

type Panel = "" | "quote" | "next" | "lost" | "reopen";

function File({ file: r }: { file: RenewalFile }) {
  const { t, pick, language } = useWords();
  const cache = useQueryClient();
  const change = useChange();
  const [panel, setPanel] = useState<Panel>("");
  const flip = (what: Panel) => setPanel(panel === what ? "" : what);
  const path = { params: { path: { id: r.id } } };
  const ask = (work: () => Promise<RenewalFile>) => change.run(async () => {
    cache.setQueryData(["renewal", r.id], await work());
    await cache.invalidateQueries({ queryKey: ["renewals"] });
    setPanel("");
  });
  return (
    <div className="renewalbox">
      <dl className="sec kv wide-kv">
        <dt>{t("ren.stage")}</dt><dd><Tag tone={r.stage === "bound" ? "ok" : ["lost", "lapsed", "invalid"].includes(r.stage) ? "bad" : "info"}>{pick(r.stageWord.zh, r.stageWord.en)}</Tag></dd>
        <dt>{t("ren.expiry")}</dt><dd>{r.expiry} <b className={r.days < 0 ? "r" : ""}>{r.days < 0 ? t("ren.past", { n: -r.days }) : t("ren.left", { n: r.days })}</b></dd>
        <dt>{t("ren.customer")}</dt><dd><Link to={`/customers/${r.customerId}`}>{r.customerName}</Link> <span className="q">{phone(r.phone)}</span></dd>
        <dt>{t("ren.vehicle")}</dt><dd>{[r.plate && plate(r.plate), r.model].filter(Boolean).join(" ") || "—"}</dd>
        <dt>{t("ren.last")}</dt><dd>{r.insurer || "—"} {r.premiumBeforeFen > 0 && money(r.premiumBeforeFen)}</dd>
        {r.nextContactAt && <><dt>{t("ren.next")}</dt><dd>{moment(r.nextContactAt, language)}</dd></>}
        {r.lostWord && <><dt>{t("ren.lost")}</dt><dd className="r">{pick(r.lostWord.zh, r.lostWord.en)} {r.competitor && <span className="q">{r.competitor}{r.competitorPriceFen != null && ` ${money(r.competitorPriceFen)}`}</span>}</dd></>}
        {r.lostWords && <><dt>{t("lost.words")}</dt><dd>“{r.lostWords}”</dd></>}
      </dl>
      <Doing file={r} panel={panel} flip={flip} />
      {change.failure && <p className="sec r" role="alert" data-testid="renewal-failure">{pick(change.failure.zh, change.failure.en)}</p>}
      {panel === "quote" && <div className="sec"><QuoteForm had={r.quotes[0]} before={r.insurer} expiry={r.expiry} approved={r.approved} close={() => setPanel("")} send={(offer) => ask(() => must(http.POST("/api/v1/renewals/{id}/quote", { ...path, body: offer })))} /></div>}
      {panel === "next" && <NextContact busy={change.busy} give={(body) => void ask(() => must(http.POST("/api/v1/renewals/{id}/next", { ...path, body })))} />}
      {panel === "lost" && <div className="sec"><LostForm reasons={r.lostReasons} give={(loss) => void ask(() => must(http.POST("/api/v1/renewals/{id}/lost", { ...path, body: loss })))} /></div>}
      {panel === "reopen" && <Reopen busy={change.busy} give={(words) => void ask(() => must(http.POST("/api/v1/renewals/{id}/reopen", { ...path, body: { words } })))} />}
      <Quotes file={r} />
      <Register file={r} />
    </div>
  );
}

function Doing({ file: r, panel, flip }: { file: RenewalFile; panel: Panel; flip: (what: Panel) => void }) {
  const { t } = useWords();
  const work = useMay("renewal.work");
  const run = useMay("renewal.run");
  const open = !["bound", "lost", "invalid"].includes(r.stage);
  if (!work) return null;
  return (
    <div className="sec row wrap">
      {open && <Act id="renewal-quote" kind="p" icon="mail" aria-expanded={panel === "quote"} run={() => flip("quote")}>{t("call.quote")}</Act>}
      {open && <Act id="renewal-next" icon="clock" aria-expanded={panel === "next"} run={() => flip("next")}>{t("ren.agree")}</Act>}
      {(open || r.stage === "lost") && <Act id="renewal-lost" kind="d" aria-expanded={panel === "lost"} run={() => flip("lost")}>{t(open ? "ren.lose" : "ren.reason")}</Act>}
      {run && r.stage === "lost" && <Act id="renewal-reopen" icon="undo" aria-expanded={panel === "reopen"} run={() => flip("reopen")}>{t("ren.reopen")}</Act>}
    </div>
  );
}

function Reopen({ busy, give }: { busy: boolean; give: (words: string) => void }) {
  const { t } = useWords();
  const [words, setWords] = useState("");
  return (
    <form className="sec row" onSubmit={(e) => { e.preventDefault(); give(words.trim()); }}>
      <input className="inp" autoFocus aria-label={t("ren.reopenWhy")} placeholder={t("ren.reopenWhy")} value={words} maxLength={200} onChange={(e) => setWords(e.target.value)} />
      <button className="btn p" type="submit" data-testid="reopen-send" disabled={busy || words.trim() === ""}>{t("ren.reopen")}</button>
    </form>
  );
}

function Quotes({ file: r }: { file: RenewalFile }) {
  const { t, language } = useWords();
  if (r.quotes.length === 0) return null;
  return (
    <div className="sec"><h2>{t("ren.quotes")}</h2>
      <ul className="quotes">{r.quotes.map((q) => (
        <li key={q.version}><b>{q.totalFen > 0 ? money(q.totalFen) : t("quote.st.draft")}</b> <span>{[q.insurer, q.coverZh || q.asked].filter(Boolean).join(" · ")}</span> <span className="q sm">{t(`quote.st.${q.state}`)} {q.sentAt && moment(q.sentAt, language)} {q.validUntil && t("quote.validTo", { day: q.validUntil })}{q.proposal && ` · ${t("quote.proposal")}`}</span></li>
      ))}</ul>
    </div>
  );
}

/** 续保跟进登记本. */
function Register({ file: r }: { file: RenewalFile }) {
  const { t, pick } = useWords();
  return (
    <div className="sec"><h2>{t("ren.register")}</h2>
      <table className="tbl" data-testid="register"><thead><tr><th>{t("ren.when")}</th><th>{t("ren.way")}</th><th>{t("ren.stage")}</th><th>{t("ren.said")}</th><th>{t("ren.agent")}</th></tr></thead>
        <tbody>{r.talks.map((e, i) => <tr key={`${e.at}${i}`}><td>{dateTime(e.at)}</td><td>{e.way || "—"}</td><td>{pick(e.stage.zh, e.stage.en)}</td><td className="wrapcell">{e.words || "—"}</td><td>{e.by || t("ren.system")}</td></tr>)}</tbody>
      </table>
    </div>
  );
}
