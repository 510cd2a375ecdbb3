// Which rows of a figure can be looked at by themselves.
import type { FigureView } from "../../api/schemas";

export const SIDES = ["all", "rest", "num", "den", "open"] as const;
export type Side = (typeof SIDES)[number];

export const sideOf = (text: string | null): Side => SIDES.find((side) => side === text) ?? "all";

/** The sides that mean something for a way of counting; what is open only where something is. */
export function sidesOf(figure: FigureView): Side[] {
  const all: Record<FigureView["method"], Side[]> = {
    share: ["all", "rest", "num"], amounts: ["all", "rest", "num"], net: ["all", "rest", "num"], exposure: ["num", "den"], weighted: ["all"], total: ["all"],
  };
  return figure.open > 0 ? [...all[figure.method], "open"] : all[figure.method];
}
