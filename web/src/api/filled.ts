// Go writes a nil slice as null. The pages want lists: these functions put an
// empty list wherever the contract promises one, and touch nothing else.
import type { AttemptDetail, CampaignDetail, CampaignOptions, CampaignPreview, Catalog, Customer, Desk, ImportBatch, ImportRows, Page, QuickForm, SystemHealth, TaskRow, Wallboard } from "./contract";

type Bag = Record<string, unknown>;
const isBag = (value: unknown): value is Bag => typeof value === "object" && value !== null && !Array.isArray(value);

/** Replaces null or missing values at the dotted paths by []. Parents that are absent stay absent; `*` walks a list. */
export function withLists<T>(value: T, paths: readonly string[]): T {
  paths.forEach((path) => fill(value, path.split(".")));
  return value;
}

function fill(value: unknown, [head, ...rest]: string[]): void {
  if (head === undefined) return;
  if (head === "*") {
    if (Array.isArray(value)) value.forEach((item) => fill(item, rest));
    return;
  }
  if (!isBag(value)) return;
  if (rest.length > 0) return fill(value[head], rest);
  value[head] ??= [];
}

const card = (at: string) => ["tags", "phones", "visits", "calls"].map((list) => at + list);
const form = (at: string) => ["categories", "departments"].map((list) => at + list);

export const deskLists = [
  "nextCallbacks", ...card("card."), "call.timeline", "script.path", "script.answers", ...form("quickForm."), "wrap.options", "wrap.missing",
];
export const filledDesk = (value: Desk) => withLists(value, deskLists);
export const filledBoard = (value: Wallboard) => withLists(value, ["agents.list", "satisfaction.byDept", "campaigns", "results", "alarms"]);
export const filledBatch = (value: ImportBatch) => withLists(value, ["columns"]);
export const filledBatches = (value: { items: ImportBatch[] }) => withLists(value, ["items", "items.*.columns"]);
export const filledRows = (value: ImportRows) => withLists(value, ["header", "items", "items.*.cells", "items.*.codes"]);
export const filledItems = <T extends { items: unknown[] }>(value: T) => withLists(value, ["items"]);
export const filledPage = <T>(value: Page<T>) => withLists(value, ["items"]);
export const filledTasks = (value: Page<TaskRow>) => withLists(value, ["items", "items.*.roNos", "items.*.refusals"]);
export const filledCampaign = (value: CampaignDetail) => withLists(value, ["agentIds", "log"]);
export const filledOptions = (value: CampaignOptions) => withLists(value, ["taskKinds", "callerNumbers", "agents"]);
export const filledPreview = (value: CampaignPreview) => withLists(value, ["waiting", "stopped"]);
export const filledAttempt = (value: AttemptDetail) => withLists(value, ["events", "answers", ...form("quickForm.")]);
export const filledCustomer = (value: Customer) => withLists(value, [...card(""), "timeline"]);
export const filledForms = (value: { items: QuickForm[] }) => withLists(value, ["items", ...form("items.*.")]);
export const filledSystem = (value: SystemHealth) => withLists(value, ["parts"]);
export const filledCatalog = (value: Catalog) => withLists(value, ["dispositions", "lineResults", "pauseReasons", "departments", "complaintCategories", "complaintLevels", "taskKinds"]);
