// What happened: the line, its controls, quick actions, notes, this call's course.
import type { Desk, DeskCall } from "../../api/schemas";
import { clockText, phone, time } from "../../lib/format";
import { useWords, type Key } from "../../lib/i18n";
import { usePhone, usePhoneObject } from "../../softphone/context";
import { Icon, type IconName } from "../../ui/Icon";
import { Meter } from "../../ui/Meter";
import { Since } from "../../ui/Since";
import { Saved } from "../../ui/bits";
import { Actions, Notes } from "./Actions";
import { Controls } from "./Controls";
import type { PanelHand } from "./panel";
import { useNarrow } from "./useNarrow";

export function What({ desk, panel }: { desk: Desk; panel: PanelHand }) {
  const { call } = desk;
  const narrow = useNarrow();
  if (!call) return null;
  return (
    <aside className="card what" data-testid="call">
      <div className="sec pA"><LineState desk={desk} call={call} />{!narrow && <Controls desk={desk} panel={panel} />}</div>
      <div className="sec pA"><Levels /><LineFacts call={call} /></div>
      <div className="pB"><Actions desk={desk} panel={panel} /><div className="sec"><Notes key={call.attemptId} attemptId={call.attemptId} kept={desk.wrap?.notes ?? ""} /></div></div>
      <Course call={call} />
    </aside>
  );
}

function LineState({ desk, call }: { desk: Desk; call: DeskCall }) {
  const { t, pick } = useWords();
  const talking = desk.state === "talking";
  return (
    <p className="row">
      <span className={`st ${talking ? "g" : ""}`}><Icon name={talking ? "phone" : "ring"} />{talking ? t("state.talking") : t(`state.${desk.state}`)}</span>
      <Since at={call.bridgedAt ?? call.startedAt} />
      <span className="end q sm">{pick(call.lineResultZh, call.lineResultEn)}</span>
    </p>
  );
}

export function Levels() {
  const { t } = useWords();
  const { leg } = usePhoneObject();
  const device = usePhone((s) => s.desk?.device);
  if (device === "phone") return null;
  return (
    <>
      <div className="lv"><Icon name="mic" /><span>{t("desk.me")}</span><Meter read={leg.levels.mic} label={t("desk.me")} /></div>
      <div className="lv"><Icon name="spk" /><span>{t("desk.customer")}</span><Meter read={leg.levels.far} label={t("desk.customer")} /></div>
    </>
  );
}

export function LineFacts({ call }: { call: DeskCall }) {
  const { t } = useWords();
  if (!call.trunk && !call.callerNumber) return null;
  return <p className="xs q" style={{ marginTop: 4 }}>{t("call.line", { trunk: call.trunk || "—", from: call.callerNumber ? phone(call.callerNumber) : "—" })}</p>;
}

const ICONS: Record<string, IconName> = { answer: "check", verbatim: "check", form: "bolt", ringing: "ring", answered: "phone", bridged: "phone", ended: "phone", dialed: "dots" };

export function Course({ call }: { call: DeskCall }) {
  const { t, pick } = useWords();
  return (
    <div className="sec pC course" data-testid="timeline" tabIndex={0}>
      <h2>{t("call.timeline")}</h2>
      <ol className="tl">
        {[...call.timeline].reverse().map((step, i) => (
          <li key={`${step.at}${i}`}><time>{time(step.at)}</time><Icon name={ICONS[step.kind] ?? "check"} /><span>{pick(step.zh, step.en)}</span></li>
        ))}
      </ol>
    </div>
  );
}

/** The finished call in a few facts. */
export function CallFacts({ call }: { call: DeskCall }) {
  const { t, pick, word } = useWords();
  const talk = call.bridgedAt && call.endedAt ? Date.parse(call.endedAt) - Date.parse(call.bridgedAt) : null;
  return (
    <>
      <p className="row"><span className="st"><Icon name="phone" />{t("call.ended")}</span>{talk !== null && <b>{clockText(talk)}</b>}<span className="end" /><Saved>{time(call.endedAt)}</Saved></p>
      <dl className="kv">
        {call.hangupBy && <><dt>{t("call.hangupBy")}</dt><dd>{word(`call.by.${call.hangupBy}` as Key, call.hangupBy)}</dd></>}
        {call.lineResult && <><dt>{t("calls.result")}</dt><dd>{pick(call.lineResultZh, call.lineResultEn)}</dd></>}
        {call.trunk && <><dt>{t("call.trunk")}</dt><dd>{t("call.line", { trunk: call.trunk, from: phone(call.callerNumber) })}</dd></>}
      </dl>
    </>
  );
}
