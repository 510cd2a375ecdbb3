import { Link } from "react-router";
import { useWords } from "./lib/i18n";
import { Empty } from "./ui/looks";

export default function NotFound() {
  const { t } = useWords();
  return (
    <section className="card fillpage">
      <Empty icon="search" title={t("404.title")} text={t("404.text")} action={<Link className="btn p" to="/">{t("404.home")}</Link>} />
    </section>
  );
}
