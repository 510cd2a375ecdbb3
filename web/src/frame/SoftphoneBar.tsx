// The softphone in the top bar: state with its timer, levels both ways, mute,
// and which microphone is used.
import { useNavigate } from "react-router";
import type { DeskState } from "../api/schemas";
import { useWords } from "../lib/i18n";
import { usePhone, usePhoneObject } from "../softphone/context";
import { useMicrophones } from "../softphone/useMicrophones";
import { Icon, type IconName } from "../ui/Icon";
import { MicList } from "../ui/MicList";
import { Meter } from "../ui/Meter";
import { Since } from "../ui/Since";

const LOOKS: Record<DeskState, { tone: string; icon: IconName | null }> = {
  offline: { tone: "", icon: null }, ready: { tone: "", icon: null }, reserved: { tone: "a", icon: "ring" }, preview: { tone: "a", icon: "eye" },
  dialing: { tone: "a", icon: "phone" }, ringing: { tone: "a", icon: "ring" }, talking: { tone: "g", icon: "phone" },
  holding: { tone: "a", icon: "pause" }, consult: { tone: "a", icon: "phone" }, wrapup: { tone: "", icon: "pen" },
  paused: { tone: "a", icon: "pause" }, lost: { tone: "r", icon: "off" },
};

export function StateChip() {
  const { t, pick } = useWords();
  const desk = usePhone((s) => s.desk);
  const navigate = useNavigate();
  if (desk === null) return null;
  const look = LOOKS[desk.state];
  const word = desk.state === "paused" ? pick(desk.reasonZh, desk.reasonEn) || t("state.paused") : t(`state.${desk.state}`);
  return (
    <button className={`chip ${look.tone}`} data-testid="state-chip" data-state={desk.state} onMouseDown={(e) => e.preventDefault()} onClick={() => void navigate("/desk")}>
      {look.icon ? <Icon name={look.icon} /> : <i className="dot o" />}
      {word}
      {desk.state !== "offline" && <Since at={(desk.state === "talking" && desk.call?.bridgedAt) || desk.since} />}
    </button>
  );
}

export function SoftphoneBar() {
  const { t } = useWords();
  const phone = usePhoneObject();
  const device = usePhone((s) => s.desk?.device);
  const extension = usePhone((s) => s.desk?.phoneExtension?.number);
  const muted = usePhone((s) => s.desk?.muted === true);
  if (device === "phone") return <span className="phone"><Icon name="phone" />{t("top.deskPhone", { n: extension ?? "" })}</span>;
  return (
    <span className="phone" role="group" aria-label={t("top.softphone")}>
      <button className={`btn s t ${muted ? "warn" : "k"}`} data-testid="top-mute" aria-pressed={muted} aria-label={muted ? t("call.unmute") : t("call.mute")}
        onMouseDown={(e) => e.preventDefault()} onClick={() => void phone.command("desk.mute", { on: !muted })}>
        <Icon name={muted ? "ban" : "mic"} />
      </button>
      <Meter read={phone.leg.levels.mic} label={t("desk.me")} />
      <Icon name="spk" />
      <Meter read={phone.leg.levels.far} label={t("desk.customer")} />
      <MicPicker />
    </span>
  );
}

function MicPicker() {
  const { t } = useWords();
  const { list, chosen, choose, missing } = useMicrophones();
  return <MicList list={list} value={chosen} choose={choose} label={t("desk.pickMic")} none={t(missing ? "top.noMic" : "top.deviceDefault")} unnamed={t("top.device")} />;
}
