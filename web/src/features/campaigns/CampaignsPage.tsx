// All campaigns, running ones first, each with how it does and why.
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "react-router";
import type { Campaign } from "../../api/schemas";
import { http, must } from "../../api/http";
import { Watched } from "../../api/Watched";
import { count, moment, NONE, percent } from "../../lib/format";
import { useWords } from "../../lib/i18n";
import { useKeys } from "../../lib/keys";
import { useMay } from "../../session";
import { Act, Tag } from "../../ui/bits";
import { Empty } from "../../ui/looks";
import { stateTone } from "./state";
import "../../styles/pages.css";
import "../../styles/campaigns.css";

export default function CampaignsPage() {
  const { t } = useWords();
  const navigate = useNavigate();
  const mayMake = useMay("campaign.manage");
  const make = () => void navigate("/campaigns/new");
  useKeys(mayMake ? { N: make } : {});
  const button = mayMake && <Act id="campaign-new" kind="p" icon="plus" keyCap="N" run={make}>{t("camp.new")}</Act>;
  return (
    <section className="card fillpage" data-testid="campaigns">
      <header><h1>{t("camp.title")}</h1><span className="end" />{button}</header>
      <div className="scroll">
        <Watched topic="campaigns">
          {({ items }) => (items.length === 0 ? <Empty icon="phone" title={t("camp.empty")} text={t("camp.emptyText")} /> : <Rows items={items} />)}
        </Watched>
      </div>
    </section>
  );
}

function Rows({ items }: { items: Campaign[] }) {
  const { t, pick, word, language } = useWords();
  const navigate = useNavigate();
  const kinds = useQuery({ queryKey: ["catalog"], queryFn: () => must(http.GET("/api/v1/catalog")), staleTime: Infinity }).data?.taskKinds ?? [];
  const kind = (c: Campaign) => {
    const k = kinds.find((one) => one.code === c.taskKind);
    return k ? pick(k.zh, k.en) : word(`kind.${c.taskKind}`, c.taskKind);
  };
  return (
    <table className="tbl">
      <thead><tr>
        <th>{t("camp.name")}</th><th>{t("health.title")}</th><th>{t("camp.mode")}</th><th className="num">{t("camp.left")}</th><th className="num">{t("camp.agents")}</th>
        <th className="num wide">{t("camp.attempts")}</th><th className="num">{t("camp.contact")}</th><th className="num">{t("health.margin")}</th><th>{t("health.window")}</th>
      </tr></thead>
      <tbody>
        {items.map((c) => (
          <tr key={c.id} className="open two" data-testid={`campaign-row-${c.id}`} tabIndex={0} onClick={() => void navigate(`/campaigns/${c.id}`)} onKeyDown={(e) => e.key === "Enter" && void navigate(`/campaigns/${c.id}`)}>
            <td><Link to={`/campaigns/${c.id}`}><b>{c.name}</b></Link><br /><span className="q sm">{kind(c)}</span></td>
            <td className="wrapcell"><Tag tone={stateTone(c.state)}>{t(`camp.st.${c.state}`)}</Tag>{c.state === "running" && <> <Tag tone={c.health.tone}>{pick(c.health.zh, c.health.en)}</Tag></>}<br /><span className="q sm" data-testid="campaign-why">{pick(c.health.whyZh, c.health.whyEn)}</span></td>
            <td>{t(`camp.mode.${c.mode}`)}</td>
            <td className="num">{count(c.left)}</td><td className="num">{count(c.agents)}</td><td className="num wide">{count(c.attemptsToday)}</td>
            <td className="num">{percent(c.contactRate.num, c.contactRate.den)}</td>
            <td className="num">{c.margin === undefined ? <span className="q">{t("health.noMargin")}</span> : <span className={c.margin < 0 ? "r" : ""}>{t("health.calls", { n: Math.floor(c.margin) })}</span>}<br /><span className="q sm">{c.abandonedToday > 0 && t("health.lost", { n: c.abandonedToday })}</span></td>
            <td className="nw">{c.openNow ? <span className="g">{t("health.open")}</span> : c.opensAt ? moment(c.opensAt, language) : NONE}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
