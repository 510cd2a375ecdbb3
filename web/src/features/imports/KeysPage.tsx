// Keys with which the dealer's own system drops its nightly export: made and shown
// once, seen in use, revoked.
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { ApiKey, ApiKeyMade } from "../../api/schemas";
import { http, must } from "../../api/http";
import { Listed } from "../../api/Listed";
import { useChange } from "../../api/useChange";
import { dateTime } from "../../lib/format";
import { useWords } from "../../lib/i18n";
import { Act } from "../../ui/bits";
import { DataTable } from "../../ui/DataTable";
import { Empty } from "../../ui/looks";
import { Icon } from "../../ui/Icon";
import { useMay } from "../../session";
import "../../styles/pages.css";
import "../../styles/imports.css";

const KEYS = ["api-keys"] as const;

export default function KeysPage() {
  const { t } = useWords();
  const may = useMay("user.manage");
  const [made, setMade] = useState<ApiKeyMade | null>(null);
  return (
    <section className="card fillpage" data-testid="api-keys">
      <header><h1>{t("key.title")}</h1></header>
      <div className="scroll">
        <p className="sec q sm">{t("key.text")}</p>
        {made ? <Made made={made} close={() => setMade(null)} /> : may && <Make done={setMade} />}
        <Listed queryKey={KEYS} every={10_000} read={() => must(http.GET("/api/v1/api-keys"))} empty={({ items }) => (items.length === 0 ? <Empty icon="list" title={t("key.empty")} text={t("key.emptyText")} /> : null)}>
          {({ items }) => <Keys items={items} />}
        </Listed>
      </div>
    </section>
  );
}

function Make({ done }: { done: (made: ApiKeyMade) => void }) {
  const { t, pick } = useWords();
  const cache = useQueryClient();
  const change = useChange();
  const [name, setName] = useState("");
  const send = () => change.run(async () => {
    done(await must(http.POST("/api/v1/api-keys", { body: { name: name.trim() } })));
    void cache.invalidateQueries({ queryKey: KEYS });
  });
  return (
    <form className="sec row wrap unlock" onSubmit={(e) => { e.preventDefault(); void send(); }}>
      <label className="row sm">{t("key.name")} <input className="inp" data-testid="key-name" value={name} maxLength={100} placeholder={t("key.nameHint")} onChange={(e) => setName(e.target.value)} /></label>
      <button className="btn p" type="submit" data-testid="key-make" disabled={change.busy || name.trim() === ""}>{t("key.make")}</button>
      {change.failure && <p className="r sm" role="alert">{pick(change.failure.zh, change.failure.en)}</p>}
    </form>
  );
}

function Made({ made, close }: { made: ApiKeyMade; close: () => void }) {
  const { t } = useWords();
  const curl = `curl --fail -T workorders.xlsx -H "Authorization: Bearer ${made.key}" ${window.location.origin}/api/v1/imports/drop/`;
  return (
    <div className="sec made" data-testid="key-made">
      <p className="note-box a"><Icon name="warn" /> {t("key.once")}</p>
      <Secret id="key-value" text={made.key} />
      <p className="sm q">{t("key.curl")}</p>
      <Secret id="key-curl" text={curl} />
      <Act id="key-close" kind="p" run={close}>{t("key.gotIt")}</Act>
    </div>
  );
}

function Secret({ id, text }: { id: string; text: string }) {
  const { t } = useWords();
  const [copied, setCopied] = useState(false);
  const copy = () => void navigator.clipboard?.writeText(text).then(() => setCopied(true));
  return <p className="row secret"><code translate="no" data-testid={id}>{text}</code><Act id={`${id}-copy`} size="s" icon="copy" run={copy}>{t(copied ? "key.copied" : "key.copy")}</Act></p>;
}

function Keys({ items }: { items: ApiKey[] }) {
  const { t } = useWords();
  return (
    <DataTable<ApiKey> name="key" rows={items} rowKey={(k) => k.id} columns={[
      { head: t("key.name"), cell: (k) => <b translate="no">{k.name}</b> },
      { head: t("key.created"), cell: (k) => dateTime(k.createdAt) },
      { head: t("key.used"), cell: (k) => (k.usedAt ? dateTime(k.usedAt) : <span className="q">{t("key.never")}</span>) },
      { head: t("key.state"), cell: (k) => <Revoke k={k} /> },
    ]} />
  );
}

function Revoke({ k }: { k: ApiKey }) {
  const { t, pick } = useWords();
  const cache = useQueryClient();
  const change = useChange();
  const [sure, setSure] = useState(false);
  if (k.revokedAt) return <span className="q">{t("key.revoked", { at: dateTime(k.revokedAt) })}</span>;
  const revoke = () => change.run(async () => {
    await must(http.DELETE("/api/v1/api-keys/{id}", { params: { path: { id: k.id } } }));
    void cache.invalidateQueries({ queryKey: KEYS });
  });
  return (
    <span className="row">
      <span className="st g"><Icon name="check" />{t("key.active")}</span>
      {sure ? <Act id="key-revoke-sure" size="s" kind="d" disabled={change.busy} run={() => void revoke()}>{t("key.revokeSure")}</Act> : <Act id="key-revoke" size="s" run={() => setSure(true)}>{t("key.revoke")}</Act>}
      {change.failure && <span className="r sm" role="alert">{pick(change.failure.zh, change.failure.en)}</span>}
    </span>
  );
}
