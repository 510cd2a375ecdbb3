// A window for end-to-end tests, open only where localStorage rb_test is "1".
import type { Desk } from "../api/schemas";
import type { Language } from "../lib/format";
import { setLanguage } from "../lib/i18n";
import type { Phone } from "./phone";

export interface TestHook {
  desk(): Desk | null;
  pc(): RTCPeerConnection | null;
  remoteStream(): MediaStream | null;
  pending(): number;
  /** Shows another language, in this page only. */
  speak(language: Language): Promise<void>;
}

declare global {
  interface Window { __ringback?: TestHook }
}

export function openTestHook(phone: Phone): void {
  if (localStorage.getItem("rb_test") !== "1") return;
  window.__ringback = {
    desk: () => phone.state().desk,
    pc: () => phone.leg.peer?.connection ?? null,
    remoteStream: () => phone.leg.peer?.remote ?? null,
    pending: () => phone.state().pending,
    speak: setLanguage,
  };
}
