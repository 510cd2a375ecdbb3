// Quick-handling forms (快速处理表), newest first.
import { useState } from "react";
import { useSearchParams } from "react-router";
import type { QuickForm } from "../../api/schemas";
import { http, must } from "../../api/http";
import { Listed } from "../../api/Listed";
import { dateTime } from "../../lib/format";
import { useWords } from "../../lib/i18n";
import { useMay } from "../../session";
import { DataTable } from "../../ui/DataTable";
import { Drawer } from "../../ui/Drawer";
import { Empty } from "../../ui/looks";
import { Reworks } from "./Reworks";

const KINDS = ["form", "rework"] as const;

export default function QuickFormsPage() {
  const { t, pick } = useWords();
  const [params, setParams] = useSearchParams();
  const all = useMay("customer.all");
  const kind = all && params.get("kind") === "rework" ? "rework" : "form";
  const [opened, setOpened] = useState<QuickForm | null>(null);
  const list = (items: { zh: string; en: string }[]) => items.map((i) => pick(i.zh, i.en)).join("、") || "—";
  return (
    <section className="card fillpage">
      <header>
        <h1>{t("form.title")}</h1>
        {all && <div className="seg" role="group">{KINDS.map((k) => <button key={k} className={k === kind ? "on" : ""} data-testid={`forms-${k}`} onClick={() => setParams(k === "form" ? {} : { kind: k })}>{t(`form.kind.${k}`)}</button>)}</div>}
      </header>
      <div className="scroll">
        {kind === "rework" ? <Reworks /> : <Listed queryKey={["quick-forms"]} read={() => must(http.GET("/api/v1/quick-forms", { params: { query: { limit: 200 } } }))}
          empty={({ items }) => (items.length === 0 ? <Empty icon="flag" title={t("form.empty")} text={t("form.emptyText")} /> : null)}>
          {({ items }) => (
            <DataTable<QuickForm> name="form" rows={items} rowKey={(f) => f.id} open={setOpened} columns={[
              { head: t("form.no"), cell: (f) => <b>{f.no}</b> },
              { head: t("form.customer"), cell: (f) => f.customer?.name ?? "—" },
              { head: t("form.category"), cell: (f) => list(f.categories) },
              { head: t("form.level"), cell: (f) => pick(f.level.zh, f.level.en) || "—" },
              { head: t("form.dept"), cell: (f) => list(f.departments) },
              { head: t("form.by"), cell: (f) => `${f.createdBy ?? ""} ${dateTime(f.createdAt)}` },
            ]} />
          )}
        </Listed>}
      </div>
      {opened && <Drawer title={`${t("form.title")} ${opened.no}`} id="form-drawer" close={() => setOpened(null)} closeWord={t("app.close")}><Fields form={opened} list={list} /></Drawer>}
    </section>
  );
}

function Fields({ form, list }: { form: QuickForm; list: (items: { zh: string; en: string }[]) => string }) {
  const { t, pick } = useWords();
  const safe = form.safeToDrive === "yes" ? t("form.yes") : form.safeToDrive === "no" ? t("form.noSafe") : form.safeToDrive || "—";
  return (
    <dl className="sec kv wide-kv">
      <dt>{t("form.customer")}</dt><dd>{form.customer?.name}</dd>
      <dt>{t("form.category")}</dt><dd>{list(form.categories)}</dd>
      <dt>{t("form.level")}</dt><dd>{pick(form.level.zh, form.level.en) || "—"}</dd>
      <dt>{t("form.words")}</dt><dd>“{form.verbatim}”</dd>
      <dt>{t("form.demand")}</dt><dd>{form.demand || "—"}</dd>
      <dt>{t("form.contact")}</dt><dd>{form.contactTime || "—"}</dd>
      <dt>{t("form.safe")}</dt><dd>{safe}</dd>
      <dt>{t("form.dept")}</dt><dd>{list(form.departments)}</dd>
      <dt>{t("form.by")}</dt><dd>{form.createdBy} {dateTime(form.createdAt)}</dd>
    </dl>
  );
}
