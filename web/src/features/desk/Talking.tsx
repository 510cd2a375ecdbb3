// The desk during a call: who, what to say, what happened. Below 1180 px the
// side columns become tabs and the controls a strip above the script.
import { useState } from "react";
import type { Desk } from "../../api/schemas";
import { useWords, type Key } from "../../lib/i18n";
import { Empty } from "../../ui/looks";
import { Controls } from "./Controls";
import { Problem } from "./Problem";
import { Say } from "./Say";
import { What } from "./What";
import { useNarrow } from "./useNarrow";
import { Who } from "./Who";

const TABS = ["customer", "history", "call", "actions"] as const;

export function Talking({ desk }: { desk: Desk }) {
  const { t } = useWords();
  const [tab, setTab] = useState<(typeof TABS)[number]>("customer");
  const narrow = useNarrow();
  return (
    <div className={`desk talk tab-${tab}`} data-testid="desk-talking">
      <div className="tabs" role="tablist" aria-label={t("call.tabs")}>
        {TABS.map((name) => (
          <button key={name} type="button" role="tab" aria-selected={tab === name} data-testid={`tab-${name}`} onMouseDown={(e) => e.preventDefault()} onClick={() => setTab(name)}>
            {t(`tab.${name}` as Key)}
          </button>
        ))}
      </div>
      <Who desk={desk} />
      <div className="middle">
        {narrow && <div className="strip card"><Controls desk={desk} /></div>}
        <Problem />
        {desk.script ? <Say key={desk.script.responseId} desk={desk} script={desk.script} /> : <section className="card say"><Empty icon="msg" title={t("say.noScript")} /></section>}
      </div>
      <What desk={desk} />
    </div>
  );
}
