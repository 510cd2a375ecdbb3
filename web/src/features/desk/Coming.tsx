// Before the call is up: a customer to look at (preview), or one being called.
import { useState } from "react";
import type { Desk } from "../../api/schemas";
import { useWords, type Key } from "../../lib/i18n";
import { useKeys } from "../../lib/keys";
import { usePhoneObject } from "../../softphone/context";
import { calledName } from "../../softphone/state";
import { Icon } from "../../ui/Icon";
import { Since } from "../../ui/Since";
import { Act } from "../../ui/bits";
import { Problem } from "./Problem";
import { Tabs, type TabName } from "./Tabs";
import { Course, Levels, LineFacts } from "./What";
import { Who } from "./Who";

const NAMES = ["customer", "history", "call"] as const;
const SKIPS = ["noPhone", "justVisited", "duplicate", "other"] as const;

export function Preview({ desk }: { desk: Desk }) {
  const { t, pick } = useWords();
  const phone = usePhoneObject();
  const [skipping, setSkipping] = useState(false);
  const [tab, setTab] = useState<TabName>("customer");
  const dial = () => void phone.command("desk.dial");
  useKeys({ Enter: dial, S: () => setSkipping(!skipping) });
  return (
    <div className={`desk talk tab-${tab}`} data-testid="desk-preview">
      <Tabs names={NAMES} chosen={tab} choose={setTab} />
      <Who desk={desk} />
      <section className="card say middle">
        <div className="hero">
          <p className="q">{desk.task && pick(desk.task.kindZh, desk.task.kindEn)} · <Since at={desk.since} /></p>
          <p className="big">{t("desk.previewTitle")}</p>
          <p className="why2">{desk.task && pick(desk.task.whyZh, desk.task.whyEn)}</p>
          <p className="row" style={{ marginTop: 16 }}>
            <Act id="dial" kind="p" size="xl" icon="phone" keyCap="Enter" run={dial}>{t("desk.dial")}</Act>
            <Act id="skip" size="xl" keyCap="S" run={() => setSkipping(!skipping)}>{t("desk.skip")}</Act>
          </p>
          {skipping && <Skip close={() => setSkipping(false)} />}
          <Problem />
        </div>
      </section>
      <aside className="card what"><div className="sec"><Levels /></div></aside>
    </div>
  );
}

function Skip({ close }: { close: () => void }) {
  const { t } = useWords();
  const phone = usePhoneObject();
  const skip = (why: string) => {
    close();
    void phone.command("desk.skip", { reason: why });
  };
  useKeys({ ...Object.fromEntries(SKIPS.map((why, i) => [String(i + 1), () => skip(why)])), Escape: close });
  return (
    <div className="pop-panel">
      <p className="sm b">{t("desk.skipWhy")}</p>
      <div className="stack">{SKIPS.map((why, i) => <Act key={why} id={`skip-${why}`} keyCap={String(i + 1)} run={() => skip(why)}>{t(`skip.${why}` as Key)}</Act>)}</div>
    </div>
  );
}

export function Ringing({ desk }: { desk: Desk }) {
  const { t, pick } = useWords();
  const phone = usePhoneObject();
  const [tab, setTab] = useState<TabName>("customer");
  const { call, card, task } = desk;
  const ringing = call?.ringingAt != null;
  const hangup = () => void phone.command("desk.hangup", { earlyReason: "other" });
  useKeys({ "Ctrl+Enter": hangup });
  return (
    <div className={`desk talk tab-${tab}`} data-testid="desk-ringing">
      <Tabs names={NAMES} chosen={tab} choose={setTab} />
      <Who desk={desk} />
      <section className="card say middle">
        <div className="hero">
          <p className="q">{task && pick(task.kindZh, task.kindEn)}{task && ` · ${t("desk.attemptNo", { n: Math.max(1, task.attempts) })}`}</p>
          <p className="big">{desk.state === "reserved" ? t("desk.reservedTitle") : t("desk.ringingTitle", { name: calledName(card) })}</p>
          <p className="why2 row"><Icon name={ringing ? "ring" : "dots"} />{ringing ? t("state.ringing") : t("desk.dialing")} <Since at={call?.ringingAt ?? call?.startedAt ?? desk.since} /></p>
          {call && <p className="row" style={{ marginTop: 16 }}><Act id="hangup" kind="d" icon="phone" keyCap="Ctrl+Enter" run={hangup}>{t("call.hangup")}</Act></p>}
          <Problem />
        </div>
      </section>
      <aside className="card what">
        <div className="sec"><Levels />{call && <LineFacts call={call} />}</div>
        {call && <Course call={call} />}
      </aside>
    </div>
  );
}
