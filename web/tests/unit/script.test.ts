import { describe, expect, it } from "vitest";
import { withKeys } from "../../src/lib/choices";
import type { AnswerSpec, Script } from "../../src/api/schemas";
import { choices, hangupWait, previousNode, savedWords, scoreKeys, wordsKey, wordsMissing } from "../../src/features/desk/script";
import { fullWidth, maskedText } from "../../src/lib/format";

const spec = (part: Partial<AnswerSpec>): AnswerSpec => ({ type: "score10", na: false, refuse: false, required: false, ...part });
const script = (part: Partial<Script>): Script => ({
  responseId: "r", scriptId: "s", version: 1, titleZh: "", titleEn: "", node: { id: "c", kind: "ask", tag: "", zh: "", en: "", hintZh: "", key: "c", canBack: true },
  path: ["a", "b"].map((node) => ({ node, key: node, labelZh: node, labelEn: node, valueZh: "9", valueEn: "9", tone: "ok" as const })),
  identified: true, short: false, canShorten: false, progress: { done: 2, total: 9 }, nextZh: "", nextEn: "", pendingFormZh: "", pendingFormEn: "", inForm: false,
  answers: [{ key: "b", node: "b", questionZh: "", questionEn: "", valueZh: "9", valueEn: "9", verbatim: "好", savedAt: "", dept: "" }], ...part,
});

describe("score keys", () => {
  it("are 1 to 9 and 0 for ten", () => expect(scoreKeys(spec({})).map((k) => k.key)).toEqual([..."1234567890"]));
  it("are 0 to 9 and minus for ten on a scale from zero", () => expect(scoreKeys(spec({ type: "nps" })).map((k) => k.key)).toEqual([..."0123456789-"]));
  it("colour 6 and below red, 7 amber, 8 and above green", () => expect(scoreKeys(spec({})).map((k) => k.tone).join("")).toBe("rrrrrraggg"));
});

describe("choices", () => {
  it("give yes and no their digits when the server names none", () => expect(choices(spec({ type: "yesno" })).map((c) => c.key + c.value)).toEqual(["1yes", "2no"]));
  it("give every option of a long list a key of its own", () => {
    const keys = withKeys(Array.from({ length: 20 }, (_, i) => ({ key: i < 9 ? String(i + 1) : "" }))).map((k) => k.key);
    expect(new Set(keys).size).toBe(20);
    for (const action of "BDKMNQRXZ") expect(keys).not.toContain(action);
  });
});

describe("the way back", () => {
  it("leads to the last answered node, and from there to the one before", () => {
    expect(previousNode(script({}))).toBe("b");
    expect(previousNode(script({ node: { ...script({}).node, id: "b" } }))).toBe("a");
  });
  it("ends at the start", () => expect(previousNode(script({ node: { ...script({}).node, id: "a" } }))).toBeNull());
});

describe("the customer's words", () => {
  it("belong to the question on the screen, else to the last answered one", () => {
    expect(wordsKey(script({}))).toBe("c");
    expect(wordsKey(script({ node: { ...script({}).node, key: undefined, kind: "say" } }))).toBe("b");
    expect(savedWords(script({}), "b")).toBe("好");
  });
  it("are asked for where they are the answer", () => {
    const node = { ...script({}).node, answer: spec({ type: "verbatim", required: true, minChars: 4 }) };
    expect([wordsMissing(node, " "), wordsMissing(node, "太慢"), wordsMissing(node, "等太久了")]).toEqual(["required", "short", null]);
  });
});

describe("hanging up", () => {
  it("waits for the closing words and three seconds", () => {
    const node = { ...script({}).node, hangupAfter: "2026-11-20T02:00:03Z" };
    const closing = Date.parse("2026-11-20T02:00:00Z");
    expect(hangupWait(script({}).node, closing)).toBeNull();
    expect([hangupWait(node, closing), hangupWait(node, closing + 2500), hangupWait(node, closing + 3000)]).toEqual([3, 1, 0]);
  });
});

describe("texts", () => {
  it("get full-width punctuation beside Chinese and keep figures", () => expect(fullWidth("您好,10:30 到店(约 1,026 元)?")).toBe("您好，10:30 到店（约 1,026 元）？"));
  it("of a file hide mobile numbers", () => expect(maskedText("张 15400000001 / VIN 12345678901234567")).toBe("张 154****0001 / VIN 12345678901234567"));
});
