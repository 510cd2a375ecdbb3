// Who is signed in, for every page below: loaded once, changed by signing in or
// out, by the live connection's welcome, and by choosing a language or a store.
import { createContext, useContext } from "react";
import type { Locale, Permission, Session } from "./api/schemas";
import { http, must, setRequestContext } from "./api/http";
import { setClocks } from "./lib/clock";

export interface SessionHolder {
  session: Session;
  replace(session: Session): void;
  signOut(): Promise<void>;
  /** The session ran out; the page waits for the password. */
  expired: boolean;
  /** Signs the same person in again, in the same store; the page goes on where it stood. */
  signInAgain(password: string): Promise<void>;
}

export const SessionContext = createContext<SessionHolder | null>(null);

export function useSession(): SessionHolder {
  const holder = useContext(SessionContext);
  if (holder === null) throw new Error("useSession outside of a signed-in page");
  return holder;
}

export function useMay(permission: Permission): boolean {
  return useSession().session.permissions.includes(permission);
}

/** Takes a session over into the request headers and the clocks. */
export function adopt(session: Session): Session {
  setRequestContext({ csrf: session.csrfToken, language: session.user.locale });
  setClocks(session.realNow, session.businessNow);
  return session;
}

export const loadSession = async (): Promise<Session> => adopt(await must(http.GET("/api/v1/session")));

export const signIn = async (login: string, password: string): Promise<Session> =>
  adopt(await must(http.POST("/api/v1/session", { body: { login, password } })));

export const endSession = (): Promise<unknown> => must(http.DELETE("/api/v1/session"));

export const setLocale = async (locale: Locale): Promise<Session> =>
  adopt(await must(http.PUT("/api/v1/session/locale", { body: { locale } })));

export const setStore = async (storeId: string): Promise<Session> =>
  adopt(await must(http.PUT("/api/v1/session/store", { body: { storeId } })));

/** A new session for the person of an old one, in the store they worked in. */
export async function renewSession(old: Session, password: string): Promise<Session> {
  const session = await signIn(old.user.login, password);
  const moved = session.store.id !== old.store.id && session.stores.some((store) => store.id === old.store.id);
  return moved ? setStore(old.store.id) : session;
}

/** Where a person lands after signing in, by role. */
export function landing(session: Session): string {
  if (session.roles.includes("admin")) return "/system";
  if (session.roles.includes("supervisor") || session.roles.includes("cs_manager")) return "/live";
  if (session.roles.includes("info_clerk")) return "/imports";
  return session.permissions.includes("desk.use") ? "/desk" : "/customers";
}
