// The day's board: the workshop's bays by half hours, who comes when, what is free.
import { keepPreviousData, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useSearchParams } from "react-router";
import type { Bay, VisitDay, VisitRow } from "../../api/schemas";
import { asFailure } from "../../api/failure";
import { http, must } from "../../api/http";
import { businessNow } from "../../lib/clock";
import { atLocal, date, day as dayWord } from "../../lib/format";
import { useWords } from "../../lib/i18n";
import { useKeys } from "../../lib/keys";
import { useMay } from "../../session";
import { Drawer } from "../../ui/Drawer";
import { Act } from "../../ui/bits";
import { Failed, Skeleton } from "../../ui/looks";
import { Board } from "./Board";
import { Booking } from "./Booking";
import { Visit } from "./Visit";
import "../../styles/desk.css";
import "../../styles/pages.css";
import "../../styles/visits.css";

const DAY = 86_400_000;
export type Start = { bay: Bay; at: string } | null;

export default function AppointmentsPage() {
  const { t, language } = useWords();
  const [params, setParams] = useSearchParams();
  const cache = useQueryClient();
  const may = useMay("appointment.book");
  const on = params.get("day") ?? date(businessNow());
  const [opened, setOpened] = useState<string | null>(null);
  const [booking, setBooking] = useState<Start | undefined>(undefined);
  const query = useQuery({ queryKey: ["appointments", on], queryFn: () => must(http.GET("/api/v1/appointments", { params: { query: { day: on } } })), refetchInterval: 15_000, placeholderData: keepPreviousData });
  const go = (by: number) => setParams({ day: by === 0 ? date(businessNow()) : date(Date.parse(atLocal(on, "12:00")) + by * DAY) });
  const changed = (board: VisitDay) => {
    cache.setQueryData(["appointments", board.day], board);
    void cache.invalidateQueries({ queryKey: ["appointments"] });
    void cache.invalidateQueries({ queryKey: ["slots"] });
    setParams({ day: board.day });
  };
  useKeys({ "-": () => go(-1), "+": () => go(1), T: () => go(0), ...(may ? { N: () => setBooking(null) } : {}) });
  const visit: VisitRow | undefined = query.data?.visits.find((v) => v.id === opened);
  return (
    <section className="card fillpage visits-page" data-testid="appointments">
      <header className="wrap">
        <h1>{t("visit.title")}</h1>
        <Act id="day-before" size="s" icon="left" keyCap="-" run={() => go(-1)} aria-label={t("visit.before")}>{""}</Act>
        <b className="daylabel" data-testid="day">{on} {weekday(on, language)}{near(on, language)}</b>
        <Act id="day-after" size="s" keyCap="+" run={() => go(1)}>{t("visit.after")}</Act>
        <Act id="day-today" size="s" keyCap="T" run={() => go(0)}>{t("visit.today")}</Act>
        <span className="end" />
        {query.data && <Counts day={query.data} />}
        {may && <Act id="visit-new" kind="p" icon="plus" keyCap="N" run={() => setBooking(null)}>{t("visit.new")}</Act>}
      </header>
      <div className="scroll">
        {query.isError ? <Failed failure={asFailure(query.error)} retry={() => void query.refetch()} />
          : query.data === undefined ? <Skeleton lines={10} />
          : <Board day={query.data} open={(v) => setOpened(v.id)} book={may ? setBooking : undefined} />}
      </div>
      {visit && <Drawer title={visit.customerName || t("visit.taken")} id="visit-drawer" close={() => setOpened(null)} closeWord={t("app.close")}><Visit key={visit.id} visit={visit} changed={(board) => { setOpened(null); changed(board); }} /></Drawer>}
      {booking !== undefined && <Drawer title={t("visit.new")} id="visit-new-drawer" close={() => setBooking(undefined)} closeWord={t("app.close")}><Booking start={booking} booked={(board) => { setBooking(undefined); changed(board); }} /></Drawer>}
    </section>
  );
}

function Counts({ day }: { day: VisitDay }) {
  const { t } = useWords();
  const here = (states: string[]) => day.visits.filter((v) => states.includes(v.state)).length;
  return <span className="q sm" data-testid="day-counts">{t("visit.counts", { booked: here(["booked", "confirmed", "requested"]), arrived: here(["arrived", "completed"]), missed: here(["no_show"]) })}</span>;
}

const weekday = (on: string, language: "zh-CN" | "en"): string => new Intl.DateTimeFormat(language, { weekday: "short", timeZone: "Asia/Shanghai" }).format(new Date(atLocal(on, "12:00")));

/** " 今天" beside a date that is near. */
function near(on: string, language: "zh-CN" | "en"): string {
  const word = dayWord(atLocal(on, "12:00"), language);
  return /^\d/.test(word) ? "" : ` ${word}`;
}
