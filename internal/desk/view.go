package desk

import (
	"time"

	"ringback/crm/report"
)

// View is everything an agent's desk shows: the value of topic "desk". Times of
// the call are real time; promises (due, call-back, visits) are business time.
// Today, the dialer's words, NextCallbacks and LastCall are of an agent between
// calls: with a customer in hand nobody looks at them, and they are empty.
type View struct {
	State          string          `json:"state" enum:"offline,ready,reserved,preview,dialing,ringing,talking,holding,consult,wrapup,paused,lost"`
	Since          *time.Time      `json:"since"`
	Reason         string          `json:"reason"`
	ReasonZH       string          `json:"reasonZh"`
	ReasonEN       string          `json:"reasonEn"`
	Wants          string          `json:"wants"`
	WantsReason    string          `json:"wantsReason"`
	LeavesBy       *time.Time      `json:"leavesBy,omitempty" doc:"real time at which the lines that count on a ready agent who asked to leave are over at the latest"`
	Device         string          `json:"device"`
	Audio          string          `json:"audio" enum:"down,connecting,up"`
	Muted          bool            `json:"muted"`
	Elsewhere      bool            `json:"elsewhere"`
	ServerNow      time.Time       `json:"serverNow"`
	Today          Today           `json:"today"`
	DialerZH       string          `json:"dialerZh"`
	DialerEN       string          `json:"dialerEn"`
	NextCallbacks  []Callback      `json:"nextCallbacks"`
	LastCall       *LastCall       `json:"lastCall,omitempty"`
	PhoneExtension *PhoneExtension `json:"phoneExtension,omitempty"`
	Task           *TaskView       `json:"task,omitempty"`
	Card           *Card           `json:"card,omitempty"`
	Call           *CallView       `json:"call,omitempty"`
	Script         *ScriptView     `json:"script,omitempty"`
	QuickForm      *FormView       `json:"quickForm,omitempty"`
	Renewal        *RenewalView    `json:"renewal,omitempty"`
	Booking        *BookingView    `json:"booking,omitempty"`
	Wrap           *WrapView       `json:"wrap,omitempty"`
	Saved          Saved           `json:"saved"`
}

// Today is the agent's day so far.
type Today struct {
	Calls     int    `json:"calls"`
	Answered  int    `json:"answered"`
	Completed int    `json:"completed"`
	TalkMS    int64  `json:"talkMs"`
	AvgScore  *Score `json:"avgScore,omitempty"`
}

// Score is a mean as sum and count.
type Score struct {
	Sum int64 `json:"sum"`
	N   int   `json:"n"`
}

// Named is a row to open and its name.
type Named struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// Callback is a call agreed with a customer.
type Callback struct {
	At       time.Time `json:"at"`
	Customer Named     `json:"customer"`
	TaskID   string    `json:"taskId"`
}

// LastCall is the call before.
type LastCall struct {
	CustomerName  string     `json:"customerName"`
	DispositionZH string     `json:"dispositionZh"`
	DispositionEN string     `json:"dispositionEn"`
	EndedAt       *time.Time `json:"endedAt,omitempty"`
}

// PhoneExtension is the agent's desk phone.
type PhoneExtension struct {
	Number     string `json:"number"`
	Registered bool   `json:"registered"`
}

// TaskView is why this customer is called.
type TaskView struct {
	ID         string     `json:"id"`
	Kind       string     `json:"kind"`
	KindZH     string     `json:"kindZh"`
	KindEN     string     `json:"kindEn"`
	WhyZH      string     `json:"whyZh"`
	WhyEN      string     `json:"whyEn"`
	DueAt      time.Time  `json:"dueAt"`
	Attempts   int        `json:"attempts"`
	CallbackAt *time.Time `json:"callbackAt,omitempty"`
}

// Coded is a code with its words.
type Coded struct {
	Code string `json:"code"`
	ZH   string `json:"zh"`
	EN   string `json:"en"`
}

// Tag on the customer's card; tone is info, warn or bad.
type Tag struct {
	Code string `json:"code"`
	ZH   string `json:"zh"`
	EN   string `json:"en"`
	Tone string `json:"tone" enum:"info,ok,warn,bad"`
}

// Card is who is called. Until the script has confirmed who speaks, what
// identifies vehicle, work or amounts is blank and Covered is true (3.2.9).
type Card struct {
	ID            string        `json:"id"`
	Name          string        `json:"name"`
	Surname       string        `json:"surname"`
	Honorific     string        `json:"honorific"`
	CallName      string        `json:"callName"`
	Tags          []Tag         `json:"tags"`
	Phones        []PhoneView   `json:"phones"`
	PreferredTime string        `json:"preferredTime"`
	Confirmed     bool          `json:"confirmed"`
	Covered       bool          `json:"covered"`
	Vehicle       *VehicleView  `json:"vehicle,omitempty"`
	Visit         *VisitView    `json:"visit,omitempty"`
	Visits        []PastVisit   `json:"visits"`
	Calls         []PastCall    `json:"calls"`
	LastWords     *LastWords    `json:"lastWords,omitempty"`
	OtherVehicles int           `json:"otherVehicles"`
	Complete      int           `json:"complete" doc:"percent of the file's required items"`
	Gaps          []report.Word `json:"gaps" doc:"items the file misses that may be asked for (A-12)"`
}

