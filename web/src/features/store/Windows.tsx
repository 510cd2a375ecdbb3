// When the store's automatic calls are made (CG-03): one to four spans of the day,
// inside the wall that no store may move.
import { useState, type FormEvent } from "react";
import { http, must } from "../../api/http";
import type { CallSpan, CallWindows } from "../../api/schemas";
import { useWords } from "../../lib/i18n";
import { Act } from "../../ui/bits";
import { Clock } from "./Clock";
import { Section, type Setting } from "./Section";

const MOST = 4;
const inWords = (spans: CallSpan[]): string => spans.map((s) => `${s.from}–${s.to}`).join(" / ");

export function Windows() {
  const { t } = useWords();
  return (
    <Section id="windows" title={t("win.title")} text={t("win.text")} read={() => must(http.GET("/api/v1/store/windows"))}>
      {(setting) => <Spans key={inWords(setting.value.windows)} {...setting} />}
    </Section>
  );
}

function Spans({ value, change, save }: Setting<CallWindows>) {
  const { t } = useWords();
  const [spans, setSpans] = useState<CallSpan[]>(value.windows);
  const put = (at: number, part: Partial<CallSpan>) => setSpans(spans.map((s, i) => (i === at ? { ...s, ...part } : s)));
  const send = (event: FormEvent) => {
    event.preventDefault();
    void save(() => must(http.PUT("/api/v1/store/windows", { body: { windows: spans } })));
  };
  const same = inWords(spans) === inWords(value.windows);
  return (
    <form className="sec spans" onSubmit={send}>
      {spans.map((s, i) => (
        <div key={i} className="row" data-testid={`window-${i}`}>
          <span className="q sm nw">{t("win.span", { n: i + 1 })}</span>
          <Clock id={`window-from-${i}`} label={t("win.from", { n: i + 1 })} value={s.from} set={(from) => put(i, { from })} />–
          <Clock id={`window-to-${i}`} label={t("win.to", { n: i + 1 })} value={s.to} set={(to) => put(i, { to })} />
          {spans.length > 1 && <Act id={`window-drop-${i}`} size="s" aria-label={`${t("win.drop")} ${i + 1}`} run={() => setSpans(spans.filter((_, at) => at !== i))}>{t("win.drop")}</Act>}
        </div>
      ))}
      <div className="row wrap">
        <button className="btn p" type="submit" data-testid="windows-save" disabled={change.busy || same}>{t("store.save")}</button>
        {spans.length < MOST && <Act id="window-add" icon="plus" run={() => setSpans([...spans, { from: "", to: "" }])}>{t("win.add")}</Act>}
        {inWords(spans) !== inWords(value.defaults) && <Act id="windows-default" run={() => setSpans(value.defaults)}>{t("win.useDefault")}</Act>}
      </div>
      <p className="q xs">{t("win.default", { spans: inWords(value.defaults), from: value.wall.from, to: value.wall.to })}</p>
    </form>
  );
}
