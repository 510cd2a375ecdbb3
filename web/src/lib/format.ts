// How values look: money, dates, phones, durations (spec 8.3). Dates are in
// Asia/Shanghai whatever the browser says; "today" is business time.
import dayjs, { type Dayjs } from "dayjs";
import "dayjs/locale/zh-cn";
import timezone from "dayjs/plugin/timezone";
import utc from "dayjs/plugin/utc";
import { businessNow } from "./clock";

dayjs.extend(utc);
dayjs.extend(timezone);
const ZONE = "Asia/Shanghai";
export const NONE = "—";

export type Language = "zh-CN" | "en";
const WEEKDAYS = { "zh-CN": ["周日", "周一", "周二", "周三", "周四", "周五", "周六"], en: ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"] };
const NEAR = { "zh-CN": { "-1": "昨天", "0": "今天", "1": "明天" }, en: { "-1": "yesterday", "0": "today", "1": "tomorrow" } } as const;

type When = string | number | null | undefined;
const at = (when: When): Dayjs | null => {
  if (when === null || when === undefined || when === "") return null;
  const day = dayjs(when).tz(ZONE);
  return day.isValid() && day.year() > 1 ? day : null;
};

export const time = (when: When): string => at(when)?.format("HH:mm:ss") ?? NONE;
export const hourMinute = (when: When): string => at(when)?.format("HH:mm") ?? NONE;
export const date = (when: When): string => at(when)?.format("YYYY-MM-DD") ?? NONE;
export const dateTime = (when: When): string => at(when)?.format("YYYY-MM-DD HH:mm") ?? NONE;

/** A day in the company's hand: 今天, 明天, 昨天, 11-17, or with the year when it is another one. */
export function day(when: When, language: Language = "zh-CN", now = businessNow()): string {
  const then = at(when);
  if (then === null) return NONE;
  const today = dayjs(now).tz(ZONE);
  const gap = then.startOf("day").diff(today.startOf("day"), "day");
  const near = NEAR[language][String(gap) as "-1" | "0" | "1"];
  if (near !== undefined) return near;
  return then.format(then.year() === today.year() ? "MM-DD" : "YYYY-MM-DD");
}

/** A day that heads what happened on it: 今天 2026-11-20, 周三 2026-11-11. */
export function dayHead(when: When, language: Language = "zh-CN", now = businessNow()): string {
  const then = at(when);
  if (then === null) return NONE;
  const gap = then.startOf("day").diff(dayjs(now).tz(ZONE).startOf("day"), "day");
  return `${NEAR[language][String(gap) as "-1" | "0" | "1"] ?? WEEKDAYS[language][then.day()]} ${date(when)}`;
}

/** A moment people agree on: 今天 15:00, 周三 15:00 within the coming week, else the date. */
export function moment(when: When, language: Language = "zh-CN", now = businessNow()): string {
  const then = at(when);
  if (then === null) return NONE;
  const gap = then.startOf("day").diff(dayjs(now).tz(ZONE).startOf("day"), "day");
  const name = gap > 1 && gap < 7 ? WEEKDAYS[language][then.day()] : day(when, language, now);
  return `${name} ${then.format("HH:mm")}`;
}

/** mm:ss, or h:mm:ss from an hour on; never negative. */
export function clockText(ms: number): string {
  const total = Math.max(0, Math.floor(ms / 1000));
  const two = (n: number) => String(n).padStart(2, "0");
  const [hours, minutes, seconds] = [Math.floor(total / 3600), Math.floor((total % 3600) / 60), total % 60];
  return hours > 0 ? `${hours}:${two(minutes)}:${two(seconds)}` : `${two(minutes)}:${two(seconds)}`;
}

export function duration(ms: number | null | undefined, language: Language = "zh-CN"): string {
  if (ms === null || ms === undefined) return NONE;
  if (ms < 10_000) return `${(ms / 1000).toFixed(1)} ${language === "en" ? "s" : "秒"}`;
  const seconds = Math.round(ms / 1000);
  const [hours, minutes, rest] = [Math.floor(seconds / 3600), Math.floor((seconds % 3600) / 60), seconds % 60];
  if (language === "en") return [hours && `${hours} h`, minutes && `${minutes} min`, !hours && rest && `${rest} s`].filter(Boolean).join(" ");
  return [hours && `${hours} 小时`, minutes && `${minutes} 分`, !hours && rest && `${rest} 秒`].filter(Boolean).join(" ");
}

/** ¥1,234.00 from fen. */
export function money(fen: number | null | undefined): string {
  if (fen === null || fen === undefined) return NONE;
  const sign = fen < 0 ? "-" : "";
  const whole = Math.floor(Math.abs(fen) / 100);
  return `${sign}¥${count(whole)}.${String(Math.abs(fen) % 100).padStart(2, "0")}`;
}

/** Fen from yuan as somebody types them: "2,740.5"; 0 when it is no amount. */
export function fenOf(text: string): number {
  const yuan = Number(text.replace(/[,，\s]/g, ""));
  return Number.isFinite(yuan) ? Math.round(yuan * 100) : 0;
}

export function count(n: number | null | undefined): string {
  if (n === null || n === undefined) return NONE;
  return String(Math.trunc(n)).replace(/\B(?=(\d{3})+$)/g, ",");
}

export const kilometres = (km: number | null | undefined): string => (km === null || km === undefined ? NONE : `${count(km)} km`);

/** A share as "46.2 %"; a dash when there is nothing to divide by. */
export function percent(num: number, den: number): string {
  return den > 0 ? `${((num / den) * 100).toFixed(1)} %` : NONE;
}

/** Basis points as "1.5 %". */
export const basisPoints = (bp: number): string => `${(bp / 100).toFixed(bp % 100 === 0 ? 0 : 1)} %`;

export function average(score: { sum: number; n: number } | null | undefined): string {
  return score && score.n > 0 ? (score.sum / score.n).toFixed(1) : NONE;
}

/** A masked or full mobile number 3-4-4, a fixed line with its area code; other numbers as they are. */
export function phone(number: string): string {
  const mobile = /^(1\d{2})([\d*]{4})(\d{4})$/.exec(number);
  if (mobile) return `${mobile[1]} ${mobile[2]} ${mobile[3]}`;
  const fixed = /^(010|02\d|0[3-9]\d\d)(\d{7,8})$/.exec(number);
  if (fixed) return `${fixed[1]}-${fixed[2]}`;
  const last = /^\*+(\d{4})$/.exec(number);
  return last ? `*** **** ${last[1]}` : number;
}

/** A text of a file as it may be shown: mobile numbers in it are masked. */
export const maskedText = (text: string): string => text.replace(/(?<!\d)(1\d{2})\d{4}(\d{4})(?!\d)/g, "$1****$2");

/** A plate with its gap: 宁Z 3K218. */
export function plate(text: string): string {
  const parts = /^([\u4e00-\u9fff][A-Z])([A-Z0-9]{5,6})$/.exec(text);
  return parts ? `${parts[1]} ${parts[2]}` : text;
}

export function bytes(n: number): string {
  if (n < 1024) return `${n} B`;
  return n < 1024 * 1024 ? `${(n / 1024).toFixed(1)} KB` : `${(n / 1024 / 1024).toFixed(1)} MB`;
}

const FULL: Record<string, string> = { ",": "，", ":": "：", ";": "；", "?": "？", "!": "！", "(": "（", ")": "）" };
const HAN = /[\u3000-\u303f\u3400-\u9fff\uff00-\uffef]/;

/** Half-width punctuation of a Chinese text made full-width for the screen; figures and Latin text keep theirs. */
export function fullWidth(text: string): string {
  let out = "";
  [...text].forEach((mark, i, all) => {
    const full = FULL[mark];
    const before = out.at(-1) ?? "";
    const after = all[i + 1] ?? "";
    const between = /\d/.test(before) && /\d/.test(after);
    out += full !== undefined && !between && (HAN.test(before) || HAN.test(after)) ? full : mark;
  });
  return out;
}

/** The days a time can be agreed on: today and the next 30, as 2026-11-23. */
export function agreeableDays(now = businessNow()): string[] {
  const today = dayjs(now).tz(ZONE);
  return Array.from({ length: 31 }, (_, i) => today.add(i, "day").format("YYYY-MM-DD"));
}

/** The times of day at which a customer may be called back: 08:30 to 20:30 (D-04). */
export const agreeableTimes: readonly string[] = Array.from({ length: 25 }, (_, i) => {
  const minutes = 8 * 60 + 30 + i * 30;
  return `${String(Math.floor(minutes / 60)).padStart(2, "0")}:${String(minutes % 60).padStart(2, "0")}`;
});

/** A day and a time of day in Asia/Shanghai as RFC 3339. */
export const atLocal = (on: string, time: string): string => dayjs.tz(`${on}T${time}`, ZONE).toDate().toISOString();

export function localParts(when: When): { day: string; time: string } {
  const then = at(when);
  return { day: then?.format("YYYY-MM-DD") ?? "", time: then?.format("HH:mm") ?? "" };
}

export const isDay = (text: string): boolean => /^\d{4}-\d{2}-\d{2}$/.test(text) && dayjs.utc(text).format("YYYY-MM-DD") === text;

/** Moments worth proposing for a call back, as offered by digit; only such as may be agreed. */
export function callbackChoices(now = businessNow()): string[] {
  const local = dayjs(now).tz(ZONE);
  const fixed = (days: number, hour: number) => local.add(days, "day").hour(hour).minute(0).second(0).millisecond(0);
  const soon = [local.add(30, "minute"), local.add(2, "hour")].map((t) => t.minute(Math.floor(t.minute() / 5) * 5).second(0).millisecond(0));
  const all = [...soon, fixed(0, 17), fixed(1, 10), fixed(1, 15), fixed(2, 10)];
  const allowed = (t: Dayjs) => t.format("HH:mm") >= "08:30" && t.format("HH:mm") <= "20:30";
  return all.filter((t) => t.valueOf() > now && allowed(t)).map((t) => t.toDate().toISOString());
}
