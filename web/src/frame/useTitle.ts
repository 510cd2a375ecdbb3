// The tab's title: name and timer during a call, and a flash when one comes.
import { useEffect } from "react";
import { realNow } from "../lib/clock";
import { clockText } from "../lib/format";
import { useWords } from "../lib/i18n";
import { usePhone } from "../softphone/context";
import { calledName, lineOpen, screenOf, type Screen } from "../softphone/state";

const FLASHES = 6;
const CALLS: Screen[] = ["ringing", "preview", "talking"];

export function useTitle(): void {
  const { t, pick } = useWords();
  const screen = usePhone(screenOf);
  const name = usePhone((s) => calledName(s.desk?.card));
  const since = usePhone((s) => s.desk?.call?.bridgedAt ?? s.desk?.since);
  const task = usePhone((s) => s.desk?.task);
  const kind = pick(task?.kindZh, task?.kindEn);
  const talking = usePhone((s) => lineOpen(s.desk));
  useEffect(() => {
    if (!CALLS.includes(screen) || !name) {
      document.title = t("app.name");
      return;
    }
    let ticks = 0;
    const write = () => {
      const timer = talking && since ? `${clockText(realNow() - Date.parse(since))} ` : "";
      const flash = ticks < FLASHES && ticks % 2 === 0 ? "● " : "";
      document.title = `${flash}${timer}${name}${kind ? ` · ${kind}` : ""}`;
      ticks += 1;
    };
    write();
    const timer = setInterval(write, 500);
    return () => clearInterval(timer);
  }, [t, screen, name, since, kind, talking]);
}
