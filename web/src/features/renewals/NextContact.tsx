// When and how the customer wants to be contacted next, and where that leaves the renewal.
import { useState } from "react";
import { agreeableDays, agreeableTimes, atLocal } from "../../lib/format";
import { useWords } from "../../lib/i18n";

const WAYS = ["电话", "短信", "邮件", "传真", "面谈"] as const;
const STAGES = ["following", "interested", "committed"] as const;
interface Agreed { at: string; way: (typeof WAYS)[number]; words: string; stage: (typeof STAGES)[number] }

export function NextContact({ busy, give }: { busy: boolean; give: (agreed: Agreed) => void }) {
  const { t } = useWords();
  const [days] = useState(() => agreeableDays());
  const [on, setOn] = useState(days[1] ?? "");
  const [time, setTime] = useState("10:00");
  const [way, setWay] = useState<Agreed["way"]>("电话");
  const [stage, setStage] = useState<Agreed["stage"]>("following");
  const [words, setWords] = useState("");
  return (
    <form className="sec formgrid" data-testid="next-form" onSubmit={(e) => { e.preventDefault(); give({ at: atLocal(on, time), way, words: words.trim(), stage }); }}>
      <label>{t("say.day")}<select className="inp" value={on} onChange={(e) => setOn(e.target.value)}>{days.map((d) => <option key={d}>{d}</option>)}</select></label>
      <label>{t("say.time")}<select className="inp" value={time} onChange={(e) => setTime(e.target.value)}>{agreeableTimes.map((h) => <option key={h}>{h}</option>)}</select></label>
      <label>{t("ren.way")}<select className="inp" value={way} onChange={(e) => setWay(e.target.value as Agreed["way"])}>{WAYS.map((w) => <option key={w} value={w}>{t(`ren.way.${w}`)}</option>)}</select></label>
      <label>{t("ren.stage")}<select className="inp" value={stage} onChange={(e) => setStage(e.target.value as Agreed["stage"])}>{STAGES.map((s) => <option key={s} value={s}>{t(`ren.to.${s}`)}</option>)}</select></label>
      <label className="whole">{t("ren.said")}<input className="inp" value={words} maxLength={500} onChange={(e) => setWords(e.target.value)} /></label>
      <button className="btn p" type="submit" data-testid="next-send" disabled={busy}>{t("ren.agree")}</button>
    </form>
  );
}