// PhoneView is one number of the customer, masked.
type PhoneView struct {
	ID      string `json:"id"`
	Masked  string `json:"masked"`
	Role    string `json:"role"`
	Status  string `json:"status"`
	Current bool   `json:"current"`
}

// VehicleView is the vehicle that the call is about. Days are "2006-01-02".
type VehicleView struct {
	ID          string `json:"id"`
	Plate       string `json:"plate"`
	Model       string `json:"model"`
	Series      string `json:"series"`
	MileageKm   *int   `json:"mileageKm,omitempty"`
	MileageAt   string `json:"mileageAt,omitempty"`
	WarrantyEnd string `json:"warrantyEnd,omitempty"`
	NextDueDate string `json:"nextDueDate,omitempty"`
	NextDueKm   *int   `json:"nextDueKm,omitempty"`
	VIN         string `json:"vin"`
}

// VisitView is the visit that is followed up.
type VisitView struct {
	ID                string     `json:"id"`
	RoNo              string     `json:"roNo"`
	KindZH            string     `json:"kindZh"`
	KindEN            string     `json:"kindEn"`
	OpenedAt          *time.Time `json:"openedAt,omitempty"`
	DeliveredAt       *time.Time `json:"deliveredAt,omitempty"`
	PromisedAt        *time.Time `json:"promisedAt,omitempty"`
	LateMinutes       *int       `json:"lateMinutes,omitempty"`
	Advisor           string     `json:"advisor"`
	Technician        string     `json:"technician"`
	Items             string     `json:"items"`
	TotalFen          *int64     `json:"totalFen,omitempty"`
	PreferredCallTime string     `json:"preferredCallTime"`
	Note              string     `json:"note"`
}

// PastVisit is one of the last five.
type PastVisit struct {
	ID       string     `json:"id"`
	At       *time.Time `json:"at,omitempty"`
	KindZH   string     `json:"kindZh"`
	KindEN   string     `json:"kindEn"`
	TotalFen *int64     `json:"totalFen,omitempty"`
	RoNo     string     `json:"roNo"`
}

// PastCall is one of the last five.
type PastCall struct {
	ID       string    `json:"id"`
	At       time.Time `json:"at"`
	KindZH   string    `json:"kindZh"`
	KindEN   string    `json:"kindEn"`
	ResultZH string    `json:"resultZh"`
	ResultEN string    `json:"resultEn"`
}

// LastWords is what the customer said the last time.
type LastWords struct {
	At   time.Time `json:"at"`
	Text string    `json:"text"`
}

// CallView is the call in hand.
type CallView struct {
	AttemptID    string     `json:"attemptId"`
	State        string     `json:"state" enum:"planned,dialing,ringing,checking,answered,bridged,wrap,wrap_overdue"`
	CalledMasked string     `json:"calledMasked"`
	Trunk        string     `json:"trunk"`
	CallerNumber string     `json:"callerNumber"`
	StartedAt    time.Time  `json:"startedAt"`
	RingingAt    *time.Time `json:"ringingAt,omitempty"`
	AnsweredAt   *time.Time `json:"answeredAt,omitempty"`
	BridgedAt    *time.Time `json:"bridgedAt,omitempty"`
	EndedAt      *time.Time `json:"endedAt,omitempty"`
	HangupBy     string     `json:"hangupBy,omitempty"`
	LineResult   string     `json:"lineResult,omitempty"`
	LineResultZH string     `json:"lineResultZh,omitempty"`
	LineResultEN string     `json:"lineResultEn,omitempty"`
	Timeline     []Moment   `json:"timeline"`
	Levels       *Levels    `json:"levels,omitempty"`
}

// Levels are the loudest samples of late, 0–255.
type Levels struct {
	In  uint8 `json:"in"`
	Out uint8 `json:"out"`
}

// Moment is one step of the call in words.
type Moment struct {
	At   time.Time `json:"at"`
	Kind string    `json:"kind"`
	ZH   string    `json:"zh"`
	EN   string    `json:"en"`
}

// ScriptView is where the script stands.
type ScriptView struct {
	ResponseID    string       `json:"responseId"`
	ScriptID      string       `json:"scriptId"`
	Version       int          `json:"version"`
	TitleZH       string       `json:"titleZh"`
	TitleEN       string       `json:"titleEn"`
	Node          NodeView     `json:"node"`
	Path          []Crumb      `json:"path"`
	Identified    bool         `json:"identified"`
	Short         bool         `json:"short"`
	Progress      Progress     `json:"progress"`
	NextZH        string       `json:"nextZh"`
	NextEN        string       `json:"nextEn"`
	PendingFormZH string       `json:"pendingFormZh"`
	PendingFormEN string       `json:"pendingFormEn"`
	Answers       []AnswerView `json:"answers"`
	InForm        bool         `json:"inForm"`
	CanShorten    bool         `json:"canShorten"`
}

