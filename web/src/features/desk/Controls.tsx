// Controls of the call: mute, keypad, hang up. Hanging up needs no reason from
// three seconds after the closing words on (D-15); before, it needs one.
import { useState } from "react";
import type { Desk } from "../../api/schemas";
import { useWords, type Key } from "../../lib/i18n";
import { useKeys } from "../../lib/keys";
import { usePhoneObject } from "../../softphone/context";
import { useNow } from "../../ui/Since";
import { Act } from "../../ui/bits";
import { Icon } from "../../ui/Icon";
import type { PanelHand } from "./panel";
import { hangupWait } from "./script";

const REASONS = ["customer", "bad", "abuse", "wrong", "other"] as const;
const TONES = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "*", "0", "#"];

export function Controls({ desk, panel }: { desk: Desk; panel: PanelHand }) {
  const { t } = useWords();
  const phone = usePhoneObject();
  const now = useNow(250);
  const wait = hangupWait(desk.script?.node, now);
  const free = desk.state !== "talking" || desk.script == null ? true : wait === 0;
  const mute = () => void phone.command("desk.mute", { on: !desk.muted });
  const { open, flip, shut } = panel;
  const hangup = () => (free ? void phone.command("desk.hangup") : flip("early"));
  useKeys({ M: mute, K: () => flip("keypad"), "Ctrl+Enter": hangup });
  return (
    <div className="controls">
      <div className="ctl">
        <button type="button" data-testid="mute" aria-pressed={desk.muted} className={desk.muted ? "warn" : ""} onMouseDown={(e) => e.preventDefault()} onClick={mute}>
          <Icon name={desk.muted ? "ban" : "mic"} /><span>{t(desk.muted ? "call.unmute" : "call.mute")} <kbd>M</kbd></span>
        </button>
        <button type="button" data-testid="keypad" aria-expanded={open === "keypad"} onMouseDown={(e) => e.preventDefault()} onClick={() => flip("keypad")}>
          <Icon name="pad" /><span>{t("call.keypad")} <kbd>K</kbd></span>
        </button>
        <button type="button" className={free ? "hang free" : "hang"} data-testid="hangup" data-free={free} aria-expanded={open === "early"} onMouseDown={(e) => e.preventDefault()} onClick={hangup}>
          <Icon name="phone" />{t("call.hangup")} <kbd>Ctrl+Enter</kbd>
        </button>
      </div>
      <p className="xs q hangnote">{free ? t("call.hangupNow") : wait === null ? t("call.hangupHint") : t("call.hangupWait", { n: wait })}</p>
      {open === "keypad" && <Keypad close={shut} />}
      {open === "early" && <Early close={shut} />}
    </div>
  );
}

function Keypad({ close }: { close: () => void }) {
  const { t } = useWords();
  const phone = usePhoneObject();
  const [sent, setSent] = useState("");
  const press = (digit: string) => {
    setSent((was) => (was + digit).slice(-16));
    void phone.command("desk.dtmf", { digit });
  };
  useKeys({ ...Object.fromEntries(TONES.map((d) => [d, () => press(d)])), Escape: close });
  return (
    <div className="pop-panel" data-testid="keypad-panel">
      <p className="xs q">{t("call.keypadHint")} <b>{sent}</b></p>
      <div className="dial">{TONES.map((d) => <button key={d} type="button" data-testid={`tone-${d}`} onMouseDown={(e) => e.preventDefault()} onClick={() => press(d)}>{d}</button>)}</div>
    </div>
  );
}

function Early({ close }: { close: () => void }) {
  const { t } = useWords();
  const phone = usePhoneObject();
  const end = (why: (typeof REASONS)[number]) => {
    close();
    void phone.command("desk.hangup", { earlyReason: why });
  };
  useKeys({ ...Object.fromEntries(REASONS.map((why, i) => [String(i + 1), () => end(why)])), Escape: close });
  return (
    <div className="pop-panel" data-testid="early-panel">
      <p className="sm b">{t("call.earlyTitle")}</p>
      <div className="stack">{REASONS.map((why, i) => <Act key={why} id={`early-${why}`} keyCap={String(i + 1)} run={() => end(why)}>{t(`call.early.${why}` as Key)}</Act>)}</div>
    </div>
  );
}
