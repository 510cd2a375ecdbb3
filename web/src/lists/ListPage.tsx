// A list as every list is: paged by the server behind the last row, sorted by a click
// on a head, narrowed by filters, columns by choice, all of it in the address; a row
// opens its record. Keys: J K Enter, N P for pages, F for filters.
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useEffect, useState, type ReactNode } from "react";
import { NavLink, useSearchParams } from "react-router";
import type { ListAbout, ListAnswer, ListView } from "../api/schemas";
import { asFailure, type Failure } from "../api/failure";
import { http, must } from "../api/http";
import { count } from "../lib/format";
import { useWords, type Key } from "../lib/i18n";
import { useKeys } from "../lib/keys";
import { DataTable, type Column } from "../ui/DataTable";
import { Icon, type IconName } from "../ui/Icon";
import { Act, Kbd } from "../ui/bits";
import { Empty, Failed, Skeleton } from "../ui/looks";
import { askOf, nextSort, queryOf, readAsk, saysNothing, writeAsk, WHOLE, type Ask } from "./ask";
import { cell, NUMBERS } from "./cells";
import { Columns } from "./Columns";
import { Export } from "./Export";
import { Chips, FilterPanel } from "./Filters";
import { RecordDrawer } from "./Record";
import { Views } from "./Views";
import "../styles/lists.css";

export type ListCode = "customers" | "vehicles" | "orders" | "policies" | "tasks";
const BOOKS: { code: ListCode; label: Key }[] = [
  { code: "customers", label: "lists.customers" }, { code: "vehicles", label: "lists.vehicles" }, { code: "orders", label: "lists.orders" }, { code: "policies", label: "lists.policies" },
];
const LIMIT = 50;

type Row = ListAnswer["items"][number];

interface ListPageProps { list: ListCode; icon: IconName; first: { title: Key; text: Key }; tools?: ReactNode; instead?: ReactNode; begin?: Record<string, string> }

/** One list. `first` is said when there is nothing at all yet; `tools` stand in the head; `instead` takes the table's place; `begin` narrows it where no view does. */
export function ListPage({ list, icon, first, tools, instead, begin }: ListPageProps) {
  const [params] = useSearchParams();
  const about = useQuery({ queryKey: ["list-about", list], queryFn: () => must(http.GET("/api/v1/lists/{list}/about", { params: { path: { list } } })), staleTime: 60_000 });
  const views = useQuery({ queryKey: ["list-views", list], queryFn: () => must(http.GET("/api/v1/lists/{list}/views", { params: { path: { list } } })), staleTime: 60_000 });
  const failed = about.error ?? views.error;
  const own = views.data?.items.find((v) => v.opens && v.problemZh === "");
  const begins = own ? askOf(own) : begin && { filters: begin, sort: "", columns: [], cursor: "", open: params.get("open") ?? "", view: "" };
  return (
    <section className="card fillpage listpage" data-testid={`list-${list}`}>
      {failed ? <><Head list={list} /><Failed failure={asFailure(failed)} retry={() => { void about.refetch(); void views.refetch(); }} /></>
        : about.data === undefined || views.data === undefined ? <><Head list={list} /><Skeleton lines={10} /></>
          : saysNothing(params) && begins && !instead ? <Begin ask={begins} />
            : <Body key={list} {...{ list, icon, first, tools, instead, begin, about: about.data, views: views.data.items }} />}
    </section>
  );
}

/** The page begins with the person's own view, or as the list usually is narrowed. */
function Begin({ ask }: { ask: Ask }) {
  const [, setParams] = useSearchParams();
  useEffect(() => setParams(writeAsk(ask), { replace: true }), [ask, setParams]);
  return null;
}

/** The books side by side; a list that is none of them has its name. */
function Head({ list, children }: { list: ListCode; children?: ReactNode }) {
  const { t } = useWords();
  const book = BOOKS.find((l) => l.code === list);
  if (!book) return <header className="wrap"><h1>{t("lists.tasks")}</h1>{children}</header>;
  return (
    <header className="wrap">
      <h1 className="sr">{t(book.label)}</h1>
      <nav className="seg" aria-label={t("lists.all")}>{BOOKS.map((l) => <NavLink key={l.code} to={`/${l.code}`} className={l.code === list ? "on" : ""} data-testid={`to-${l.code}`}>{t(l.label)}</NavLink>)}</nav>
      {children}
    </header>
  );
}

function Body({ list, icon, first, tools, instead, begin, about, views }: ListPageProps & { about: ListAbout; views: ListView[] }) {
  const { t } = useWords();
  const [params, setParams] = useSearchParams();
  const [panel, setPanel] = useState(false);
  const ask = readAsk(params);
  const go = (to: Ask) => setParams(writeAsk(to));
  const set = (change: Partial<Ask>) => go({ ...ask, cursor: "", open: "", view: ask.view || WHOLE, ...change });
  const { filter, sort, columns } = queryOf(ask);
  const page = useQuery({
    queryKey: ["list", list, filter, sort, columns, ask.cursor], placeholderData: keepPreviousData, enabled: !instead,
    queryFn: () => must(http.GET("/api/v1/lists/{list}", { params: { path: { list }, query: { filter, sort, columns, cursor: ask.cursor, limit: LIMIT } } })),
  });
  const shown = ask.columns.length > 0 ? ask.columns : about.columns.filter((c) => c.shown).map((c) => c.code);
  useKeys({ F: () => setPanel(!panel) });
  return (
    <>
      <Head list={list}>
        {tools}
        {!instead && (
          <>
            <Views {...{ list, about, views, ask, go }} />
            <button type="button" className={`btn s ${panel ? "on" : ""}`} data-testid="filters" aria-expanded={panel} onClick={() => setPanel(!panel)}><Icon name="list" /><span>{t("lists.filter")}</span><kbd>F</kbd></button>
            <Columns about={about} shown={shown} set={(codes) => set({ columns: codes })} />
            <Export list={list} about={about} ask={ask} />
          </>
        )}
      </Head>
      {instead ?? (
        <>
          {panel && <FilterPanel key={JSON.stringify(ask.filters)} about={about} filters={ask.filters} set={(filters) => set({ filters })} close={() => setPanel(false)} />}
          <Chips about={about} filters={ask.filters} set={(filters) => set({ filters })} />
          {page.isError ? <Trouble failure={asFailure(page.error)} retry={() => void page.refetch()} whole={() => go({ filters: {}, sort: "", columns: [], cursor: "", open: "", view: WHOLE })} top={() => set({})} />
            : page.data === undefined ? <Skeleton lines={10} />
              : page.data.items.length === 0 ? <Nothing icon={icon} first={first} filtered={filter.length > 0 && JSON.stringify(ask.filters) !== JSON.stringify(begin)} clear={() => set({ filters: {} })} />
                : <Table list={list} about={about} ask={ask} page={page.data} stale={page.isPlaceholderData} set={set} go={go} />}
        </>
      )}
    </>
  );
}

