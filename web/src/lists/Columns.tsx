// Which columns a list shows.
import type { ListAbout } from "../api/schemas";
import { useWords } from "../lib/i18n";
import { Pop } from "./Pop";

export function Columns({ about, shown, set }: { about: ListAbout; shown: string[]; set: (codes: string[]) => void }) {
  const { t, pick } = useWords();
  const flip = (code: string) => {
    const next = about.columns.map((c) => c.code).filter((c) => (c === code ? !shown.includes(c) : shown.includes(c)));
    if (next.length > 0) set(next);
  };
  return (
    <Pop id="columns" icon="gear" label={t("lists.columns")}>
      {() => (
        <>
          <div className="columnchoice" role="group" aria-label={t("lists.columns")}>
            {about.columns.map((c) => (
              <label key={c.code}><input type="checkbox" data-testid={`column-${c.code}`} checked={shown.includes(c.code)} onChange={() => flip(c.code)} />{pick(c.zh, c.en)}</label>
            ))}
          </div>
          <button type="button" className="btn s t" onClick={() => set([])}>{t("lists.usual")}</button>
        </>
      )}
    </Pop>
  );
}
