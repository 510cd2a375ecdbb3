// The insurers the store may quote (D-17): added by name, taken off without being
// asked, put back by one click.
import { useState, type FormEvent } from "react";
import { http, must } from "../../api/http";
import type { InsurerList } from "../../api/schemas";
import { useWords } from "../../lib/i18n";
import { Act } from "../../ui/bits";
import { Empty } from "../../ui/looks";
import { Section, type Setting } from "./Section";

const MOST = 60;
const add = (name: string) => must(http.POST("/api/v1/store/insurers", { body: { name } }));
const drop = (name: string) => must(http.DELETE("/api/v1/store/insurers", { params: { query: { name } } }));

export function Insurers() {
  const { t } = useWords();
  return (
    <Section id="insurers" title={t("ins.title")} text={t("ins.text")} read={() => must(http.GET("/api/v1/store/insurers"))}>
      {(setting) => <List {...setting} />}
    </Section>
  );
}

function List({ value, change, save }: Setting<InsurerList>) {
  const { t } = useWords();
  const [name, setName] = useState("");
  const [gone, setGone] = useState("");
  const send = (event: FormEvent) => {
    event.preventDefault();
    if (change.busy) return;
    void save(() => add(name)).then((done) => {
      if (!done) return;
      setName("");
      setGone("");
    });
  };
  const takeOff = (one: string) => void save(() => drop(one)).then((done) => done && setGone(one));
  const putBack = () => void save(() => add(gone)).then((done) => done && setGone(""));
  return (
    <>
      <form className="sec row" onSubmit={send}>
        <input className="inp" data-testid="insurer-name" aria-label={t("ins.name")} placeholder={t("ins.nameHint")} value={name} maxLength={MOST} onChange={(e) => setName(e.target.value)} />
        <button className="btn p" type="submit" data-testid="insurer-add" disabled={change.busy || name.trim() === ""}>{t("ins.add")}</button>
      </form>
      {gone && <p className="sec row sm" role="status" data-testid="insurer-gone">{t("ins.dropped", { name: gone })} <Act id="insurer-back" size="s" icon="undo" disabled={change.busy} run={putBack}>{t("ins.back")}</Act></p>}
      {value.names.length === 0 ? <Empty icon="shield" title={t("ins.empty")} text={t("ins.emptyText")} /> : (
        <ul className="insurers" data-testid="insurer-list">
          {value.names.map((one) => (
            <li key={one}><span className="grow">{one}</span><Act id="insurer-drop" size="s" aria-label={`${t("ins.drop")} ${one}`} disabled={change.busy} run={() => takeOff(one)}>{t("ins.drop")}</Act></li>
          ))}
        </ul>
      )}
    </>
  );
}
