// Short names for the shapes of types.ts, which is generated from the server's
// own types (make generate): requests, answers, and what travels over the
// websocket. Nothing is described here. Times are RFC 3339 in UTC, money is fen,
// phones arrive masked, lists are never null.
import type { components } from "./types";

export type Schemas = components["schemas"];

export type Session = Schemas["SessionView"];
export type Locale = Session["user"]["locale"];
export type Permission = Session["permissions"][number];
export type Problem = Schemas["Problem"];
export type Catalog = Schemas["Catalog"];
export type SystemHealth = Schemas["SystemView"];

export type ImportBatch = Schemas["ImportView"];
export type ImportKind = Schemas["ImportKind"];
export type ImportField = ImportKind["fields"][number];
export type ImportTop = Schemas["ImportTop"];
export type ImportCorrection = Schemas["CorrectionInputBody"];
export type ApiKey = Schemas["AuthAPIKey"];
export type ApiKeyMade = Schemas["APIKeyMade"];
export type ImportRow = Schemas["ImportRow"];
export type ImportRows = Schemas["ImportRows"];
export type ImportOutcome = ImportRow["outcome"];

export type Campaign = Schemas["DialerCampaignView"];
export type CampaignDetail = Schemas["DialerCampaignDetail"];
export type CampaignState = Campaign["state"];
export type CampaignDraft = Schemas["CampaignInputBody"];
/** The modes a campaign can be made with. */
export type WhatIfPage = Schemas["WhatIfPage"];
export type WhatIfRun = Schemas["DialerWhatIf"];
export type WhatIfResult = Schemas["DialerWhatIfResult"];
export type WhatIfQuestion = Schemas["DialerQuestion"];
export type SimPoint = Schemas["SimPoint"];
export type SimSetting = Schemas["SimSetting"];
export type SimSource = Schemas["SimSource"];
export type SimSpan = Schemas["SimSpan"];
export type CampaignMode = CampaignDraft["mode"];
export type CampaignOptions = Schemas["DialerChoices"];
export type CampaignResults = Schemas["CampaignResultsPage"];
export type CampaignDay = Schemas["CampaignDay"];
export type CallSums = Schemas["ReportCallSums"];
export type Forecast = Schemas["DialerForecast"];
export type ForecastLine = Schemas["DialerForecastLine"];
export type Refusal = Schemas["DialerRefusalView"];
export type WhyTask = Schemas["WhyView"];
export type Sentence = WhyTask["answer"];

export type AttemptRow = Schemas["CallRow"];
export type AttemptDetail = Schemas["CallPage"];
export type CustomerRow = Schemas["CustomerHit"];
export type ListAbout = Schemas["ListAbout"];
export type ListAnswer = Schemas["ListAnswer"];
export type ListColumn = ListAbout["columns"][number];
export type ListFilter = ListAbout["filters"][number];
export type ListView = Schemas["ListView"];
export type CustomerFile = Schemas["CustomerFile"];
export type Moment = Schemas["MomentView"];
export type Promised = Schemas["PromiseView"];
export type FileVehicle = Schemas["FileVehicle"];
export type FilePhone = Schemas["FilePhone"];
export type ConsentEntry = Schemas["ConsentView"];
export type DNCEntry = Schemas["DNCView"];
export type FileMerge = Schemas["FileMerge"];
export type Review = Schemas["ReviewView"];
export type ReviewKind = Review["kind"];
export type ReviewState = Review["state"];
export type ReviewPage = Schemas["ReviewPage"];
export type ReviewFileSide = Schemas["ReviewSide"];
export type QuickForm = Schemas["QuickFormRow"];

export type FiguresPage = Schemas["FiguresPage"];
export type FigurePeriod = Schemas["FigurePeriod"];
export type FigureBox = Schemas["FigureBox"];
export type FigureView = Schemas["FigureView"];
export type FigureNumbers = Schemas["FigureNumbers"];
export type FigureRow = Schemas["FigureRowView"];

export type Desk = Schemas["DeskView"];
export type DeskState = Desk["state"];
export type DeskCall = Schemas["DeskCallView"];
export type CustomerCard = Schemas["DeskCard"];
export type Script = Schemas["DeskScriptView"];
export type ScriptNode = Schemas["DeskNodeView"];
export type AnswerSpec = Schemas["DeskAnswerForm"];
export type Tone = Schemas["DeskTag"]["tone"];
export type Wrap = Schemas["DeskWrapView"];
export type DeskRenewal = Schemas["DeskRenewalView"];
export type DeskBooking = Schemas["DeskBookingView"];
export type Bay = DeskBooking["bay"];
export type VisitDay = Schemas["VisitDay"];
export type VisitRow = Schemas["ReportVisitRow"];
export type RenewalsPage = Schemas["RenewalsPage"];
export type RenewalRow = Schemas["ReportRenewalRow"];
export type RenewalFile = Schemas["RenewalFile"];
export type InsurerList = Schemas["InsurerList"];
export type CallWindows = Schemas["CallWindows"];
export type CallSpan = CallWindows["wall"];
export type StorePlans = Schemas["StorePlans"];
export type StorePlan = Schemas["StorePlan"];
export type StoreBays = Schemas["StoreBays"];
export type StoreBay = Schemas["StoreBay"];
export type LastChange = Schemas["AuthLast"];
export type MessageRow = Schemas["ReportMessageRow"];
export type LetterRow = Schemas["LetterRow"];
export type ReworkRow = Schemas["ReportReworkRow"];
export type ReworksPage = Schemas["ReworksPage"];
export type SlotDay = Schemas["SlotDay"];
/** What a question holds: a word, a number, or a list of words. */
export type AnswerValue = number | string | string[];

export type Wallboard = Schemas["Board"];
export type BoardAgent = Schemas["ReportAgentNow"];

export type CommandError = Schemas["LiveTrouble"];
export type ServerFrame = Schemas["LiveServerFrame"];
export type ClientFrame = Schemas["LiveConsoleFrame"];
export type Topics = Schemas["LiveTopics"];
/** A topic's name as it is subscribed to; one campaign is named by its id. */
export type TopicName = Exclude<keyof Topics, "campaign"> | `campaign:${string}`;
export type ValueOf<N extends TopicName> = N extends keyof Topics ? Topics[N] : Topics["campaign"];
export type Commands = Schemas["LiveCommands"];
export type CommandName = keyof Commands;
