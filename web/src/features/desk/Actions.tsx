// Quick actions beside the script: the quick-handling form, a call back, do not call.
import { useEffect, useRef, useState } from "react";
import type { Desk } from "../../api/schemas";
import { useWords, type Key } from "../../lib/i18n";
import { useKeys } from "../../lib/keys";
import { usePhoneObject } from "../../softphone/context";
import { Act } from "../../ui/bits";
import { Moments } from "./Moments";
import type { PanelHand } from "./panel";

const SCOPES = ["survey", "commercial", "all"] as const;
type Scope = (typeof SCOPES)[number];

export function Actions({ desk, panel }: { desk: Desk; panel: PanelHand }) {
  const { t } = useWords();
  const phone = usePhoneObject();
  const responseId = desk.script?.responseId;
  const live = responseId !== undefined && desk.state === "talking";
  const form = () => live && !desk.script?.inForm && void phone.keep("desk.quickForm", { responseId });
  const { open, shut } = panel;
  const flip = (what: "callback" | "dnc") => live && panel.flip(what);
  useKeys({ Q: form, B: () => flip("callback"), D: () => flip("dnc") });
  return (
    <div className="sec">
      <h2>{t("call.quick")}</h2>
      <div className="quick">
        <Act id="quick-form" icon="bolt" keyCap="Q" run={form} disabled={!live || desk.script?.inForm === true}>{t("call.form")}</Act>
        <Act id="callback" icon="clock" keyCap="B" run={() => flip("callback")} disabled={!live}>{t("call.callback")}</Act>
        <Act id="dnc" icon="ban" keyCap="D" run={() => flip("dnc")} disabled={!live}>{t("call.dnc")}</Act>
      </div>
      {open === "callback" && live && <CallBack close={shut} give={(at) => { shut(); void phone.keep("desk.callback", { responseId, at }); }} />}
      {open === "dnc" && live && <DoNotCall close={shut} give={(scope) => { shut(); void phone.keep("desk.dnc", { responseId, scope }); }} />}
    </div>
  );
}

function CallBack({ give, close }: { give: (at: string) => void; close: () => void }) {
  const { t } = useWords();
  useKeys({ Escape: close });
  return <div className="pop-panel" data-testid="callback-panel"><p className="sm b">{t("call.callbackTitle")}</p><Moments give={give} /></div>;
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
