// What a campaign's state means in colour.
import type { CampaignState, Tone } from "../../api/schemas";

const TONES: Record<CampaignState, Tone> = { draft: "info", running: "ok", paused: "warn", draining: "warn", completed: "info", cancelled: "info" };

export const stateTone = (state: CampaignState): Tone => TONES[state] ?? "info";
