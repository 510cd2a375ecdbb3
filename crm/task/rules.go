package task

// trigger is what brings a rule: the first column of spec 2.7.
type trigger string

const (
	orderDelivered trigger = "work order delivered"
	numberBad      trigger = "phone invalid"
	fileOpened     trigger = "new file at the 17:00 audit"
	formMissing    trigger = "dissatisfied answer without a quick form"
	callsUsedUp    trigger = "task exhausted"
)

// way is the column "channel": how a rule reaches its customer.
type way string

const (
	byCall        way = "call"
	byCallOrSMS   way = "call or SMS" // the message when no call may be made
	bySMS         way = "SMS"
	byLetter      way = "letter"
	byLetterOrSMS way = "letter, else SMS" // the message when there is no address (T-D7)
	byForm        way = "form"
	byFile        way = "data_fix"
)

// rule is one row of the table of spec 2.7. What stops a task is in stops.go, how
// it is tried again in retry.go.
type rule struct {
	id    string
	on    trigger
	only  condition // of the occasion, beyond the trigger; nil: always
	from  moment    // not before
	due   moment
	via   way
	kind  string // of the task; none for messages and letters
	text  string // script of a call; template of a message, and of a letter before "|"
	prio  int
	who   Pool
	max   int    // attempts
	touch string // which touch of a plan it is; touches of one plan have tasks of their own
	more  extra
}

// extra is what few rules have.
type extra struct {
	preview bool // an agent reads it before it is dialed
	ahead   int  // days before "not before" on which the task is written down; 0: on the day
	late    bool // past its due day it is still kept, as excluded: it counts as not surveyed
}

// rules is spec 2.7.
func rules() []rule {
	return []rule{
		{"TR-01", orderDelivered, surveyedSmall, opening(1), workdays(3), byCall, Followup3D, "csi_followup_3d", 60, CSAgent, 4, "", extra{ahead: 30, late: true}},
		{"TR-02", orderDelivered, sevenDay, clockOf(7, 10), clockOf(9, 18), byCall, Followup7D, "followup_7d", 45, InfoClerk, 3, "", extra{}},
		{"TR-03", orderDelivered, surveyedKey, opening(1), workdays(3), byCall, Followup3D, "csi_followup_3d", 75, SeniorCS, 4, "", extra{ahead: 30, late: true, preview: true}},
		{"TR-04", formMissing, nil, atOnce, closingFromNow(0), byForm, QuickForm, "quick_handling", 90, SameAgent, 0, "", extra{}},
		{"TR-05", callsUsedUp, followUpOnly, atOnce, closingFromNow(3), bySMS, "", "missed_followup", 10, NobodyElse, 1, "", extra{}},
		{"TR-08", fileOpened, hasGaps, atOnce, clockFromNow(1, 18), byFile, DataFix, "", 35, Advisor, 0, "gaps", extra{}},
		{"TR-16", orderDelivered, firstService, atOnce, closingOf(30), byLetter, "", "first_service_thanks", 10, InfoClerk, 1, "", extra{}},
		{"TR-18", orderDelivered, declinedSafety, opening(14), closingOf(21), byCall, PeriodicService, "periodic_maintenance_reminder", 50, Advisor, 2, "safety", extra{}},
		{"TR-80", numberBad, nil, atOnce, workdaysFromNow(5), byFile, DataFix, "", 35, InfoClerk, 0, "", extra{}},
	}
}
