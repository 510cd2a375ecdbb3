// Values of the HTTP and websocket contract as the pages use them. Requests are
// typed by types.ts (generated from openapi.json, npm run types); answers come
// as these types after filled.ts. Desk, Wallboard and frames travel over the
// websocket, which OpenAPI does not describe.
// Times are RFC 3339 in UTC, money is fen, phones arrive masked.

export type Locale = "zh-CN" | "en";
export type Tone = "info" | "ok" | "warn" | "bad";
export type Permission =
  | "desk.use" | "campaign.manage" | "campaign.control" | "import.run" | "wallboard.see" | "customer.see"
  | "user.manage" | "calls.see" | "clock.move" | "system.see";

export interface Named { id: string; name: string }
export interface Worded { code: string; zh: string; en: string }
export interface Page<T> { items: T[]; total: number }
export interface Score { sum: number; n: number }
export interface Ratio { num: number; den: number }

export interface Session {
  user: { id: string; login: string; name: string; employeeNo: string; locale: Locale };
  store: { id: string; code: string; name: string; shortName: string; hotline: string; isSynthetic: boolean };
  stores: Named[];
  roles: string[];
  permissions: Permission[];
  csrfToken: string;
  businessNow: string;
  realNow: string;
  demo: boolean;
}

export interface Problem {
  type?: string;
  title?: string;
  status: number;
  code: string;
  detail?: string;
  detailZh?: string;
  detailEn?: string;
  field?: string;
  errors?: { field: string; code: string; detailZh?: string; detailEn?: string }[] | null;
}

// Imports

export type ImportState = "uploaded" | "parsed" | "committing" | "done" | "failed";
export type ImportKind = "work_order" | "users" | "dnc" | "customer" | "delivery" | "policy" | "";
export type ImportOutcome = "new" | "same" | "updated" | "superseded" | "merged" | "rejected";

export interface ImportBatch {
  id: string;
  fileName: string;
  sizeBytes: number;
  kind: ImportKind;
  encoding: string;
  sheet: string;
  headerRow: number;
  columns: { heading: string; field: string }[];
  /** Fields a column can be mapped to; absent while the server offers no correction. */
  fields?: { field: string; labelZh: string; labelEn: string; required: boolean }[] | null;
  state: ImportState;
  error?: Worded | null;
  dataRows: number;
  rowsDone: number;
  counts: Partial<Record<ImportOutcome, number>>;
  codes: Record<string, number>;
  createdAt: string;
  finishedAt?: string | null;
  createdBy?: string | null;
  already: boolean;
  tasksCreated: number;
}

export interface ImportRow {
  rowNo: number;
  outcome: ImportOutcome;
  codes: string[];
  field: string;
  reasonZh: string;
  reasonEn: string;
  cells: string[];
}
/** Pages of rows go on behind a row number. */
export interface ImportRows extends Page<ImportRow> { header: string[] }

// Campaigns

export type CampaignMode = "preview" | "progressive";
export type CampaignState = "draft" | "running" | "paused" | "draining" | "completed" | "cancelled";

export interface Campaign {
  id: string;
  name: string;
  taskKind: string;
  mode: CampaignMode;
  state: CampaignState;
  stateReason: string;
  stateReasonZh?: string;
  stateReasonEn?: string;
  callerNumber?: { id: string; number: string } | null;
  ringSeconds: number;
  agents: number;
  left: number;
  attemptsToday: number;
  answeredToday: number;
  contactRate: Ratio;
  abandonedToday: number;
  createdAt: string;
  startedAt?: string | null;
  version: number;
}

export interface CampaignDetail extends Campaign {
  agentIds: string[];
  lines: { planned: number; ringing: number; talking: number };
  readyAgents: number;
  decision: { zh: string; en: string; at: string; limitedBy: string };
  log: { at: string; user: string; what: string; zh: string; en: string }[];
}

export interface CampaignDraft {
  name: string;
  taskKind: string;
  mode: CampaignMode;
  callerNumberId?: string;
  ringSeconds?: number;
  agentIds: string[];
}

export interface CampaignOptions {
  taskKinds: { kind: string; zh: string; en: string; class: string; open: number }[];
  callerNumbers: { id: string; number: string; trunk: string; state: string }[];
  agents: { id: string; name: string; employeeNo: string; online: boolean }[];
}

export interface RuleCount { rule: string; count: number; reasonZh: string; reasonEn: string }
export interface CampaignPreview { total: number; callableNow: number; waiting: RuleCount[]; stopped: RuleCount[] }

export interface Refusal {
  rule: string;
  outcome: string;
  until?: string | null;
  reasonZh: string;
  reasonEn: string;
}
export interface CampaignRefusal extends Refusal {
  taskId: string;
  customer: Named;
  times: number;
  firstAt: string;
  lastAt: string;
}

// Calls, customers, tasks

