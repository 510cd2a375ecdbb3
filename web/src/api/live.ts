// The live connection: one websocket, topics with sequence numbers, commands
// with their own ids. It reconnects by itself and subscribes again; it keeps no
// page state (topic values go to `onTopic`) and queues nothing (softphone/queue
// does).
//
//   closed -> connecting -> up -> closed (wait) -> connecting ...
import type { ClientFrame, CommandError, CommandName, Commands, ServerFrame, Session } from "./schemas";
import { setClocks } from "../lib/clock";

export type LinkState = "connecting" | "up" | "down";
export type LiveReply = { ok: true; result?: unknown } | { ok: false; error: CommandError };

export interface LiveEvents {
  link(state: LinkState, rttMs: number | null): void;
  topic(topic: string, data: unknown): void;
  /** The server does not give a topic now. */
  untold(topic: string, error: CommandError): void;
  welcome(session: Session): void;
  /** The server will not talk to this session any more, or perhaps so. */
  refused(): void;
}

const PING_MS = 2000;
const SILENT_MS = 6000;
const WAITS_MS = [150, 300, 600, 1200, 2000];
/** Every so many vain tries the session is checked: a refused upgrade looks to a page like a dead server. */
const CHECK_EVERY = 4;

interface Topic { users: number; seq: number; asked: boolean }

export class LiveClient {
  private socket: WebSocket | null = null;
  private readonly topics = new Map<string, Topic>();
  private readonly waiting = new Map<string, { resolve: (reply: LiveReply) => void; reject: (why: Error) => void }>();
  private tries = 0;
  private up = false;
  private stopped = false;
  private heardAt = 0;
  private retry: ReturnType<typeof setTimeout> | undefined;
  private beat: ReturnType<typeof setInterval> | undefined;

  constructor(
    private readonly url: string,
    private readonly csrf: () => string,
    private readonly client: string,
    private readonly events: LiveEvents,
  ) {}

  start(): void {
    this.stopped = false;
    window.addEventListener("online", this.hurry);
    this.connect();
  }

  stop(): void {
    this.stopped = true;
    window.removeEventListener("online", this.hurry);
    clearTimeout(this.retry);
    this.lose(this.socket);
  }

  /** Ends the present socket and opens another at once. */
  reopen(): void {
    this.tries = 0;
    this.lose(this.socket);
    this.hurry();
  }

  /** Subscribes; returns the function that ends it. Several pages may share a topic. */
  subscribe(name: string): () => void {
    const topic = this.topics.get(name) ?? { users: 0, seq: -1, asked: false };
    this.topics.set(name, topic);
    topic.users += 1;
    if (this.up) this.ask(name, topic);
    return () => this.leave(name, topic);
  }

  /** Asks for a topic anew. */
  again(name: string): void {
    const topic = this.topics.get(name);
    if (topic === undefined || !this.up) return;
    topic.asked = false;
    this.ask(name, topic);
  }

  /** Sends a command once; rejects when the link is down or breaks before the answer. */
  command<N extends CommandName>(id: string, name: N, args: Commands[N]["args"]): Promise<LiveReply> {
    return new Promise((resolve, reject) => {
      if (!this.up) return reject(new Error("the link is down"));
      this.waiting.set(id, { resolve, reject });
      this.write({ t: "cmd", id, name, args });
    });
  }

  private readonly hurry = (): void => {
    if (this.socket !== null || this.stopped) return;
    clearTimeout(this.retry);
    this.connect();
  };

  private connect(): void {
    this.events.link("connecting", null);
    const socket = new WebSocket(this.url);
    this.socket = socket;
    this.heardAt = Date.now();
    socket.onopen = () => socket === this.socket && this.write({ t: "hello", csrf: this.csrf(), client: this.client });
    socket.onmessage = (event) => socket === this.socket && this.hear(String(event.data));
    socket.onclose = () => this.closed(socket);
    clearInterval(this.beat);
    this.beat = setInterval(() => this.pulse(socket), PING_MS);
  }

