import { describe, expect, it } from "vitest";
import { counted } from "../../src/features/imports/counts";
import { mappingOf, missing, taken } from "../../src/features/imports/mapping";
import { paceOf, sampled, type Sample } from "../../src/features/imports/pace";
import { step, type Upload } from "../../src/features/imports/uploads";
import { Failure } from "../../src/api/failure";

describe("the pace of writing", () => {
  const fed = (...points: [number, number][]): Sample[] => points.reduce<Sample[]>((s, [atMs, rows]) => sampled(s, { atMs, rows }), []);
  it("is not told from one sample", () => expect(paceOf(fed([0, 500]), 1000)).toBeNull());
  it("counts rows of the last seconds, not those that the preview settled", () => {
    expect(paceOf(fed([0, 9000], [1000, 9500], [2000, 10_000]), 11_000)).toEqual({ perSecond: 500, leftMs: 2000 });
  });
  it("forgets how it was a while ago", () => {
    expect(paceOf(fed([0, 0], [10_000, 10_000], [20_000, 11_000], [24_000, 11_400]), 12_400)?.perSecond).toBeCloseTo(100);
  });
});

describe("the figures of a preview", () => {
  it("adds what is foreseen to what is settled", () => {
    const got = counted({ counts: { waiting: 8, same: 1, rejected: 2 }, forecast: { new: 5, updated: 2, same: 1 } });
    expect(got.map((c) => [c.outcome, c.rows])).toEqual([["new", 5], ["updated", 2], ["same", 2], ["rejected", 2]]);
  });
  it("says how many rows nobody can tell yet", () => {
    expect(counted({ counts: { waiting: 8 }, forecast: { new: 5 } })[0]).toEqual({ outcome: "waiting", rows: 3 });
  });
  it("leaves the forecast out once the rows are written", () => {
    expect(counted({ counts: { new: 4, merged: 1 }, forecast: { new: 5 } }).map((c) => [c.outcome, c.rows])).toEqual([["new", 4], ["updated", 0], ["same", 0], ["merged", 1], ["rejected", 0]]);
  });
});

describe("which column is which", () => {
  const mapping = mappingOf([{ heading: "流水", field: "" }, { heading: "车牌", field: "plate" }, { heading: "", field: "" }]);
  it("gives a field to one column only", () => expect(taken(mapping, "流水", "plate")).toEqual({ 流水: "plate", 车牌: "" }));
  it("names required fields that no column is taken for", () => {
    const fields = [{ name: "ro_no", zh: "工单号", en: "order no.", required: true }, { name: "plate", zh: "车牌号", en: "plate", required: true }, { name: "note", zh: "备注", en: "note", required: false }];
    expect(missing(mapping, fields).map((f) => f.name)).toEqual(["ro_no"]);
  });
});

describe("files on their way", () => {
  const some = ["a.csv", "b.csv"].map((name, key): Upload => ({ key, file: new File([], name), share: null, failure: null }));
  it("keeps a file that did not arrive and lets the others go", () => {
    const failure = new Failure({ code: "unreachable" });
    const after = step(step(step(some, { key: 0, failure }), { key: 1, share: 0.5 }), { drop: 1 });
    expect(after.map((u) => [u.file.name, u.failure?.code])).toEqual([["a.csv", "unreachable"]]);
    expect(step(after, { key: 0, share: 0 })[0]?.failure).toBeNull();
  });
});
