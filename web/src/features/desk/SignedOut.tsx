// Before the shift: try the microphone, choose what to answer with, sign on.
import { useEffect, useState } from "react";
import { useWords } from "../../lib/i18n";
import { useKeys } from "../../lib/keys";
import { useSession } from "../../session";
import { usePhone, usePhoneObject } from "../../softphone/context";
import { Icon } from "../../ui/Icon";
import { Meter } from "../../ui/Meter";
import { Act } from "../../ui/bits";
import { Problem } from "./Problem";
import { Microphones } from "./Microphones";

type Device = "browser" | "phone";

export function SignedOut() {
  const { t } = useWords();
  const { session } = useSession();
  const phone = usePhoneObject();
  const signing = usePhone((s) => s.signing);
  const takeOver = usePhone((s) => s.askTakeOver);
  const [device, setDevice] = useState<Device>("browser");
  useOpenIfAllowed();
  const on = () => !signing && void phone.signOn(device, takeOver);
  useKeys({ F2: on });
  return (
    <section className="card fillpage signon" data-testid="desk-signed-out">
      <div>
        <p className="big">{t("desk.welcome", { name: session.user.name })}</p>
        <p className="why2">{t("desk.welcomeText")}</p>
        <Problem />
        {takeOver && <p className="note-box a" data-testid="take-over-ask">{t("desk.elsewhere")}。{t("desk.elsewhereText")}</p>}
        <DeviceChoice device={device} choose={setDevice} />
        {device === "browser" && <MicTest usePhone={() => setDevice("phone")} />}
        <p className="row">
          <Act id="sign-on" kind="p" size="xl" icon="head" keyCap="F2" run={on} disabled={signing}>
            {signing ? t("desk.signingOn") : takeOver ? t("desk.takeOver") : t("desk.signOn")}
          </Act>
        </p>
      </div>
    </section>
  );
}

/** Shows the level at once where the browser already allows the microphone; else waits to be asked. */
function useOpenIfAllowed(): void {
  const phone = usePhoneObject();
  useEffect(() => {
    if (!window.isSecureContext || navigator.mediaDevices === undefined) {
      phone.dispatch({ type: "mic", mic: "insecure" });
      return;
    }
    navigator.permissions?.query({ name: "microphone" as PermissionName }).then((p) => {
      if (p.state === "granted") void phone.leg.openMic();
      if (p.state === "denied") phone.dispatch({ type: "mic", mic: "refused" });
    }, () => undefined);
  }, [phone]);
}

function DeviceChoice({ device, choose }: { device: Device; choose: (device: Device) => void }) {
  const { t } = useWords();
  const extension = usePhone((s) => s.desk?.phoneExtension);
  useKeys(extension ? { H: () => choose("browser"), P: () => choose("phone") } : {});
  if (!extension) return null;
  return (
    <div className="sec">
      <h2>{t("desk.device")}</h2>
      <p className="row">
        <Act id="device-browser" icon="head" keyCap="H" className={device === "browser" ? "on" : ""} run={() => choose("browser")}>{t("desk.deviceBrowser")}</Act>
        <Act id="device-phone" icon="phone" keyCap="P" className={device === "phone" ? "on" : ""} run={() => choose("phone")}>{t("desk.devicePhone", { n: extension.number })}</Act>
        <span className={extension.registered ? "g sm" : "a sm"}>{t(extension.registered ? "desk.phoneRegistered" : "desk.phoneNotRegistered")}</span>
      </p>
    </div>
  );
}

function MicTest({ usePhone: takePhone }: { usePhone: () => void }) {
  const { t } = useWords();
  const phone = usePhoneObject();
  const mic = usePhone((s) => s.mic);
  const label = usePhone((s) => s.micLabel);
  const testing = usePhone((s) => s.testing);
  const peer = usePhone((s) => s.peer);
  const hear = () => void (testing ? phone.leg.stopEcho() : phone.leg.startEcho());
  useKeys(mic === "on" ? { T: hear } : mic === "insecure" ? {} : { T: () => void phone.leg.openMic() });
  const bad = mic === "refused" || mic === "missing" || mic === "busy" || mic === "insecure";
  useEffect(() => () => void (phone.state().testing && !phone.state().signing && phone.leg.stopEcho()), [phone]);
  return (
    <div className="sec" data-testid="mic-test" data-mic={mic}>
      <h2>{t("desk.micTest")} <span className="q">{label}</span></h2>
      {bad && <MicTrouble why={mic} takePhone={takePhone} />}
      {mic === "asking" && <p className="note-box">{t("mic.asking")}</p>}
      <div className="row mictest">
        <Microphones />
        {mic !== "on" && mic !== "insecure" && <Act id="mic-start" icon="mic" keyCap="T" run={() => void phone.leg.openMic()}>{t("desk.micStart")}</Act>}
        {mic === "on" && <Act id="mic-hear" icon="spk" keyCap="T" className={testing ? "on" : ""} run={hear}>{t(testing ? "desk.hearStop" : "desk.hear")}</Act>}
      </div>
      {mic === "on" && (
        <>
          <div className="lv big-lv"><Icon name="mic" /><span>{t("desk.me")}</span><Meter read={phone.leg.levels.mic} label={t("desk.me")} /></div>
          {testing && <div className="lv big-lv" data-testid="echo" data-peer={peer}><Icon name="spk" /><span>{t("desk.hear")}</span><Meter read={phone.leg.levels.far} label={t("desk.hear")} /></div>}
          <p className="q sm">{testing ? (peer === "connecting" ? t("peer.connecting") : peer === "failed" ? t("peer.failed") : t("desk.hearText")) : t("desk.micTalk")}</p>
        </>
      )}
    </div>
  );
}

/** Why there is no microphone, what to do about it, and the way without one: the desk phone. */
function MicTrouble({ why, takePhone }: { why: "refused" | "missing" | "busy" | "insecure"; takePhone: () => void }) {
  const { t } = useWords();
  const number = usePhone((s) => s.desk?.phoneExtension?.number);
  return (
    <div className="note-box r trouble" role="alert" data-testid="mic-problem">
      <p><Icon name="mic" /> {t(`mic.${why}`)}</p>
      {number ? <Act id="mic-use-phone" icon="phone" keyCap="P" run={takePhone}>{t("mic.usePhone", { n: number })}</Act> : <p>{t("mic.noPhone")}</p>}
    </div>
  );
}
