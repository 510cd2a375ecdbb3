// The frame around every page: top bar, rail of pages by permission, and the
// bars that say what is wrong with the connection or the sound.
import { Suspense, useEffect } from "react";
import { NavLink, Outlet, useLocation } from "react-router";
import type { Permission } from "../api/schemas";
import { useWords, type Key } from "../lib/i18n";
import { useMay, useSession } from "../session";
import { usePhone } from "../softphone/context";
import { lineOpen } from "../softphone/state";
import { Icon, type IconName } from "../ui/Icon";
import { Opening } from "../ui/looks";
import { Account } from "./Account";
import { LinkDot } from "./LinkDot";
import { Search } from "./Search";
import { SignInAgain } from "./SignInAgain";
import { SoftphoneBar, StateChip } from "./SoftphoneBar";
import { useTitle } from "./useTitle";

interface Place { to: string; icon: IconName; label: Key; may: Permission; orMay?: Permission; also?: string[] }

const PLACES: Place[] = [
  { to: "/desk", icon: "head", label: "nav.desk", may: "desk.use" },
  { to: "/live", icon: "screen", label: "nav.live", may: "wallboard.see" },
  { to: "/campaigns", icon: "phone", label: "nav.campaigns", may: "campaign.control" },
  { to: "/tasks", icon: "list", label: "nav.tasks", may: "customer.see" },
  { to: "/customers", icon: "users", label: "nav.customers", may: "customer.see", also: ["/vehicles", "/orders", "/policies"] },
  { to: "/merges", icon: "swap", label: "nav.merges", may: "review.answer" },
  { to: "/quick-forms", icon: "flag", label: "nav.forms", may: "customer.see" },
  { to: "/appointments", icon: "cal", label: "nav.visits", may: "appointment.book" },
  { to: "/renewals", icon: "shield", label: "nav.renewals", may: "renewal.see" },
  { to: "/messages", icon: "mail", label: "nav.messages", may: "message.see" },
  { to: "/figures", icon: "chart", label: "nav.figures", may: "figures.own" },
  { to: "/imports", icon: "up", label: "nav.imports", may: "import.run" },
  { to: "/store", icon: "shop", label: "nav.store", may: "store.manage", orMay: "renewal.run" },
  { to: "/system", icon: "gear", label: "nav.system", may: "system.see" },
];

export default function Frame() {
  useTitle();
  return (
    <div className="app">
      <TopBar />
      <Rail />
      <div className="body-col">
        <Bars />
        <main className="main">
          <Suspense fallback={<Opening />}><Outlet /></Suspense>
        </main>
      </div>
    </div>
  );
}

function TopBar() {
  const { t } = useWords();
  const { session } = useSession();
  const atDesk = useLocation().pathname === "/desk";
  const working = usePhone((s) => s.desk !== null && s.desk.state !== "offline");
  const desk = useMay("desk.use") && (atDesk || working);
  const search = useMay("customer.see");
  return (
    <header className="top">
      <span className="store" title={session.store.name}><Icon name="shop" />{session.store.shortName || session.store.name}</span>
      {(session.store.isSynthetic || session.demo) && <span className="tag wide" title={t("top.demoHint")} data-testid="demo-mark">{t("top.demo")}</span>}
      {search && <Search />}
      <span className="end" />
      {desk && <StateChip />}
      {desk && <SoftphoneBar />}
      <LinkDot />
      <Account />
    </header>
  );
}

function Rail() {
  const { t } = useWords();
  const { session } = useSession();
  const { pathname } = useLocation();
  const places = PLACES.filter((place) => session.permissions.some((has) => has === place.may || has === place.orMay));
  return (
    <nav className="nav" aria-label={t("nav.label")}>
      {places.map((place) => (
        <NavLink key={place.to} to={place.to} data-testid={`nav${place.to.replace("/", "-")}`} className={({ isActive }) => (isActive || place.also?.includes(pathname) ? "on" : "")}>
          <Icon name={place.icon} large />
          {t(place.label)}
        </NavLink>
      ))}
    </nav>
  );
}

/** Bars under the top bar: only what a person must know now. */
function Bars() {
  const { t } = useWords();
  const { expired } = useSession();
  const lost = usePhone((s) => s.wasUp && s.link !== "up") && !expired;
  const pending = usePhone((s) => s.pending);
  const talking = usePhone((s) => lineOpen(s.desk));
  const blocked = usePhone((s) => s.soundBlocked);
  const micGone = usePhone((s) => lineOpen(s.desk) && s.desk?.device === "browser" && !s.desk.elsewhere && s.mic !== "on" && s.mic !== "unknown" && s.mic !== "asking");
  useWarnBeforeLeaving(pending > 0);
  return (
    <>
      {expired && <SignInAgain />}
      {lost && (
        <div className="linkbar r" role="status" data-testid="link-lost">
          <Icon name="off" />{t(talking ? "link.lost" : "link.lostIdle", { n: pending })}
        </div>
      )}
      {blocked && <div className="linkbar b" role="status" data-testid="sound-blocked"><Icon name="spk" />{t("sound.blocked")}</div>}
      {micGone && <div className="linkbar r" role="alert" data-testid="mic-gone"><Icon name="mic" />{t("mic.lostInCall")}</div>}
    </>
  );
}

/** What waits is kept and sent later, but somebody who closes the page should know that it waits. */
function useWarnBeforeLeaving(waits: boolean): void {
  useEffect(() => {
    if (!waits || localStorage.getItem("rb_test") === "1") return;
    const warn = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener("beforeunload", warn);
    return () => window.removeEventListener("beforeunload", warn);
  }, [waits]);
}
