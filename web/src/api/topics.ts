// Topics of the live connection in the query cache: a page subscribes while it
// is shown, and socket messages patch the cache.
import { skipToken, useQuery, type QueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { usePhoneObject } from "../softphone/context";
import type { TopicName, ValueOf } from "./schemas";

export const topicKey = (topic: string) => ["live", topic] as const;

export function putTopic(queries: QueryClient, topic: string, data: unknown): void {
  queries.setQueryData(topicKey(topic), data);
}

/** The newest value of a topic, or undefined until the first arrives. */
export function useTopic<N extends TopicName>(topic: N): ValueOf<N> | undefined {
  const { live } = usePhoneObject();
  useEffect(() => live.subscribe(topic), [live, topic]);
  const { data } = useQuery<ValueOf<N>>({ queryKey: topicKey(topic), queryFn: skipToken, staleTime: Infinity, gcTime: 0 });
  return data;
}
