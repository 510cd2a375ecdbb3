// Commands that must not be lost: answers, words, notes, results. Each has its
// own id, waits in IndexedDB until the server has answered it, and is sent in
// the order it was given, one at a time; after a reconnect the same ids go out
// again and the server applies each once.
//
//   waiting -> sent -> answered (removed)
//      ^        |
//      +--------+   link lost, or the server says it cannot right now
import type { CommandError } from "../api/schemas";
import type { KeyValue } from "../lib/idb";

export interface Command {
  id: string;
  order: number;
  user: string;
  name: string;
  args: Record<string, unknown>;
}

export type Reply = { ok: true; result?: unknown } | { ok: false; error: CommandError };

/** Sends one command and resolves with the server's answer; rejects when the link breaks first. */
export type Send = (command: Command) => Promise<Reply>;

/** Codes after which the same command may work a moment later. */
const PASSING = new Set(["unavailable", "internal", "timeout", "busy"]);

export interface QueueEvents {
  changed(pending: number): void;
  refused(command: Command, error: CommandError): void;
}

export class CommandQueue {
  private readonly pending: Command[] = [];
  private readonly waiters = new Map<string, (reply: Reply) => void>();
  private sending: string | null = null;
  private open = false;
  private order = 0;

  constructor(
    private readonly user: string,
    private readonly store: KeyValue<Command>,
    private readonly send: Send,
    private readonly events: QueueEvents,
    private readonly retryMs = 1000,
    private readonly newId: () => string = randomId,
  ) {}

  /** Takes over what an earlier page of this user left unsent, before anything of this page. */
  async restore(): Promise<void> {
    const left = (await this.store.all()).filter((command) => command.user === this.user);
    left.sort((a, b) => a.order - b.order);
    const known = new Set(this.pending.map((command) => command.id));
    this.pending.unshift(...left.filter((command) => !known.has(command.id)));
    this.changed();
    void this.pump();
  }

  /** Queues a command; resolves with the server's answer, whenever that comes. */
  put(name: string, args: Record<string, unknown>): Promise<Reply> {
    const command: Command = { id: this.newId(), order: this.nextOrder(), user: this.user, name, args };
    this.pending.push(command);
    return this.queued(command);
  }

  /** Like put, but takes the place of an unsent command of the same name that `same` recognises: only the newest words matter. */
  replace(name: string, args: Record<string, unknown>, same: (args: Record<string, unknown>) => boolean): Promise<Reply> {
    const at = this.pending.findIndex((old) => old.name === name && old.id !== this.sending && same(old.args));
    if (at >= 0) this.drop(this.pending[at] as Command);
    return this.put(name, args);
  }

  /** Tells the queue whether the link carries commands now. */
  setOpen(open: boolean): void {
    this.open = open;
    if (open) void this.pump();
  }

  get size(): number {
    return this.pending.length;
  }

  private queued(command: Command): Promise<Reply> {
    const answered = new Promise<Reply>((resolve) => this.waiters.set(command.id, resolve));
    this.store.put(command.id, command).catch(() => undefined); // the copy in memory still goes out
    this.changed();
    void this.pump();
    return answered;
  }

  private async pump(): Promise<void> {
    if (this.sending !== null || !this.open) return;
    const next = this.pending[0];
    if (next === undefined) return;
    this.sending = next.id;
    const reply = await this.send(next).catch(() => null);
    this.sending = null;
    if (reply === null) return; // the link broke: setOpen(true) starts again with the same id
    if (!reply.ok && PASSING.has(reply.error.code)) return this.later();
    this.settle(next, reply);
    void this.pump();
  }

  private later(): void {
    setTimeout(() => void this.pump(), this.retryMs);
  }

  private settle(command: Command, reply: Reply): void {
    const resolve = this.waiters.get(command.id);
    this.drop(command);
    resolve?.(reply);
    if (!reply.ok) this.events.refused(command, reply.error);
  }

  private drop(command: Command): void {
    const at = this.pending.indexOf(command);
    if (at >= 0) this.pending.splice(at, 1);
    this.waiters.delete(command.id);
    this.store.remove(command.id).catch(() => undefined);
    this.changed();
  }

  private changed(): void {
    this.events.changed(this.pending.length);
  }

  private nextOrder(): number {
    this.order = Math.max(this.order + 1, Date.now() * 1000);
    return this.order;
  }
}

/** A UUID also where crypto.randomUUID is missing (pages not served securely). */
export function randomId(): string {
  if (typeof crypto.randomUUID === "function") return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}
