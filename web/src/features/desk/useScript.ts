// What the agent can do with the script: answer, go on, go back. One answer per
// node is under way at a time; while the link is down it may still be changed.
import { useState } from "react";
import type { AnswerValue, Script } from "../../api/schemas";
import { usePhone, usePhoneObject } from "../../softphone/context";
import { isWords, previousNode, wordsMissing, type Missing } from "./script";
import { useWordsDraft, type WordsDraft } from "./useWordsDraft";

export interface ScriptHand {
  words: WordsDraft;
  /** The value on its way to the server, undefined when nothing is. */
  sent: AnswerValue | string | undefined;
  missing: Missing;
  give(value: AnswerValue): void;
  skip(how: "refused" | "na"): void;
  /** Enter: the next line, or the words as the answer. */
  forward(): void;
  back(): void;
  goto(node: string): void;
}

/** An answer on its way, and the node it belongs to. */
interface UnderWay { at: string; value: AnswerValue }

export function useScript(script: Script): ScriptHand {
  const phone = usePhoneObject();
  const up = usePhone((s) => s.link === "up");
  const words = useWordsDraft(script);
  const { node, responseId } = script;
  const at = `${responseId}/${node.id}`;
  const [under, setUnder] = useState<UnderWay | null>(null);
  const [lack, setLack] = useState<{ at: string; why: Missing }>({ at, why: null });
  // The next node may be drawn before the answer's receipt is here: it has none of its own yet.
  const sent = under?.at === at ? under.value : undefined;
  const missing = lack.at === at ? lack.why : null;
  const setMissing = (why: Missing) => setLack({ at, why });
  const received = (it: UnderWay) => setUnder((now) => (now === it ? null : now));

  const busy = sent !== undefined && up;
  const send = (shown: AnswerValue, extra: { value?: AnswerValue; skipped?: "refused" | "na" | "none" }) => {
    if (busy || !node.key) return;
    const { key } = node;
    const own = words.key === key && !isWords(node.answer) ? words.text.trim() : "";
    const it = { at, value: shown };
    setUnder(it);
    setMissing(null);
    if (words.key === key && own !== "") words.settle(key);
    const reply = phone.answer({ responseId, node: node.id, key, ...extra, ...(own ? { verbatim: own } : {}) });
    void reply.then((r) => {
      if (r.ok && isWords(node.answer)) words.settle(key);
      received(it);
    });
  };
  const give = (value: AnswerValue) => send(value, { value });
  const skip = (how: "refused" | "na") => {
    if (how === "refused" ? node.answer?.refuse : node.answer?.na) send(how, { skipped: how });
  };
  const giveWords = () => {
    const text = words.text.trim();
    const why = wordsMissing(node, text);
    setMissing(why);
    if (why !== null) return;
    if (text === "") send("none", { skipped: "none" });
    else give(text);
  };
  const forward = () => {
    if (node.kind === "say" && !busy) {
      const it = { at, value: "next" };
      setUnder(it);
      void phone.next(responseId, node.id).then(() => received(it));
    }
    if (node.kind === "ask" && isWords(node.answer)) giveWords();
  };
  const goto = (to: string) => {
    words.flush();
    void phone.keep("desk.goto", { responseId, node: to });
  };
  const back = () => {
    const before = previousNode(script);
    if (before !== null) goto(before);
  };
  return { words, sent, missing, give, skip, forward, back, goto };
}
