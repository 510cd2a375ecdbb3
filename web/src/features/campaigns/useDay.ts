// A campaign's day so far; whoever shows a part of it shares one reading.
import { useQuery } from "@tanstack/react-query";
import { http, must } from "../../api/http";

const EVERY_MS = 15_000;

export const useDay = (campaign: string) =>
  useQuery({ queryKey: ["campaign-day", campaign], refetchInterval: EVERY_MS, queryFn: () => must(http.GET("/api/v1/campaigns/{id}/day", { params: { path: { id: campaign } } })) });
