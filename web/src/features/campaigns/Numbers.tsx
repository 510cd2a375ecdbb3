// Figures that a person types: taken over with Enter or when the field is left; one
// that cannot be says why and what would be right, and is not sent.
import { useEffect, useState } from "react";
import { useWords } from "../../lib/i18n";
import { bpOf, CAP_STEPS, capWrong, share, weightOf } from "./caps";

interface FieldProps { id: string; label: string; unit?: string; shown: string; wrong: (text: string) => string; take: (text: string) => void; list?: string[]; told?: Told }

/** Is told which field holds something wrong, and when it does not any more. */
export type Told = (field: string, wrong: boolean) => void;

function Field({ id, label, unit, shown, wrong, take, list, told }: FieldProps) {
  const [text, setText] = useState(shown);
  const [was, setWas] = useState(shown);
  if (was !== shown) { // changed elsewhere
    setWas(shown);
    setText(shown);
  }
  const said = wrong(text);
  useEffect(() => {
    told?.(id, said !== "");
    return () => told?.(id, false);
  }, [told, id, said]);
  const leave = () => text !== shown && said === "" && take(text);
  return (
    <span className="numfield">
      <label className="row sm capsel"><span className="q nw">{label}</span>
        <input className={`inp ${said ? "wrong" : ""}`} inputMode="decimal" data-testid={id} list={list && `${id}-list`} value={text} aria-invalid={said !== ""} onChange={(e) => setText(e.target.value)} onBlur={leave}
          onKeyDown={(e) => (e.key === "Enter" ? leave() : e.key === "Escape" && setText(shown))} />{unit && <span className="q">{unit}</span>}
        {list && <datalist id={`${id}-list`}>{list.map((v) => <option key={v} value={v} />)}</datalist>}
      </label>
      {said && <span className="r xs" role="alert" data-testid={`${id}-wrong`}>{said}</span>}
    </span>
  );
}

/** The cap on abandoned calls, in percent; up to what the rule pack allows. */
export function Cap({ chosen, most, choose, told }: { chosen: number; most: number; choose: (bp: number) => void; told?: Told }) {
  const { t } = useWords();
  const wrong = (text: string) => {
    const what = capWrong(text, most);
    return what === "" ? "" : t(`pace.capWrong.${what}`, { most: share(most) });
  };
  return <Field id="campaign-cap" told={told} label={t("pace.cap")} unit="%" shown={String(chosen / 100)} wrong={wrong} take={(text) => choose(bpOf(text) ?? chosen)} list={CAP_STEPS.filter((bp) => bp <= most).map((bp) => String(bp / 100))} />;
}

const PRIORITIES = [1, 2, 3, 4, 5, 6, 7, 8, 9];

/** Who gets the agents that several campaigns list: the first priority, then by share. */
export function Sharing({ priority, weight, choose, told }: { priority: number; weight: number; choose: (part: { priority?: number; weight?: number }) => void; told?: Told }) {
  const { t } = useWords();
  return (
    <div className="row wrap sm sharing">
      <label className="row capsel"><span className="q nw">{t("share.priority")}</span>
        <select className="inp" data-testid="campaign-priority" value={priority} onChange={(e) => choose({ priority: Number(e.target.value) })}>
          {PRIORITIES.map((n) => <option key={n} value={n}>{n === 1 ? t("share.first") : n === 9 ? t("share.last") : n}</option>)}
        </select>
      </label>
      <Field id="campaign-weight" told={told} label={t("share.weight")} shown={String(weight)} wrong={(text) => (weightOf(text) === null ? t("share.weightWrong") : "")} take={(text) => choose({ weight: weightOf(text) ?? weight })} />
      <p className="q xs">{t("share.why")}</p>
    </div>
  );
}
