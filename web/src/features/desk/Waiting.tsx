// Between calls: what the dialer is doing, today so far, the last call, agreed
// call backs; and the looks of not being ready.
import { useEffect, useState } from "react";
import { useQuery } from "@tanstack/react-query";
import type { Desk } from "../../api/schemas";
import { http, must } from "../../api/http";
import { average, clockText, count, duration, hourMinute, moment } from "../../lib/format";
import { useWords } from "../../lib/i18n";
import { useKeys } from "../../lib/keys";
import { usePhone, usePhoneObject } from "../../softphone/context";
import type { Screen } from "../../softphone/state";
import { useNow } from "../../ui/Since";
import { Icon } from "../../ui/Icon";
import { Act } from "../../ui/bits";
import { Problem } from "./Problem";
import { Tabs, type TabName } from "./Tabs";
import { Levels } from "./What";

const NAMES = ["call", "customer"] as const;
const WORDS = { call: "desk.callbacks", customer: "desk.lastCall" } as const;

export function Waiting({ desk, screen }: { desk: Desk; screen: Screen }) {
  const [tab, setTab] = useState<TabName>("call");
  return (
    <div className={`desk talk tab-${tab}`} data-testid={`desk-${screen}`}>
      <Tabs names={NAMES} words={WORDS} chosen={tab} choose={setTab} />
      <LastCall desk={desk} />
      <section className="card say middle">
        <Hero desk={desk} screen={screen} />
        <Problem />
        <Today desk={desk} />
        <Switches desk={desk} screen={screen} />
      </section>
      <aside className="card what"><CallBacks desk={desk} /><Headset desk={desk} /></aside>
    </div>
  );
}

function LastCall({ desk }: { desk: Desk }) {
  const { t, pick } = useWords();
  const last = desk.lastCall;
  return (
    <aside className="card who">
      <header><h2>{t("desk.lastCall")}</h2><span className="end q sm">{last && hourMinute(last.endedAt)}</span></header>
      <div className="sec">{last ? <><p className="name">{last.customerName}</p><p className="m">{pick(last.dispositionZh, last.dispositionEn)}</p></> : <p className="q sm">{t("desk.noLast")}</p>}</div>
    </aside>
  );
}

function Hero({ desk, screen }: { desk: Desk; screen: Screen }) {
  const { t, pick } = useWords();
  const now = useNow(1000);
  const limits = useCatalog().data?.pauseReasons ?? [];
  if (screen === "ready") {
    return <div className="hero"><p className="big" data-testid="dialer-words">{pick(desk.dialerZh, desk.dialerEn) || t("desk.noCampaign")}</p>{!desk.dialerZh && <p className="why2">{t("desk.noCampaignText")}</p>}<Wants desk={desk} /></div>;
  }
  if (desk.device === "phone" && desk.audio !== "up" && screen !== "paused") return <PhoneWords desk={desk} screen={screen} />;
  if (screen === "lost") return <div className="hero"><p className="big r">{t("desk.lostTitle")}</p><p className="why2">{t("desk.lostText")}</p></div>;
  if (screen === "signingOn") return <div className="hero"><p className="big">{t("desk.signingOn")}</p><p className="why2">{t("desk.signingOnText")}</p><LegWords /></div>;
  const spent = now - Date.parse(desk.since ?? desk.serverNow);
  const limit = (limits.find((r) => r.code === desk.reason)?.limitSeconds ?? 0) * 1000;
  const over = limit > 0 && spent > limit;
  return (
    <div className="hero">
      <p className="big">{t("state.paused")}：{pick(desk.reasonZh, desk.reasonEn) || desk.reason}</p>
      <p className={over ? "why2 a" : "why2"}>{t("desk.pausedFor", { t: clockText(spent) })}{limit > 0 && ` · ${over ? t("desk.over", { t: clockText(spent - limit) }) : t("desk.limit", { t: clockText(limit) })}`}</p>
    </div>
  );
}

/** A desk phone is put back by hand or does not pick up: nothing connects it again but being rung. */
function PhoneWords({ desk, screen }: { desk: Desk; screen: Screen }) {
  const { t } = useWords();
  if (desk.audio === "connecting") return <div className="hero" data-testid="phone-words"><p className="big">{t("desk.phoneRinging")}</p><p className="why2">{t("desk.phoneRingingText")}</p></div>;
  return <div className="hero" data-testid="phone-words"><p className="big r">{t(screen === "lost" ? "desk.phoneDown" : "desk.phoneMissed")}</p><p className="why2">{t("desk.phoneDownText")}</p></div>;
}

function Wants({ desk }: { desk: Desk }) {
  const { t, pick } = useWords();
  const reasons = useCatalog().data?.pauseReasons ?? [];
  if (desk.wants === "") return null;
  const found = reasons.find((r) => r.code === desk.wantsReason);
  const why = found ? pick(found.zh, found.en) : desk.wantsReason;
  if (desk.leavesBy) return <LeavesBy by={desk.leavesBy} off={desk.wants === "offline"} why={why} />;
  return <p className="why2 a">{desk.wants === "offline" ? t("desk.wantsOff") : t("desk.wantsPause", { why })}</p>;
}

/** Lines count on a ready agent who asked to leave: how long at most. */
function LeavesBy({ by, off, why }: { by: string; off: boolean; why: string }) {
  const { t } = useWords();
  const n = Math.max(0, Math.ceil((Date.parse(by) - useNow(500)) / 1000));
  return <p className="why2 a" data-testid="leaves-by">{off ? t("desk.leavesOff", { n }) : t("desk.leavesPause", { n, why })}</p>;
}

