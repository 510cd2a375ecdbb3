// The HTTP routes in the shape that openapi-typescript generates, written by
// hand from the contract. To switch: `npm run types`, then make http.ts import
// `paths` from ./types instead of from here.
import type {
  AttemptDetail, AttemptRow, Campaign, CampaignDetail, CampaignDraft, CampaignOptions, CampaignPreview, CampaignRefusal,
  Catalog, Customer, CustomerRow, ImportBatch, ImportRows, Page, QuickForm, Session, SystemHealth, TaskRow,
} from "./contract";

type Query = Record<string, string | number | boolean | undefined>;

type Op<Result, Body = never, Path = never> = {
  parameters: { query?: Query; header?: never; cookie?: never } & ([Path] extends [never] ? { path?: never } : { path: Path });
  responses: { 200: { headers: Record<string, unknown>; content: { "application/json": Result } } };
} & ([Body] extends [never] ? { requestBody?: never } : { requestBody: { content: { "application/json": Body } } });
type Id = { id: string };

export interface paths {
  "/api/v1/session": { get: Op<Session>; post: Op<Session, { login: string; password: string }>; delete: Op<undefined> };
  "/api/v1/session/store": { put: Op<Session, { storeId: string }> };
  "/api/v1/session/locale": { put: Op<Session, { locale: string }> };
  "/api/v1/imports": { get: Op<{ items: ImportBatch[] }> };
  "/api/v1/imports/{id}": { get: Op<ImportBatch, never, Id> };
  "/api/v1/imports/{id}/rows": { get: Op<ImportRows, never, Id> };
  "/api/v1/imports/{id}/mapping": {
    put: Op<ImportBatch, { kind: string; headerRow: number; mapping: Record<string, string> }, Id>;
  };
  "/api/v1/imports/{id}/commit": { post: Op<ImportBatch, never, Id> };
  "/api/v1/campaigns": { get: Op<{ items: Campaign[] }>; post: Op<Campaign, CampaignDraft> };
  "/api/v1/campaigns/options": { get: Op<CampaignOptions> };
  "/api/v1/campaigns/preview": { get: Op<CampaignPreview> };
  "/api/v1/campaigns/{id}": {
    get: Op<CampaignDetail, never, Id>;
    patch: Op<Campaign, Partial<CampaignDraft> & { version: number }, Id>;
  };
  "/api/v1/campaigns/{id}/start": { post: Op<Campaign, never, Id> };
  "/api/v1/campaigns/{id}/pause": { post: Op<Campaign, never, Id> };
  "/api/v1/campaigns/{id}/stop": { post: Op<Campaign, never, Id> };
  "/api/v1/campaigns/{id}/refusals": { get: Op<Page<CampaignRefusal>, never, Id> };
  "/api/v1/campaigns/{id}/attempts": { get: Op<Page<AttemptRow>, never, Id> };
  "/api/v1/attempts": { get: Op<Page<AttemptRow>> };
  "/api/v1/attempts/{id}": { get: Op<AttemptDetail, never, Id> };
  "/api/v1/customers": { get: Op<{ items: CustomerRow[] }> };
  "/api/v1/customers/{id}": { get: Op<Customer, never, Id> };
  "/api/v1/tasks": { get: Op<Page<TaskRow>> };
  "/api/v1/quick-forms": { get: Op<{ items: QuickForm[] }> };
  "/api/v1/catalog": { get: Op<Catalog> };
  "/api/v1/clock/next-window": { post: Op<{ businessNow: string }> };
  "/api/v1/system": { get: Op<SystemHealth> };
}
