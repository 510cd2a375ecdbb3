// Questions about files (档案合并): a list left, the two files beside each other right.
// State, kind and the question stand in the address; J and K move, the answer has keys.
import { useSearchParams } from "react-router";
import type { Review, ReviewKind, ReviewState } from "../../api/schemas";
import { http, must } from "../../api/http";
import { Listed } from "../../api/Listed";
import { useKeys } from "../../lib/keys";
import { moment } from "../../lib/format";
import { useWords } from "../../lib/i18n";
import { Pager } from "../../ui/DataTable";
import { Tag } from "../../ui/bits";
import { Empty } from "../../ui/looks";
import { Question } from "./Question";
import { ruleOf } from "./words";
import "../../styles/pages.css";
import "../../styles/merges.css";

const STATES = ["open", "same", "different", "all"] as const;
const KINDS: ReviewKind[] = ["same_person", "ownership", "phone", "fill_blank"];
const LIMIT = 50;

export default function MergesPage() {
  const { t } = useWords();
  const [params, setParams] = useSearchParams();
  const wanted = params.get("state");
  const state = STATES.find((s) => s === wanted) ?? "open";
  const kind = KINDS.find((k) => k === params.get("kind"));
  const offset = Math.max(0, Number(params.get("offset")) || 0);
  const id = params.get("id") ?? "";
  const go = (next: Record<string, string>) => setParams(Object.fromEntries(Object.entries({ state, kind: kind ?? "", id: "", ...next }).filter(([, v]) => v !== "")));
  const query = { limit: LIMIT, offset, ...(state !== "all" && { state }), ...(kind && { kind }) };
  return (
    <div className="merges" data-testid="merges">
      <section className="card mergelist" aria-label={t("mrg.title")}>
        <header>
          <h1>{t("mrg.title")}</h1>
          <div className="seg" role="group">{STATES.map((s) => <button key={s} className={s === state ? "on" : ""} aria-pressed={s === state} data-testid={`merges-${s}`} onClick={() => go({ state: s })}>{t(`mrg.st.${s}`)}</button>)}</div>
          <select className="inp s" aria-label={t("mrg.kind")} data-testid="merges-kind" value={kind ?? ""} onChange={(e) => go({ kind: e.target.value })}>
            <option value="">{t("mrg.kind.all")}</option>{KINDS.map((k) => <option key={k} value={k}>{t(`mrg.kind.${k}`)}</option>)}
          </select>
        </header>
        <div className="scroll">
          <Listed queryKey={["reviews", state, kind, offset]} read={() => must(http.GET("/api/v1/reviews", { params: { query } }))} every={60_000}
            empty={({ items }) => (items.length === 0 ? <Empty icon="users" title={t(state === "open" ? "mrg.empty.open" : "mrg.empty.other")} text={t(state === "open" ? "mrg.empty.openText" : "mrg.empty.otherText")} /> : null)}>
            {(page) => <Questions items={page.items} at={id} open={(next) => go({ id: next, offset: offset > 0 ? String(offset) : "" })} total={page.total} offset={offset} turn={(n) => go({ offset: String(n) })} />}
          </Listed>
        </div>
      </section>
      {id === "" ? <section className="card mergeside"><Empty icon="swap" title={t("mrg.choose")} text={t("mrg.chooseText")} /></section> : <Question key={id} id={id} />}
    </div>
  );
}

const TONES: Record<ReviewState, "warn" | "ok" | "info"> = { open: "warn", same: "ok", different: "info", done: "info" };

function Questions({ items, at, open, total, offset, turn }: { items: Review[]; at: string; open: (id: string) => void; total: number; offset: number; turn: (offset: number) => void }) {
  const words = useWords();
  const { t, language } = words;
  const here = items.findIndex((r) => r.id === at);
  const move = (by: number) => {
    const next = items[here < 0 ? 0 : here + by];
    if (next) open(next.id);
  };
  useKeys({ J: () => move(1), K: () => move(-1) });
  return (
    <>
      <ul className="questions">
        {items.map((r, i) => (
          <li key={r.id}>
            <button className={r.id === at ? "on" : ""} aria-current={r.id === at} data-testid={`merges-row-${i}`} onClick={() => open(r.id)}>
              <b>{r.file.name}{r.other ? ` ↔ ${r.other.name}` : ""}{r.seenName && ` · ${r.seenName}`}{r.plate && !r.other ? ` · ${r.plate}` : ""}</b>
              <Tag tone={TONES[r.state]}>{t(`mrg.st.${r.state}`)}</Tag>
              <span className="xs m">{ruleOf(words, r)}</span>
              <span className="xs q">{r.proposedBy ? t("mrg.proposed", { who: r.proposedBy }) : moment(r.createdAt, language)}</span>
            </button>
          </li>
        ))}
      </ul>
      <Pager total={total} limit={LIMIT} offset={offset} go={turn} />
    </>
  );
}
