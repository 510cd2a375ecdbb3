// Who changed what of a campaign, from what to what.
import { useState } from "react";
import type { CampaignDetail } from "../../api/schemas";
import { moment } from "../../lib/format";
import { useWords } from "../../lib/i18n";
import { Drawer } from "../../ui/Drawer";

const SHOWN = 8;
type Entry = CampaignDetail["log"][number];

export function Log({ campaign }: { campaign: CampaignDetail }) {
  const { t } = useWords();
  const [all, setAll] = useState(false);
  const { log } = campaign;
  return (
    <section className="card" data-testid="campaign-log">
      <header className="head"><h2>{t("camp.log")}</h2><span className="end" />{log.length > SHOWN && <button type="button" className="linkish sm" data-testid="log-all" onClick={() => setAll(true)}>{t("log.all", { n: log.length })}</button>}</header>
      {log.length === 0 ? <p className="sec q">{t("camp.noLog")}</p> : <Entries log={log.slice(0, SHOWN)} />}
      {all && <Drawer title={t("camp.log")} id="log-drawer" close={() => setAll(false)} closeWord={t("app.close")}><Entries log={log} /></Drawer>}
    </section>
  );
}

function Entries({ log }: { log: Entry[] }) {
  const { t, pick, language } = useWords();
  return (
    <ul className="lg">
      {log.map((l, i) => (
        <li key={l.at + i} className="logline"><time className="q sm">{moment(l.at, language)}</time>
          <div><p><b>{l.user || t("log.system")}</b> {l.changes.length === 0 ? pick(l.zh, l.en) : null}</p>{l.changes.map((c) => <p key={c.en}>{pick(c.zh, c.en)}</p>)}</div></li>
      ))}
    </ul>
  );
}
