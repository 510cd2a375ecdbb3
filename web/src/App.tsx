// App holds the session: it loads it, sends people to the sign-in page when
// there is none, and starts the phone of those who are signed in.
import { useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useMemo, useState } from "react";
import { Navigate, Outlet, useLocation, useNavigate } from "react-router";
import type { Session } from "./api/schemas";
import { asFailure, type Failure } from "./api/failure";
import { onSignedOut } from "./api/http";
import { failTopic, putTopic } from "./api/topics";
import { setLanguage } from "./lib/i18n";
import { adopt, endSession, landing, loadSession, renewSession, SessionContext, useSession, type SessionHolder } from "./session";
import { PhoneContext } from "./softphone/context";
import { Phone } from "./softphone/phone";
import { tabId } from "./softphone/tab";
import { openTestHook } from "./softphone/testhook";
import { Failed, Opening } from "./ui/looks";

export function App() {
  const [session, setSession] = useState<Session | null>(null);
  const [failure, setFailure] = useState<Failure | null>(null);
  const navigate = useNavigate();
  const location = useLocation();

  const load = useCallback(() => {
    setFailure(null);
    loadSession().then(
      (loaded) => void setLanguage(loaded.user.locale).then(() => setSession(loaded)),
      (error: unknown) => {
        const failed = asFailure(error);
        if (failed.status !== 401) return setFailure(failed);
        void navigate("/login", { replace: true, state: { from: location.pathname + location.search } });
      },
    );
    // The place is read once, when the page opens.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, []);
  useEffect(load, [load]);

  if (failure !== null) return <Failed failure={failure} retry={load} />;
  if (session === null) return <Opening />;
  return <SignedIn key={session.user.id} session={session} replace={setSession} />;
}

function SignedIn({ session, replace }: { session: Session; replace: (session: Session) => void }) {
  const [expired, setExpired] = useState(false);
  const phone = usePhoneOf(session, replace, setExpired);
  const holder = useHolder({ session, replace, expired, setExpired }, phone);
  if (phone === null) return <Opening />;
  return (
    <SessionContext value={holder}>
      <PhoneContext value={phone}>
        <Outlet />
      </PhoneContext>
    </SessionContext>
  );
}

/** One phone per signed-in person; it lives as long as the page. */
function usePhoneOf(session: Session, replace: (session: Session) => void, setExpired: (expired: boolean) => void): Phone | null {
  const [phone, setPhone] = useState<Phone | null>(null);
  const queries = useQueryClient();
  useEffect(() => {
    let running: Phone | null = null;
    let gone = false;
    const check = () => void loadSession().then(
      (again) => running?.renew(again.csrfToken),
      (error: unknown) => asFailure(error).status === 401 && setExpired(true),
    );
    onSignedOut(check);
    void tabId().then((client) => {
      if (gone) return;
      running = new Phone(session, client, {
        topic: (topic, data) => putTopic(queries, topic, data),
        untold: (topic, error) => failTopic(queries, topic, error),
        session: (welcomed) => replace(adopt(welcomed)),
        signedOut: check,
      });
      running.start(session.permissions.includes("desk.use"));
      openTestHook(running);
      setPhone(running);
    });
    return () => {
      gone = true;
      onSignedOut(() => undefined);
      running?.stop();
    };
    // A new phone only for another person, which App's key takes care of.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, []);
  return phone;
}

interface Held { session: Session; replace: (session: Session) => void; expired: boolean; setExpired: (expired: boolean) => void }

function useHolder({ session, replace, expired, setExpired }: Held, phone: Phone | null): SessionHolder {
  const queries = useQueryClient();
  return useMemo(() => ({
    session,
    replace,
    expired,
    signOut: async () => {
      await endSession().catch(() => undefined);
      phone?.stop();
      queries.clear();
      window.location.assign("/login");
    },
    signInAgain: async (password: string) => {
      const renewed = await renewSession(session, password);
      phone?.renew(renewed.csrfToken);
      replace(renewed);
      setExpired(false);
      void queries.invalidateQueries();
    },
  }), [session, replace, expired, setExpired, phone, queries]);
}

/** "/" leads to the page a person's role starts with. */
export function Home() {
  return <Navigate to={landing(useSession().session)} replace />;
}
