// What a store sets for itself, one section each: its insurers; and for who may set
// the store up, everything else.
import { useWords } from "../../lib/i18n";
import { useMay } from "../../session";
import { Bays } from "./Bays";
import { Insurers } from "./Insurers";
import { Plans } from "./Plans";
import { Windows } from "./Windows";
import "../../styles/store.css";

export default function StorePage() {
  const { t } = useWords();
  const whole = useMay("store.manage");
  return (
    <div className="storepage" data-testid="store-settings">
      <h1 className="vh">{t("store.title")}</h1>
      <Insurers />
      {whole && <Windows />}
      {whole && <Plans />}
      {whole && <Bays />}
    </div>
  );
}
