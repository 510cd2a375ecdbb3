// All campaigns, running ones first.
import { Link, useNavigate } from "react-router";
import type { Campaign } from "../../api/schemas";
import { Watched } from "../../api/Watched";
import { count, percent } from "../../lib/format";
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
  const { t, pick } = useWords();
  const navigate = useNavigate();
  return (
    <table className="tbl">
      <thead><tr>
        <th>{t("camp.name")}</th><th>{t("camp.state")}</th><th>{t("camp.mode")}</th><th className="num">{t("camp.left")}</th><th className="num">{t("camp.agents")}</th>
        <th className="num">{t("camp.attempts")}</th><th className="num">{t("camp.answered")}</th><th className="num">{t("camp.contact")}</th><th className="num">{t("camp.abandoned")}</th>
      </tr></thead>
      <tbody>
        {items.map((c) => (
          <tr key={c.id} className="open" data-testid={`campaign-row-${c.id}`} tabIndex={0} onClick={() => void navigate(`/campaigns/${c.id}`)} onKeyDown={(e) => e.key === "Enter" && void navigate(`/campaigns/${c.id}`)}>
            <td><Link to={`/campaigns/${c.id}`}><b>{c.name}</b></Link></td>
            <td><Tag tone={stateTone(c.state)}>{t(`camp.st.${c.state}`)}</Tag> <span className="q sm">{pick(c.stateReasonZh ?? "", c.stateReasonEn ?? "")}</span></td>
            <td>{t(`camp.mode.${c.mode}`)}</td>
            <td className="num">{count(c.left)}</td><td className="num">{count(c.agents)}</td><td className="num">{count(c.attemptsToday)}</td>
            <td className="num">{count(c.answeredToday)}</td><td className="num">{percent(c.contactRate.num, c.contactRate.den)}</td><td className="num">{count(c.abandonedToday)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
