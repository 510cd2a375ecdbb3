// Search from anywhere: phone, plate, VIN, name or order number, with results as
// you type. "/" or Ctrl+K goes there, arrows choose, Enter opens.
import { useQuery } from "@tanstack/react-query";
import { useRef, useState, type KeyboardEvent } from "react";
import { Link, useNavigate } from "react-router";
import type { CustomerRow } from "../api/schemas";
import { http, must } from "../api/http";
import { phone, plate } from "../lib/format";
import { useWords } from "../lib/i18n";
import { isComposing, useKeys } from "../lib/keys";
import { Icon } from "../ui/Icon";

export function Search() {
  const { t } = useWords();
  const [q, setQ] = useState("");
  const [open, setOpen] = useState(false);
  const [at, setAt] = useState(0);
  const field = useRef<HTMLInputElement>(null);
  const navigate = useNavigate();
  const focus = () => field.current?.focus();
  useKeys({ "/": focus, "Ctrl+K": focus });
  const wanted = q.trim();
  const found = useQuery({
    queryKey: ["customers", wanted],
    queryFn: () => must(http.GET("/api/v1/customers", { params: { query: { q: wanted } } })),
    enabled: open && wanted.length >= 2,
  });
  const rows = found.data?.items ?? [];
  const leave = () => {
    setOpen(false);
    field.current?.blur();
  };
  const press = (event: KeyboardEvent) => {
    if (isComposing(event.nativeEvent)) return;
    if (event.key === "Escape") return leave();
    if (event.key === "ArrowDown") setAt(Math.min(at + 1, rows.length - 1));
    if (event.key === "ArrowUp") setAt(Math.max(at - 1, 0));
    const chosen = rows[at];
    if (event.key !== "Enter" || !chosen) return;
    leave();
    void navigate(`/customers/${chosen.id}`);
  };
  return (
    <div className="searchbox">
      <label className="inp search">
        <Icon name="search" />
        <input ref={field} data-testid="search" aria-label={t("app.search")} placeholder={t("top.search")} value={q} onKeyDown={press}
          onFocus={() => setOpen(true)} onBlur={() => setTimeout(() => setOpen(false), 150)}
          onChange={(e) => { setQ(e.target.value); setAt(0); setOpen(true); }} />
        <kbd>/</kbd>
      </label>
      {open && wanted !== "" && <Results rows={rows} at={at} short={wanted.length < 2} none={found.isSuccess && rows.length === 0} q={wanted} leave={leave} />}
    </div>
  );
}

function Results({ rows, at, short, none, q, leave }: { rows: CustomerRow[]; at: number; short: boolean; none: boolean; q: string; leave: () => void }) {
  const { t } = useWords();
  return (
    <div className="pop">
      {short && <p>{t("top.searchMore")}</p>}
      {none && <p>{t("top.searchNone", { q })}</p>}
      {rows.map((row, i) => (
        <Link key={row.id} to={`/customers/${row.id}`} className={i === at ? "on" : ""} onClick={leave} data-testid={`search-hit-${i}`}>
          <b>{row.name}</b><span>{row.phones.map(phone).join(" ")}</span><span>{row.plates.map(plate).join(" ")}</span>
        </Link>
      ))}
    </div>
  );
}
