// One part of the store's settings: what it is, who changed it last, and what went
// wrong when it was saved. Each is read and saved by itself.
import { useQuery, useQueryClient } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { asFailure } from "../../api/failure";
import type { LastChange } from "../../api/schemas";
import { useChange, type Change } from "../../api/useChange";
import { dateTime } from "../../lib/format";
import { useWords } from "../../lib/i18n";
import { Failed, Skeleton } from "../../ui/looks";

export interface Setting<T> { value: T; change: Change; /** Asks for a change; its answer is what the section then shows. */ save: (ask: () => Promise<T>) => Promise<boolean> }

export function Section<T extends { last?: LastChange }>({ id, title, text, read, children }: {
  id: string; title: string; text: string; read: () => Promise<T>; children: (setting: Setting<T>) => ReactNode;
}) {
  const { t, pick } = useWords();
  const cache = useQueryClient();
  const key = ["store", id];
  const query = useQuery({ queryKey: key, queryFn: read });
  const change = useChange();
  const save = (ask: () => Promise<T>) => change.run(async () => {
    await cache.cancelQueries({ queryKey: key });
    cache.setQueryData(key, await ask());
  });
  const last = query.data?.last;
  return (
    <section className="card" data-testid={`store-${id}`}>
      <header><h2>{title}</h2>{last && <span className="q xs end" data-testid={`store-${id}-last`}>{t("store.last", { by: last.by, at: dateTime(last.at) })}</span>}</header>
      <p className="sec q sm">{text}</p>
      {change.failure && <p className="sec r sm" role="alert" data-testid={`store-${id}-failure`}>{pick(change.failure.zh, change.failure.en)}</p>}
      {query.data !== undefined ? children({ value: query.data, change, save }) : query.isError ? <Failed failure={asFailure(query.error)} retry={() => void query.refetch()} /> : <Skeleton lines={3} />}
    </section>
  );
}
