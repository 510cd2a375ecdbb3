package task

// Reasons why a task is blocked, excluded or cancelled.
const (
	ReasonNoPhone     = "no_phone"
	ReasonStaff       = "staff_phone"
	ReasonShared      = "shared_phone"
	ReasonBadPhone    = "bad_phone"
	ReasonDNC         = "dnc"
	ReasonNoConsent   = "no_consent"       // CG-06: may still be given
	ReasonFrozen      = "complaint_freeze" // CG-07: until a day
	ReasonFatigue     = "fatigue"          // D-24
	ReasonTooLate     = "too_late"         // later than due + 4 days
	ReasonOrderVoid   = "work_order_void"
	ReasonReopened    = "work_order_reopened" // back in work, or handed over on another day
	ReasonAppointment = "appointment"
	ReasonVisited     = "visited"
	ReasonDeclined    = "declined" // M07 twice in a cycle (T-D6)
	ReasonBound       = "bound"
	ReasonLost        = "lost"
	ReasonInvalid     = "vehicle_gone"
	ReasonSuperseded  = "superseded" // a later touch of the same plan took over
	ReasonCorrected   = "corrected"  // TR-08, TR-80
	ReasonMoved       = "appointment_moved"
	ReasonMerged      = "merged" // the customer's other file had the same task
)

// AskedInCall is the reason of a task that no rule made: the customer asked for it.
const AskedInCall = "asked_in_call"

// heals tells whether the cause of a reason may end, so that the task is blocked
// and not excluded (spec 2.5.1: freeze, missing consent, bad phone).
func heals(reason string) bool {
	switch reason {
	case ReasonNoConsent, ReasonFrozen, ReasonBadPhone:
		return true
	}
	return false
}

// Channel is how a task reaches the customer; only calls are dialed.
type Channel string

// Channels of tasks. Messages and letters are no tasks: package message keeps them.
const (
	Call Channel = "call"
	Form Channel = "form" // a quick form to fill in (TR-04)
	Data Channel = "data" // a file to complete (TR-08, TR-80)
)

// Pool is whose work a task is when the customer has nobody of their own (column
// "who" of spec 2.7).
type Pool string

// Pools.
const (
	CSAgent    Pool = "cs_agent"
	SeniorCS   Pool = "senior_cs_agent"
	InfoClerk  Pool = "info_clerk"
	Renewal    Pool = "renewal_specialist"
	Advisor    Pool = "advisor"
	SameAgent  Pool = "same_agent"
	Manager    Pool = "insurance_manager"
	NobodyElse Pool = ""
)
