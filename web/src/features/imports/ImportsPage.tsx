// Dealer files: drop them, see what was recognised and what would become of
// each row, then take them over. Rejected rows stay with their reason.
import { Link, useNavigate, useParams } from "react-router";
import type { ImportBatch } from "../../api/schemas";
import { http, must } from "../../api/http";
import { Listed } from "../../api/Listed";
import { useTopic } from "../../api/topics";
import { Watched } from "../../api/Watched";
import { count, moment } from "../../lib/format";
import { useWords } from "../../lib/i18n";
import { useMay } from "../../session";
import { Empty } from "../../ui/looks";
import { Batch } from "./Batch";
import { Drop } from "./Drop";
import { State } from "./State";
import "../../styles/pages.css";
import "../../styles/imports.css";

export default function ImportsPage() {
  const { t } = useWords();
  if (useMay("import.run")) return <Imports />;
  return <section className="card fillpage" data-testid="imports-not-yours"><header><h1>{t("imp.title")}</h1></header><Empty icon="up" title={t("imp.mayNot")} text={t("imp.mayNotText")} /></section>;
}

function Imports() {
  const { t } = useWords();
  const id = useParams().id;
  const list = useTopic("imports");
  const keys = useMay("user.manage");
  const chosen = list?.items.find((b) => b.id === id);
  return (
    <div className="imports">
      <section className="card">
        <header className="head"><h1>{t("imp.title")}</h1>{keys && <Link className="end sm" data-testid="imports-keys" to="/keys">{t("key.link")}</Link>}</header>
        <Drop />
        <div className="scroll"><Watched topic="imports">{({ items }) => <Files items={items} chosen={id} />}</Watched></div>
      </section>
      <section className="card">
        {chosen && <Batch key={chosen.id} batch={chosen} />}
        {!chosen && id && list && <Older key={id} id={id} />}
        {!chosen && !id && <Empty icon="list" title={t("imp.selectTitle")} text={t(list && list.items.length > 0 ? "imp.select" : "imp.emptyText")} />}
      </section>
    </div>
  );
}

/** A file that is no longer among the newest. */
function Older({ id }: { id: string }) {
  const read = () => must(http.GET("/api/v1/imports/{id}", { params: { path: { id } } }));
  return <Listed queryKey={["import", id]} read={read} empty={() => null}>{(b) => <Batch batch={b} />}</Listed>;
}

function Files({ items, chosen }: { items: ImportBatch[]; chosen: string | undefined }) {
  const { t, language } = useWords();
  const navigate = useNavigate();
  if (items.length === 0) return <p className="sec q">{t("imp.empty")}</p>;
  return (
    <ul className="files">
      {items.map((b) => (
        <li key={b.id}><button type="button" className={b.id === chosen ? "on" : ""} data-testid={`import-file-${b.id}`} onClick={() => void navigate(`/imports/${b.id}`)}>
          <b translate="no">{b.fileName}</b><State batch={b} /><span className="q sm">{moment(b.createdAt, language)} · {t("imp.rows", { n: count(b.dataRows) })}{(b.counts.rejected ?? 0) > 0 && ` · ${t("imp.o.rejected")} ${count(b.counts.rejected ?? 0)}`}{b.source !== "upload" && ` · ${t(`imp.src.${b.source}`)}`}</span>
        </button></li>
      ))}
    </ul>
  );
}
