// One change asked of the server: busy while it runs, and what went wrong.
import { useState } from "react";
import { asFailure, type Failure } from "./failure";

export interface Change { busy: boolean; failure: Failure | null; run: (work: () => Promise<void>) => Promise<boolean> }

export function useChange(): Change {
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<Failure | null>(null);
  const run = async (work: () => Promise<void>): Promise<boolean> => {
    setBusy(true);
    setFailure(null);
    try {
      await work();
      return true;
    } catch (error) {
      setFailure(asFailure(error));
      return false;
    } finally {
      setBusy(false);
    }
  };
  return { busy, failure, run };
}
