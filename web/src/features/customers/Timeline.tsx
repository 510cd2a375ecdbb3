// One time line of everything that happened, newest first: filtered by kind,
// vehicle and words, and read in parts as the page is scrolled down.
import { useInfiniteQuery } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { useSearchParams } from "react-router";
import type { CustomerFile, Moment } from "../../api/schemas";
import { asFailure } from "../../api/failure";
import { http, must } from "../../api/http";
import { plate } from "../../lib/format";
import { useWords, type Words } from "../../lib/i18n";
import { useKeys } from "../../lib/keys";
import { Kbd } from "../../ui/bits";
import { Empty, Failed, Skeleton } from "../../ui/looks";
import { Entry } from "./Entry";
import { byDay, stepped } from "./record";

const KINDS: Moment["kind"][] = ["visit", "call", "form", "policy", "delivery", "task", "message", "consent"];
const REST_MS = 250;

export function Timeline({ customer }: { customer: CustomerFile }) {
  const words = useWords();
  const { t } = words;
  const [params, setParams] = useSearchParams();
  const kind = params.get("kind") ?? "";
  const vehicle = params.get("vehicle") ?? "";
  const q = params.get("q") ?? "";
  const choose = (name: string, value: string) => setParams((now) => { if (value) now.set(name, value); else now.delete(name); return now; }, { replace: true });
  const total = KINDS.reduce((n, k) => n + (customer.counts[k] ?? 0), 0);
  return (
    <section className="card" aria-label={t("cust.timeline")}>
      <header className="wrap">
        <div className="seg" role="group" aria-label={t("cust.kinds")}>
          <button className={kind === "" ? "on" : ""} aria-pressed={kind === ""} onClick={() => choose("kind", "")}>{t("app.all")} {total}</button>
          {KINDS.filter((k) => customer.counts[k]).map((k) => (
            <button key={k} className={kind === k ? "on" : ""} aria-pressed={kind === k} data-testid={`kind-${k}`} onClick={() => choose("kind", k)}>{t(`cust.kind.${k}`)} {customer.counts[k]}</button>
          ))}
        </div>
        <SearchIn q={q} search={(text) => choose("q", text)} words={words} />
        {customer.vehicles.length > 1 && (
          <div className="seg" role="group" aria-label={t("cust.vehicles")}>
            <button className={vehicle === "" ? "on" : ""} onClick={() => choose("vehicle", "")}>{t("cust.allVehicles")}</button>
            {customer.vehicles.map((v) => <button key={v.id} className={vehicle === v.id ? "on" : ""} onClick={() => choose("vehicle", v.id)}>{plate(v.plate) || v.vin.slice(-8)}</button>)}
          </div>
        )}
      </header>
      <Story id={customer.id} kinds={kind} vehicleId={vehicle} q={q} />
    </section>
  );
}

function SearchIn({ q, search, words: { t } }: { q: string; search: (text: string) => void; words: Words }) {
  const [typed, setTyped] = useState(q);
  const send = useRef(search);
  useEffect(() => { send.current = search; });
  useEffect(() => {
    if (typed === q) return;
    const timer = setTimeout(() => send.current(typed), REST_MS);
    return () => clearTimeout(timer);
  }, [typed, q]);
  return <input className="inp s storysearch" type="search" data-testid="story-search" placeholder={t("cust.searchIn")} aria-label={t("cust.searchIn")} value={typed} onChange={(e) => setTyped(e.target.value)} />;
}

function Story({ id, kinds, vehicleId, q }: { id: string; kinds: string; vehicleId: string; q: string }) {
  const { t } = useWords();
  const story = useInfiniteQuery({
    queryKey: ["story", id, kinds, vehicleId, q],
    initialPageParam: "",
    queryFn: ({ pageParam }) => must(http.GET("/api/v1/customers/{id}/timeline", { params: { path: { id }, query: { kinds, vehicleId: vehicleId || undefined, q, cursor: pageParam } } })),
    getNextPageParam: (last) => last.next || undefined,
  });
  const items = story.data?.pages.flatMap((page) => page.items) ?? [];
  const [at, setAt] = useState(-1);
  const [open, setOpen] = useState<ReadonlySet<string>>(new Set());
  const box = useRef<HTMLDivElement>(null);
  const toggle = (item: Moment | undefined) => item && setOpen((now) => { const next = new Set(now); if (!next.delete(item.refId)) next.add(item.refId); return next; });
  const go = (by: 1 | -1) => setAt((now) => stepped(now, by, items.length));
  useKeys({ J: () => go(1), K: () => go(-1), Enter: () => toggle(items[at]) });
  useEffect(() => box.current?.querySelector(".ev.at")?.scrollIntoView({ block: "nearest" }), [at]);
  if (story.isError) return <Failed failure={asFailure(story.error)} retry={() => void story.refetch()} />;
  if (story.data === undefined) return <Skeleton lines={8} />;
  return (
    <>
      <div className="scroll evs" tabIndex={0} ref={box} data-testid="customer-timeline">
        {items.length === 0 && (kinds || vehicleId || q
          ? <Empty icon="search" title={t("cust.noMatch")} text={t("cust.noMatchText")} />
          : <Empty icon="clock" title={t("cust.timeline")} text={t("cust.noTimeline")} />)}
        {byDay(items).map(({ day, items: ofDay }) => (
          <ol key={day}>
            {ofDay.map((item, i) => <Entry key={item.refId + item.kind} item={item} first={i === 0} at={items.indexOf(item) === at} open={open.has(item.refId)} toggle={() => toggle(item)} />)}
          </ol>
        ))}
      </div>
      <footer className="bar2">
        <span>{t("cust.shown", { n: items.length })}</span>
        {story.hasNextPage && <button className="linkish" data-testid="story-older" disabled={story.isFetchingNextPage} onClick={() => void story.fetchNextPage()}>{t("cust.older")}</button>}
        <span className="end">{t("cust.walk")} <Kbd>J</Kbd> <Kbd>K</Kbd>{t("cust.unfold")} <Kbd>Enter</Kbd></span>
      </footer>
    </>
  );
}
