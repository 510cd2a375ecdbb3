// What both files say, field by field; where they differ the word that holds is marked
// and may be chosen.
import type { ReviewPage } from "../../api/schemas";
import { useWords } from "../../lib/i18n";
import { Icon } from "../../ui/Icon";
import { Tag } from "../../ui/bits";

export type Picks = Record<string, "survivor" | "merged">;

export function Fields({ page, picks, pick }: { page: ReviewPage; picks: Picks; pick?: (next: Picks) => void }) {
  const { t } = useWords();
  const shown = page.fields.filter((f) => f.kept !== "" || f.merged !== "");
  return (
    <table className="tbl mergefields" data-testid="merge-fields">
      <thead><tr><th>{t("mrg.one")}</th><th>{page.sides[0]?.name}</th><th>{page.sides[1]?.name}</th></tr></thead>
      <tbody>
        {shown.map((f) => {
          const holds = picks[f.code] ?? f.holds;
          const cell = (side: "survivor" | "merged", value: string) => (
            <td className={f.differs ? "differs" : ""}>
              {f.differs && pick
                ? <button type="button" className={`pickcell ${holds === side ? "on" : ""}`} aria-pressed={holds === side} title={t("mrg.keep")} data-testid={`pick-${f.code}-${side}`} onClick={() => pick({ ...picks, [f.code]: side })}>{value}{holds === side && <Icon name="check" />}</button>
                : value || "—"}
            </td>
          );
          return <tr key={f.code}><th scope="row">{t(`mrg.f.${f.code}`)} {f.differs && <Tag tone="warn">{t("mrg.differs")}</Tag>}</th>{cell("survivor", f.kept)}{cell("merged", f.merged)}</tr>;
        })}
      </tbody>
    </table>
  );
}
