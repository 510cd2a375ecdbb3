import { describe, expect, it } from "vitest";
import { CommandQueue, type Command, type Reply } from "../../src/softphone/queue";

/** A server that applies each id once, over a link that can be cut. */
function world(stored: Command[] = []) {
  const kept = new Map(stored.map((c) => [c.id, c]));
  const store = {
    all: () => Promise.resolve([...kept.values()]),
    put: (key: string, value: Command) => Promise.resolve(void kept.set(key, value)),
    remove: (key: string) => Promise.resolve(void kept.delete(key)),
  };
  const applied: string[] = [];
  const sent: string[] = [];
  const answers: { cut: boolean; reply: (c: Command) => Reply } = { cut: false, reply: () => ({ ok: true }) };
  const send = (c: Command): Promise<Reply> => {
    sent.push(c.id);
    if (!applied.includes(c.id)) applied.push(c.id);
    return answers.cut ? Promise.reject(new Error("link")) : Promise.resolve(answers.reply(c));
  };
  const refused: string[] = [];
  let n = 0;
  const queue = new CommandQueue("u", store as never, send, { changed: () => undefined, refused: (c) => void refused.push(c.id) }, 1, () => `id${++n}`);
  return { queue, kept, applied, sent, answers, refused };
}

describe("nothing that was given is lost", () => {
  it("commands go out one after the other, in order", async () => {
    const w = world();
    w.queue.setOpen(true);
    await Promise.all([w.queue.put("a", {}), w.queue.put("b", {}), w.queue.put("c", {})]);
    expect(w.sent).toEqual(["id1", "id2", "id3"]);
    expect(w.queue.size).toBe(0);
    expect(w.kept.size).toBe(0);
  });
  it("what was given without a link waits, also in the store", async () => {
    const w = world();
    void w.queue.put("a", {});
    expect(w.sent).toEqual([]);
    expect(w.kept.size).toBe(1);
    w.queue.setOpen(true);
    await expect.poll(() => w.queue.size).toBe(0);
    expect(w.sent).toEqual(["id1"]);
  });
  it("a command whose answer was lost goes out again under its own id", async () => {
    const w = world();
    w.answers.cut = true;
    w.queue.setOpen(true);
    const done = w.queue.put("a", {});
    await expect.poll(() => w.sent.length).toBe(1);
    w.queue.setOpen(false);
    w.answers.cut = false;
    w.queue.setOpen(true);
    await done;
    expect(w.sent).toEqual(["id1", "id1"]);
    expect(w.applied).toEqual(["id1"]);
  });
  it("an earlier page's commands go out before this page's", async () => {
    const w = world([{ id: "old", order: 1, user: "u", name: "a", args: {} }, { id: "foreign", order: 0, user: "somebody", name: "a", args: {} }]);
    void w.queue.put("b", {});
    await w.queue.restore();
    w.queue.setOpen(true);
    await expect.poll(() => w.queue.size).toBe(0);
    expect(w.sent).toEqual(["old", "id1"]);
    expect(w.kept.has("foreign")).toBe(true);
  });
  it("only the newest words of a field go out", async () => {
    const w = world();
    const same = (args: Record<string, unknown>) => args.key === "why";
    void w.queue.replace("words", { key: "why", text: "发动" }, same);
    void w.queue.replace("words", { key: "why", text: "发动机异响" }, same);
    w.queue.setOpen(true);
    await expect.poll(() => w.queue.size).toBe(0);
    expect(w.sent).toEqual(["id2"]);
  });
  it("what the server cannot take just now is tried again, before what came later", async () => {
    const w = world();
    let busy = 2;
    w.answers.reply = () => (busy-- > 0 ? { ok: false, error: { code: "unavailable", zh: "", en: "" } } : { ok: true });
    w.queue.setOpen(true);
    const [first] = await Promise.all([w.queue.put("a", {}), w.queue.put("b", {})]);
    expect(first.ok).toBe(true);
    expect(w.sent).toEqual(["id1", "id1", "id1", "id2"]);
    expect(w.refused).toEqual([]);
  });
  it("words that are under way are not replaced: the newer ones follow them", async () => {
    const w = world();
    w.answers.cut = true;
    w.queue.setOpen(true);
    void w.queue.put("words", { key: "why", text: "发动" });
    await expect.poll(() => w.sent.length).toBe(1);
    w.answers.cut = false;
    void w.queue.replace("words", { key: "why", text: "发动机异响" }, (args) => args.key === "why");
    expect(w.queue.size).toBe(1);
    w.queue.setOpen(true);
    await expect.poll(() => w.queue.size).toBe(0);
    expect(w.sent).toEqual(["id1", "id2"]);
  });
  it("a store that cannot be written loses nothing while the page lives", async () => {
    const sent: string[] = [];
    const broken = { all: () => Promise.resolve([]), get: () => Promise.reject(new Error("full")), put: () => Promise.reject(new Error("full")), remove: () => Promise.reject(new Error("full")) };
    const queue = new CommandQueue("u", broken as never, (c) => Promise.resolve(void sent.push(c.name)).then(() => ({ ok: true })), { changed: () => undefined, refused: () => undefined });
    const done = queue.put("desk.answer", {});
    expect(queue.size).toBe(1);
    queue.setOpen(true);
    expect((await done).ok).toBe(true);
    expect(sent).toEqual(["desk.answer"]);
  });
  it("what the server refuses is told and does not hold up the rest", async () => {
    const w = world();
    w.answers.reply = (c) => (c.id === "id1" ? { ok: false, error: { code: "disposition", zh: "", en: "" } } : { ok: true });
    w.queue.setOpen(true);
    const [first, second] = await Promise.all([w.queue.put("a", {}), w.queue.put("b", {})]);
    expect(first.ok).toBe(false);
    expect(second.ok).toBe(true);
    expect(w.refused).toEqual(["id1"]);
  });
});
