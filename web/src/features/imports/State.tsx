import type { ImportBatch } from "../../api/schemas";
import { useWords } from "../../lib/i18n";
import { Tag } from "../../ui/bits";

export function State({ batch }: { batch: ImportBatch }) {
  const { t } = useWords();
  const tone = batch.state === "done" ? "ok" : batch.state === "failed" ? "bad" : "warn";
  return <Tag tone={tone}>{t(`imp.st.${batch.state}`)}</Tag>;
}
