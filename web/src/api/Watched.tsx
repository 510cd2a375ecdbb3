// A topic of the live connection, with the looks of a list: loading, failed with
// a retry, there.
import type { ReactNode } from "react";
import { usePhoneObject } from "../softphone/context";
import { Failed, Skeleton } from "../ui/looks";
import type { TopicName, ValueOf } from "./schemas";
import { useTopic, useTopicFailure } from "./topics";

/** Shows the newest value of a topic, or why there is none. A value once shown stays while the link is down. */
export function Watched<N extends TopicName>({ topic, lines = 8, children }: { topic: N; lines?: number; children: (value: ValueOf<N>) => ReactNode }) {
  const { live } = usePhoneObject();
  const value = useTopic(topic);
  const failure = useTopicFailure(topic);
  if (value !== undefined) return <>{children(value)}</>;
  if (failure !== null) return <Failed failure={failure} retry={() => live.again(topic)} />;
  return <Skeleton lines={lines} />;
}
