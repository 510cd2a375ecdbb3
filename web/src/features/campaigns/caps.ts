// Abandon caps in basis points, and figures as people type them.

/** Basis points in percent. */
export const share = (bp: number): string => `${Number((bp / 100).toFixed(2))} %`;

/** Usual caps. */
export const CAP_STEPS = [25, 50, 100, 150, 200, 300];

/** Basis points from percent as typed ("1.5", "1,5 %"); null when it is none. */
export function bpOf(text: string): number | null {
  const percent = text.replace(/[%％\s]/g, "").replace(/[,，]/g, ".");
  return /^-?\d+(\.\d*)?$/.test(percent) ? Math.round(Number(percent) * 100) : null;
}

/** What is wrong with a cap as typed; empty: nothing. */
export function capWrong(text: string, most: number): "" | "number" | "zero" | "much" {
  const bp = bpOf(text);
  if (bp === null) return "number";
  if (bp <= 0) return "zero";
  return bp > most ? "much" : "";
}

/** A share of the agents as typed, 1 to 100; null when it is none. */
export function weightOf(text: string): number | null {
  const n = /^\s*-?\d+\s*$/.test(text) ? Number(text) : NaN;
  return n >= 1 && n <= 100 ? n : null;
}
