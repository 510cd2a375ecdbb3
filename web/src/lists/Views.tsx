// Kept views of a list: choose, save, rename, share, begin with, delete.
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { ListAbout, ListView } from "../api/schemas";
import { http, must } from "../api/http";
import { useChange } from "../api/useChange";
import { useWords } from "../lib/i18n";
import { Icon } from "../ui/Icon";
import { askOf, saidFilters, WHOLE, type Ask } from "./ask";
import { Pop } from "./Pop";

type Answer = { items: ListView[]; total: number };

interface ViewsProps { list: string; about: ListAbout; views: ListView[]; ask: Ask; go: (ask: Ask) => void }

export function Views({ list, about, views, ask, go }: ViewsProps) {
  const { t } = useWords();
  const chosen = views.find((v) => v.id === ask.view);
  return (
    <Pop id="views" icon="eye" label={<span className="viewname">{chosen?.name ?? t("lists.whole")}{chosen && changed(chosen, ask) && " *"}</span>}>
      {(close) => <Panel {...{ list, about, views, ask, go, close, chosen }} />}
    </Pop>
  );
}

const changed = (v: ListView, ask: Ask): boolean =>
  v.sort !== ask.sort || v.columns.join() !== ask.columns.join() || [...v.filters].sort().join() !== saidFilters(ask.filters).sort().join();

function Panel({ list, about, views, ask, go, close, chosen }: ViewsProps & { close: () => void; chosen: ListView | undefined }) {
  const { t, pick } = useWords();
  const cache = useQueryClient();
  const change = useChange();
  const [name, setName] = useState(chosen?.name ?? "");
  const [shared, setShared] = useState(chosen?.shared ?? false);
  const path = { path: { list } };
  const keep = (work: () => Promise<Answer>, then: (answer: Answer) => void = () => undefined) => void change.run(async () => {
    const answer = await work();
    cache.setQueryData(["list-views", list], answer);
    then(answer);
  });
  const body = { name: name.trim(), shared, filters: saidFilters(ask.filters), sort: ask.sort, columns: ask.columns };
  const found = (answer: Answer) => answer.items.find((v) => v.name === body.name && v.shared === shared);
  const open = (v: ListView) => { go(askOf(v)); close(); };
  return (
    <div className="viewspanel">
      <ul>
        <li><button type="button" className={`btn s t k ${chosen ? "" : "on"}`} data-testid="view-whole" onClick={() => { go({ filters: {}, sort: "", columns: [], cursor: "", open: "", view: WHOLE }); close(); }}>{t("lists.whole")}</button></li>
        {views.map((v) => (
          <li key={v.id}>
            <button type="button" className={`btn s t k ${v.id === chosen?.id ? "on" : ""}`} data-testid={`view-${v.name}`} onClick={() => open(v)} translate="no">
              {v.problemZh !== "" && <Icon name="warn" />}{v.name}
            </button>
            {v.shared && <span className="q xs" title={t("lists.sharedBy", { who: v.owner })}>{t("lists.shared")}</span>}
            <span className="end" />
            <button type="button" className={`btn s t ${v.opens ? "" : "k"}`} aria-pressed={v.opens} data-testid={`view-first-${v.name}`} title={t("lists.first")} aria-label={`${t("lists.first")} ${v.name}`}
              onClick={() => keep(() => must(http.PUT("/api/v1/lists/{list}/first-view", { params: path, body: v.opens ? {} : { id: v.id } })))}><Icon name={v.opens ? "check" : "flag"} /></button>
            {v.mayChange && <button type="button" className="btn s t k" aria-label={`${t("lists.drop")} ${v.name}`} data-testid={`view-drop-${v.name}`}
              onClick={() => keep(() => must(http.DELETE("/api/v1/lists/{list}/views/{id}", { params: { path: { list, id: v.id } } })), () => v.id === ask.view && go({ ...ask, view: WHOLE }))}><Icon name="x" /></button>}
            {v.problemZh !== "" && <p className="r xs">{pick(v.problemZh, v.problemEn)}</p>}
          </li>
        ))}
      </ul>
      <form className="viewform" onSubmit={(e) => { e.preventDefault(); keep(() => must(http.POST("/api/v1/lists/{list}/views", { params: path, body })), (a) => { const v = found(a); if (v) open(v); }); }}>
        <input className="inp s" data-testid="view-name" maxLength={30} placeholder={t("lists.viewName")} aria-label={t("lists.viewName")} value={name} onChange={(e) => setName(e.target.value)} />
        {about.mayShare && <label className="sm"><input type="checkbox" data-testid="view-shared" checked={shared} onChange={(e) => setShared(e.target.checked)} />{t("lists.share")}</label>}
        <div className="row">
          {chosen?.mayChange && <button type="button" className="btn s p" data-testid="view-update" disabled={change.busy || body.name === ""}
            onClick={() => keep(() => must(http.PUT("/api/v1/lists/{list}/views/{id}", { params: { path: { list, id: chosen.id } }, body })), close)}>{t("lists.update")}</button>}
          <button className={`btn s ${chosen?.mayChange ? "" : "p"}`} type="submit" data-testid="view-save" disabled={change.busy || body.name === "" || body.name === chosen?.name}>{t("lists.saveAs")}</button>
        </div>
        {change.failure && <p className="r xs" role="alert" data-testid="view-failure">{pick(change.failure.zh, change.failure.en)}</p>}
      </form>
    </div>
  );
}
