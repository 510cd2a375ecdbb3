// Timers on the server's clock. They tick once a second on the second, and
// write fixed-width figures so that nothing beside them moves.
import { useEffect, useState } from "react";
import { realNow } from "../lib/clock";
import { clockText } from "../lib/format";

/** Draws again every `ms`; returns the server's real time. */
export function useNow(ms = 1000, on = true): number {
  const [now, setNow] = useState(realNow);
  useEffect(() => {
    if (!on) return;
    const tick = () => setNow(realNow());
    tick();
    const timer = setInterval(tick, ms);
    return () => clearInterval(timer);
  }, [ms, on]);
  return now;
}

export function Since({ at }: { at: string | null | undefined }) {
  const now = useNow(500);
  const from = at ? Date.parse(at) : NaN;
  return <time>{clockText(Number.isNaN(from) ? 0 : now - from)}</time>;
}
