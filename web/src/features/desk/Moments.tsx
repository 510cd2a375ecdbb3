// A time people agree on: likely ones by digit, any other by day and time.
// Not the browser's own field: that one speaks the browser's language.
import { useState } from "react";
import { agreeableDays, agreeableTimes, atLocal, callbackChoices, day, localParts, moment } from "../../lib/format";
import { useWords } from "../../lib/i18n";
import { useKeys } from "../../lib/keys";
import { Act } from "../../ui/bits";

export function Moments({ give, first }: { give: (value: string) => void; first?: unknown }) {
  const { t, language } = useWords();
  const [offered] = useState(() => callbackChoices().map((value, i) => ({ value, key: String(i + 1) })));
  useKeys(Object.fromEntries(offered.map((o) => [o.key, () => give(o.value)])));
  return (
    <div className="choices two" role="group" aria-label={t("say.pickTime")}>
      {offered.map((o) => (
        <button key={o.value} type="button" data-testid={`time-${o.key}`} onMouseDown={(e) => e.preventDefault()} onClick={() => give(o.value)}>
          <kbd>{o.key}</kbd><span>{moment(o.value, language)}</span>
        </button>
      ))}
      <Other give={give} first={typeof first === "string" ? first : offered[0]?.value} />
    </div>
  );
}

function Other({ give, first }: { give: (value: string) => void; first: string | undefined }) {
  const { t, language } = useWords();
  const [days] = useState(() => agreeableDays());
  const start = localParts(first);
  const [on, setOn] = useState(start.day);
  const [time, setTime] = useState(agreeableTimes.includes(start.time) ? start.time : "15:00");
  return (
    <div className="row confirm">
      <span className="sm">{t("say.otherTime")}</span>
      <select className="inp" data-testid="time-day" aria-label={t("say.day")} value={on} onChange={(e) => setOn(e.target.value)}>
        {days.map((d) => <option key={d} value={d}>{dayWord(d, language)}</option>)}
      </select>
      <select className="inp" data-testid="time-hour" aria-label={t("say.time")} value={time} onChange={(e) => setTime(e.target.value)}>
        {agreeableTimes.map((h) => <option key={h} value={h}>{h}</option>)}
      </select>
      <Act id="answer-confirm" kind="p" run={() => give(atLocal(on, time))}>{t("say.confirm")}</Act>
    </div>
  );
}

/** 今天, 明天, or 11-23 周一. */
function dayWord(on: string, language: "zh-CN" | "en"): string {
  const noon = atLocal(on, "12:00");
  const near = day(noon, language);
  return /^\d/.test(near) ? `${near} ${new Intl.DateTimeFormat(language, { weekday: "short", timeZone: "Asia/Shanghai" }).format(new Date(noon))}` : near;
}
