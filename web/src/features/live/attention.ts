// Which agents need a supervisor's look, and why. Pure; the page sorts by it.
import type { BoardAgent } from "../../api/schemas";
import type { Key } from "../../lib/i18n";

export interface Attention { level: 0 | 1 | 2; why: Key | null }

const CALM: Attention = { level: 0, why: null };

/** Level 2 is broken or over, 1 is near a limit, 0 needs nothing. `now` in ms. */
export function attention(agent: BoardAgent, now: number): Attention {
  const minutes = (now - Date.parse(agent.since)) / 60_000;
  switch (agent.state) {
    case "lost": return { level: 2, why: "live.lostLeg" };
    case "wrapup": return minutes > 2 ? { level: 2, why: "live.overWrap" } : CALM;
    case "paused": return minutes > 15 ? { level: 1, why: "live.longPause" } : CALM;
    case "ready": return minutes > 1 ? { level: 1, why: "live.long" } : CALM;
    default: return CALM;
  }
}

/** Most urgent first, then the longest in its state. */
export function byAttention(agents: readonly BoardAgent[], now: number): BoardAgent[] {
  return [...agents].sort((a, b) => attention(b, now).level - attention(a, now).level || a.since.localeCompare(b.since));
}
