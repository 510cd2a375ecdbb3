// Files that were merged into this one, with the way back; and a proposal to merge
// another one.
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { CustomerFile, CustomerRow, FileMerge } from "../../api/schemas";
import { http, must } from "../../api/http";
import { useChange } from "../../api/useChange";
import { date, dateTime } from "../../lib/format";
import { useWords } from "../../lib/i18n";
import { useMay } from "../../session";
import { Act } from "../../ui/bits";
import { ChangeForm } from "./change";
import "../../styles/merges.css";

export function Merges({ customer }: { customer: CustomerFile }) {
  const { t } = useWords();
  const may = useMay("review.answer");
  const [proposing, setProposing] = useState(false);
  const [said, setSaid] = useState("");
  if (customer.merges.length === 0 && !may) return null;
  return (
    <section className="card" data-testid="merges-card">
      <header><h2>{t("mrg.mergesHead")}</h2>{may && <button className="linkish sm end" data-testid="merge-propose" onClick={() => setProposing(!proposing)}>{t("mrg.proposeHere")}</button>}</header>
      <div className="sec">
        {customer.merges.map((m) => <Merged key={m.id} merge={m} customer={customer.id} />)}
        {customer.merges.length === 0 && !proposing && <p className="q sm">{said || "—"}</p>}
        {proposing && <Propose customer={customer} close={(words) => { setProposing(false); setSaid(words); }} />}
      </div>
    </section>
  );
}

function Merged({ merge: m, customer }: { merge: FileMerge; customer: string }) {
  const { t, pick } = useWords();
  const change = useChange();
  const cache = useQueryClient();
  const undo = () => void change.run(async () => {
    await must(http.POST("/api/v1/merges/{id}/undo", { params: { path: { id: m.id } } }));
    await Promise.all([["customer", customer], ["story", customer], ["reviews"], ["review"]].map((queryKey) => cache.invalidateQueries({ queryKey })));
  });
  return (
    <div className="mergedfrom sm" data-testid="merged-from">
      <span>{m.by ? t("mrg.from", { day: date(m.at), who: m.by, name: m.name }) : t("mrg.fromSystem", { day: date(m.at), name: m.name })} <span className="q">{m.note}</span></span>
      {m.mayUndo && <Act id="merged-undo" size="s" icon="undo" disabled={change.busy} run={undo}>{t("mrg.undo")}</Act>}
      <span className="xs q">{m.above ? t("mrg.above") : t("mrg.undoUntil", { day: dateTime(m.undoUntil) })}</span>
      {change.failure && <p className="r xs" role="alert">{pick(change.failure.zh, change.failure.en)}</p>}
    </div>
  );
}

function Propose({ customer, close }: { customer: CustomerFile; close: (said: string) => void }) {
  const { t } = useWords();
  const cache = useQueryClient();
  const [text, setText] = useState("");
  const [other, setOther] = useState<CustomerRow | null>(null);
  const [note, setNote] = useState("");
  const wanted = text.trim();
  const hits = useQuery({ queryKey: ["search", wanted], queryFn: () => must(http.GET("/api/v1/customers", { params: { query: { q: wanted } } })), enabled: wanted.length > 1 && other === null });
  const found = hits.data?.items.filter((c) => c.id !== customer.id) ?? [];
  const send = async () => {
    if (!other) return;
    await must(http.POST("/api/v1/customers/{id}/merge-proposal", { params: { path: { id: customer.id } }, body: { other: other.id, note: note.trim() } }));
    await Promise.all([["customer", customer.id], ["reviews"]].map((queryKey) => cache.invalidateQueries({ queryKey })));
    close(t("mrg.sent"));
  };
  return (
    <ChangeForm id="propose-form" send={send} cancel={() => close("")} submit={t("mrg.propose")}>
      <input className="inp s" autoFocus aria-label={t("mrg.find")} placeholder={t("mrg.find")} data-testid="propose-find" value={other?.name ?? text} onChange={(e) => { setOther(null); setText(e.target.value); }} />
      {other === null && wanted.length > 1 && hits.data && (
        <ul className="foundfiles">{found.slice(0, 5).map((c) => <li key={c.id}><button type="button" className="btn t s" onClick={() => setOther(c)}>{[c.name, ...c.phones, ...c.plates].join(" ")}</button></li>)}
          {found.length === 0 && <li className="q xs">{t("mrg.found.none")}</li>}</ul>
      )}
      {other && <input className="inp s" aria-label={t("mrg.whyProposed")} placeholder={t("mrg.whyProposed")} data-testid="propose-note" value={note} maxLength={200} onChange={(e) => setNote(e.target.value)} />}
    </ChangeForm>
  );
}
