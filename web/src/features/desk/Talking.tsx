// The desk during a call: who, what to say, what happened. Below 1180 px the
// side columns become tabs and the controls a strip above the script.
import { useCallback, useState } from "react";
import type { Desk } from "../../api/schemas";
import { useWords } from "../../lib/i18n";
import { Empty } from "../../ui/looks";
import { Controls } from "./Controls";
import type { Panel, PanelHand } from "./panel";
import { Problem } from "./Problem";
import { Say } from "./Say";
import { Tabs, type TabName } from "./Tabs";
import { What } from "./What";
import { useNarrow } from "./useNarrow";
import { Who } from "./Who";

const NAMES = ["customer", "history", "call", "actions"] as const;

export function Talking({ desk }: { desk: Desk }) {
  const { t } = useWords();
  const [tab, setTab] = useState<TabName>("customer");
  const narrow = useNarrow();
  const panel = usePanel(useCallback(() => setTab("actions"), []));
  return (
    <div className={`desk talk tab-${tab}`} data-testid="desk-talking">
      <Tabs names={NAMES} chosen={tab} choose={setTab} />
      <Who desk={desk} />
      <div className="middle">
        {narrow && <div className="strip card"><Controls desk={desk} panel={panel} /></div>}
        <Problem />
        {desk.script ? <Say key={desk.script.responseId} desk={desk} script={desk.script} /> : <section className="card say"><Empty icon="msg" title={t("say.noScript")} /></section>}
      </div>
      <What desk={desk} panel={panel} />
    </div>
  );
}

/** One panel is open at a time; those of the quick actions bring their tab to the front. */
function usePanel(actions: () => void): PanelHand {
  const [open, setOpen] = useState<Panel>("");
  const flip = (what: Panel) => {
    setOpen((was) => (was === what ? "" : what));
    if (what !== "" && what !== "keypad" && what !== "early") actions();
  };
  return { open, flip, shut: () => setOpen("") };
}
