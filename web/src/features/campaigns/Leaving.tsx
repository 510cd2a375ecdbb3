// Agents who asked to pause or to sign off, and until when at the latest the lines
// that count on them are over.
import { useQuery } from "@tanstack/react-query";
import type { CampaignDetail } from "../../api/schemas";
import { http, must } from "../../api/http";
import { useWords } from "../../lib/i18n";

export function Leaving({ campaign: c }: { campaign: CampaignDetail }) {
  const { t, pick } = useWords();
  const reasons = useQuery({ queryKey: ["catalog"], queryFn: () => must(http.GET("/api/v1/catalog")), staleTime: Infinity }).data?.pauseReasons ?? [];
  const why = (code: string) => {
    const reason = reasons.find((r) => r.code === code);
    return reason ? pick(reason.zh, reason.en) : code;
  };
  return (
    <section className="card" data-testid="campaign-leaving">
      <header className="head"><h2>{t("leave.title")}</h2><span className="q sm">{t("leave.hint")}</span></header>
      <ul className="lg">
        {c.leaving.map((a) => (
          <li key={a.userId}><b>{a.name}</b> <span className="q">{a.wants === "offline" ? t("leave.off") : t("leave.pause", { why: why(a.reason) })}</span>
            <span className="a leavein">{a.busy ? t("leave.busy") : t("leave.in", { n: a.seconds })}</span></li>
        ))}
      </ul>
    </section>
  );
}
