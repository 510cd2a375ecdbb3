import { useWords } from "../../lib/i18n";
import { useMicrophones } from "../../softphone/useMicrophones";
import { MicList } from "../../ui/MicList";

export function Microphones() {
  const { t } = useWords();
  const { list, chosen, choose, missing } = useMicrophones();
  return <MicList list={list} value={chosen} choose={choose} label={t("desk.pickMic")} none={t(missing ? "top.noMic" : "top.deviceDefault")} unnamed={t("top.device")} />;
}
