// The filters of a list: chips of what holds now, and a panel to set them.
import { useState, type FormEvent } from "react";
import type { ListAbout, ListFilter } from "../api/schemas";
import { useWords } from "../lib/i18n";
import { Icon } from "../ui/Icon";
import { ends, range, saidInWords } from "./ask";

interface FiltersProps { about: ListAbout; filters: Record<string, string>; set: (filters: Record<string, string>) => void }

/** What holds now; a click takes one away. */
export function Chips({ about, filters, set }: FiltersProps) {
  const { t, pick } = useWords();
  const without = (code: string) => set(Object.fromEntries(Object.entries(filters).filter(([c]) => c !== code)));
  if (Object.keys(filters).length === 0) return null;
  return (
    <div className="chips" data-testid="chips">
      {Object.entries(filters).map(([code, value]) => {
        const filter = about.filters.find((f) => f.code === code);
        const said = filter ? `${pick(filter.zh, filter.en)} ${saidInWords(filter, value, about.persons, { pick, t })}` : code;
        return <button key={code} type="button" className="tag b" translate="no" data-testid={`chip-${code}`} aria-label={t("lists.without", { what: said })} onClick={() => without(code)}>{said}<Icon name="x" /></button>;
      })}
      <button type="button" className="linkish sm" data-testid="clear-filters" onClick={() => set({})}>{t("lists.clear")}</button>
    </div>
  );
}

/** A day as everybody here writes it; a browser's own field would follow the browser's language. */
const DAY = "\\d{4}-\\d{2}-\\d{2}";

export function FilterPanel({ about, filters, set, close }: FiltersProps & { close: () => void }) {
  const { t } = useWords();
  const [draft, setDraft] = useState(filters);
  const put = (code: string) => (value: string) => setDraft(Object.fromEntries(Object.entries({ ...draft, [code]: value }).filter(([, v]) => v !== "")));
  const send = (event: FormEvent) => {
    event.preventDefault();
    set(draft);
    close();
  };
  return (
    <form className="filterpanel" data-testid="filter-panel" onSubmit={send} onKeyDown={(e) => e.key === "Escape" && close()}>
      <div className="filterfields">
        {about.filters.filter((f) => f.kind !== "row").map((f, i) => <Field key={f.code} filter={f} about={about} value={draft[f.code] ?? ""} put={put(f.code)} first={i === 0} />)}
      </div>
      <div className="row">
        <button className="btn s p" type="submit" data-testid="filter-apply">{t("lists.apply")}</button>
        <button className="btn s" type="button" onClick={() => setDraft({})}>{t("lists.clear")}</button>
        <button className="btn s t" type="button" onClick={close}>{t("app.close")}</button>
      </div>
    </form>
  );
}

function Field({ filter, about, value, put, first }: { filter: ListFilter; about: ListAbout; value: string; put: (value: string) => void; first: boolean }) {
  const { t, pick } = useWords();
  const name = pick(filter.zh, filter.en);
  const [from, to] = ends(value);
  const mark = { "data-testid": `filter-${filter.code}`, autoFocus: first };
  if (filter.kind === "days" || filter.kind === "number" || filter.kind === "money") {
    const field = filter.kind === "days" ? { inputMode: "numeric" as const, placeholder: "2026-11-01", pattern: DAY, title: t("lists.day"), maxLength: 10 } : { type: "number", min: 0 };
    return (
      <fieldset className="filterfield"><legend>{name}</legend>
        <span className="row">
          <input className="inp s" {...field} {...mark} aria-label={`${name} ${t("cust.from")}`} value={from} onChange={(e) => put(range(e.target.value, to))} />
          <span className="q">–</span>
          <input className="inp s" {...field} aria-label={`${name} ${t("cust.to")}`} data-testid={`filter-${filter.code}-to`} value={to} onChange={(e) => put(range(from, e.target.value))} />
        </span>
      </fieldset>
    );
  }
  if (filter.kind === "text") return <label className="filterfield"><span>{name}</span><input className="inp s" {...mark} maxLength={60} placeholder={t("lists.part")} value={value} onChange={(e) => put(e.target.value)} /></label>;
  const choices = filter.kind === "yes" ? [{ code: "yes", name: t("lists.yes") }, { code: "no", name: t("lists.no") }]
    : filter.kind === "person" ? about.persons.map((p) => ({ code: p.id, name: p.name })) : filter.words.map((w) => ({ code: w.code, name: pick(w.zh, w.en) }));
  return (
    <label className="filterfield"><span>{name}</span>
      <select className="inp s" {...mark} value={value} onChange={(e) => put(e.target.value)}>
        <option value="">{t("lists.any")}</option>
        {value !== "" && !choices.some((c) => c.code === value) && <option value={value}>{saidInWords(filter, value, about.persons, { pick, t })}</option>}
        {choices.map((c) => <option key={c.code} value={c.code}>{c.name}</option>)}
      </select>
    </label>
  );
}
