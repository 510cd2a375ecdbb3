import { describe, expect, it } from "vitest";
import type { Desk } from "../../src/api/schemas";
import { initial, needsOffer, reduce, screenOf, type Softphone } from "../../src/softphone/state";

const desk = (part: Partial<Desk>): Desk => ({
  state: "ready", since: "2026-11-20T02:00:00Z", reason: "", reasonZh: "", reasonEn: "", wants: "", wantsReason: "", device: "browser", audio: "up",
  muted: false, elsewhere: false, serverNow: "2026-11-20T02:00:00Z", today: { calls: 0, answered: 0, completed: 0, talkMs: 0 }, dialerZh: "", dialerEn: "",
  nextCallbacks: [], saved: { answers: 0, words: 0 }, ...part,
});
const at = (part: Partial<Desk>, more: Partial<Softphone> = {}): Softphone => ({ ...initial, link: "up", wasUp: true, peer: "up", desk: desk(part), ...more });

describe("the desk's face", () => {
  it.each([
    ["loading before the server has spoken", { ...initial }, "loading"],
    ["signed out", at({ state: "offline" }), "signedOut"],
    ["signing on until the audio is up", at({ state: "paused", reason: "signing_on" }), "signingOn"],
    ["not ready with a reason", at({ state: "paused", reason: "meal" }), "paused"],
    ["talking", at({ state: "talking" }), "talking"],
    ["in another tab, whatever goes on there", at({ state: "talking", elsewhere: true }), "elsewhere"],
  ])("is %s", (_, state, face) => expect(screenOf(state as Softphone)).toBe(face));

  it("stays what it was while the link is down", () => {
    const lost = reduce(at({ state: "talking" }), { type: "link", link: "down", rttMs: null });
    expect(screenOf(lost)).toBe("talking");
    expect(lost.wasUp).toBe(true);
  });

  it("never moves by itself: no action of the page changes the desk", () => {
    const before = at({ state: "ready" });
    const after = [{ type: "signing", on: true }, { type: "pending", count: 3 }, { type: "peer", peer: "failed" }] as const;
    expect(after.reduce((s: Softphone, a) => reduce(s, a), before).desk).toBe(before.desk);
  });
});

describe("the audio leg", () => {
  it("is offered when a signed-on page has none, and again when either end lost it", () => {
    expect(needsOffer(at({}, { peer: "none" }))).toBe(true);
    expect(needsOffer(at({}, { peer: "failed" }))).toBe(true);
    expect(needsOffer(at({ audio: "down" }))).toBe(true);
  });
  it("is left alone when it is up, and not offered without a link, signed off, by phone or elsewhere", () => {
    expect(needsOffer(at({}))).toBe(false);
    for (const part of [{ state: "offline" }, { device: "phone" }, { elsewhere: true }] as Partial<Desk>[]) expect(needsOffer(at(part, { peer: "none" }))).toBe(false);
    expect(needsOffer(at({}, { peer: "none", link: "down" }))).toBe(false);
  });
});

describe("what went wrong", () => {
  it("is forgotten at the desk's next state, not at its next value", () => {
    const wrong = reduce(at({ state: "ready" }), { type: "problem", problem: { code: "x", zh: "", en: "" } });
    expect(reduce(wrong, { type: "desk", desk: desk({ state: "ready", muted: true }) }).problem?.code).toBe("x");
    expect(reduce(wrong, { type: "desk", desk: desk({ state: "talking" }) }).problem).toBeNull();
  });
});