  private closed(socket: WebSocket): void {
    if (socket !== this.socket) return;
    if (!this.up && this.tries % CHECK_EVERY === 1) this.events.refused();
    this.lose(socket);
  }

  /** Ends this socket's life whatever state it is in, and plans the next. */
  private lose(socket: WebSocket | null): void {
    clearInterval(this.beat);
    if (socket !== null) {
      socket.onclose = socket.onmessage = socket.onopen = null;
      socket.close();
    }
    this.socket = null;
    this.up = false;
    this.topics.forEach((topic) => (topic.asked = false));
    this.waiting.forEach(({ reject }) => reject(new Error("the link broke")));
    this.waiting.clear();
    this.events.link("down", null);
    if (!this.stopped) this.plan();
  }

  private plan(): void {
    const wait = WAITS_MS[Math.min(this.tries, WAITS_MS.length - 1)] ?? 2000;
    this.tries += 1;
    clearTimeout(this.retry);
    this.retry = setTimeout(() => this.connect(), wait * (0.8 + Math.random() * 0.4));
  }

  private pulse(socket: WebSocket): void {
    if (socket !== this.socket) return;
    if (Date.now() - this.heardAt > SILENT_MS) return this.lose(socket);
    if (this.up) this.write({ t: "ping", at: Date.now() });
  }

  private write(frame: ClientFrame): void {
    if (this.socket?.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify(frame));
  }

  private ask(name: string, topic: Topic): void {
    if (topic.asked) return;
    topic.asked = true;
    topic.seq = -1;
    this.write({ t: "sub", topic: name });
  }

  private leave(name: string, topic: Topic): void {
    topic.users -= 1;
    if (topic.users > 0 || this.topics.get(name) !== topic) return;
    this.topics.delete(name);
    if (this.up) this.write({ t: "unsub", topic: name });
  }

  private hear(text: string): void {
    this.heardAt = Date.now();
    const frame = JSON.parse(text) as ServerFrame;
    switch (frame.t) {
      case "welcome": return this.welcomed(frame);
      case "pong": return this.ponged(frame);
      case "snap": case "chg": return this.valued(frame);
      case "ok": return this.answered(frame.id, { ok: true, result: frame.result });
      case "err": return this.troubled(frame);
      case "bye": return this.events.refused();
    }
  }

  private welcomed(frame: Extract<ServerFrame, { t: "welcome" }>): void {
    this.tries = 0;
    this.up = true;
    setClocks(frame.realNow, frame.businessNow);
    this.events.welcome(frame.session);
    this.topics.forEach((topic, name) => this.ask(name, topic));
    this.events.link("up", null);
    this.write({ t: "ping", at: Date.now() });
  }

  private ponged(frame: Extract<ServerFrame, { t: "pong" }>): void {
    const rtt = Math.max(0, Date.now() - frame.at);
    setClocks(frame.realNow, frame.businessNow, rtt);
    this.events.link("up", rtt);
  }

  private valued(frame: Extract<ServerFrame, { t: "snap" | "chg" }>): void {
    const topic = this.topics.get(frame.topic);
    if (topic === undefined) return;
    if (frame.t === "chg" && frame.seq <= topic.seq) return; // seen already
    if (frame.t === "chg" && frame.seq !== topic.seq + 1) {
      topic.asked = false;
      return this.ask(frame.topic, topic); // a gap: ask for the whole again
    }
    topic.seq = frame.seq;
    this.events.topic(frame.topic, frame.data);
  }

  private troubled(frame: Extract<ServerFrame, { t: "err" }>): void {
    if (frame.topic) this.events.untold(frame.topic, frame.error);
    this.answered(frame.id, { ok: false, error: frame.error });
  }

  private answered(id: string | undefined, reply: LiveReply): void {
    if (id === undefined) return;
    this.waiting.get(id)?.resolve(reply);
    this.waiting.delete(id);
  }
}

/** The address of the live connection for the page's own origin. */
export function liveUrl(where: { protocol: string; host: string }): string {
  return `${where.protocol === "https:" ? "wss" : "ws"}://${where.host}/api/v1/live`;
}
