// How often models are maintained (D-12): the store's own plans by part of a model's
// name, and the shipped ones that serve every other model.
import { useState, type FormEvent } from "react";
import { http, must } from "../../api/http";
import type { StorePlan, StorePlans } from "../../api/schemas";
import { count, kilometres } from "../../lib/format";
import { useWords } from "../../lib/i18n";
import { Act, Tag } from "../../ui/bits";
import { DataTable } from "../../ui/DataTable";
import { Section, type Setting } from "./Section";

const FIGURES = ["firstMonths", "firstKm", "periodMonths", "periodKm", "stopAfterDays"] as const;
const KINDS = ["car", "ebike"] as const;
const MODEL_MOST = 60;
/** A plan in the form; `fixed` is one that is changed: its kind and model stay. */
interface Draft { plan: StorePlan; fixed: boolean }

export function Plans() {
  const { t } = useWords();
  return (
    <Section id="plans" title={t("plan.title")} text={t("plan.text")} read={() => must(http.GET("/api/v1/store/plans"))}>
      {(setting) => <Table {...setting} />}
    </Section>
  );
}

function Table({ value, change, save }: Setting<StorePlans>) {
  const { t } = useWords();
  const [draft, setDraft] = useState<Draft | null>(null);
  const drop = (id: string) => void save(() => must(http.DELETE("/api/v1/store/plans/{id}", { params: { path: { id } } })));
  const send = (plan: StorePlan) => void save(() => must(http.PUT("/api/v1/store/plans", { body: plan }))).then((done) => done && setDraft(null));
  const replaced = (p: StorePlan) => p.id === undefined && value.own.some((o) => o.vehicleKind === p.vehicleKind && o.model === "");
  const both = (months: number, km: number) => `${t("plan.months", { n: months })} / ${kilometres(km)}`;
  const rows = [...value.own, ...value.shipped.filter((p) => !replaced(p))];
  return (
    <>
      <div className="tblscroll">
        <DataTable<StorePlan> name="plan" rows={rows} rowKey={(p) => p.id ?? p.vehicleKind} columns={[
          { head: t("plan.model"), cell: (p) => <>{t(`plan.kind.${p.vehicleKind}`)} · <b>{p.model || t("plan.every")}</b> {p.id === undefined && <Tag>{t("plan.shipped")}</Tag>}</> },
          { head: t("plan.first"), cell: (p) => both(p.firstMonths, p.firstKm) },
          { head: t("plan.period"), cell: (p) => both(p.periodMonths, p.periodKm) },
          { head: t("plan.stop"), cell: (p) => t("plan.days", { n: count(p.stopAfterDays) }) },
          { head: t("plan.change"), cell: (p) => (
            <span className="row">
              <Act id="plan-edit" size="s" run={() => setDraft({ plan: p, fixed: true })}>{t("plan.edit")}</Act>
              {p.id !== undefined && <Act id="plan-drop" size="s" disabled={change.busy} run={() => drop(p.id ?? "")}>{t("plan.drop")}</Act>}
            </span>
          ) },
        ]} />
      </div>
      {draft
        ? <Form key={`${draft.plan.id} ${draft.plan.vehicleKind} ${draft.fixed}`} draft={draft} busy={change.busy} send={send} close={() => setDraft(null)} />
        : <p className="sec"><Act id="plan-add" icon="plus" run={() => setDraft({ plan: value.shipped[0] ?? BLANK, fixed: false })}>{t("plan.add")}</Act></p>}
    </>
  );
}

const BLANK: StorePlan = { vehicleKind: "car", model: "", firstMonths: 3, firstKm: 5000, periodMonths: 6, periodKm: 10000, stopAfterDays: 90 };

function Form({ draft, busy, send, close }: { draft: Draft; busy: boolean; send: (plan: StorePlan) => void; close: () => void }) {
  const { t } = useWords();
  const [kind, setKind] = useState(draft.plan.vehicleKind);
  const [model, setModel] = useState(draft.plan.model);
  const [figures, setFigures] = useState(() => Object.fromEntries(FIGURES.map((f) => [f, String(draft.plan[f])])) as Record<(typeof FIGURES)[number], string>);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const whole = (f: (typeof FIGURES)[number]) => Math.trunc(Number(figures[f].normalize("NFKC").replaceAll(",", ""))) || 0;
    send({ vehicleKind: kind, model, firstMonths: whole("firstMonths"), firstKm: whole("firstKm"), periodMonths: whole("periodMonths"), periodKm: whole("periodKm"), stopAfterDays: whole("stopAfterDays") });
  };
  return (
    <form className="sec planform" data-testid="plan-form" onSubmit={submit} onKeyDown={(e) => e.key === "Escape" && close()}>
      <label className="sm">{t("plan.kind")}
        <select className="inp" data-testid="plan-kind" value={kind} disabled={draft.fixed} onChange={(e) => setKind(e.target.value === "ebike" ? "ebike" : "car")}>{KINDS.map((k) => <option key={k} value={k}>{t(`plan.kind.${k}`)}</option>)}</select>
      </label>
      <label className="sm planmodel">{t("plan.modelPart")}
        <input className="inp" data-testid="plan-model" value={model} disabled={draft.fixed} maxLength={MODEL_MOST} placeholder={t("plan.modelHint")} onChange={(e) => setModel(e.target.value)} />
      </label>
      {FIGURES.map((f) => (
        <label key={f} className="sm">{t(`plan.${f}`)}
          <input className="inp num" data-testid={`plan-${f}`} inputMode="numeric" value={figures[f]} maxLength={7} onChange={(e) => setFigures({ ...figures, [f]: e.target.value })} />
        </label>
      ))}
      <div className="row"><button className="btn p" type="submit" data-testid="plan-save" disabled={busy}>{t("store.save")}</button><Act id="plan-close" keyCap="Esc" run={close}>{t("app.cancel")}</Act></div>
    </form>
  );
}
