import { describe, expect, it } from "vitest";
import { agreeableDays, agreeableTimes, atLocal, average, basisPoints, callbackChoices, clockText, count, date, day, duration, hourMinute, isDay, localParts, maskedText, moment, money, NONE, percent, phone, plate } from "../../src/lib/format";

const now = Date.parse("2026-11-20T02:00:00Z"); // Friday 10:00 in Shanghai

describe("values look as spec 8.3 says, in Shanghai whatever the browser's zone is", () => {
  it("shows the day by its name while it is near", () => {
    expect(day("2026-11-20T15:59:00Z", "zh-CN", now)).toBe("今天");
    expect(day("2026-11-20T16:01:00Z", "zh-CN", now)).toBe("明天");
    expect(day("2025-11-17T04:00:00Z", "zh-CN", now)).toBe("2025-11-17");
  });
  it("names the weekday within a week", () => {
    expect(moment("2026-11-25T07:00:00Z", "zh-CN", now)).toBe("周三 15:00");
    expect(moment("2026-11-20T07:00:00Z", "en", now)).toBe("today 15:00");
  });
  it("keeps timers from going backwards", () => {
    expect(clockText(-5000)).toBe("00:00");
    expect(clockText(3_661_000)).toBe("1:01:01");
  });
  it("shows a dash for what is not known", () => {
    expect(date(null)).toBe(NONE);
    expect(hourMinute("not a time")).toBe(NONE);
  });
});

describe("money, figures and shares", () => {
  it("money comes in fen and keeps its sign", () => {
    expect([money(102600), money(0), money(-5), money(123456789), money(null)]).toEqual(["¥1,026.00", "¥0.00", "-¥0.05", "¥1,234,567.89", NONE]);
  });
  it("figures are grouped by thousands", () => expect([count(999), count(1000), count(1234567), count(undefined)]).toEqual(["999", "1,000", "1,234,567", NONE]));
  it("a share of nothing is not zero", () => expect([percent(3, 7), percent(0, 0), average({ sum: 27, n: 3 }), average({ sum: 0, n: 0 })]).toEqual(["42.9 %", NONE, "9.0", NONE]));
  it("a cap in basis points shows a decimal only where it has one", () => expect([basisPoints(150), basisPoints(300)]).toEqual(["1.5 %", "3 %"]));
  it("lengths of time are in words", () => {
    expect([duration(420), duration(61_000), duration(3_725_000), duration(null)]).toEqual(["0.4 秒", "1 分 1 秒", "1 小时 2 分", NONE]);
    expect(duration(61_000, "en")).toBe("1 min 1 s");
  });
});

describe("numbers and plates", () => {
  it("a mobile number is spaced, masked or not; a fixed line shows its area code", () => {
    expect([phone("154****7243"), phone("15400000137"), phone("051000008888"), phone("01012345678"), phone("***7243"), phone("8001")]).toEqual(
      ["154 **** 7243", "154 0000 0137", "0510-00008888", "010-12345678", "*** **** 7243", "8001"]);
  });
  it("a file's text never shows a whole mobile number", () => {
    expect(maskedText("手机15400000137,备用15400002208;工单202611170128001")).toBe("手机154****0137,备用154****2208;工单202611170128001");
  });
  it("a plate has its gap", () => expect([plate("宁Z3K218"), plate("宁ZD12345"), plate("无牌")]).toEqual(["宁Z 3K218", "宁Z D12345", "无牌"]));
});

describe("times that can be agreed", () => {
  it("are from 08:30 to 20:30 in Shanghai, today and the next 30 days", () => {
    expect([agreeableTimes[0], agreeableTimes.at(-1)]).toEqual(["08:30", "20:30"]);
    expect([agreeableDays(now)[0], agreeableDays(now).length]).toEqual(["2026-11-20", 31]);
  });
  it("proposed ones are ahead and within those hours, also late in the evening", () => {
    const late = Date.parse("2026-11-20T12:10:00Z"); // 20:10
    for (const at of [now, late, Date.parse("2026-11-20T20:00:00Z")]) {
      const offered = callbackChoices(at);
      expect(offered.length).toBeGreaterThan(2);
      for (const moment of offered) {
        expect(Date.parse(moment)).toBeGreaterThan(at);
        expect(localParts(moment).time >= "08:30" && localParts(moment).time <= "20:30").toBe(true);
      }
    }
  });
  it("a day and a time make a moment in Shanghai and back", () => {
    expect(atLocal("2026-11-23", "15:00")).toBe("2026-11-23T07:00:00.000Z");
    expect(localParts("2026-11-23T07:00:00Z")).toEqual({ day: "2026-11-23", time: "15:00" });
  });
  it("a typed day exists", () => expect(["2026-11-23", "2026-02-30", "26-1-1", ""].map(isDay)).toEqual([true, false, false, false]));
});
