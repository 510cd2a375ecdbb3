// What the keys mean on a script node. Pure: from a node to its choices, its
// scale, and the way back; the page draws them and the server decides.
import type { AnswerSpec, Bay, Script, ScriptNode } from "../../api/schemas";
import { withKeys } from "../../lib/choices";

export interface ScoreKey { value: number; key: string; tone: "r" | "a" | "g" }

const SCORES: Record<string, { min: number; max: number; low: number; mid: number }> = {
  score10: { min: 1, max: 10, low: 6, mid: 7 },
  score5: { min: 1, max: 5, low: 2, mid: 3 },
  nps: { min: 0, max: 10, low: 6, mid: 8 },
};

export const isScore = (answer: AnswerSpec | null | undefined): boolean => answer !== null && answer !== undefined && answer.type in SCORES;

/** The row of score keys. 0 is ten on a scale from one; on a scale from zero ten is the minus key. */
export function scoreKeys(answer: AnswerSpec): ScoreKey[] {
  const scale = SCORES[answer.type];
  if (scale === undefined) return [];
  const [min, max] = [answer.min ?? scale.min, answer.max ?? scale.max];
  return Array.from({ length: max - min + 1 }, (_, i) => {
    const value = min + i;
    const tone = value <= scale.low ? "r" : value <= scale.mid ? "a" : "g";
    return { value, key: keyOfScore(value, min), tone };
  });
}

function keyOfScore(value: number, min: number): string {
  if (value < 10) return String(value);
  return min === 0 ? "-" : "0";
}

export interface Choice { value: string; zh: string; en: string; key: string }

/** The options with their digits; a server that gives none for yes and no gets them here. */
export function choices(answer: AnswerSpec): Choice[] {
  const options = answer.options ?? [];
  if (options.length === 0 && answer.type === "yesno") {
    return [{ value: "yes", zh: "是", en: "Yes", key: "1" }, { value: "no", zh: "否", en: "No", key: "2" }];
  }
  return withKeys(options);
}

export const isChoice = (answer: AnswerSpec | null | undefined): boolean => answer?.type === "choice" || answer?.type === "yesno";
/** Answered by the words field itself. */
export const isWords = (answer: AnswerSpec | null | undefined): boolean => answer?.type === "verbatim" || answer?.type === "text";
/** Answered by a small field of its own. */
export const isField = (answer: AnswerSpec | null | undefined): boolean =>
  answer !== null && answer !== undefined && ["number", "money", "date", "phone", "name"].includes(answer.type);

/** A question the agent answers from what was said; it is not read aloud. The scripts begin such a line so. */
export const isForAgent = (node: ScriptNode): boolean => /^[（(]座席/.test(node.zh);

/** The node before this one on the path, or null at the start. */
export function previousNode(script: Script): string | null {
  if (!script.node.canBack) return null;
  const at = script.path.findIndex((step) => step.node === script.node.id);
  const before = at < 0 ? script.path[script.path.length - 1] : script.path[at - 1];
  return before?.node ?? null;
}

/** Where words typed now belong: the question on the screen, else the last one answered. */
export function wordsKey(script: Script): string | null {
  if (script.node.key) return script.node.key;
  return script.answers[script.answers.length - 1]?.key ?? null;
}

/** Words kept by the server for a key. */
export function savedWords(script: Script, key: string | null): string {
  if (key === null) return "";
  if (script.node.key === key) {
    const { current, answer } = script.node;
    const text = isWords(answer) && typeof current?.value === "string" ? current.value : current?.verbatim;
    if (text) return text;
  }
  return script.answers.find((answer) => answer.key === key)?.verbatim ?? "";
}

export function toggled(chosen: readonly string[], value: string): string[] {
  return chosen.includes(value) ? chosen.filter((v) => v !== value) : [...chosen, value];
}

/** The kind of bay that a call of this kind books: maintenance is quick. */
export const bayOf = (kind: string | undefined): Bay => (kind === "first_service" || kind === "periodic_service" || kind === "warranty_expiry" ? "fast" : "general");

export type Missing = "required" | "short" | null;

/** Why these words cannot be the answer yet. */
export function wordsMissing(node: ScriptNode, text: string): Missing {
  const length = [...text.trim()].length;
  if (length === 0) return node.answer?.required ? "required" : null;
  return length < (node.answer?.minChars ?? 0) ? "short" : null;
}

/** Seconds until hanging up needs no reason; null while the closing words are not reached. */
export function hangupWait(node: ScriptNode | undefined, now: number): number | null {
  if (!node?.hangupAfter) return null;
  return Math.max(0, Math.ceil((Date.parse(node.hangupAfter) - now) / 1000));
}
