// Why a question was asked, in words.
import type { Review } from "../../api/schemas";
import type { Words } from "../../lib/i18n";

export const ruleOf = ({ t, word }: Words, r: Pick<Review, "rule" | "kind">): string =>
  word(`mrg.rule.${r.rule}`, r.kind === "same_person" ? t("mrg.rule.none") : r.kind === "ownership" ? t("mrg.rule.W-DUP-VIN") : t(`mrg.kind.${r.kind}`));
