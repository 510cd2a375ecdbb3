import { describe, expect, it } from "vitest";
import type { Say } from "../../src/lib/i18n";
import { apart, nothing, questionOf, questionText, readyQuestions, settingName } from "../../src/features/campaigns/whatif";

const t: Say = (key, values) => [key, ...Object.values(values ?? {})].join(" ");
const hours = [{ from: 600, to: 720 }, { from: 900, to: 1080 }];

describe("a question as somebody types it", () => {
  it("leaves what is empty as it is", () => {
    expect(questionOf(nothing)).toEqual({ seed: 1 });
    expect(questionOf({ agents: " 7 ", from: "", to: "", cap: "0.5 %" })).toEqual({ seed: 1, agents: 7, capBp: 50 });
  });
  it("leaves it to the server to judge numbers, and takes nothing else", () => {
    expect(questionOf({ ...nothing, from: "-3", to: "4" })).toEqual({ seed: 1, from: -3, to: 4 });
    expect(questionOf({ ...nothing, agents: "2.5" })).toBeNull();
    expect(questionOf({ ...nothing, cap: "half" })).toBeNull();
  });
  it("is told in words", () => {
    expect(questionText({ seed: 1, agents: 7, capBp: 50 }, t)).toBe("wi.q.agents 7wi.commawi.q.cap 0.5 %");
    expect(questionText({ seed: 1 }, t)).toBe("wi.q.none");
  });
});

describe("questions ready to ask", () => {
  it("are such as the store can follow", () => {
    expect(readyQuestions(5, hours, 300).map((r) => r.question)).toEqual([{ agents: 7, seed: 1 }, { from: 12, to: 18, seed: 1 }, { capBp: 50, seed: 1 }]);
    expect(readyQuestions(5, [{ from: 900, to: 1080 }], 25).map((r) => r.id)).toEqual(["agents"]);
  });
});

describe("names and places", () => {
  it("names a setting by its cap or its lines", () => {
    expect(settingName({ mode: "predictive", capBp: 150 }, t)).toBe("wi.predictive 1.5 %");
    expect(settingName({ mode: "ratio:1.5", capBp: 0 }, t)).toBe("wi.ratio 1.5");
  });
  it("moves labels apart and keeps them inside", () => {
    const label = (y: number) => ({ y, text: String(y), name: "" });
    expect(apart([label(100), label(98), label(99)], 16, 0, 110).map((l) => l.y)).toEqual([78, 94, 110]);
    expect(apart([label(5), label(50)], 16, 10, 110).map((l) => l.y)).toEqual([10, 50]);
  });
});
