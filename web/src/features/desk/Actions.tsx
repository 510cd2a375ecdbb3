// Quick actions beside the script: the quick-handling form, a call back, do not call.
import { useEffect, useRef, useState } from "react";
import type { Bay, Desk } from "../../api/schemas";
import { useWords, type Key } from "../../lib/i18n";
import { useKeys } from "../../lib/keys";
import { usePhoneObject } from "../../softphone/context";
import { Act } from "../../ui/bits";
import { Moments } from "./Moments";
import { QuoteForm } from "../../renewals/QuoteForm";
import { Slots } from "../../visits/Slots";
import type { PanelHand } from "./panel";
import { bayOf } from "./script";

const SCOPES = ["survey", "commercial", "all"] as const;
type Scope = (typeof SCOPES)[number];

export function Actions({ desk, panel }: { desk: Desk; panel: PanelHand }) {
  const { t } = useWords();
  const phone = usePhoneObject();
  const responseId = desk.script?.responseId;
  const live = responseId !== undefined && desk.state === "talking";
  const form = () => live && !desk.script?.inForm && void phone.keep("desk.quickForm", { responseId });
  const { open, shut } = panel;
  const renewal = desk.renewal;
  const priced = live && renewal != null && desk.card?.confirmed === true;
  const attemptId = desk.call?.attemptId ?? "";
  const flip = (what: "callback" | "dnc" | "book") => live && panel.flip(what);
  const quote = () => priced && panel.flip("quote");
  useKeys({ Q: form, B: () => flip("callback"), D: () => flip("dnc"), A: () => flip("book"), P: quote });
  return (
    <div className="sec">
      <h2>{t("call.quick")}</h2>
      <div className="quick">
        <Act id="quick-form" icon="bolt" keyCap="Q" run={form} disabled={!live || desk.script?.inForm === true}>{t("call.form")}</Act>
        <Act id="book" icon="cal" keyCap="A" run={() => flip("book")} disabled={!live}>{t("call.book")}</Act>
        <Act id="callback" icon="clock" keyCap="B" run={() => flip("callback")} disabled={!live}>{t("call.callback")}</Act>
        <Act id="dnc" icon="ban" keyCap="D" run={() => flip("dnc")} disabled={!live}>{t("call.dnc")}</Act>
        {renewal && <Act id="quote" icon="mail" keyCap="P" run={quote} disabled={!priced}>{t("call.quote")}</Act>}
      </div>
      {open === "callback" && live && <CallBack close={shut} give={(at) => { shut(); void phone.keep("desk.callback", { responseId, at }); }} />}
      {open === "book" && live && <Book close={shut} bay={desk.booking?.bay ?? bayOf(desk.task?.kind)} give={(at) => { shut(); void phone.command("desk.book", { attemptId, at }); }} />}
      {open === "quote" && priced && <QuoteForm had={renewal.quote} before={renewal.insurer} expiry={renewal.expiry} approved={renewal.approved} close={shut} send={(offer) => phone.command("desk.quote", { attemptId, ...offer }).then((reply) => reply.ok)} />}
      {open === "dnc" && live && <DoNotCall close={shut} give={(scope) => { shut(); void phone.keep("desk.dnc", { responseId, scope }); }} />}
    </div>
  );
}

function CallBack({ give, close }: { give: (at: string) => void; close: () => void }) {
  const { t } = useWords();
  useKeys({ Escape: close });
  return <div className="pop-panel" data-testid="callback-panel"><p className="sm b">{t("call.callbackTitle")}</p><Moments give={give} /></div>;
}

function Book({ bay, give, close }: { bay: Bay; give: (at: string) => void; close: () => void }) {
  const { t } = useWords();
  useKeys({ Escape: close });
  return <div className="pop-panel" data-testid="book-panel"><p className="sm b">{t("call.bookTitle")}</p><Slots bay={bay} give={give} /></div>;
}

function DoNotCall({ give, close }: { give: (scope: Scope) => void; close: () => void }) {
  const { t } = useWords();
  useKeys({ ...Object.fromEntries(SCOPES.map((scope, i) => [String(i + 1), () => give(scope)])), Escape: close });
  return (
    <div className="pop-panel" data-testid="dnc-panel">
      <p className="sm b">{t("call.dncTitle")}</p>
      <div className="stack">{SCOPES.map((scope, i) => <Act key={scope} id={`dnc-${scope}`} keyCap={String(i + 1)} run={() => give(scope)}>{t(`call.dnc.${scope}` as Key)}</Act>)}</div>
    </div>
  );
}

/** Notes for colleagues; kept with the call while they are typed. */
export function Notes({ attemptId, kept }: { attemptId: string; kept: string }) {
  const { t } = useWords();
  const phone = usePhoneObject();
  const [text, setText] = useState(kept);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const due = useRef<string | null>(null);
  const flush = useRef(() => undefined as void);
  useEffect(() => {
    flush.current = () => {
      clearTimeout(timer.current);
      if (due.current !== null) void phone.note(attemptId, due.current);
      due.current = null;
    };
  }, [phone, attemptId]);
  useEffect(() => () => flush.current(), []);
  const type = (next: string) => {
    setText(next);
    due.current = next;
    clearTimeout(timer.current);
    timer.current = setTimeout(() => flush.current(), 800);
  };
  return (
    <>
      <h3 className="h"><label htmlFor="notes">{t("call.notes")}</label> <span className="q">{t("call.notesHint")}</span></h3>
      <textarea id="notes" className="note" data-testid="notes" value={text} onChange={(e) => type(e.target.value)} onBlur={() => flush.current()}
        onKeyDown={(e) => e.key === "Escape" && !e.nativeEvent.isComposing && e.currentTarget.blur()} />
    </>
  );
}
