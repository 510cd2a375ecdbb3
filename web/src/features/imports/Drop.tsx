// Where files are dropped, and those on their way.
import { useRef, type DragEvent } from "react";
import { useNavigate } from "react-router";
import { useWords } from "../../lib/i18n";
import { zhImports } from "../../lib/i18n/zh_imports";
import { Act, Bar } from "../../ui/bits";
import { Icon } from "../../ui/Icon";
import { useUploads, type Upload, type Uploads } from "./uploads";

export function Drop() {
  const { t } = useWords();
  const navigate = useNavigate();
  const input = useRef<HTMLInputElement>(null);
  const uploads = useUploads({ zh: zhImports["imp.tooLarge"], en: t("imp.tooLarge") }, (id, first) => void (first && navigate(`/imports/${id}`)));
  const take = (files: FileList | null) => {
    uploads.send(Array.from(files ?? []));
    if (input.current) input.current.value = "";
  };
  const dropped = (event: DragEvent) => {
    event.preventDefault();
    take(event.dataTransfer.files);
  };
  return (
    <div className="sec">
      <label className="dropzone" onDragOver={(e) => e.preventDefault()} onDrop={dropped}>
        <Icon name="list" large /><span>{t("imp.drop")} <u>{t("imp.pick")}</u></span><span className="q sm">{t("imp.types")}</span>
        <input ref={input} data-testid="import-drop" type="file" multiple accept=".xlsx,.xls,.csv,.txt,.tsv,.zip" onChange={(e) => take(e.target.files)} />
      </label>
      {uploads.all.length > 0 && <ul className="uploads">{uploads.all.map((u) => <Way key={u.key} u={u} uploads={uploads} />)}</ul>}
    </div>
  );
}

function Way({ u, uploads }: { u: Upload; uploads: Uploads }) {
  const { t, pick } = useWords();
  if (u.failure) {
    return (
      <li className="note-box r" role="alert" data-testid="import-failure">
        <b translate="no">{u.file.name}</b> {pick(u.failure.zh, u.failure.en)}
        <span className="row"><Act id="import-again" size="s" run={() => uploads.again(u)}>{t("imp.again")}</Act><Act id="import-dismiss" size="s" run={() => uploads.drop(u)}>{t("app.close")}</Act></span>
      </li>
    );
  }
  const how = u.share === null ? t("imp.waits") : u.share < 1 ? t("imp.uploading", { n: Math.round(u.share * 100) }) : t("imp.reading");
  return <li className="sm" role="status"><span translate="no">{u.file.name}</span> <span className="q">{how}</span><Bar share={u.share ?? 0} tone="blue" /></li>;
}
