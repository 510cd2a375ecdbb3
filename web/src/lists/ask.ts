// What a list's page asks, as it stands in the address: one parameter per filter, the
// order, the columns, the place, the open record and the kept view.
import type { ListFilter, ListView } from "../api/schemas";
import type { Words } from "../lib/i18n";

export interface Ask {
  filters: Record<string, string>;
  sort: string;
  columns: string[];
  cursor: string;
  open: string;
  view: string;
}

const OWN = new Set(["sort", "cols", "at", "open", "view", "q"]);
/** The view that is none: the whole list, also for a person whose page begins with another. */
export const WHOLE = "all";

export function readAsk(params: URLSearchParams): Ask {
  const filters: Record<string, string> = {};
  for (const [code, value] of params) if (!OWN.has(code)) filters[code] = value;
  const text = (code: string) => params.get(code) ?? "";
  return { filters, sort: text("sort"), columns: text("cols").split(",").filter(Boolean), cursor: text("at"), open: text("open"), view: text("view") };
}

export function writeAsk(ask: Ask): URLSearchParams {
  const out = new URLSearchParams(ask.filters);
  const put = (code: string, value: string) => value !== "" && out.set(code, value);
  put("sort", ask.sort);
  put("cols", ask.columns.join(","));
  put("at", ask.cursor);
  put("open", ask.open);
  put("view", ask.view);
  return out;
}

/** What the server is asked for: filters as "code:value". */
export const saidFilters = (filters: Record<string, string>): string[] => Object.entries(filters).map(([code, value]) => `${code}:${value}`);

/** The query of a request; columns travel as one word. */
export function queryOf(ask: Ask): { filter: string[]; sort: string; columns: string[] } {
  return { filter: saidFilters(ask.filters), sort: ask.sort, columns: ask.columns.length > 0 ? [ask.columns.join(",")] : [] };
}

export function askOf(view: ListView): Ask {
  const filters = Object.fromEntries(view.filters.map((said) => [said.slice(0, said.indexOf(":")), said.slice(said.indexOf(":") + 1)]));
  return { filters, sort: view.sort, columns: view.columns, cursor: "", open: "", view: view.id };
}

/** Nothing was said in the address: the page may begin with the person's own view. */
export const saysNothing = (params: URLSearchParams): boolean => [...params.keys()].every((code) => code === "q" || code === "open");

/** The address of a list's file. */
export function exportPath(list: string, ask: Ask, format: string, language: string): string {
  const query = new URLSearchParams(saidFilters(ask.filters).map((said) => ["filter", said]));
  if (ask.sort) query.set("sort", ask.sort);
  if (ask.columns.length > 0) query.set("columns", ask.columns.join(","));
  query.set("format", format);
  query.set("language", language);
  return `/api/v1/lists/${list}/export?${query}`;
}

/** The order after a click on a column's head: downwards first, then upwards, then as the list usually is. */
export function nextSort(now: string, code: string): string {
  if (now === `-${code}`) return code;
  return now === code ? "" : `-${code}`;
}

/** Both ends of a range filter. */
export function ends(value: string): [string, string] {
  const [from = "", to = ""] = value.split("..");
  return [from, to];
}

export const range = (from: string, to: string): string => (from === "" && to === "" ? "" : `${from}..${to}`);

/** A filter's value in words. */
export function saidInWords(filter: ListFilter, value: string, persons: { id: string; name: string }[], { pick, t }: Pick<Words, "pick" | "t">): string {
  switch (filter.kind) {
    case "choice":
      return value.split(",").map((code) => filter.words.find((w) => w.code === code)).map((w) => (w ? pick(w.zh, w.en) : "?")).join(t("cust.and"));
    case "yes":
      return t(value === "yes" ? "lists.yes" : "lists.no");
    case "person":
      return persons.find((p) => p.id === value)?.name ?? "?";
    case "row":
      return "…";
    case "days":
    case "number":
    case "money": {
      const [from, to] = ends(value);
      return from === "" ? `≤ ${to}` : to === "" ? `≥ ${from}` : from === to ? from : `${from} – ${to}`;
    }
    default:
      return value;
  }
}
