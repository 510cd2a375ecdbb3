// Topics of the live connection in the query cache: a page subscribes while it
// is shown, and socket messages patch the cache.
import { skipToken, useQuery, type QueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { usePhoneObject } from "../softphone/context";
import { Failure } from "./failure";
import type { CommandError, TopicName, ValueOf } from "./schemas";

const valueKey = (topic: string) => ["live", topic] as const;
const failureKey = (topic: string) => ["live-failure", topic] as const;

export function putTopic(queries: QueryClient, topic: string, data: unknown): void {
  queries.setQueryData(valueKey(topic), data);
  if (queries.getQueryData(failureKey(topic))) queries.setQueryData(failureKey(topic), null);
}

/** Keeps why a topic has no value; the next value takes it away. */
export function failTopic(queries: QueryClient, topic: string, error: CommandError): void {
  queries.setQueryData(failureKey(topic), new Failure({ code: error.code, detailZh: error.zh, detailEn: error.en }));
}

/** The newest value of a topic, or undefined until the first arrives. */
export function useTopic<N extends TopicName>(topic: N): ValueOf<N> | undefined {
  const { live } = usePhoneObject();
  useEffect(() => live.subscribe(topic), [live, topic]);
  const { data } = useQuery<ValueOf<N>>({ queryKey: valueKey(topic), queryFn: skipToken, staleTime: Infinity, gcTime: 0 });
  return data;
}

/** Why the server does not give a topic, or null. */
export function useTopicFailure(topic: TopicName): Failure | null {
  const { data } = useQuery<Failure | null>({ queryKey: failureKey(topic), queryFn: skipToken, staleTime: Infinity, gcTime: 0 });
  return data ?? null;
}
