// The renewal pipeline: how many stand at each stage, the rows of one stage by expiry,
// and why the lost ones were lost.
import { useState } from "react";
import { useSearchParams } from "react-router";
import type { RenewalRow, RenewalsPage as Page } from "../../api/schemas";
import { http, must } from "../../api/http";
import { Listed } from "../../api/Listed";
import { useChange } from "../../api/useChange";
import { useQueryClient } from "@tanstack/react-query";
import { count, money, moment, plate } from "../../lib/format";
import { useWords, type Words } from "../../lib/i18n";
import { useMay } from "../../session";
import { DataTable, Pager, type Column } from "../../ui/DataTable";
import { Act, Bar } from "../../ui/bits";
import { Empty } from "../../ui/looks";
import { RenewalDrawer } from "./RenewalDrawer";
import "../../styles/pages.css";
import "../../styles/visits.css";

const LIMIT = 50;
const CLOSED = ["bound", "lost", "invalid"];

export default function RenewalsPage() {
  const words = useWords();
  const { t } = words;
  const [params, setParams] = useSearchParams();
  const [opened, setOpened] = useState<RenewalRow | null>(null);
  const stage = params.get("stage") ?? "open";
  const lostReason = params.get("reason") ?? "";
  const offset = Number(params.get("offset") ?? 0);
  const read = () => must(http.GET("/api/v1/renewals", { params: { query: { stage, lostReason, limit: LIMIT, offset } } }));
  return (
    <section className="card fillpage renewals-page" data-testid="renewals">
      <Listed queryKey={["renewals", stage, lostReason, offset]} read={read} every={30_000} empty={() => null}>
        {(page) => (
          <>
            <header className="wrap"><h1>{t("ren.title")}</h1><Confirm page={page} stage={stage} /></header>
            <Pipeline page={page} stage={stage} choose={(code) => setParams({ stage: code })} />
            <div className="scroll">
              {stage === "lost" && page.losses.length > 0 && <Losses page={page} chosen={lostReason} choose={(code) => setParams({ stage, ...(code === lostReason ? {} : { reason: code }) })} />}
              {page.items.length === 0 ? <Empty icon="shield" title={t("ren.empty")} text={t("ren.emptyText")} /> : (
                <>
                  <DataTable name="renewal" rows={page.items} rowKey={(r) => r.id} open={setOpened} columns={columns(words, page, stage)} />
                  <Pager total={page.total} limit={LIMIT} offset={offset} go={(o) => setParams({ stage, ...(lostReason ? { reason: lostReason } : {}), offset: String(o) })} />
                </>
              )}
            </div>
          </>
        )}
      </Listed>
      {opened && <RenewalDrawer id={opened.id} name={opened.customerName} close={() => setOpened(null)} />}
    </section>
  );
}

/** The stages in the order of the way, each with how many stand there. */
function Pipeline({ page, stage, choose }: { page: Page; stage: string; choose: (code: string) => void }) {
  const { t, pick, word } = useWords();
  const open = page.stages.filter((s) => !CLOSED.includes(s.code)).reduce((sum, s) => sum + s.n, 0);
  return (
    <div className="pipeline" role="group" aria-label={t("ren.stages")}>
      <button type="button" data-testid="stage-open" className={stage === "open" ? "on" : ""} aria-pressed={stage === "open"} onClick={() => choose("open")}><b>{count(open)}</b><span>{t("ren.open")}</span></button>
      {page.stages.map((s) => (
        <button key={s.code} type="button" data-testid={`stage-${s.code}`} className={s.code === stage ? "on" : ""} aria-pressed={s.code === stage} onClick={() => choose(s.code)}>
          <b className={s.n === 0 ? "q" : s.code === "lost" || s.code === "lapsed" ? "r" : s.code === "bound" ? "g" : ""}>{count(s.n)}</b><span>{word(`ren.st.${s.code}`, pick(s.zh, s.en))}</span>
        </button>
      ))}
    </div>
  );
}

/** The month's list is confirmed by the manager (E-03). */
function Confirm({ page, stage }: { page: Page; stage: string }) {
  const { t, pick } = useWords();
  const may = useMay("renewal.run");
  const change = useChange();
  const cache = useQueryClient();
  const ids = page.items.filter((r) => r.stage === "listed").map((r) => r.id);
  if (!may || stage !== "listed" || ids.length === 0) return null;
  const send = () => void change.run(async () => {
    await must(http.POST("/api/v1/renewals/confirm", { body: { ids } }));
    await cache.invalidateQueries({ queryKey: ["renewals"] });
  });
  return <><span className="end" />{change.failure && <span className="r sm" role="alert">{pick(change.failure.zh, change.failure.en)}</span>}<Act id="renewals-confirm" kind="p" icon="check" disabled={change.busy} run={send}>{t("ren.confirm", { n: ids.length })}</Act></>;
}

function Losses({ page, chosen, choose }: { page: Page; chosen: string; choose: (code: string) => void }) {
  const { t, pick } = useWords();
  const most = Math.max(...page.losses.map((l) => l.n));
  const all = page.losses.reduce((sum, l) => sum + l.n, 0);
  return (
    <div className="sec losses" data-testid="losses">
      <h2>{t("ren.losses", { n: all })}</h2>
      <ul>{page.losses.map((l) => (
        <li key={l.code}><button type="button" className={`linkish ${l.code === chosen ? "on" : ""}`} aria-pressed={l.code === chosen} onClick={() => choose(l.code)}>{pick(l.zh, l.en) || t("ren.noReason")}</button><Bar share={l.n / most} tone="bad" /><span className="num">{l.n}</span></li>
      ))}</ul>
    </div>
  );
}

function columns({ t, pick, word, language }: Words, page: Page, stage: string): Column<RenewalRow>[] {
  const lossWord = (code: string) => page.losses.find((s) => s.code === code);
  const base: Column<RenewalRow>[] = [
    { head: t("ren.expiry"), cell: (r) => <>{r.expiry} <span className={r.days < 0 ? "r sm" : r.days <= 15 ? "a sm" : "q sm"}>{r.days < 0 ? t("ren.past", { n: -r.days }) : t("ren.left", { n: r.days })}</span></> },
    { head: t("ren.customer"), cell: (r) => <b>{r.customerName}</b> },
    { head: t("ren.vehicle"), wide: true, cell: (r) => [r.plate && plate(r.plate), r.model].filter(Boolean).join(" ") },
    { head: t("ren.stage"), cell: (r) => word(`ren.st.${r.stage}`, r.stage) },
    { head: t("ren.last"), wide: true, cell: (r) => r.insurer || "—" },
    { head: t("ren.premium"), num: true, cell: (r) => (r.premiumBeforeFen > 0 ? money(r.premiumBeforeFen) : "—") },
  ];
  if (stage === "lost") {
    return [...base,
      { head: t("ren.lost"), cell: (r) => (r.lostReason ? pick(lossWord(r.lostReason)?.zh, lossWord(r.lostReason)?.en) : "—") },
      { head: t("lost.words"), cell: (r) => <span className="wrapcell clip2">{r.lostWords ? `“${r.lostWords}”` : "—"}</span> },
    ];
  }
  return [...base,
    { head: t("ren.quote"), num: true, cell: (r) => (r.quoteState ? <>{r.quoteFen > 0 && money(r.quoteFen)} <span className="q sm">{word(`quote.st.${r.quoteState}`, r.quoteState)}</span></> : "—") },
    { head: t("ren.next"), cell: (r) => moment(r.nextContactAt, language) },
    { head: t("ren.agent"), cell: (r) => r.agent || "—" },
  ];
}
