// The files that are on their way: one after the other, each with how far it is or
// why it did not arrive. A file that did not arrive stays and can be sent again.
import { useReducer } from "react";
import { asFailure, Failure } from "../../api/failure";
import { upload } from "../../api/http";

const MAX_BYTES = 200 * 1024 * 1024;

/** share runs from 0 to 1 while bytes leave; at 1 the server reads the file. */
export interface Upload { key: number; file: File; share: number | null; failure: Failure | null }

type Step = { add: Upload[] } | { key: number; share: number } | { key: number; failure: Failure } | { drop: number };

export function step(all: Upload[], s: Step): Upload[] {
  if ("add" in s) return [...all, ...s.add];
  if ("drop" in s) return all.filter((u) => u.key !== s.drop);
  return all.map((u) => (u.key !== s.key ? u : "share" in s ? { ...u, share: s.share, failure: null } : { ...u, share: null, failure: s.failure }));
}

let last = 0;

export interface Uploads { all: Upload[]; send: (files: File[]) => void; again: (u: Upload) => void; drop: (u: Upload) => void }

/** arrived hears of each file that the server has, the first of a drop marked. */
export function useUploads(tooLarge: { zh: string; en: string }, arrived: (id: string, first: boolean) => void): Uploads {
  const [all, move] = useReducer(step, []);
  const one = async (u: Upload, first: boolean) => {
    move({ key: u.key, share: 0 });
    try {
      if (u.file.size > MAX_BYTES) throw new Failure({ code: "import_too_large", detailZh: tooLarge.zh, detailEn: tooLarge.en });
      const batch = await upload(u.file, (share) => move({ key: u.key, share }));
      move({ drop: u.key });
      arrived(batch.id, first);
    } catch (error) {
      move({ key: u.key, failure: asFailure(error) });
    }
  };
  const run = async (some: Upload[]) => {
    for (const [i, u] of some.entries()) await one(u, i === 0);
  };
  const send = (files: File[]) => {
    const some = files.map((file) => ({ key: (last += 1), file, share: null, failure: null }));
    move({ add: some });
    void run(some);
  };
  return { all, send, again: (u) => void run([u]), drop: (u) => move({ drop: u.key }) };
}
