import { describe, expect, it } from "vitest";
import type { Desk } from "../../src/api/schemas";
import { initial, needsOffer, reduce, screenOf, type Softphone } from "../../src/softphone/state";

const desk = (part: Partial<Desk>): Desk => ({
  state: "ready", since: "2026-11-20T02:00:00Z", reason: "", reasonZh: "", reasonEn: "", wants: "", wantsReason: "", device: "browser", audio: "up",
  muted: false, elsewhere: false, serverNow: "2026-11-20T02:00:00Z", today: { calls: 0, answered: 0, completed: 0, talkMs: 0 }, dialerZh: "", dialerEn: "",
  nextCallbacks: [], saved: { answers: 0, words: 0 }, ...part,
});
const at = (part: Partial<Desk>, more: Partial<Softphone> = {}): Softphone => ({ ...initial, link: "up", wasUp: true, peer: "up", desk: desk(part), ...more });

const task: Desk["task"] = { id: "t", kind: "followup_3d", kindZh: "", kindEn: "", whyZh: "", whyEn: "", dueAt: "2026-11-20T02:00:00Z", attempts: 0 };

describe("the desk's face", () => {
  it.each([
    ["loading before the server has spoken", { ...initial }, "loading"],
    ["signed out", at({ state: "offline" }), "signedOut"],
    ["signing on until the audio is up", at({ state: "paused", reason: "signing_on" }), "signingOn"],
    ["not ready with a reason", at({ state: "paused", reason: "meal" }), "paused"],
    ["the wrap-up of a call that was set aside", at({ state: "paused", reason: "forced", wrap: {} as Desk["wrap"] }), "wrapup"],
    ["ready", at({ state: "ready" }), "ready"],
    ["a preview", at({ state: "preview" }), "preview"],
    ["still ready while a call is only thought of", at({ state: "reserved" }), "ready"],
    ["ringing once the call has a task", at({ state: "reserved", task }), "ringing"],
    ["ringing while it is dialled", at({ state: "dialing" }), "ringing"],
    ["ringing", at({ state: "ringing" }), "ringing"],
    ["talking", at({ state: "talking" }), "talking"],
    ["talking while the customer is on hold", at({ state: "holding" }), "talking"],
    ["talking while a colleague is asked", at({ state: "consult" }), "talking"],
    ["the wrap-up", at({ state: "wrapup" }), "wrapup"],
    ["lost when there was nothing on it", at({ state: "lost" }), "lost"],
    ["what it was when the audio is lost in a call", at({ state: "lost", script: {} as Desk["script"], call: {} as Desk["call"] }), "talking"],
    ["what it was when the audio is lost in the wrap-up", at({ state: "lost", wrap: {} as Desk["wrap"] }), "wrapup"],
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

describe("signing on", () => {
  it("is over when the server says so", () => {
    const signing = reduce(at({ state: "offline" }), { type: "signing", on: true });
    expect(reduce(signing, { type: "desk", desk: desk({ state: "offline" }) }).signing).toBe(true);
    expect(reduce(signing, { type: "desk", desk: desk({ state: "paused", reason: "signing_on" }) }).signing).toBe(false);
  });
  it("asks to take over until the desk is here", () => {
    const asked = reduce(at({ state: "offline" }), { type: "takeOver", ask: true });
    expect(reduce(asked, { type: "desk", desk: desk({ state: "offline" }) }).askTakeOver).toBe(true);
    expect(reduce(asked, { type: "desk", desk: desk({ state: "talking" }) }).askTakeOver).toBe(false);
  });
});

describe("the link", () => {
  it("keeps the round trip it measured while it is up, and forgets it when it is down", () => {
    const measured = reduce(at({}), { type: "link", link: "up", rttMs: 18 });
    expect(reduce(measured, { type: "link", link: "up", rttMs: null }).rttMs).toBe(18);
    expect(reduce(measured, { type: "link", link: "down", rttMs: null }).rttMs).toBeNull();
  });
  it("draws nothing again when as much waits as before", () => {
    const state = at({}, { pending: 2 });
    expect(reduce(state, { type: "pending", count: 2 })).toBe(state);
  });
});

describe("what went wrong", () => {
  it("is forgotten at the desk's next state, not at its next value", () => {
    const wrong = reduce(at({ state: "ready" }), { type: "problem", problem: { code: "x", zh: "", en: "" } });
    expect(reduce(wrong, { type: "desk", desk: desk({ state: "ready", muted: true }) }).problem?.code).toBe("x");
    expect(reduce(wrong, { type: "desk", desk: desk({ state: "talking" }) }).problem).toBeNull();
  });
});
