// A small form inside a card: sends, says what is wrong, closes by itself; and what
// every change of a file does afterwards.
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState, type FormEvent, type ReactNode } from "react";
import type { Catalog, CustomerFile } from "../../api/schemas";
import { asFailure, type Failure } from "../../api/failure";
import { http, must } from "../../api/http";
import { useWords } from "../../lib/i18n";

/** The codes and their words; they do not change while the page is open. */
export function useCatalog(): Catalog | undefined {
  return useQuery({ queryKey: ["catalog"], queryFn: () => must(http.GET("/api/v1/catalog")), staleTime: Infinity }).data;
}

/** Puts the file as the server has it now on the page, and reads the time line again. */
export function useChanged(): (file: CustomerFile) => void {
  const cache = useQueryClient();
  return (file) => {
    cache.setQueryData(["customer", file.id], file);
    void cache.invalidateQueries({ queryKey: ["story", file.id] });
  };
}

export function ChangeForm({ id, send, cancel, submit, hint, children }: {
  id: string; send: () => Promise<void>; cancel: () => void; submit: string; hint?: string; children: ReactNode;
}) {
  const { t, pick } = useWords();
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<Failure | null>(null);
  const go = (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setFailure(null);
    send().catch((error: unknown) => setFailure(asFailure(error))).finally(() => setBusy(false));
  };
  return (
    <form className="changeform" data-testid={id} onSubmit={go} onKeyDown={(e) => e.key === "Escape" && cancel()}>
      {children}
      {hint && <p className="q xs">{hint}</p>}
      {failure && <p className="r xs" role="alert">{pick(failure.zh, failure.en)}</p>}
      <div className="row"><button className="btn s p" type="submit" disabled={busy} data-testid={`${id}-send`}>{submit}</button><button className="btn s" type="button" onClick={cancel}>{t("app.cancel")}</button></div>
    </form>
  );
}
