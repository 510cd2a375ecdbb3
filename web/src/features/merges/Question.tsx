// One question: what both files say beside each other, and the answer. Who may merge
// chooses whose word holds where they differ; who may not, proposes.
import { useQueryClient } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { Link } from "react-router";
import type { ReviewFileSide, ReviewPage, Schemas } from "../../api/schemas";
import { http, must } from "../../api/http";
import { Listed } from "../../api/Listed";
import { useChange } from "../../api/useChange";
import { date, dateTime } from "../../lib/format";
import { useWords } from "../../lib/i18n";
import { useKeys } from "../../lib/keys";
import { useMay } from "../../session";
import { Act, Tag } from "../../ui/bits";
import { Fields, type Picks } from "./Fields";
import { ruleOf } from "./words";

export function Question({ id }: { id: string }) {
  return (
    <section className="card mergeside" data-testid="question">
      <Listed queryKey={["review", id]} read={() => must(http.GET("/api/v1/reviews/{id}", { params: { path: { id } } }))} empty={() => null}>
        {(page) => <Whole key={page.state} page={page} />}
      </Listed>
    </section>
  );
}

function Whole({ page }: { page: ReviewPage }) {
  const words = useWords();
  const { t } = words;
  const [picks, setPicks] = useState<Picks>({});
  const open = page.state === "open" || page.state === "different";
  return (
    <>
      <header className="wrap">
        <h2>{ruleOf(words, page)}</h2>
        {page.plate && <Tag>{page.plate}</Tag>}
        {page.seenName && <Tag tone="warn">{page.seenName}</Tag>}
        {page.words && <span className="sm" data-testid="question-words">{t("mrg.said")}：“{page.words}”</span>}
        {page.proposedBy && <span className="sm m">{t("mrg.proposed", { who: page.proposedBy })}{page.proposal && `：${page.proposal}`}</span>}
        {page.closedAt && page.state !== "open" && <span className="sm m end">{t("mrg.decided", { who: page.closedBy, at: dateTime(page.closedAt) })} {page.note}</span>}
      </header>
      <div className="scroll">
        <div className={`sides n${page.sides.length}`}>{page.sides.map((side, i) => <Side key={side.id} side={side} page={page} first={i === 0} />)}</div>
        {page.fields.length > 0 && <Fields page={page} picks={picks} pick={open ? setPicks : undefined} />}
      </div>
      <Answer page={page} picks={picks} />
    </>
  );
}

function Side({ side, page, first }: { side: ReviewFileSide; page: ReviewPage; first: boolean }) {
  const { t, word } = useWords();
  const other = page.sides.find((s) => s.id !== side.id);
  const both = (masked: string) => other?.phones.some((p) => p.masked === masked) ?? false;
  const shares = (id: string) => other?.vehicles.some((v) => v.id === id) ?? false;
  return (
    <article className="side" data-testid={`side-${first ? "first" : "second"}`}>
      <h3><Link to={`/customers/${side.id}`}>{side.name}</Link> <span className="m">{side.honorific}</span> {side.gone ? <Tag>{t("mrg.gone")}</Tag> : page.sides.length > 1 && <Tag tone={first ? "ok" : "info"}>{t(first ? "mrg.stays" : "mrg.goes")}</Tag>}</h3>
      <dl className="kv">
        <dt>{t("mrg.phones")}</dt><dd>{side.phones.length === 0 ? "—" : side.phones.map((p) => <span key={p.id} className="row">{p.masked} {both(p.masked) && <Tag tone="warn">{t("mrg.sameNumber")}</Tag>}</span>)}</dd>
        <dt>{t("mrg.vehicles")}</dt><dd>{side.vehicles.length === 0 ? "—" : side.vehicles.map((v) => <span key={v.id} className="row">{v.plate || v.vin} <span className="q">{v.model} · {word(`owner.${v.role}`, v.role)}</span> {shares(v.id) && <Tag tone="warn">{t("mrg.sameNumber")}</Tag>}</span>)}</dd>
        <dt>{t("mrg.orders")}</dt><dd>{t("mrg.ordersN", { n: side.orders })}</dd>
        <dt>{t("mrg.lastVisit")}</dt><dd>{date(side.lastVisit)}</dd>
        <dt>{t("mrg.lastContact")}</dt><dd>{side.lastContact ? dateTime(side.lastContact) : "—"}</dd>
        <dt>{t("mrg.tasks")}</dt><dd>{t("mrg.tasksN", { n: side.openTasks })}</dd>
        <dt>{t("mrg.dnc")}</dt><dd>{side.dnc.length === 0 ? "—" : side.dnc.map((s) => word(`mrg.dnc.${s}`, s)).join("、")}</dd>
        <dt>{t("mrg.marketing")}</dt><dd>{side.consents.marketing ? word(`mrg.consent.${side.consents.marketing}`, side.consents.marketing) : t("mrg.unanswered")}</dd>
        <dt>{t("mrg.created")}</dt><dd>{date(side.createdAt)}</dd>
      </dl>
    </article>
  );
}

