import { useSyncExternalStore } from "react";

const QUERY = "(max-width:1180px)";
const watch = (changed: () => void) => {
  const media = window.matchMedia(QUERY);
  media.addEventListener("change", changed);
  return () => media.removeEventListener("change", changed);
};

/** True below 1180 px, where the desk has two columns. */
export const useNarrow = (): boolean => useSyncExternalStore(watch, () => window.matchMedia(QUERY).matches);