// Progress counts the questions that apply.
type Progress struct {
	Done  int `json:"done"`
	Total int `json:"total"`
}

// NodeView is the node to read or ask.
type NodeView struct {
	ID          string      `json:"id"`
	Kind        string      `json:"kind" enum:"say,ask,end"`
	Tag         string      `json:"tag"`
	ZH          string      `json:"zh"`
	EN          string      `json:"en"`
	HintZH      string      `json:"hintZh"`
	Key         string      `json:"key,omitempty"`
	Answer      *AnswerForm `json:"answer,omitempty"`
	Current     *Current    `json:"current,omitempty"`
	CanBack     bool        `json:"canBack"`
	Outcome     string      `json:"outcome,omitempty"`
	HangupAfter *time.Time  `json:"hangupAfter,omitempty"` // real time from which hanging up needs no reason
}

// AnswerForm says how the question is answered.
type AnswerForm struct {
	Type     string       `json:"type" enum:"score10,score5,nps,yesno,choice,multi,number,money,date,datetime,text,verbatim,phone,name,none"`
	Options  []OptionView `json:"options,omitempty"`
	Min      *float64     `json:"min,omitempty"`
	Max      *float64     `json:"max,omitempty"`
	NA       bool         `json:"na"`
	Refuse   bool         `json:"refuse"`
	Required bool         `json:"required"`
	MinChars int          `json:"minChars,omitempty"`
	Bay      string       `json:"bay,omitempty" enum:"fast,general,body"` // the time is a free slot of this kind of bay
}

// OptionView is one choice with its key.
type OptionView struct {
	Value string `json:"value"`
	ZH    string `json:"zh"`
	EN    string `json:"en"`
	Key   string `json:"key"`
}

// Current is what the question already holds: an answer to correct, words that
// wait, or a proposal of the system.
type Current struct {
	Value    any    `json:"value,omitempty"`
	Verbatim string `json:"verbatim,omitempty"`
	Skipped  string `json:"skipped,omitempty"`
}

// Crumb is one answered node of the way.
type Crumb struct {
	Node    string `json:"node"`
	Key     string `json:"key,omitempty"`
	LabelZH string `json:"labelZh"`
	LabelEN string `json:"labelEn"`
	ValueZH string `json:"valueZh"`
	ValueEN string `json:"valueEn"`
	Tone    string `json:"tone" enum:"info,ok,warn,bad"`
}

// AnswerView is one answer of the call. SavedAt is real time.
type AnswerView struct {
	Key        string    `json:"key"`
	Node       string    `json:"node"`
	QuestionZH string    `json:"questionZh"`
	QuestionEN string    `json:"questionEn"`
	ValueZH    string    `json:"valueZh"`
	ValueEN    string    `json:"valueEn"`
	Verbatim   string    `json:"verbatim,omitempty"`
	SavedAt    time.Time `json:"savedAt"`
	Dept       string    `json:"dept"`
}

// FormView is the quick form of the call (快速处理表).
type FormView struct {
	ID          string    `json:"id"`
	No          string    `json:"no"`
	Categories  []Coded   `json:"categories"`
	Level       Coded     `json:"level"`
	Verbatim    string    `json:"verbatim"`
	Demand      string    `json:"demand"`
	ContactTime string    `json:"contactTime"`
	SafeToDrive string    `json:"safeToDrive"`
	Departments []Coded   `json:"departments"`
	CreatedAt   time.Time `json:"createdAt"`
}

// WrapView is the choice of the result.
type WrapView struct {
	Proposed   string       `json:"proposed"`
	Until      *time.Time   `json:"until,omitempty"`
	Options    []ResultView `json:"options"`
	Notes      string       `json:"notes"`
	CallbackAt *time.Time   `json:"callbackAt,omitempty"`
	Missing    []Missing    `json:"missing"`
}

// ResultView is a result with its key; the proposed one comes first. Needs is what has
// to be given with it: a time, a slot of the workshop, or why a renewal is lost.
type ResultView struct {
	Code  string `json:"code"`
	ZH    string `json:"zh"`
	EN    string `json:"en"`
	Key   string `json:"key"`
	Needs string `json:"needs,omitempty" enum:"time,slot,lost"`
}

// Missing is a required question without an answer.
type Missing struct {
	Key        string `json:"key"`
	Node       string `json:"node"`
	QuestionZH string `json:"questionZh"`
	QuestionEN string `json:"questionEn"`
}

// Saved says what the server holds of this call. At is real time.
type Saved struct {
	Answers int        `json:"answers"`
	Words   int        `json:"words"`
	At      *time.Time `json:"at,omitempty"`
}