function Answer({ page, picks }: { page: ReviewPage; picks: Picks }) {
  const { t, pick } = useWords();
  const may = useMay("customer.merge");
  const change = useChange();
  const cache = useQueryClient();
  const [note, setNote] = useState("");
  const [done, setDone] = useState("");
  const field = useRef<HTMLInputElement>(null);
  const pair = page.kind === "same_person" && page.sides.length > 1;
  const open = page.state === "open";
  const settle = async (next: ReviewPage | null, said: string) => {
    if (next) cache.setQueryData(["review", page.id], next);
    else await cache.invalidateQueries({ queryKey: ["review", page.id] });
    await cache.invalidateQueries({ queryKey: ["reviews"] });
    await cache.invalidateQueries({ queryKey: ["customer"] });
    setDone(said);
  };
  const answer = (how: Schemas["ReviewAnswerInputBody"]["answer"]) => void change.run(async () => {
    const next = await must(http.POST("/api/v1/reviews/{id}/answer", { params: { path: { id: page.id } }, body: { answer: how, note: note.trim(), picks } }));
    await settle(next, "");
  });
  const propose = () => void change.run(async () => {
    const [a, b] = page.sides;
    if (!a || !b) return;
    await settle(await must(http.POST("/api/v1/customers/{id}/merge-proposal", { params: { path: { id: a.id } }, body: { other: b.id, note: note.trim() } })), t("mrg.proposedNow"));
  });
  const undo = () => void change.run(async () => {
    if (!page.mergeId) return;
    await must(http.POST("/api/v1/merges/{id}/undo", { params: { path: { id: page.mergeId } } }));
    await settle(null, t("mrg.undone"));
  });
  const fills = page.kind === "fill_blank";
  const same = (may || fills) && (open || page.state === "different");
  const needsPick = page.obstacleZh !== "" && !picks.id_no;
  const yes = () => same && !change.busy && !(pair && needsPick) && answer("same");
  useKeys({ S: () => void yes(), D: () => void (open && !change.busy && answer("different")), N: () => field.current?.focus(), ...(page.mergeId && may && { U: undo }) });
  return (
    <footer className="answer">
      {change.failure && <p className="r sm" role="alert" data-testid="answer-failure">{pick(change.failure.zh, change.failure.en)}</p>}
      {done && <p className="g sm" role="status" data-testid="answer-done">{done}</p>}
      {page.mergeId && <p className="row"><Tag tone="ok">{t("mrg.mergedDone")}</Tag> {may && <Act id="merge-undo" kind="d" icon="undo" keyCap="U" disabled={change.busy} run={undo}>{t("mrg.undo")}</Act>} <span className="sm m">{t("mrg.undoUntil", { day: dateTime(page.undoUntil) })}</span></p>}
      {(open || same) && (
        <>
          {pair && page.obstacleZh && <p className="a sm">{pick(page.obstacleZh, page.obstacleEn)}</p>}
          {pair && <p className="xs q">{t("mrg.effects")}</p>}
          {fills && <p className="xs q">{t("mrg.fillHow")}</p>}
          <div className="row wrap">
            <input ref={field} className="inp" aria-label={t("mrg.note")} placeholder={`${t("mrg.notePlaceholder")} (N)`} data-testid="answer-note" value={note} maxLength={200} onChange={(e) => setNote(e.target.value)} />
            {same && <Act id="answer-same" kind="p" icon="check" keyCap="S" disabled={change.busy || (pair && needsPick)} run={() => void yes()}>{t(pair ? "mrg.merge" : page.kind === "ownership" ? "mrg.isOwner" : fills ? "mrg.filled" : "mrg.right")}</Act>}
            {!may && pair && open && <Act id="answer-propose" kind="p" disabled={change.busy || note.trim() === ""} run={propose}>{t("mrg.propose")}</Act>}
            {open && <Act id="answer-different" icon="x" keyCap="D" disabled={change.busy} run={() => answer("different")}>{t(pair ? "mrg.different" : page.kind === "ownership" ? "mrg.notOwner" : fills ? "mrg.notFilled" : "mrg.splitUp")}</Act>}
          </div>
        </>
      )}
    </footer>
  );
}
