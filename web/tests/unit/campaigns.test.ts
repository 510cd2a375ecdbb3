import { describe, expect, it } from "vitest";
import { bpOf, capWrong, weightOf } from "../../src/features/campaigns/caps";
import { type Drawn, frameOf, niceTop } from "../../src/features/campaigns/daychart";
import { marginTrail, sparkPath } from "../../src/features/campaigns/margin";

describe("figures as people type them", () => {
  it("reads a cap in percent and says what is wrong with one", () => {
    expect(["1.5", " 1,5 % ", "3％", "0.25", "x", "", "1.2.3"].map(bpOf)).toEqual([150, 150, 300, 25, null, null, null]);
    expect(["1.5", "3", "0", "-1", "3.01", "much"].map((text) => capWrong(text, 300))).toEqual(["", "", "zero", "zero", "much", "number"]);
  });
  it("takes a whole share from 1 to 100", () => {
    expect(["1", " 100 ", "0", "-4", "101", "1.5", ""].map(weightOf)).toEqual([1, 100, null, null, null, null, null]);
  });
});

const at = (time: string): number => Date.parse(`2026-11-20T${time}:00+08:00`);
const point = (time: string, talking: number, lines = 0) => ({ at: new Date(at(time)).toISOString(), lines, talking, wrapping: 0, ready: 0, answered: 0, abandoned: 0 });
const box = { width: 200, height: 100, left: 0, right: 0, top: 0, bottom: 0 };

describe("a day's chart", () => {
  it("runs from the first call's hour to the end of this one", () => {
    const day: Drawn = { stepSeconds: 300, points: [point("10:05", 3), point("10:10", 4)] };
    const f = frameOf(day, at("11:30"), box);
    expect([f.x(at("10:00")), f.x(at("12:00")), f.now]).toEqual([0, 200, 150]);
    expect(f.hours).toEqual([at("10:00"), at("11:00"), at("12:00")]);
    expect([f.levels, f.y(0), f.y(4)]).toEqual([[0, 1, 2, 3, 4], 100, 0]);
    expect(f.line((p) => p.talking)).toBe("M8.3 25L12.5 25L20.8 0L25 0");
    expect(f.area((p) => p.talking)).toBe("M8.3 100L8.3 25L12.5 25L20.8 0L25 0L25 100Z");
  });
  it("parts what a long pause parts, and draws no longer than now", () => {
    const day: Drawn = { stepSeconds: 300, points: ["10:00", "10:05", "10:10", "10:15", "10:20", "10:25", "10:30"].map((t, i) => point(t, i === 0 || i === 6 ? 2 : 0)) };
    const f = frameOf(day, at("10:31"), box);
    expect(f.line((p) => p.talking).split("M").length - 1).toBe(2);
    expect(f.area((p) => p.talking).endsWith(`L${f.x(at("10:31"))} 100Z`)).toBe(true);
  });
  it("is not empty before the first call", () => {
    const f = frameOf({ stepSeconds: 300, points: [] }, at("10:31"), box);
    expect([f.line((p) => p.lines), f.levels.length]).toEqual(["", 5]);
  });
  it("has round levels", () => {
    expect([0.4, 4, 5, 9, 13, 21, 41].map(niceTop)).toEqual([4, 4, 8, 12, 20, 40, 80]);
  });
});

describe("the margin over a day", () => {
  const points = [{ answered: 40, abandoned: 0 }, { answered: 20, abandoned: 1 }, { answered: 100, abandoned: 0 }];
  it("goes from the day's beginning to what it is now", () => {
    expect(marginTrail({ capBp: 150, answered: 1000, abandoned: 5 }, points).map((n) => Math.round(n * 10) / 10)).toEqual([8.6, 9.2, 8.5, 10]);
  });
  it("begins where its window did", () => {
    expect(marginTrail({ capBp: 100, answered: 120, abandoned: 0 }, points)).toEqual([0.2, 1.2]);
  });
  it("is drawn from edge to edge", () => {
    expect([sparkPath([1, 3, 2], 100, 20), sparkPath([2, 2], 100, 20), sparkPath([2], 100, 20)]).toEqual(["M0 20L50 0L100 10", "M0 10L100 10", ""]);
  });
});
