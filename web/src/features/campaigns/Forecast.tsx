// Before a campaign starts, and while it runs: who will be called today and
// tomorrow, who not, and why; every number opens its list.
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { CampaignMode, ForecastLine, Forecast as ForecastView } from "../../api/schemas";
import { asFailure } from "../../api/failure";
import { http, must } from "../../api/http";
import { Listed } from "../../api/Listed";
import { WhyDrawer } from "../../calls/Why";
import { count, moment, phone } from "../../lib/format";
import { useWords } from "../../lib/i18n";
import { DataTable, Pager } from "../../ui/DataTable";
import { Drawer } from "../../ui/Drawer";
import { Empty, Failed, Skeleton } from "../../ui/looks";
import "../../styles/why.css";

export interface Over { taskKind: string; callerNumberId: string | undefined; mode: CampaignMode }
interface Opened { bucket: string; title: string }

export function Forecast({ over, every }: { over: Over; every?: number }) {
  const [opened, setOpened] = useState<Opened | null>(null);
  const query = useQuery({
    queryKey: ["forecast", over.taskKind, over.callerNumberId, over.mode], refetchInterval: every ?? false, placeholderData: keepPreviousData,
    queryFn: () => must(http.GET("/api/v1/campaigns/forecast", { params: { query: over } })),
  });
  if (query.isError) return <Failed failure={asFailure(query.error)} retry={() => void query.refetch()} />;
  if (query.data === undefined) return <Skeleton />;
  return (
    <>
      <Figures forecast={query.data} open={setOpened} />
      {opened && <Behind over={over} opened={opened} close={() => setOpened(null)} />}
    </>
  );
}

function Figures({ forecast: f, open }: { forecast: ForecastView; open: (o: Opened) => void }) {
  const { t, pick } = useWords();
  const days = [["now", f.now, t("fc.now")], ["today", f.today, t("fc.today")], ["tomorrow", f.tomorrow, t("fc.tomorrow")]] as const;
  return (
    <div className="fc" data-testid="forecast">
      <p className="big">{t("fc.total", { people: count(f.customers), tasks: count(f.total) })}</p>
      <span className="fcbar" aria-hidden="true">{([["n", f.now], ["t", f.today], ["m", f.tomorrow], ["x", f.not]] as const).map(([name, n]) => <i key={name} className={name} style={{ width: `${f.total > 0 ? (n / f.total) * 100 : 0}%` }} />)}</span>
      <div className="fcdays">
        {days.map(([bucket, n, title]) => (
          <button key={bucket} type="button" className="fcday" disabled={n === 0} data-testid={`forecast-${bucket}`} onClick={() => open({ bucket, title })}><span className="q sm">{title}</span><b>{count(n)}</b></button>
        ))}
      </div>
      <div className="fcwhy" data-testid="forecast-not">
        <span className="lead">{t(f.total === 0 ? "fc.nobody" : f.not === 0 ? "fc.everyone" : "fc.not", { n: count(f.not) })}</span>
        {f.reasons.map((r) => (
          <button key={r.code} type="button" className="fcchip" data-testid={`forecast-${r.code}`} onClick={() => open({ bucket: r.code, title: pick(r.labelZh, r.labelEn) })}><span>{pick(r.labelZh, r.labelEn)}</span><b>{count(r.count)}</b></button>
        ))}
      </div>
      {f.more && <p className="q sm">{t("fc.more", { n: count(f.total) })}</p>}
    </div>
  );
}

const LIMIT = 50;

function Behind({ over, opened, close }: { over: Over; opened: Opened; close: () => void }) {
  const { t, pick, language } = useWords();
  const [offset, setOffset] = useState(0);
  const [asked, setAsked] = useState<ForecastLine | null>(null);
  const read = () => must(http.GET("/api/v1/campaigns/forecast/tasks", { params: { query: { ...over, bucket: opened.bucket, limit: LIMIT, offset } } }));
  if (asked) return <WhyDrawer task={asked.taskId} title={asked.customer.name} close={() => setAsked(null)} />;
  return (
    <Drawer title={opened.title} id="forecast-drawer" close={close} closeWord={t("app.close")}>
      <Listed queryKey={["forecast-tasks", over, opened.bucket, offset]} read={read} empty={(p) => (p.items.length === 0 ? <Empty icon="list" title={opened.title} text={t("fc.none")} /> : null)}>
        {(page) => (
          <>
            <DataTable<ForecastLine> name="forecast" rows={page.items} rowKey={(r) => r.taskId} open={setAsked} columns={[
              { head: t("calls.customer"), cell: (r) => <b>{r.customer.name}</b> },
              { head: t("calls.number"), cell: (r) => (r.last4 ? phone(`*******${r.last4}`) : "—") },
              { head: t("fc.when"), cell: (r) => <span className="nw">{r.at ? moment(r.at, language) : "—"}</span> },
              { head: t("fc.why"), cell: (r) => <span className="q wrapcell">{pick(r.reasonZh, r.reasonEn)}</span> },
            ]} />
            <Pager total={page.total} limit={LIMIT} offset={offset} go={setOffset} />
          </>
        )}
      </Listed>
    </Drawer>
  );
}
