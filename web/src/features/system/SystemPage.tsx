// The house in words: what works, what does not, what to do about it.
import { Link } from "react-router";
import type { SystemHealth } from "../../api/schemas";
import { http, must } from "../../api/http";
import { Listed } from "../../api/Listed";
import { useWords } from "../../lib/i18n";
import { useMay } from "../../session";
import { Icon } from "../../ui/Icon";

const EVERY_MS = 5000;

export default function SystemPage() {
  const { t } = useWords();
  const keys = useMay("user.manage");
  return (
    <section className="card fillpage" data-testid="system">
      <header><h1>{t("sys.title")}</h1>{keys && <Link className="end sm" data-testid="system-keys" to="/keys">{t("key.link")}</Link>}</header>
      <div className="scroll">
        <Listed queryKey={["system"]} every={EVERY_MS} read={() => must(http.GET("/api/v1/system"))} empty={() => null}>
          {(health) => <Parts health={health} />}
        </Listed>
      </div>
    </section>
  );
}

function Parts({ health }: { health: SystemHealth }) {
  const { t, pick } = useWords();
  const bad = health.parts.filter((part) => !part.ok).length;
  return (
    <>
      <div className="sec"><p className={`big ${bad > 0 ? "r" : "g"}`}>{bad > 0 ? t("sys.bad", { n: bad }) : t("sys.ok")}</p><p className="q sm" translate="no">{t("sys.version", { v: health.version })}</p></div>
      <table className="tbl">
        <tbody>
          {[...health.parts].sort((a, b) => Number(a.ok) - Number(b.ok)).map((part, i) => (
            <tr key={part.name + i} data-testid={`part-${part.name}`}>
              <td style={{ width: 120 }}><span className={`st ${part.ok ? "g" : "r"}`}><Icon name={part.ok ? "check" : "warn"} />{t(part.ok ? "sys.okWord" : "sys.badWord")}</span></td>
              <td className="nw" style={{ width: 200 }}><b>{pick(part.zh, part.en) || part.name}</b></td>
              <td className="wrapcell">{pick(part.detailZh, part.detailEn)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </>
  );
}
