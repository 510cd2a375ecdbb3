// Promises to call: what is open, when it is due, and, in its record, what holds it back.
import { Link, useSearchParams } from "react-router";
import { ListPage } from "../../lists/ListPage";
import { readAsk } from "../../lists/ask";
import { useWords } from "../../lib/i18n";

const QUICK = [
  { id: "open", label: "task.st.open", to: "?todo=yes", is: { todo: "yes" } },
  { id: "late", label: "task.st.late", to: "?late=yes", is: { late: "yes" } },
  { id: "blocked", label: "task.st.blocked", to: "?state=blocked", is: { state: "blocked" } },
  { id: "all", label: "task.st.all", to: "?view=all", is: {} },
] as const;

export default function TasksPage() {
  return <ListPage list="tasks" icon="list" first={{ title: "task.empty", text: "task.emptyText" }} begin={TO_DO} tools={<Quick />} />;
}

const TO_DO = { todo: "yes" };

/** What people look for most, a click each. */
function Quick() {
  const { t } = useWords();
  const [params] = useSearchParams();
  const { filters } = readAsk(params);
  const same = (is: Record<string, string>) => JSON.stringify(is) === JSON.stringify(filters);
  return (
    <nav className="seg" aria-label={t("task.title")}>
      {QUICK.map((q) => <Link key={q.id} to={q.to} className={same(q.is) ? "on" : ""} data-testid={`tasks-${q.id}`}>{t(q.label)}</Link>)}
    </nav>
  );
}
