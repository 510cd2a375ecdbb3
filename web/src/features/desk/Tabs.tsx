// Below 1180 px the side columns of the desk share one place: tabs choose which.
// The class names say which parts of the columns show (desk.css).
import { useWords, type Key } from "../../lib/i18n";

export type TabName = "customer" | "history" | "call" | "actions";

export function Tabs({ names, chosen, choose, words = {} }: { names: readonly TabName[]; chosen: TabName; choose: (name: TabName) => void; words?: Partial<Record<TabName, Key>> }) {
  const { t } = useWords();
  return (
    <div className="tabs" role="tablist" aria-label={t("call.tabs")}>
      {names.map((name) => (
        <button key={name} type="button" role="tab" aria-selected={chosen === name} data-testid={`tab-${name}`} onMouseDown={(e) => e.preventDefault()} onClick={() => choose(name)}>
          {t(words[name] ?? `tab.${name}`)}
        </button>
      ))}
    </div>
  );
}
