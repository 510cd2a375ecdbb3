import { beforeEach, describe, expect, it, vi } from "vitest";
import { LiveClient, liveUrl, type LiveEvents } from "../../src/api/live";

/** The far end of a websocket, in the hand of a test. */
class FakeSocket {
  static last: FakeSocket;
  static readonly OPEN = 1;
  readyState = 1;
  sent: Record<string, unknown>[] = [];
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: string }) => void) | null = null;
  onclose: (() => void) | null = null;
  constructor() {
    FakeSocket.last = this;
  }
  send(text: string): void {
    this.sent.push(JSON.parse(text));
  }
  close(): void {
    this.readyState = 3;
    this.onclose?.();
  }
  says(frame: unknown): void {
    this.onmessage?.({ data: JSON.stringify(frame) });
  }
  asked(topic: string): number {
    return this.sent.filter((f) => f.t === "sub" && f.topic === topic).length;
  }
}

const session = { user: {}, csrfToken: "c" };
const welcome = { t: "welcome", session, realNow: "2026-11-20T02:00:00Z", businessNow: "2026-11-20T02:00:00Z" };

function world() {
  const heard: unknown[] = [];
  const events: LiveEvents = {
    link: vi.fn(), welcome: vi.fn(), refused: vi.fn(),
    topic: (topic, data) => void heard.push([topic, data]),
    untold: (topic, error) => void heard.push([topic, error.code]),
  };
  const live = new LiveClient("ws://x", () => "c", "tab", events);
  live.start();
  const socket = FakeSocket.last;
  socket.onopen?.();
  socket.says(welcome);
  return { live, socket, heard, events };
}

beforeEach(() => {
  vi.stubGlobal("WebSocket", FakeSocket);
  return () => vi.unstubAllGlobals();
});

describe("the live connection", () => {
  it("introduces itself, and asks for topics once it is welcome", () => {
    const { live, socket } = world();
    expect(socket.sent[0]).toEqual({ t: "hello", csrf: "c", client: "tab" });
    live.subscribe("desk");
    live.subscribe("desk");
    expect(socket.asked("desk")).toBe(1);
  });
  it("takes a snapshot and the changes after it, each once", () => {
    const { live, socket, heard } = world();
    live.subscribe("desk");
    socket.says({ t: "snap", topic: "desk", seq: 1, data: "a" });
    socket.says({ t: "chg", topic: "desk", seq: 2, data: "b" });
    socket.says({ t: "chg", topic: "desk", seq: 2, data: "b" });
    expect(heard).toEqual([["desk", "a"], ["desk", "b"]]);
  });
  it("asks for the whole again when a change is missing", () => {
    const { live, socket, heard } = world();
    live.subscribe("desk");
    socket.says({ t: "snap", topic: "desk", seq: 1, data: "a" });
    socket.says({ t: "chg", topic: "desk", seq: 3, data: "c" });
    expect(heard).toEqual([["desk", "a"]]);
    expect(socket.asked("desk")).toBe(2);
  });
  it("tells why there is no topic, and can ask again", () => {
    const { live, socket, heard } = world();
    live.subscribe("wallboard");
    socket.says({ t: "err", topic: "wallboard", error: { code: "too_slow", zh: "", en: "" } });
    expect(heard).toEqual([["wallboard", "too_slow"]]);
    live.again("wallboard");
    expect(socket.asked("wallboard")).toBe(2);
  });
  it("leaves a topic when the last page that shows it goes", () => {
    const { live, socket } = world();
    const [first, second] = [live.subscribe("desk"), live.subscribe("desk")];
    first();
    expect(socket.sent.some((f) => f.t === "unsub")).toBe(false);
    second();
    expect(socket.sent.at(-1)).toEqual({ t: "unsub", topic: "desk" });
  });
  it("a command whose answer is cut off fails, and is not sent without a line", async () => {
    const { live, socket } = world();
    const asked = live.command("1", "desk.ready", {});
    socket.close();
    await expect(asked).rejects.toThrow("broke");
    await expect(live.command("2", "desk.ready", {})).rejects.toThrow("down");
  });
  it("subscribes again by itself after the line came back, with the new token", () => {
    const { live, socket } = world();
    live.subscribe("desk");
    live.reopen();
    const next = FakeSocket.last;
    expect(next).not.toBe(socket);
    next.onopen?.();
    next.says(welcome);
    expect(next.asked("desk")).toBe(1);
  });
  it("tells when the session does not hold any more", () => {
    const { socket, events } = world();
    socket.says({ t: "bye" });
    expect(events.refused).toHaveBeenCalledOnce();
  });
});

describe("its address", () => {
  it("is as secure as the page", () => expect([liveUrl({ protocol: "https:", host: "h" }), liveUrl({ protocol: "http:", host: "h:1" })]).toEqual(["wss://h/api/v1/live", "ws://h:1/api/v1/live"]));
});
