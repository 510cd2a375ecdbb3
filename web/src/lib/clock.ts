// The server's two clocks as seen from here. Timers (a call's length, a state's
// age) run on the server's real clock; dates people agree on run on business
// time, which a demo may move.
//
// A reading says between which two values the difference of the clocks lies:
// the server wrote its time after we asked and before we read it. Readings are
// cut with each other, so one slow answer moves nothing, and a button that opens
// at a moment (hanging up, D-15) does not open before the server's moment.

interface Bounds {
  low: number; // ms that the server's clock is ahead of ours, at least
  high: number; // at most; Infinity when nobody knows when we asked
  at: number; // our clock, when they were read
}

/** Ms per ms by which two good clocks may run apart. */
const DRIFT = 1e-4;

let real: Bounds | null = null;
let businessAhead = 0; // of the server's real time, as it said itself

/** Cuts a new reading with the old one. They are apart only when a clock was set: then the new one counts. */
export function narrowed(was: Bounds | null, read: Bounds): Bounds {
  if (was === null || read.at < was.at) return read;
  const slack = (read.at - was.at) * DRIFT;
  const low = Math.max(was.low - slack, read.low);
  const high = Math.min(was.high + slack, read.high);
  return low <= high ? { low, high, at: read.at } : read;
}

/** Takes a reading; trip is the whole round trip in ms, when it is known. */
export function setClocks(realNow: string, businessNow: string, trip = Infinity, here = Date.now()): void {
  const at = Date.parse(realNow);
  const business = Date.parse(businessNow);
  if (!Number.isNaN(at)) real = narrowed(real, { low: at - here, high: at - here + trip, at: here });
  if (!Number.isNaN(business)) businessAhead = business - (Number.isNaN(at) ? here + offset() : at);
}

function offset(): number {
  if (real === null) return 0;
  return Number.isFinite(real.high) ? (real.low + real.high) / 2 : real.low;
}

/** The server's real time in ms. */
export const realNow = (): number => Date.now() + offset();

/** The server's business time in ms. */
export const businessNow = (): number => realNow() + businessAhead;
