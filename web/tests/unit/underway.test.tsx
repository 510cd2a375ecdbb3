import { act } from "react";
import { createRoot, type Root } from "react-dom/client";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { Script } from "../../src/api/schemas";
import { useScript, type ScriptHand } from "../../src/features/desk/useScript";
import { PhoneContext } from "../../src/softphone/context";
import type { Phone } from "../../src/softphone/phone";

const at = (node: string): Script => ({
  responseId: "r1", path: [], answers: [],
  node: { id: node, kind: "ask", key: node, zh: node, answer: { type: "multi", options: [{ value: node, zh: node, en: node, key: "1" }], required: true } },
}) as unknown as Script;

const answered = vi.fn<(given: { node: string }) => Promise<{ ok: boolean }>>();
const phone = { watch: () => () => undefined, state: () => ({ link: "up" }), answer: answered } as unknown as Phone;
/** Every drawing of the desk: what it is drawn from decides what several choices begin with. */
const drawn = vi.fn<(node: string, hand: ScriptHand) => void>();
const hand = (): ScriptHand => (drawn.mock.lastCall as [string, ScriptHand])[1];
function Desk({ script }: { script: Script }) {
  drawn(script.node.id, useScript(script));
  return null;
}

let root: Root;
const draw = (script: Script) => act(() => root.render(<PhoneContext value={phone}><Desk script={script} /></PhoneContext>));

beforeEach(() => {
  vi.stubGlobal("IS_REACT_ACT_ENVIRONMENT", true);
  root = createRoot(document.createElement("div"));
});
afterEach(() => {
  act(() => root.unmount());
  vi.unstubAllGlobals();
});

it("the next question has no answer, though the receipt of the last one is still on its way", async () => {
  let receipt: (r: { ok: boolean }) => void = () => undefined;
  answered.mockImplementation(() => new Promise((done) => (receipt = done)));
  draw(at("cover"));
  act(() => hand().give(["cover"]));
  expect(hand().sent).toEqual(["cover"]);
  act(() => hand().give(["again"])); // one at a time
  expect(answered).toHaveBeenCalledTimes(1);

  draw(at("channel"));
  expect(drawn.mock.calls.filter(([node, h]) => node === "channel" && h.sent !== undefined)).toEqual([]);
  act(() => hand().give(["channel"]));
  expect(answered.mock.calls.map(([given]) => given.node)).toEqual(["cover", "channel"]);

  await act(async () => receipt({ ok: true }));
  expect(hand().sent).toBeUndefined();
});

it("a refused answer can be given again", async () => {
  answered.mockReset().mockResolvedValue({ ok: false });
  draw(at("cover"));
  await act(async () => hand().give(["cover"]));
  expect(hand().sent).toBeUndefined();
  await act(async () => hand().give(["cover"]));
  expect(answered).toHaveBeenCalledTimes(2);
});
