// What the store writes to its customers: short messages with their receipts, and
// letters to print.
import { useSearchParams } from "react-router";
import { useWords } from "../../lib/i18n";
import { Letters } from "./Letters";
import { ShortMessages } from "./ShortMessages";
import "../../styles/pages.css";
import "../../styles/visits.css";

const KINDS = ["sms", "letters"] as const;

export default function MessagesPage() {
  const { t } = useWords();
  const [params, setParams] = useSearchParams();
  const kind = params.get("kind") === "letters" ? "letters" : "sms";
  const state = params.get("state") ?? (kind === "letters" ? "waiting" : "");
  const offset = Number(params.get("offset") ?? 0);
  const go = (next: { state?: string; offset?: number }) => setParams({ kind, state: next.state ?? state, ...(next.offset ? { offset: String(next.offset) } : {}) });
  return (
    <section className="card fillpage messages-page" data-testid="messages">
      <header className="wrap noprint">
        <h1>{t("msg.title")}</h1>
        <div className="seg" role="group">{KINDS.map((k) => <button key={k} className={k === kind ? "on" : ""} data-testid={`messages-${k}`} onClick={() => setParams({ kind: k })}>{t(`msg.kind.${k}`)}</button>)}</div>
      </header>
      {kind === "sms" ? <ShortMessages state={state} offset={offset} go={go} /> : <Letters state={state} offset={offset} go={go} />}
    </section>
  );
}
