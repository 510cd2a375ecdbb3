// A list read from the server, with the looks every list has: loading, failed
// with a retry, empty, full.
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { Failed, Skeleton } from "../ui/looks";
import { asFailure } from "./failure";

/** Reads a list and shows it, or why it is not there. */
export function Listed<T>({ queryKey, read, empty, children, every }: {
  queryKey: readonly unknown[]; read: () => Promise<T>; empty: (value: T) => ReactNode | null; children: (value: T) => ReactNode; every?: number;
}) {
  const query = useQuery<T, Error, T>({ queryKey, queryFn: read, refetchInterval: every ?? false, placeholderData: keepPreviousData });
  if (query.isError) return <Failed failure={asFailure(query.error)} retry={() => void query.refetch()} />;
  if (query.data === undefined) return <Skeleton lines={8} />;
  const value = query.data as T;
  return <>{empty(value) ?? children(value)}</>;
}
