// The kinds of files and what their columns may be taken for; they do not change
// while the page is open.
import { useQuery } from "@tanstack/react-query";
import type { ImportKind } from "../../api/schemas";
import { http, must } from "../../api/http";

export function useKinds(): ImportKind[] {
  return useQuery({ queryKey: ["import-kinds"], queryFn: () => must(http.GET("/api/v1/import-kinds")), staleTime: Infinity }).data?.items ?? [];
}