/** What the audio leg and the microphone are doing, when it is not simply fine. */
function LegWords() {
  const { t } = useWords();
  const mic = usePhone((s) => s.mic);
  const peer = usePhone((s) => s.peer);
  if (mic === "refused" || mic === "missing" || mic === "busy" || mic === "insecure") return <p className="note-box r" role="alert" data-testid="mic-problem">{t(`mic.${mic}`)}</p>;
  if (peer === "failed") return <p className="note-box a">{t("peer.failed")}</p>;
  return <p className="note-box">{t(mic === "asking" ? "mic.asking" : "peer.connecting")}</p>;
}

function Today({ desk }: { desk: Desk }) {
  const { t, language } = useWords();
  const { today } = desk;
  const rows: [string, string, string][] = [
    [t("desk.todayCalls"), count(today.calls), t("desk.unitCalls")],
    [t("desk.todayAnswered"), count(today.answered), t("desk.unitPeople")],
    [t("desk.todayDone"), count(today.completed), t("desk.unitPeople")],
    [t("desk.todayTalk"), duration(today.talkMs, language), ""],
    [t("desk.todayScore"), average(today.avgScore), ""],
  ];
  return (
    <div className="sec scroll" data-testid="today" tabIndex={0}>
      <h2>{t("desk.today")}</h2>
      <ul className="figs">{rows.map(([name, value, unit]) => <li key={name}><span>{name}</span><span className="v"><b>{value}</b> <small>{unit}</small></span></li>)}</ul>
    </div>
  );
}

const useCatalog = () => useQuery({ queryKey: ["catalog"], queryFn: () => must(http.GET("/api/v1/catalog")), staleTime: Infinity });

function Switches({ desk, screen }: { desk: Desk; screen: Screen }) {
  const { t } = useWords();
  const phone = usePhoneObject();
  const [choosing, setChoosing] = useState(false);
  const ready = screen === "ready";
  const silent = desk.device === "phone" && desk.audio === "down";
  const flip = () => (ready ? setChoosing(!choosing) : silent ? void phone.signOn("phone") : void phone.command("desk.ready"));
  const signOff = () => void phone.command("desk.signOff");
  useKeys({ F2: flip, "Ctrl+F2": signOff });
  useEffect(() => setChoosing(false), [screen]);
  return (
    <>
      {choosing && <Reasons close={() => setChoosing(false)} />}
      <footer className="bar2">
        {silent && <Act id="ring-phone" kind="p" icon="phone" keyCap="F2" run={flip}>{t("desk.ringPhone")}</Act>}
        {!silent && (ready || screen === "paused") && <Act id={ready ? "pause" : "ready"} kind={ready ? "" : "p"} keyCap="F2" run={flip}>{t(ready ? "desk.pause" : "desk.resume")}</Act>}
        {ready && desk.wants === "paused" && <Act id="ready" run={() => void phone.command("desk.ready")}>{t("desk.resume")}</Act>}
        <span className="end" />
        <Act id="sign-off" keyCap="Ctrl+F2" run={signOff}>{t("desk.signOff")}</Act>
      </footer>
    </>
  );
}

function Reasons({ close }: { close: () => void }) {
  const { t, pick } = useWords();
  const phone = usePhoneObject();
  const reasons = (useCatalog().data?.pauseReasons ?? []).map((reason, i) => ({ ...reason, key: i < 9 ? String(i + 1) : i === 9 ? "0" : "" }));
  const pause = (code: string) => {
    close();
    void phone.command("desk.pause", { reason: code });
  };
  useKeys({ ...Object.fromEntries(reasons.map((r) => [r.key, () => pause(r.code)])), Escape: close });
  return (
    <div className="alts" data-testid="pause-reasons">
      <p className="q sm">{t("desk.pauseWhy")}</p>
      <div>{reasons.map((r) => <button key={r.code} type="button" data-testid={`pause-${r.code}`} onMouseDown={(e) => e.preventDefault()} onClick={() => pause(r.code)}><kbd>{r.key}</kbd><span>{pick(r.zh, r.en)}</span><span className="q">{r.limitSeconds > 0 && t("desk.limit", { t: clockText(r.limitSeconds * 1000) })}</span></button>)}</div>
    </div>
  );
}

function CallBacks({ desk }: { desk: Desk }) {
  const { t, language } = useWords();
  return (
    <>
      <header><h2>{t("desk.callbacks")}</h2></header>
      <div className="sec">
        {desk.nextCallbacks.length === 0 && <p className="q sm">{t("desk.noCallbacks")}</p>}
        <ul className="cbs">{desk.nextCallbacks.map((c) => <li key={c.taskId}><b>{moment(c.at, language)}</b><span>{c.customer.name}</span></li>)}</ul>
      </div>
    </>
  );
}

function Headset({ desk }: { desk: Desk }) {
  const { t } = useWords();
  const audio = desk.audio;
  const words = audio === "up" ? "desk.audioUp" : audio === "connecting" ? "desk.audioConnecting" : desk.device === "phone" ? "desk.phoneDown" : "desk.audioDown";
  return (
    <div className="sec" data-testid="headset" data-audio={audio}>
      <h2>{t(desk.device === "phone" ? "desk.phone" : "desk.headset")}</h2>
      <Levels />
      <p className={audio === "up" ? "q sm" : "a sm"}>{audio !== "up" && <Icon name="warn" />} {t(words)}</p>
      {audio !== "up" && desk.device === "browser" && <LegWords />}
    </div>
  );
}
