import { describe, expect, it } from "vitest";
import { addDays, choiceOf, paramsOf, stepped, turned } from "../../src/lib/period";

const month = { kind: "month" as const, from: "2026-11-01", to: "2026-11-30", beforeFrom: "2026-10-01", beforeTo: "2026-10-31", running: true };
const own = { ...month, kind: "own" as const, from: "2026-11-01", to: "2026-11-10" };

describe("the choice of figures lives in the URL", () => {
  it("reads only what belongs to the kind of period", () => {
    expect(choiceOf(new URLSearchParams("period=week&day=2026-11-20&from=2026-01-01"))).toEqual({ period: "week", day: "2026-11-20" });
    expect(choiceOf(new URLSearchParams("period=own&from=2026-11-01&to=2026-11-10&store=all"))).toEqual({ period: "own", from: "2026-11-01", to: "2026-11-10", store: "all" });
    expect(choiceOf(new URLSearchParams("period=year"))).toEqual({ period: "month" });
  });
  it("keeps what is folded out when the period changes, not the page of a list", () => {
    const kept = paramsOf({ period: "day", day: "2026-11-20" }, new URLSearchParams("period=own&from=x&to=y&unfold=K-02&offset=50"));
    expect(kept.toString()).toBe("unfold=K-02&period=day&day=2026-11-20");
  });
});

describe("earlier and later", () => {
  it("asks for a day inside the neighbour, whatever the months' lengths", () => {
    expect(stepped({ period: "month" }, month, -1)).toEqual({ period: "month", day: "2026-10-31" });
    expect(stepped({ period: "month" }, month, 1)).toEqual({ period: "month", day: "2026-12-01" });
    expect(addDays("2026-12-31", 1)).toBe("2027-01-01");
  });
  it("moves days of one's own by their number", () => {
    expect(stepped({ period: "own" }, own, -1)).toEqual({ period: "own", from: "2026-10-22", to: "2026-10-31" });
    expect(stepped({ period: "own" }, own, 1)).toEqual({ period: "own", from: "2026-11-11", to: "2026-11-20" });
  });
});

describe("another kind of period", () => {
  it("is today's while the shown one holds today, else the one around the last day shown", () => {
    expect(turned({ period: "month", store: "all" }, month, "week", "2026-11-20")).toEqual({ period: "week", day: undefined, store: "all", agentId: undefined });
    expect(turned({ period: "month" }, month, "day", "2027-01-05").day).toBe("2026-11-30");
  });
  it("starts one's own days from what is shown, up to today", () => {
    expect(turned({ period: "month" }, month, "own", "2026-11-20")).toMatchObject({ from: "2026-11-01", to: "2026-11-20" });
    expect(turned({ period: "month" }, month, "own", "2027-01-05")).toMatchObject({ from: "2026-11-01", to: "2026-11-30" });
  });
});