export interface AttemptRow {
  id: string;
  taskId: string;
  taskKind: string;
  customer: Named;
  calledMasked: string;
  agent?: Named | null;
  campaign?: Named | null;
  mode: string;
  state: string;
  lineResult: string;
  lineResultZh: string;
  lineResultEn: string;
  disposition: string;
  dispositionZh: string;
  dispositionEn: string;
  stateZh?: string; stateEn?: string; hangupBy?: string | null;
  plannedAt: string;
  answeredAt?: string | null;
  bridgedAt?: string | null;
  endedAt?: string | null;
  ringMs?: number | null;
  waitMs?: number | null;
  talkMs?: number | null;
  sipCode?: number | null;
  sipReason?: string | null;
  detail?: string | null;
}

export interface CallEvent { at: string; kind: string; zh: string; en: string }
export interface AttemptDetail extends AttemptRow {
  events: CallEvent[];
  answers: {
    key: string; questionZh: string; questionEn: string; valueZh: string; valueEn: string;
    dept: string; verbatim?: string | null; savedAt: string;
  }[];
  quickForm?: QuickForm | null;
}

export interface CustomerRow { id: string; name: string; phones: string[]; plates: string[]; model?: string; lastVisit?: string | null }

export interface CustomerCard {
  id: string;
  name: string;
  surname: string;
  honorific: string;
  callName: string;
  tags: (Worded & { tone: Tone })[];
  phones: { id: string; masked: string; role: string; status: string; current: boolean }[];
  preferredTime: string;
  confirmed: boolean;
  covered: boolean;
  vehicle?: {
    id: string; plate: string; model: string; series: string; mileageKm?: number | null; mileageAt?: string | null;
    warrantyEnd?: string | null; warrantyKm?: number | null; nextDueDate?: string | null; nextDueKm?: number | null; vin: string;
  } | null;
  visit?: {
    id: string; roNo: string; kindZh: string; kindEn: string; openedAt?: string | null; deliveredAt?: string | null;
    promisedAt?: string | null; lateMinutes?: number | null; advisor: string; technician: string; items: string;
    totalFen?: number | null; preferredCallTime: string; note: string;
  } | null;
  visits: { id: string; at?: string | null; kindZh: string; kindEn: string; totalFen: number; roNo: string }[];
  calls: { id: string; at: string; kindZh: string; resultZh: string; resultEn: string }[];
  lastWords?: { at: string; text: string } | null;
  otherVehicles: number;
}

export interface TimelineItem {
  at: string;
  kind: "visit" | "call" | "answer" | "form" | "task";
  titleZh: string; titleEn: string; detailZh: string; detailEn: string; refId: string;
}
export type Customer = CustomerCard & { timeline: TimelineItem[] };

export interface TaskRow {
  id: string; kind: string; kindZh: string; kindEn?: string; state: string; stateZh: string; stateEn?: string;
  customer: Named; roNos: string[]; dueAt: string; notBefore: string; nextAttemptAt?: string | null;
  attempts: number; maxAttempts: number; priority: number; reason: string; blockedReason?: string | null; refusals: Refusal[];
}

export interface QuickForm {
  id: string; no: string; customer?: Named | null; categories: Worded[]; level: Worded; verbatim: string; demand: string;
  contactTime: string; safeToDrive: string; departments: Worded[]; createdBy?: string; createdAt: string; attemptId?: string | null;
}

export interface Catalog {
  dispositions: (Worded & { group: string; closes: boolean })[];
  lineResults: Worded[];
  pauseReasons: (Worded & { limitSeconds: number })[];
  departments: Worded[];
  complaintCategories: Worded[];
  complaintLevels: Worded[];
  taskKinds: Worded[];
}

export interface SystemHealth {
  version: string;
  parts: { name: string; zh: string; en: string; ok: boolean; detailZh: string; detailEn: string }[];
}

// The desk (websocket topic `desk`)

export type DeskState =
  | "offline" | "ready" | "reserved" | "preview" | "dialing" | "ringing" | "talking" | "wrapup" | "paused" | "lost";
export type AudioState = "down" | "connecting" | "up";

export interface Desk {
  state: DeskState;
  since: string;
  reason: string;
  reasonZh: string;
  reasonEn: string;
  wants: "" | "paused" | "offline";
  wantsReason: string;
  device: string;
  audio: AudioState;
  muted: boolean;
  elsewhere: boolean;
  serverNow: string;
  today: { calls: number; answered: number; completed: number; talkMs: number; avgScore?: Score | null };
  dialerZh: string;
  dialerEn: string;
  nextCallbacks: { at: string; customer: Named; taskId: string }[];
  lastCall?: { customerName: string; dispositionZh: string; dispositionEn: string; endedAt: string } | null;
  phoneExtension?: { number: string; registered: boolean } | null;
  task?: {
    id: string; kind: string; kindZh: string; kindEn: string; whyZh: string; whyEn: string; dueAt: string;
    attempts: number; callbackAt?: string | null;
  } | null;
  card?: CustomerCard | null;
  call?: DeskCall | null;
  script?: Script | null;
  quickForm?: QuickForm | null;
  wrap?: Wrap | null;
  saved: { answers: number; words: number; at?: string | null };
}

