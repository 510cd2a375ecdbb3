import { expect, test } from "vitest";
import { narrowed } from "../../src/lib/clock";

const middle = (b: { low: number; high: number }) => (b.low + b.high) / 2;

test("a slow answer does not move the clock that a quick one has set", () => {
  const quick = narrowed(null, { low: -5, high: 5, at: 0 }); // the clocks agree
  const slow = narrowed(quick, { low: 0, high: 3000, at: 1000 }); // asked 3 s ago, stamped just now
  expect(Math.abs(middle(slow))).toBeLessThan(6);
});

test("a quick answer mends what a slow one has set", () => {
  const slow = narrowed(null, { low: 0, high: 3000, at: 0 });
  expect(middle(slow)).toBe(1500);
  expect(middle(narrowed(slow, { low: -5, high: 5, at: 1000 }))).toBeLessThan(6);
});

test("a reading without a round trip only says that the server is not behind", () => {
  const known = narrowed(null, { low: -5, high: 5, at: 0 });
  expect(narrowed(known, { low: -2000, high: Infinity, at: 10_000 })).toMatchObject({ low: -6, high: 6 });
});

test("a clock that was set counts at once", () => {
  const before = narrowed(null, { low: -5, high: 5, at: 0 });
  expect(middle(narrowed(before, { low: 3_600_000, high: 3_600_010, at: 1000 }))).toBe(3_600_005);
  expect(narrowed(before, { low: 100, high: 110, at: -50 }).low).toBe(100); // ours went back
});

test("old bounds widen as clocks run apart", () => {
  const old = narrowed(null, { low: 0, high: 10, at: 0 });
  expect(narrowed(old, { low: 50, high: 60, at: 600_000 })).toMatchObject({ low: 50, high: 60 });
});
