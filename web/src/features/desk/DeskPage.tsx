// The agent's desk: which of its faces is shown follows from the server's state.
import { useWords } from "../../lib/i18n";
import { useKeys } from "../../lib/keys";
import { usePhone, usePhoneObject } from "../../softphone/context";
import { screenOf } from "../../softphone/state";
import { Act } from "../../ui/bits";
import { Empty, Opening } from "../../ui/looks";
import { Preview, Ringing } from "./Coming";
import { SignedOut } from "./SignedOut";
import { Talking } from "./Talking";
import { Waiting } from "./Waiting";
import { WrapUp } from "./WrapUp";
import "../../styles/desk.css";

export default function DeskPage() {
  const screen = usePhone(screenOf);
  const desk = usePhone((s) => s.desk);
  if (desk === null) return <Opening />;
  switch (screen) {
    case "loading": return <Opening />;
    case "elsewhere": return <Elsewhere />;
    case "signedOut": return <SignedOut />;
    case "preview": return <Preview desk={desk} />;
    case "ringing": return <Ringing desk={desk} />;
    case "talking": return <Talking desk={desk} />;
    case "wrapup": return <WrapUp desk={desk} />;
    case "ready": case "paused": case "signingOn": case "lost": return <Waiting desk={desk} screen={screen} />;
  }
}

/** Another tab holds the desk: this one may take it over, nothing is lost. */
function Elsewhere() {
  const { t } = useWords();
  const phone = usePhoneObject();
  const device = usePhone((s) => s.desk?.device);
  const take = () => void phone.signOn(device === "phone" ? "phone" : "browser", true);
  useKeys({ F2: take });
  return (
    <section className="card fillpage" data-testid="desk-elsewhere">
      <Empty icon="screen" title={t("desk.elsewhere")} text={t("desk.elsewhereText")} action={<Act id="take-over" kind="p" size="xl" keyCap="F2" run={take}>{t("desk.takeOver")}</Act>} />
    </section>
  );
}