export interface DeskCall {
  attemptId: string;
  state: "planned" | "dialing" | "ringing" | "answered" | "bridged" | "wrap" | "wrap_overdue";
  calledMasked: string;
  trunk: string;
  callerNumber: string;
  startedAt: string;
  ringingAt?: string | null;
  answeredAt?: string | null;
  bridgedAt?: string | null;
  endedAt?: string | null;
  hangupBy?: string | null;
  lineResult?: string | null;
  lineResultZh?: string | null;
  lineResultEn?: string | null;
  timeline: CallEvent[];
  levels?: { in: number; out: number } | null;
}

export interface Wrap {
  proposed: string;
  until: string;
  options: (Worded & { key: string })[];
  notes: string;
  callbackAt?: string | null;
  missing: { key: string; questionZh: string; questionEn?: string }[];
}

export type AnswerType =
  | "score10" | "score5" | "nps" | "yesno" | "choice" | "multi" | "number" | "money" | "date" | "datetime"
  | "text" | "verbatim" | "phone" | "name" | "none";
export type AnswerValue = number | string | string[];

export interface AnswerSpec {
  type: AnswerType;
  options?: { value: string; zh: string; en: string; key: string }[] | null;
  min?: number | null;
  max?: number | null;
  na: boolean;
  refuse: boolean;
  required: boolean;
  minChars?: number | null;
}

export interface ScriptNode {
  id: string;
  kind: "say" | "ask" | "end";
  tag: string;
  zh: string;
  en: string;
  hintZh: string;
  key?: string | null;
  answer?: AnswerSpec | null;
  current?: { value?: AnswerValue | null; verbatim?: string | null; skipped?: string | null } | null;
  canBack: boolean;
  outcome?: string | null;
  hangupAfter?: string | null;
}

export interface SavedAnswer {
  key: string; node: string; questionZh: string; questionEn?: string; valueZh: string; valueEn: string;
  verbatim?: string | null; savedAt: string; dept: string;
}

export interface Script {
  responseId: string;
  scriptId: string;
  version: number;
  titleZh: string;
  titleEn: string;
  node: ScriptNode;
  path: { node: string; key?: string | null; labelZh: string; labelEn: string; valueZh: string; valueEn: string; tone: Tone }[];
  identified: boolean;
  short: boolean;
  progress: { done: number; total: number };
  nextZh: string;
  nextEn?: string;
  pendingFormZh: string;
  pendingFormEn?: string;
  answers: SavedAnswer[];
  inForm: boolean;
  /** The script has a short way that may still be taken. */
  canShorten?: boolean;
}

// The wallboard (websocket topic `wallboard`)

export interface BoardAgent {
  userId: string; name: string; state: DeskState; since: string; reason: string;
  campaign?: string | null; customerInitial?: string | null; answeredToday: number; scoreSum: number; scoreN: number;
  audioUp: boolean; attemptId?: string | null;
}

export interface Satisfaction { sum: number; n: number; satisfied: number; dissatisfied: number }

export interface Wallboard {
  at: string;
  store: Named;
  agents: { byState: Partial<Record<DeskState, number>>; list: BoardAgent[] };
  lines: { planned: number; dialing: number; ringing: number; talking: number; waiting: number };
  attemptsToday: number;
  reachedToday: number;
  contactRate: Ratio;
  abandoned: Ratio & { capBp: number };
  completedToday: number;
  waitMs: { p50: number | null; p95: number | null; p99: number | null };
  satisfaction: { overall: Satisfaction; byDept: (Satisfaction & { dept: string; zh: string; en: string })[] };
  quickFormsToday: number;
  tasks: { dueToday: number; overdue: number; left: number };
  campaigns: {
    id: string; name: string; state: CampaignState; mode: CampaignMode; left: number; lines: number; ready: number;
    decisionZh: string; decisionEn: string;
  }[];
  results: (Worded & { n: number })[];
  alarms?: (Worded & { tone: Tone; at: string })[] | null;
  redis: { ok: boolean };
}

// Websocket frames

export interface CommandError { code: string; zh: string; en: string; field?: string }

export type ServerFrame =
  | { t: "welcome"; session: Session; realNow: string; businessNow: string }
  | { t: "snap"; topic: string; seq: number; data: unknown }
  | { t: "chg"; topic: string; seq: number; data: unknown }
  | { t: "pong"; at: number; realNow: string; businessNow: string }
  | { t: "ok"; id: string; result?: unknown }
  | { t: "err"; id?: string; topic?: string; error: CommandError }
  | { t: "taken"; by: string };

export type ClientFrame =
  | { t: "hello"; csrf: string; client: string }
  | { t: "sub"; topic: string }
  | { t: "unsub"; topic: string }
  | { t: "ping"; at: number }
  | { t: "cmd"; id: string; name: string; args: Record<string, unknown> };
