// Asking a what-if: at most one is worked out at a time, for whoever waits for it.
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { useSearchParams } from "react-router";
import type { WhatIfPage, WhatIfQuestion, WhatIfRun } from "../../api/schemas";
import { http, must } from "../../api/http";
import { useChange } from "../../api/useChange";
import type { Asking } from "./WhatIfAsk";
import { runningOf } from "./whatif";

/** running: the question that is being worked out, of whoever asked it. */
export interface Ask extends Asking { running: string | null; over: (run: WhatIfRun) => void; cancel: () => void }

export function useAsking(page: WhatIfPage): Ask {
  const id = page.campaign.id;
  const cache = useQueryClient();
  const [, setParams] = useSearchParams();
  const change = useChange();
  const [mine, setMine] = useState<string | null>(null);
  const [ended, setEnded] = useState<string | null>(null);
  const [unfinished, setUnfinished] = useState(false);
  const theirs = runningOf(page.asked)?.id ?? null;
  const running = mine ?? (theirs === ended ? null : theirs);
  const again = () => cache.invalidateQueries({ queryKey: ["what-if", id] });
  useGivenUp(id, mine);
  const ask = (body: WhatIfQuestion) => void change.run(async () => {
    const run = await must(http.POST("/api/v1/campaigns/{id}/what-if", { params: { path: { id } }, body }));
    setUnfinished(false);
    setMine(run.id);
  });
  const over = (run: WhatIfRun) => {
    setMine(null);
    setEnded(run.id);
    setUnfinished(run.state !== "done");
    if (run.state === "done") setParams({ run: run.id }, { replace: true });
    void again();
  };
  const cancel = () => {
    if (running === null) return;
    setMine(null);
    setEnded(running);
    void giveUp(id, running).finally(() => void again());
  };
  return { busy: change.busy || running !== null, failure: change.failure, unfinished, ask, running, over, cancel };
}

const giveUp = (id: string, run: string) => must(http.DELETE("/api/v1/campaigns/{id}/what-if/{run}", { params: { path: { id, run } }, keepalive: true })).catch(() => undefined);

/** A question asked here is given up when its page is left. */
function useGivenUp(id: string, run: string | null): void {
  const mine = useRef<string | null>(null);
  useEffect(() => { mine.current = run; }, [run]);
  useEffect(() => () => void (mine.current !== null && giveUp(id, mine.current)), [id]);
}

const LOOK_MS = 600;

/** How far a question is; over is told once it ends. */
export function useRun(campaign: string, run: string | null, over: (run: WhatIfRun) => void): WhatIfRun | undefined {
  const query = useQuery({
    queryKey: ["what-if-run", campaign, run], enabled: run !== null, refetchInterval: LOOK_MS, refetchIntervalInBackground: true, gcTime: 0,
    queryFn: () => must(http.GET("/api/v1/campaigns/{id}/what-if/{run}", { params: { path: { id: campaign, run: run ?? "" } } })),
  });
  const told = useRef<string | null>(null);
  const now = query.data;
  useEffect(() => {
    if (!now || now.state === "running" || told.current === now.id) return;
    told.current = now.id;
    over(now);
  }, [now, over]);
  return now;
}
