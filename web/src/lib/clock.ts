// The server's two clocks as seen from here. Timers (a call's length, a state's
// age) run on the server's real clock; dates people agree on run on business
// time, which a demo may move.

let realOffset = 0;
let businessOffset = 0;

/** Takes a reading; halfTrip is half of the round trip in ms, when it is known. */
export function setClocks(realNow: string, businessNow: string, halfTrip = 0, here = Date.now()): void {
  const real = Date.parse(realNow);
  const business = Date.parse(businessNow);
  if (!Number.isNaN(real)) realOffset = real + halfTrip - here;
  if (!Number.isNaN(business)) businessOffset = business + halfTrip - here;
}

/** The server's real time in ms. */
export const realNow = (): number => Date.now() + realOffset;

/** The server's business time in ms. */
export const businessNow = (): number => Date.now() + businessOffset;
