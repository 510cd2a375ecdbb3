// The customer's words being typed: bound to one answer key, drafted to
// IndexedDB at every stroke, sent to the server when the typing rests. A reload
// or a lost connection brings the draft back.
import { useCallback, useEffect, useRef, useState } from "react";
import type { Script } from "../../api/schemas";
import { indexedStore } from "../../lib/idb";
import { usePhoneObject } from "../../softphone/context";
import { isWords, savedWords, wordsKey } from "./script";

interface Draft { text: string }
const drafts = indexedStore<Draft>("drafts");
const REST_MS = 600;
const place = (responseId: string, key: string) => `${responseId}/${key}`;

export interface WordsDraft {
  key: string | null;
  text: string;
  /** Typed but not yet answered by the server. */
  waiting: boolean;
  type(text: string): void;
  choose(key: string): void;
  /** Forgets the draft of a key whose words went out with its answer. */
  settle(key: string): void;
  /** Sends what rests, now. */
  flush(): void;
}

export function useWordsDraft(script: Script): WordsDraft {
  const phone = usePhoneObject();
  const natural = wordsKey(script);
  const [key, setKey] = useState(natural);
  const [text, setText] = useState(() => savedWords(script, natural));
  const [waiting, setWaiting] = useState(false);
  const unsent = useRef<{ key: string; text: string } | null>(null);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const { responseId } = script;
  const newest = useRef(script);
  useEffect(() => {
    newest.current = script;
  });

  const flush = useCallback(() => {
    clearTimeout(timer.current);
    const due = unsent.current;
    unsent.current = null;
    if (due === null) return;
    void phone.verbatim(responseId, due.key, due.text).then(() => {
      if (unsent.current?.key === due.key) return;
      void drafts.remove(place(responseId, due.key)).catch(() => undefined);
      setWaiting(unsent.current !== null);
    });
  }, [phone, responseId]);

  /** Shows another key's words: its draft if there is one, else what the server keeps. */
  const show = useCallback((to: string | null) => {
    flush();
    setKey(to);
    setText(savedWords(newest.current, to));
    if (to === null) return;
    void drafts.get(place(responseId, to)).then((draft) => {
      if (draft === undefined || unsent.current !== null) return;
      setText(draft.text);
      setWaiting(true);
      if (answersItself(newest.current, to)) return;
      unsent.current = { key: to, text: draft.text };
      flush();
    }, () => undefined);
  }, [flush, responseId]);

  // Another question on the screen: the words belong to it from now on.
  useEffect(() => show(wordsKey(newest.current)), [show, script.node.id]);
  useEffect(() => () => flush(), [flush]);

  const type = (next: string) => {
    setText(next);
    if (key === null) return;
    setWaiting(true);
    void drafts.put(place(responseId, key), { text: next }).catch(() => undefined);
    if (answersItself(script, key)) return; // sent as the answer, by Enter
    unsent.current = { key, text: next };
    clearTimeout(timer.current);
    timer.current = setTimeout(flush, REST_MS);
  };
  const settle = (settled: string) => {
    if (unsent.current?.key === settled) unsent.current = null;
    clearTimeout(timer.current);
    setWaiting(false);
    void drafts.remove(place(responseId, settled)).catch(() => undefined);
  };
  return { key, text, waiting, type, choose: show, settle, flush };
}

const answersItself = (script: Script, key: string): boolean => script.node.key === key && isWords(script.node.answer);
