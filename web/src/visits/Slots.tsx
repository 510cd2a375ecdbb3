// The workshop's free half hours: a strip of days, and the day's slots each with its
// key; + and - go on to the next day. The server holds a slot when it is chosen.
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { http, must } from "../api/http";
import type { Bay, SlotDay } from "../api/schemas";
import { asFailure } from "../api/failure";
import { keyed } from "../lib/choices";
import { atLocal, day, hourMinute } from "../lib/format";
import { useWords } from "../lib/i18n";
import { useKeys } from "../lib/keys";
import { Failed, Skeleton } from "../ui/looks";
import "../styles/visits.css";

interface Props { bay: Bay; give: (at: string) => void; chosen?: unknown; sent?: boolean }

export function Slots({ bay, give, chosen, sent = false }: Props) {
  const { t } = useWords();
  const query = useQuery({ queryKey: ["slots", bay], queryFn: () => must(http.GET("/api/v1/slots", { params: { query: { bay, days: 7 } } })), refetchInterval: 15_000, staleTime: 0 });
  if (query.isError) return <div className="slots"><Failed failure={asFailure(query.error)} retry={() => void query.refetch()} /></div>;
  if (query.data === undefined) return <div className="slots"><Skeleton lines={4} /></div>;
  const give1 = (at: string) => {
    give(at);
    setTimeout(() => void query.refetch(), 1000);
  };
  if (query.data.items.every((d) => free(d) === 0)) return <p className="slots q">{t("slot.none")}</p>;
  return <Week days={query.data.items} give={give1} chosen={chosen} sent={sent} bay={bay} />;
}

const free = (d: SlotDay): number => d.slots.reduce((sum, s) => sum + s.free, 0);

function Week({ days, give, chosen, sent, bay }: { days: SlotDay[]; give: (at: string) => void; chosen: unknown; sent: boolean; bay: Bay }) {
  const { t, language } = useWords();
  const [on, setOn] = useState(() => Math.max(0, days.findIndex((d) => free(d) > 0)));
  const shown = days[Math.min(on, days.length - 1)];
  const open = keyed((shown?.slots ?? []).filter((s) => s.free > 0));
  const step = (by: number) => setOn((was) => Math.min(days.length - 1, Math.max(0, was + by)));
  useKeys({ "+": () => step(1), "-": () => step(-1), ...Object.fromEntries(open.filter((s) => s.key !== "").map((s) => [s.key, () => give(s.at)])) });
  return (
    <div className="slots" data-testid="slots" role="group" aria-label={t("slot.title")}>
      <div className="slotdays">
        {days.map((d, i) => (
          <button key={d.day} type="button" data-testid={`slotday-${d.day}`} className={i === on ? "on" : ""} aria-pressed={i === on} onMouseDown={(e) => e.preventDefault()} onClick={() => setOn(i)}>
            <b>{day(atLocal(d.day, "12:00"), language)}</b><span className="q">{weekday(d.day, language)}</span><span className={free(d) === 0 ? "r xs" : "q xs"}>{free(d) === 0 ? t("slot.full") : t("slot.left", { n: free(d) })}</span>
          </button>
        ))}
      </div>
      <div className="slottimes">
        {(shown?.slots ?? []).map((s) => {
          const key = open.find((o) => o.at === s.at)?.key ?? "";
          return (
            <button key={s.at} type="button" data-testid={`slot-${hourMinute(s.at)}`} disabled={s.free === 0 || sent} className={sameTime(chosen, s.at) ? "on" : ""} onMouseDown={(e) => e.preventDefault()} onClick={() => give(s.at)}>
              {key ? <kbd>{key}</kbd> : <span />}<b>{hourMinute(s.at)}</b><span className="q xs">{s.free === 0 ? t("slot.full") : t("slot.places", { n: s.free })}</span>
            </button>
          );
        })}
      </div>
      <p className="q xs">{t(`slot.bay.${bay}`)} · {t("slot.hint")} <kbd>-</kbd> <kbd>+</kbd></p>
    </div>
  );
}

const weekday = (on: string, language: "zh-CN" | "en"): string =>
  new Intl.DateTimeFormat(language, { weekday: "short", timeZone: "Asia/Shanghai" }).format(new Date(atLocal(on, "12:00")));

const sameTime = (chosen: unknown, at: string): boolean => typeof chosen === "string" && Date.parse(chosen) === Date.parse(at);
