import { useWords } from "../lib/i18n";
import { usePhone } from "../softphone/context";

/** The connection in one dot and one word, with its round trip. */
export function LinkDot() {
  const { t } = useWords();
  const link = usePhone((s) => s.link);
  const rtt = usePhone((s) => s.rttMs);
  const was = usePhone((s) => s.wasUp);
  const tone = link === "up" ? "g" : was ? "r" : "a";
  const word = link === "up" ? t("top.connected") : was ? t("top.disconnected") : t("top.connecting");
  return (
    <span className="rtt" data-testid="link" data-link={link}>
      <i className={`dot ${tone}`} />{word}{link === "up" && rtt !== null && <span className="wide"> {t("top.ms", { n: Math.round(rtt) })}</span>}
    </span>
  );
}
