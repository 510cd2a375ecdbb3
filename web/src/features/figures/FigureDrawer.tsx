// The rows behind a figure: what it counts, and one call or customer of it.
import { useState } from "react";
import { useNavigate, useSearchParams } from "react-router";
import { http, must } from "../../api/http";
import { Listed } from "../../api/Listed";
import type { FigureRow, FiguresPage, FigureView } from "../../api/schemas";
import { CallDetail } from "../../calls/CallsDrawer";
import { date, dateTime } from "../../lib/format";
import { useWords, type Words } from "../../lib/i18n";
import { useMay, useSession } from "../../session";
import { DataTable, Pager, type Column } from "../../ui/DataTable";
import { Drawer } from "../../ui/Drawer";
import { Icon } from "../../ui/Icon";
import { Empty } from "../../ui/looks";
import type { Choice } from "../../lib/period";
import { sideOf, sidesOf, type Side } from "./sides";

const LIMIT = 50;

export function FigureDrawer({ page, choice }: { page: FiguresPage; choice: Choice }) {
  const { t, pick } = useWords();
  const [params, setParams] = useSearchParams();
  const [call, setCall] = useState<string | null>(null);
  const figure = page.blocks.flatMap((b) => b.figures).find((f) => f.id === params.get("open"));
  const close = () => setParams((p) => {
    for (const name of ["open", "part", "side", "offset"]) p.delete(name);
    return p;
  });
  if (!figure) return null;
  const part = figure.parts.find((p) => p.code === params.get("part"));
  const name = [pick(figure.zh, figure.en), part && pick(part.zh, part.en)].filter(Boolean).join(" · ");
  return (
    <Drawer title={`${name}  ${(part ?? figure).shown}`} id="figure-drawer" close={close} closeWord={t("app.close")}>
      {call
        ? <><p className="sec"><button className="linkish" onClick={() => setCall(null)}><Icon name="left" /> {t("app.back")}</button></p><CallDetail id={call} /></>
        : <><About figure={figure} /><Behind figure={figure} part={part?.code} choice={choice} openCall={setCall} /></>}
    </Drawer>
  );
}

function About({ figure }: { figure: FigureView }) {
  const { t, pick } = useWords();
  return (
    <dl className="sec kv wide-kv about">
      <dt>{t("kpi.formula")}</dt><dd>{pick(figure.formulaZh, figure.formulaEn)}</dd>
      <dt>{t("kpi.key")}</dt><dd>{pick(figure.keyZh, figure.keyEn)}</dd>
      {figure.interval && <><dt>{t("kpi.interval")}</dt><dd>{figure.interval}{figure.few && <span className="tag few">{t("kpi.few", { n: figure.cases })}</span>}</dd></>}
    </dl>
  );
}

function Behind({ figure, part, choice, openCall }: { figure: FigureView; part: string | undefined; choice: Choice; openCall: (id: string) => void }) {
  const words = useWords();
  const { t } = words;
  const [params, setParams] = useSearchParams();
  const side = sideOf(params.get("side"));
  const offset = Number(params.get("offset") ?? 0);
  const show = (next: Side) => setParams((p) => {
    p.delete("offset");
    p.set("side", next);
    return p;
  }, { replace: true });
  const turn = (to: number) => setParams((p) => {
    p.set("offset", String(to));
    return p;
  }, { replace: true });
  const query = { ...choice, part, side, limit: LIMIT, offset };
  const read = () => must(http.GET("/api/v1/figures/{id}/rows", { params: { path: { id: figure.id }, query } }));
  const go = useGo(openCall);
  return (
    <>
      <p className="sec">
        <span className="seg" role="group">{sidesOf(figure).map((s) => <button key={s} type="button" className={s === side ? "on" : ""} aria-pressed={s === side} data-testid={`side-${s}`} onClick={() => show(s)}>{t(`kpi.side.${s}`)}</button>)}</span>
      </p>
      <Listed queryKey={["figure-rows", figure.id, query]} read={read} empty={(list) => (list.total === 0 ? <Empty icon="list" title={t("kpi.noRows")} /> : null)}>
        {(list) => (
          <>
            <DataTable name="figure-row" rows={list.items} columns={columns(words, figure)} rowKey={(r) => `${r.id}${r.partEn}${r.valueEn}`} open={go} />
            <Pager total={list.total} limit={LIMIT} offset={offset} go={turn} />
            <p className="sec q sm" data-testid="figure-total">{t("kpi.total", { n: list.total })}</p>
          </>
        )}
      </Listed>
    </>
  );
}

/** A call opens in the drawer, everything else at its customer; rows of another store do not open from here. */
function useGo(openCall: (id: string) => void): (row: FigureRow) => void {
  const navigate = useNavigate();
  const { session } = useSession();
  const calls = useMay("calls.see");
  return (row) => {
    if (row.storeId !== session.store.id) return;
    if (row.noun === "call" && calls) openCall(row.id);
    else void navigate(`/customers/${row.customer.id}`);
  };
}

function columns({ t, pick }: Words, figure: FigureView): Column<FigureRow>[] {
  const dayOnly = (r: FigureRow) => ["policy", "renewal"].includes(r.noun);
  const mark = (r: FigureRow) => (r.open ? t("kpi.row.open") : r.den === 0 || figure.method === "weighted" ? "" : t(r.num > 0 ? "kpi.row.num" : "kpi.row.rest"));
  const list: Column<FigureRow>[] = [
    { head: pick(figure.keyZh, figure.keyEn), cell: (r) => (dayOnly(r) ? date(r.at) : dateTime(r.at)) },
    { head: t("kpi.row.what"), cell: (r) => t(`kpi.noun.${r.noun}`) },
    { head: t("kpi.row.customer"), cell: (r) => <b>{r.customer.name}</b> },
    { head: t("kpi.row.value"), cell: (r) => <span className="wrapcell">{pick(r.valueZh, r.valueEn)}</span> },
    { head: t("kpi.row.counts"), cell: mark },
    { head: t("kpi.agent"), cell: (r) => r.agent?.name ?? "—" },
  ];
  if (figure.parts.length > 0) list.splice(3, 0, { head: t("kpi.row.part"), cell: (r) => pick(r.partZh, r.partEn) || "—" });
  return list;
}
