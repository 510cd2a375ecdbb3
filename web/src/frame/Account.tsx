// The person's menu: store, language, signing out.
import { useEffect, useRef, useState } from "react";
import { asFailure } from "../api/failure";
import { http, must } from "../api/http";
import { businessNow, setClocks } from "../lib/clock";
import { dateTime } from "../lib/format";
import { otherLanguage, setLanguage, useWords } from "../lib/i18n";
import { setLocale, setStore, useMay, useSession } from "../session";
import { usePhone } from "../softphone/context";
import { useNow } from "../ui/Since";
import { Act } from "../ui/bits";
import { Icon } from "../ui/Icon";

export function Account() {
  const { t } = useWords();
  const { session } = useSession();
  const [open, setOpen] = useState(false);
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!open) return;
    const close = (event: PointerEvent) => !box.current?.contains(event.target as Node) && setOpen(false);
    window.addEventListener("pointerdown", close);
    return () => window.removeEventListener("pointerdown", close);
  }, [open]);
  return (
    <div className="menu" ref={box} onKeyDown={(event) => event.key === "Escape" && setOpen(false)}>
      <button className="btn t k" data-testid="user-menu" aria-expanded={open} title={t("top.menu")} onClick={() => setOpen(!open)}>
        <Icon name="user" /><span>{session.user.name} <span className="wide">{session.user.employeeNo}</span></span><Icon name="down" />
      </button>
      {open && <Menu />}
    </div>
  );
}

function Menu() {
  const { t } = useWords();
  const { session, replace, signOut } = useSession();
  const mayMove = useMay("clock.move");
  const working = usePhone((s) => s.desk !== null && s.desk.state !== "offline");
  const switchLanguage = () => {
    const next = otherLanguage();
    void setLanguage(next);
    setLocale(next).then(replace, () => undefined);
  };
  return (
    <div className="pop">
      {session.demo && <BusinessClock may={mayMove} />}
      {session.stores.length > 1 && session.stores.map((store) => (
        <Act key={store.id} id={`store-${store.id}`} kind="t" icon="shop" className={store.id === session.store.id ? "on" : ""} disabled={working && store.id !== session.store.id}
          run={() => void setStore(store.id).then(() => window.location.reload(), () => undefined)}>{store.name}</Act>
      ))}
      {working && session.stores.length > 1 && <p className="xs q hint-line">{t("top.storeWorking")}</p>}
      <Act id="language" kind="t" icon="msg" run={switchLanguage}>{t("top.language")}</Act>
      <Act id="sign-out" kind="t" icon="left" run={() => void signOut()}>{t("top.signOut")}</Act>
    </div>
  );
}

/** Demo only: the business clock, and a way to the next time calls may be made. */
function BusinessClock({ may }: { may: boolean }) {
  const { t, pick } = useWords();
  const [problem, setProblem] = useState("");
  useNow(1000);
  const move = () => {
    must(http.POST("/api/v1/clock/next-window")).then(
      ({ businessNow: moved }) => setClocks("", moved),
      (error: unknown) => setProblem(pick(asFailure(error).zh, asFailure(error).en)),
    );
  };
  return (
    <>
      <p className="xs q" style={{ padding: "4px 8px" }} data-testid="business-clock">{t("top.clock", { at: dateTime(businessNow()) })}</p>
      {may && <Act id="clock-next-window" kind="t" icon="clock" run={move}>{t("top.nextWindow")}</Act>}
      {problem && <p className="note-box r">{problem}</p>}
    </>
  );
}
