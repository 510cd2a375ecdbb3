import { describe, expect, it } from "vitest";
import type { ListFilter, ListView } from "../../src/api/schemas";
import { askOf, exportPath, nextSort, queryOf, range, readAsk, saidInWords, saysNothing, writeAsk } from "../../src/lists/ask";

const ask = { filters: { lastVisit: "2026-01-01..", gap: "address,email" }, sort: "-lastVisit", columns: ["name", "phone"], cursor: "abc", open: "id1", view: "v1" };

describe("a list's address", () => {
  it("comes back as it was written", () => expect(readAsk(writeAsk(ask))).toEqual(ask));
  it("says nothing when it only searches or opens", () => {
    expect(saysNothing(new URLSearchParams("q=李&open=1"))).toBe(true);
    expect(saysNothing(new URLSearchParams("view=all"))).toBe(false);
    expect(saysNothing(new URLSearchParams("level=金"))).toBe(false);
  });
  it("asks the server with code:value", () => expect(queryOf(ask)).toEqual({ filter: ["lastVisit:2026-01-01..", "gap:address,email"], sort: "-lastVisit", columns: ["name,phone"] }));
  it("names the same rows for a file", () => expect(exportPath("customers", ask, "csv", "en")).toBe("/api/v1/lists/customers/export?filter=lastVisit%3A2026-01-01..&filter=gap%3Aaddress%2Cemail&sort=-lastVisit&columns=name%2Cphone&format=csv&language=en"));
  it("takes a view over, and its values keep their colons", () =>
    expect(askOf({ id: "v", filters: ["tag:a:b"], sort: "name", columns: [] } as unknown as ListView)).toEqual({ filters: { tag: "a:b" }, sort: "name", columns: [], cursor: "", open: "", view: "v" }));
});

describe("a click on a head", () => {
  it("sorts downwards, upwards, then as usual", () => expect([nextSort("", "name"), nextSort("-name", "name"), nextSort("name", "name")]).toEqual(["-name", "name", ""]));
});

describe("a filter in words", () => {
  const say = (kind: ListFilter["kind"], value: string) =>
    saidInWords({ code: "f", zh: "", en: "", kind, words: [{ code: "a", zh: "甲", en: "A" }] }, value, [{ id: "u", name: "林" }], { pick: (zh) => zh ?? "", t: (key) => key });
  it("tells both ends, one, or what is not there any more", () => {
    expect([range("1", ""), range("", "")]).toEqual(["1..", ""]);
    expect([say("days", "2026-01-01.."), say("number", "..5"), say("money", "3..3"), say("days", "a..b")]).toEqual(["≥ 2026-01-01", "≤ 5", "3", "a – b"]);
    expect([say("choice", "a"), say("choice", "z"), say("yes", "no"), say("person", "u"), say("person", "x"), say("text", "t")]).toEqual(["甲", "?", "lists.no", "林", "?", "t"]);
  });
});
