package task

// Kind is why a customer is called (任务类型, spec 2.4.4).
type Kind struct {
	Code  string `json:"code"`
	ZH    string `json:"zh"`
	EN    string `json:"en"`
	Class string `json:"class"` // service, reminder, commercial, care
}

// Kinds that a rule makes.
const (
	Followup3D      = "followup_3d" // the CSI call within three working days of delivery
	Followup7D      = "followup_7d"
	FirstService    = "first_service"
	PeriodicService = "periodic_service"
	WarrantyExpiry  = "warranty_expiry"
	RenewalFirst    = "renewal_first"
	RenewalQuote    = "renewal_quote"
	RenewalNext     = "renewal_next"
	RenewalFinal    = "renewal_final"
	ApptConfirm     = "appt_confirm"
	ApptNoShow      = "appt_noshow"
	DataFix         = "data_fix"
)

// QuickForm is desk work that TR-04 asks for: a dissatisfied answer whose quick
// form (快速处理表) was not written in the call. It is no call, so spec 2.4.4 does not
// list it.
const QuickForm = "quick_form"

// FindKind looks a code up.
func FindKind(code string) (Kind, bool) {
	for _, k := range Kinds() {
		if k.Code == code {
			return k, true
		}
	}
	if code == QuickForm {
		return Kind{QuickForm, "快速处理表待补", "quick form to be written", "service"}, true
	}
	return Kind{}, false
}

// skillOf is what an agent must be able to do for a kind.
func skillOf(kind string) string {
	switch kind {
	case Followup3D, Followup7D, "followup_club", "ssi_delivery":
		return "csi"
	case RenewalFirst, RenewalQuote, RenewalNext, RenewalFinal:
		return "renewal"
	case "complaint_second", "complaint_progress", QuickForm:
		return "complaint"
	}
	return ""
}

// IsSurvey tells whether calls of this kind ask for scores: do-not-call scope
// survey and survey fatigue (D-24) hold for them.
func IsSurvey(kind string) bool {
	switch kind {
	case Followup3D, "followup_7d", "followup_club", "ssi_delivery":
		return true
	}
	return false
}

// Kinds are the shipped kinds in their order.
func Kinds() []Kind {
	return []Kind{
		{"followup_3d", "三日回访", "CSI follow-up after service", "service"},
		{"followup_7d", "七日跟踪", "7-day after-service check", "service"},
		{"followup_club", "会员回访", "club member follow-up", "service"},
		{"first_service", "首保提醒", "first-maintenance invitation", "reminder"},
		{"periodic_service", "定保提醒", "periodic-maintenance invitation", "reminder"},
		{"renewal_first", "续保首呼", "renewal first call", "commercial"},
		{"renewal_quote", "续保报价跟进", "call within 3 days after quote", "commercial"},
		{"renewal_next", "续保再跟进", "agreed next contact", "commercial"},
		{"renewal_final", "续保到期前提醒", "last reminder before expiry", "reminder"},
		{"complaint_second", "投诉二次回访", "second call after resolution", "service"},
		{"complaint_progress", "投诉进度告知", "progress call to complainant", "service"},
		{"rework_check", "返修回访", "check call after rework", "service"},
		{"ssi_delivery", "新车SSI回访", "new-car delivery survey", "service"},
		{"churn_winback", "流失挽回", "lost-customer win-back", "commercial"},
		{"lost_sale_service", "周边他销客户招揽", "nearby buyer from another store", "commercial"},
		{"appt_confirm", "预约确认", "appointment confirmation", "service"},
		{"appt_noshow", "爽约回访", "no-show call", "service"},
		{"tech_callback", "技术回电", "technician call-back", "service"},
		{"assigned_contact", "分配客户一周沟通", "first contact within a week of assignment", "service"},
		{"birthday_care", "生日关怀", "birthday care", "care"},
		{"key_account_care", "大客户回访", "key-account care call", "service"},
		{"event_invite", "活动邀约", "event invitation", "commercial"},
		{"notice", "重要通知", "store move, recall or safety notice", "service"},
		{"warranty_expiry", "质保到期提醒", "warranty expiry reminder", "reminder"},
		{"ebike_exchange", "三年半换新提醒", "42-month exchange eligibility notice", "service"},
		{"data_fix", "资料补全", "complete missing customer data", "service"},
		{"home_visit", "上门访问", "home visit from the sampled list", "service"},
	}
}
