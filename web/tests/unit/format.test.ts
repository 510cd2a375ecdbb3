import { describe, expect, it } from "vitest";
import { clockText, date, day, hourMinute, moment, NONE } from "../../src/lib/format";

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
