// React's way to the Phone: read a part of its state, or reach the object.
import { createContext, useContext, useSyncExternalStore } from "react";
import type { Desk } from "../api/schemas";
import type { Phone } from "./phone";
import type { Softphone } from "./state";

export const PhoneContext = createContext<Phone | null>(null);

export function usePhoneObject(): Phone {
  const phone = useContext(PhoneContext);
  if (phone === null) throw new Error("usePhone outside of a signed-in frame");
  return phone;
}

/** Reads a part of the softphone's state; the component draws again when that part changes. */
export function usePhone<T>(select: (state: Softphone) => T): T {
  const phone = usePhoneObject();
  return useSyncExternalStore(phone.watch, () => select(phone.state()));
}

export const useDesk = (): Desk | null => usePhone((state) => state.desk);
