// Abandon caps in basis points.

/** Basis points in percent. */
export const share = (bp: number): string => `${Number((bp / 100).toFixed(2))} %`;

const USUAL = [25, 50, 100, 150, 200, 300];

/** The usual caps up to the highest allowed, with the one that holds now. */
export const caps = (chosen: number, most: number): number[] => [...new Set([...USUAL.filter((bp) => bp <= most), chosen])].sort((a, b) => a - b);
