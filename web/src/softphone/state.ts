// The softphone's state: one reducer that mirrors the server's desk machine.
// The server decides; nothing here moves the desk's state by itself. What the
// page adds is what only the page knows: the link, the microphone, the sound,
// and how much still waits to be sent.
import type { CommandError, Desk } from "../api/schemas";
import type { LinkState } from "../api/live";

export type MicState = "unknown" | "asking" | "on" | "refused" | "missing" | "busy" | "insecure";
export type PeerState = "none" | "connecting" | "up" | "failed";

export interface Softphone {
  desk: Desk | null;
  link: LinkState;
  /** The link was up before: a later "down" is a loss, not the first connect. */
  wasUp: boolean;
  rttMs: number | null;
  pending: number;
  mic: MicState;
  micLabel: string;
  peer: PeerState;
  testing: boolean;
  soundBlocked: boolean;
  signing: boolean;
  askTakeOver: boolean;
  problem: CommandError | null;
}

export const initial: Softphone = {
  desk: null, link: "connecting", wasUp: false, rttMs: null, pending: 0, mic: "unknown", micLabel: "", peer: "none", testing: false,
  soundBlocked: false, signing: false, askTakeOver: false, problem: null,
};

export type Action =
  | { type: "desk"; desk: Desk }
  | { type: "link"; link: LinkState; rttMs: number | null }
  | { type: "pending"; count: number }
  | { type: "mic"; mic: MicState; label?: string }
  | { type: "peer"; peer: PeerState }
  | { type: "testing"; on: boolean }
  | { type: "sound"; blocked: boolean }
  | { type: "signing"; on: boolean }
  | { type: "takeOver"; ask: boolean }
  | { type: "problem"; problem: CommandError | null };

export function reduce(state: Softphone, action: Action): Softphone {
  switch (action.type) {
    case "desk": return withDesk(state, action.desk);
    case "link": return withLink(state, action.link, action.rttMs);
    case "pending": return state.pending === action.count ? state : { ...state, pending: action.count };
    case "mic": return { ...state, mic: action.mic, micLabel: action.label ?? state.micLabel };
    case "peer": return { ...state, peer: action.peer };
    case "testing": return { ...state, testing: action.on };
    case "sound": return { ...state, soundBlocked: action.blocked };
    case "signing": return { ...state, signing: action.on };
    case "takeOver": return { ...state, askTakeOver: action.ask };
    case "problem": return { ...state, problem: action.problem };
  }
}

/** A new value of the desk. What the page asked for and got is no longer being asked for. */
function withDesk(state: Softphone, desk: Desk): Softphone {
  const moved = state.desk?.state !== desk.state;
  return {
    ...state,
    desk,
    signing: state.signing && desk.state === "offline",
    askTakeOver: state.askTakeOver && desk.state === "offline",
    problem: moved ? null : state.problem,
  };
}

function withLink(state: Softphone, link: LinkState, rttMs: number | null): Softphone {
  return { ...state, link, rttMs: rttMs ?? (link === "up" ? state.rttMs : null), wasUp: state.wasUp || link === "up" };
}

export type Screen =
  | "loading" | "elsewhere" | "signedOut" | "signingOn" | "ready" | "preview" | "ringing" | "talking" | "wrapup" | "paused" | "lost";

/** Which face the desk shows. Losing the link changes nothing here: the page stays readable, a bar says so. */
export function screenOf(state: Softphone): Screen {
  const desk = state.desk;
  if (desk === null) return "loading";
  if (desk.elsewhere) return "elsewhere";
  switch (desk.state) {
    case "offline": return "signedOut";
    case "paused": return desk.reason === "signing_on" ? "signingOn" : desk.wrap ? "wrapup" : "paused";
    case "reserved": return desk.task ? "ringing" : "ready";
    case "dialing": case "ringing": return "ringing";
    case "lost": return lostScreen(desk);
    case "holding": case "consult": return "talking";
    case "ready": case "preview": case "talking": case "wrapup": return desk.state;
  }
}

/** The server lost this agent's leg for a moment: whatever was on the desk stays there. */
function lostScreen(desk: Desk): Screen {
  if (desk.wrap) return "wrapup";
  return desk.script && desk.call ? "talking" : "lost";
}

/** True when this page should hold an audio leg: signed on in a browser, and in this tab. */
export function wantsLeg(state: Softphone): boolean {
  const desk = state.desk;
  return desk !== null && desk.state !== "offline" && desk.device === "browser" && !desk.elsewhere;
}

/** True when a (new) offer should go out now: a leg is wanted, the link carries it, and there is none or the server lost it. */
export function needsOffer(state: Softphone): boolean {
  if (!wantsLeg(state) || state.link !== "up") return false;
  if (state.peer === "none" || state.peer === "failed") return true;
  return state.peer === "up" && state.desk?.audio === "down";
}

export const lineOpen = (desk: Desk | null): boolean => desk?.state === "talking" || desk?.call?.state === "bridged";

/** How a customer is named on the screen. The script's 您, for people whose title is not known, names nobody. */
export const calledName = (card: Desk["card"]): string => (card ? (card.callName === "" || card.callName === "您" ? card.name : card.callName) : "");
