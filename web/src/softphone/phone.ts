// Phone joins the live connection, the queue of commands, the audio leg and the
// reducer into one object that pages read with usePhone. It owns no desk rules:
// the server's desk value says what is.
import type { CommandError, CommandName, Commands, Desk, Session } from "../api/schemas";
import { LiveClient, liveUrl } from "../api/live";
import { indexedStore } from "../lib/idb";
import { Leg } from "./leg";
import { CommandQueue, randomId, type Command, type Reply } from "./queue";
import { initial, reduce, screenOf, type Action, type Softphone } from "./state";

export interface PhoneEvents {
  topic(topic: string, data: unknown): void;
  untold(topic: string, error: CommandError): void;
  session(session: Session): void;
  signedOut(): void;
}

type Args<N extends CommandName> = Commands[N]["args"];

const LINK_DOWN: CommandError = { code: "link_down", zh: "连接中断,这一步没有发出。正在重新连接,连上后请再按一次。", en: "The connection is down, so this was not sent. Reconnecting; press again once connected." };

export class Phone {
  readonly live: LiveClient;
  readonly leg: Leg;
  private readonly queue: CommandQueue;
  private current: Softphone = initial;
  private readonly listeners = new Set<() => void>();
  private csrf: string;
  private leaveDesk: (() => void) | undefined;

  constructor(session: Session, client: string, private readonly events: PhoneEvents) {
    this.csrf = session.csrfToken;
    this.live = new LiveClient(liveUrl(window.location), () => this.csrf, client, {
      link: (link, rttMs) => this.linked(link, rttMs),
      topic: (topic, data) => this.valued(topic, data),
      untold: events.untold,
      welcome: (welcomed) => {
        this.csrf = welcomed.csrfToken;
        events.session(welcomed);
      },
      refused: () => events.signedOut(),
    });
    this.queue = new CommandQueue(session.user.id, indexedStore<Command>("commands"), (c) => this.live.command(c.id, c.name as CommandName, c.args as Args<CommandName>), {
      changed: (count) => this.dispatch({ type: "pending", count }),
      refused: (_, problem) => this.dispatch({ type: "problem", problem }),
    });
    this.leg = new Leg({ state: () => this.current, dispatch: (action) => this.dispatch(action), command: (name, args) => this.command(name, args) });
  }

  /** A new session carries another token; the line is opened anew with it. */
  renew(csrf: string): void {
    if (this.csrf === csrf) return;
    this.csrf = csrf;
    this.live.reopen();
  }

  start(desk: boolean): void {
    if (desk) this.leaveDesk = this.live.subscribe("desk");
    void this.queue.restore().catch(() => undefined);
    this.live.start();
    window.addEventListener("keydown", this.wake, true);
    window.addEventListener("pointerdown", this.wake, true);
  }

  stop(): void {
    window.removeEventListener("keydown", this.wake, true);
    window.removeEventListener("pointerdown", this.wake, true);
    this.leaveDesk?.();
    this.live.stop();
    this.leg.close();
  }

  readonly state = (): Softphone => this.current;
  readonly watch = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  };

  readonly dispatch = (action: Action): void => {
    const before = this.current;
    this.current = reduce(before, action);
    if (this.current === before) return;
    this.listeners.forEach((listener) => listener());
    this.leg.settle();
  };

  /** Sends a command now or not at all; what went wrong is shown as the desk's problem. */
  async command<N extends CommandName>(name: N, ...[args]: Record<never, never> extends Args<N> ? [Args<N>?] : [Args<N>]): Promise<Reply> {
    const reply = await this.live.command(randomId(), name, args ?? ({} as Args<N>)).catch((): Reply => ({ ok: false, error: LINK_DOWN }));
    if (!reply.ok && name !== "desk.signOn") this.dispatch({ type: "problem", problem: reply.error });
    return reply;
  }

  async signOn(device: "browser" | "phone", takeOver = false): Promise<void> {
    await this.leg.stopEcho();
    this.dispatch({ type: "signing", on: true });
    this.dispatch({ type: "problem", problem: null });
    if (device === "browser" && (await this.leg.openMic()) !== "on") return this.dispatch({ type: "signing", on: false });
    const reply = await this.command("desk.signOn", takeOver ? { device, takeOver } : { device });
    if (reply.ok) return;
    this.dispatch({ type: "signing", on: false });
    if (reply.error.code === "desk_elsewhere") return this.dispatch({ type: "takeOver", ask: true });
    this.dispatch({ type: "problem", problem: reply.error });
  }

  // Kept commands: they wait in the queue until the server has answered.

  answer(args: Args<"desk.answer">): Promise<Reply> {
    return this.queue.replace("desk.answer", args, (old) => old.responseId === args.responseId && old.node === args.node);
  }
  next(responseId: string, node: string): Promise<Reply> {
    return this.queue.replace("desk.next", { responseId, node }, (old) => old.responseId === responseId && old.node === node);
  }
  verbatim(responseId: string, key: string, text: string): Promise<Reply> {
    return this.queue.replace("desk.verbatim", { responseId, key, text }, (old) => old.responseId === responseId && old.key === key);
  }
  note(attemptId: string, notes: string): Promise<Reply> {
    return this.queue.replace("desk.note", { attemptId, notes }, (old) => old.attemptId === attemptId);
  }
  keep<N extends "desk.goto" | "desk.short" | "desk.quickForm" | "desk.dnc" | "desk.callback" | "desk.wrap">(name: N, args: Args<N>): Promise<Reply> {
    return this.queue.put(name, args);
  }

  private linked(link: Softphone["link"], rttMs: number | null): void {
    this.dispatch({ type: "link", link, rttMs });
    this.queue.setOpen(link === "up");
  }

  private valued(topic: string, data: unknown): void {
    if (topic === "desk") this.desk(data as Desk);
    this.events.topic(topic, data);
  }

  private desk(desk: Desk): void {
    const before = screenOf(this.current);
    this.dispatch({ type: "desk", desk });
    const now = screenOf(this.current);
    if (before === "ready" && (now === "ringing" || now === "preview" || now === "talking")) this.leg.sound.announce();
  }

  private readonly wake = (): void => {
    if (this.current.soundBlocked) this.leg.sound.resume();
  };
}
