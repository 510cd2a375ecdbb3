// How the margin to the abandon cap went over the day; numbers only.
import type { CampaignDay, CampaignDetail } from "../../api/schemas";

type Account = Pick<NonNullable<CampaignDetail["pacing"]>, "capBp" | "answered" | "abandoned">;

/** The margin, in calls, at the beginning of the day and after each of its steps, at
 * the cap that holds now; from where the account's window began. */
export function marginTrail(account: Account, points: Pick<CampaignDay["points"][number], "answered" | "abandoned">[]): number[] {
  let { answered, abandoned } = account;
  const trail: number[] = [];
  for (let i = points.length; answered >= 0 && abandoned >= 0; i--) {
    trail.unshift((account.capBp * answered) / 10_000 - abandoned);
    const point = points[i - 1];
    if (!point) break;
    answered -= point.answered;
    abandoned -= point.abandoned;
  }
  return trail;
}

/** A line through values, from edge to edge; a flat one in the middle. */
export function sparkPath(values: number[], width: number, height: number): string {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const x = (i: number) => Math.round((i / Math.max(1, values.length - 1)) * width * 10) / 10;
  const y = (v: number) => (high === low ? height / 2 : Math.round((1 - (v - low) / (high - low)) * height * 10) / 10);
  return values.length < 2 ? "" : `M${values.map((v, i) => `${x(i)} ${y(v)}`).join("L")}`;
}
