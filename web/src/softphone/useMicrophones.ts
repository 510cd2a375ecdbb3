import { useEffect, useState } from "react";
import { usePhone, usePhoneObject } from "./context";
import { chooseDevice, chosenDevice, microphones } from "./microphone";

/** The microphones of this machine, the chosen one, and how to choose another; an open leg goes on with it. */
export function useMicrophones() {
  const phone = usePhoneObject();
  const mic = usePhone((s) => s.mic);
  const [list, setList] = useState<{ id: string; label: string }[]>([]);
  useEffect(() => {
    const read = () => void microphones().then(setList, () => undefined);
    read();
    navigator.mediaDevices?.addEventListener("devicechange", read);
    return () => navigator.mediaDevices?.removeEventListener("devicechange", read);
  }, [mic]);
  const choose = (id: string) => {
    chooseDevice(id);
    void phone.leg.changeMic();
  };
  return { list, chosen: chosenDevice(), choose, missing: mic === "missing" };
}
