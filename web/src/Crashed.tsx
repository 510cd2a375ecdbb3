// What a page shows when it broke: what happened, that nothing is lost, what to do.
import { useRouteError } from "react-router";
import { useWords } from "./lib/i18n";
import { Icon } from "./ui/Icon";
import { Technical } from "./ui/looks";

export function Crashed() {
  const { t } = useWords();
  const error = useRouteError();
  const text = error instanceof Error ? `${error.name}: ${error.message}\n${error.stack ?? ""}` : String(error);
  return (
    <div className="empty bad" role="alert" data-testid="crashed">
      <Icon name="warn" large />
      <b>{t("error.title")}</b>
      <p>{t("error.text")}</p>
      <button className="btn p" onClick={() => window.location.reload()}>{t("error.reload")}</button>
      <Technical text={text} />
    </div>
  );
}