/** What was asked was wrong, or the server did not answer. */
function Trouble({ failure, retry, whole, top }: { failure: Failure; retry: () => void; whole: () => void; top: () => void }) {
  const { t, pick } = useWords();
  if (failure.status !== 422) return <Failed failure={failure} retry={retry} />;
  const placed = failure.code === "list_cursor";
  return <div data-testid="list-wrong"><Empty icon="warn" title={t("lists.wrong")} text={pick(failure.zh, failure.en)} action={<Act id="list-whole" kind="p" run={placed ? top : whole}>{t(placed ? "lists.top" : "lists.whole")}</Act>} /></div>;
}

function Nothing({ icon, first, filtered, clear }: { icon: IconName; first: { title: Key; text: Key }; filtered: boolean; clear: () => void }) {
  const { t } = useWords();
  if (!filtered) return <Empty icon={icon} title={t(first.title)} text={t(first.text)} />;
  return <Empty icon="search" title={t("lists.none")} text={t("lists.noneText")} action={<Act id="none-clear" kind="p" run={clear}>{t("lists.clear")}</Act>} />;
}

interface TableProps { list: ListCode; about: ListAbout; ask: Ask; page: ListAnswer; stale: boolean; set: (change: Partial<Ask>) => void; go: (ask: Ask) => void }

function Table({ list, about, ask, page, stale, set, go }: TableProps) {
  const words = useWords();
  const rows = page.items;
  const opened = rows.findIndex((r) => r.id === ask.open);
  const [at, setAt] = useState(Math.max(0, opened));
  const mark = Math.min(at, rows.length - 1);
  const open = (row: Row | undefined) => row && go({ ...ask, open: row.id });
  const step = (by: number) => {
    const next = Math.min(Math.max(mark + by, 0), rows.length - 1);
    setAt(next);
    if (ask.open !== "") open(rows[next]);
  };
  const turn = (cursor: string) => {
    if (cursor === "") return;
    setAt(0);
    set({ cursor, view: ask.view });
  };
  useKeys({ J: () => step(1), K: () => step(-1), Enter: () => ask.open === "" && open(rows[mark]), N: () => turn(page.next), P: () => turn(page.prev) });
  const columns: Column<Row>[] = page.columns.map((c, i) => ({
    head: words.pick(c.zh, c.en), num: NUMBERS.has(c.kind), cell: (r) => cell(c, r.cells[i] ?? "", words),
    ...(c.sorts && { sort: { way: page.sort === c.code ? "up" : page.sort === `-${c.code}` ? "down" : "", flip: () => set({ sort: nextSort(page.sort, c.code) }) } }),
  }));
  return (
    <>
      <div className={`scroll ${stale ? "stale" : ""}`}>
        <DataTable name={`${list}`} rows={rows} rowKey={(r) => r.id} columns={columns} at={mark} open={(r) => { setAt(rows.indexOf(r)); open(r); }} />
      </div>
      <Foot list={list} ask={ask} page={page} turn={turn} />
      {ask.open !== "" && <RecordDrawer list={list} about={about} id={ask.open} close={() => go({ ...ask, open: "" })} />}
    </>
  );
}

/** Where the page stands, and how many there are. */
function Foot({ list, ask, page, turn }: { list: ListCode; ask: Ask; page: ListAnswer; turn: (cursor: string) => void }) {
  const { t } = useWords();
  const { filter } = queryOf(ask);
  const total = useQuery({ queryKey: ["list-count", list, filter], queryFn: () => must(http.GET("/api/v1/lists/{list}/count", { params: { path: { list }, query: { filter } } })), staleTime: 30_000, placeholderData: keepPreviousData });
  const last = page.from + page.items.length - 1;
  const n = Math.max(total.data?.n ?? 0, last);
  return (
    <nav className="pager" aria-label={t("lists.pages")}>
      <span data-testid="list-total">{t("app.page", { from: count(page.from), to: count(last), total: total.data === undefined ? "…" : `${count(n)}${total.data.more ? "+" : ""}` })}</span>
      <span className="q xs listkeys"><Kbd>J</Kbd> <Kbd>K</Kbd> {t("lists.move")} <Kbd>Enter</Kbd> {t("lists.open")}</span><span className="end" />
      <Act id="page-prev" size="s" keyCap="P" disabled={page.prev === ""} run={() => turn(page.prev)}>{t("app.prev")}</Act>
      <Act id="page-next" size="s" keyCap="N" disabled={page.next === ""} run={() => turn(page.next)}>{t("app.next")}</Act>
    </nav>
  );
}
