package task

// Disposition is what a conversation achieved (业务结果码, spec 2.4.2).
type Disposition struct {
	Code     string `json:"code"`
	ZH       string `json:"zh"`
	EN       string `json:"en"`
	Group    string `json:"group"`
	RPC      bool   `json:"rpc"`      // right party contact
	Complete bool   `json:"complete"` // the script's purpose was reached
	Closes   bool   `json:"closes"`   // ends the task
	Retry    Policy `json:"retry"`    // when it does not
	Effect   string `json:"effect"`   // what follows, for package desk
}

// FindDisposition looks a code up.
func FindDisposition(code string) (Disposition, bool) {
	for _, d := range Dispositions() {
		if d.Code == code {
			return d, true
		}
	}
	return Disposition{}, false
}

// Closed is the state a closing disposition ends a task in: reached, refused, or
// never to be reached by a call.
func (d Disposition) Closed() State {
	switch {
	case d.Complete:
		return Completed
	case d.Code == "C04" || d.Code == "C05":
		return Refused
	}
	return Excluded
}

// Dispositions are the shipped codes in their order.
func Dispositions() []Disposition {
	return []Disposition{
		{"C00", "完成", "script completed", "common", true, true, true, "", ""},
		{"C01", "部分完成(中途挂断)", "partly completed", "common", true, false, false, "RP-PARTIAL", ""},
		{"C02", "约定再联系", "call-back agreed for a time", "common", true, false, false, "RP-CALLBACK", ""},
		{"C03", "客户忙/不方便", "busy, no time agreed", "common", true, false, false, "RP-BUSYNOW", ""},
		{"C04", "拒绝本次回访", "refuses this call", "common", true, false, true, "", ""},
		{"C05", "要求不再来电(勿扰)", "asks not to be called again", "common", true, false, true, "", "add_dnc"},
		{"C06", "错号/查无此人", "wrong number", "common", false, false, false, "RP-NEXTPHONE", ""},
		{"C07", "他人代接", "another person answered", "common", false, false, false, "RP-BUSYNOW", ""},
		{"C08", "语言/听力障碍", "language or hearing barrier", "common", true, false, true, "", ""},
		{"C09", "车辆已转让/过户", "vehicle sold or transferred", "common", true, false, true, "", "ownership_review"},
		{"C10", "疑似占位号/员工号", "number belongs to staff or is a placeholder", "common", false, false, false, "RP-NEXTPHONE", "phone_review"},
		{"C11", "转快速处理(投诉/抱怨)", "complaint raised, quick form created", "common", true, true, true, "", ""},
		{"C12", "静音/无声", "dead air", "common", false, false, false, "RP-NOANS", ""},
		{"C13", "开场即挂断", "hung up in the opening", "common", false, false, false, "RP-HANGUP", ""},
		{"C14", "客户已故/号主变更", "deceased or number re-assigned", "common", false, false, true, "", "phone_review"},
		{"M01", "已预约", "appointment made", "maintenance", true, true, true, "", ""},
		{"M02", "同意到店-时间未定", "will come, no time yet", "maintenance", true, true, false, "RP-7D", ""},
		{"M03", "已在本店保养", "already serviced here", "maintenance", true, true, true, "", ""},
		{"M04", "已在他店保养", "already serviced elsewhere", "maintenance", true, true, true, "", "churn_signal"},
		{"M05", "里程/时间未到", "not due yet, mileage updated", "maintenance", true, true, true, "", "recompute_due"},
		{"M06", "车辆在外地", "vehicle is out of town", "maintenance", true, true, false, "RP-30D", ""},
		{"M07", "暂不保养", "declines for now", "maintenance", true, true, true, "", "churn_signal"},
		{"M08", "车辆停用/报废", "vehicle out of use or scrapped", "maintenance", true, true, true, "", "vehicle_inactive"},
		{"I01", "有意向-待报价", "interested, quote wanted", "renewal", true, true, true, "", "quote_request"},
		{"I02", "已报价-待跟进", "quote sent, follow up", "renewal", true, true, true, "", "quote_followup_task"},
		{"I03", "考虑/比价中", "considering, comparing", "renewal", true, true, true, "", "next_contact_required"},
		{"I04", "承诺续保", "promised to renew", "renewal", true, true, true, "", "next_contact_required"},
		{"I05", "已出单", "bound", "renewal", true, true, true, "", "bind"},
		{"I06", "战败", "lost, reason mandatory", "renewal", true, true, true, "", "lost_reason_required"},
		{"I07", "未到续保期-改期", "too early, later date agreed", "renewal", true, true, true, "", "next_contact_required"},
		{"I08", "要求发送车辆保险建议书", "asks for the written proposal", "renewal", true, true, true, "", "send_proposal"},
		{"Q01", "二次回访-满意闭环", "second call, satisfied, closed", "complaint", true, true, true, "", ""},
		{"Q02", "二次回访-接受/理解闭环", "second call, accepted, closed", "complaint", true, true, true, "", ""},
		{"Q03", "二次回访-不满意重开", "second call, not satisfied, reopened", "complaint", true, true, true, "", "reopen_complaint"},
		{"Q04", "二次回访-未解决重开", "second call, not resolved, reopened", "complaint", true, true, true, "", "reopen_complaint"},
		{"Q05", "客户要求升级", "customer asks to escalate", "complaint", true, true, true, "", "escalate_complaint"},
		{"A01", "确认到店", "appointment confirmed", "appointment", true, true, true, "", ""},
		{"A02", "改期", "rescheduled", "appointment", true, true, true, "", ""},
		{"A03", "取消预约", "cancelled", "appointment", true, true, true, "", ""},
		{"A04", "爽约-已重约", "no-show, re-booked", "appointment", true, true, true, "", ""},
		{"A05", "爽约-不再预约", "no-show, will not come", "appointment", true, true, true, "", "churn_signal"},
		{"H01", "热线-当场解决", "hotline, solved on the call", "hotline", true, true, true, "", ""},
		{"H02", "热线-转技术回电", "hotline, technician will call back", "hotline", true, true, true, "", "tech_callback"},
		{"H03", "热线-转投诉", "hotline, complaint registered", "hotline", true, true, true, "", "quick_form"},
		{"H04", "热线-已预约", "hotline, appointment made", "hotline", true, true, true, "", ""},
		{"H05", "热线-转接他部门", "hotline, transferred", "hotline", true, true, true, "", ""},
		{"H06", "热线-无效来电", "hotline, nuisance or silent call", "hotline", false, true, true, "", ""},
		{"W01", "流失挽回-已预约", "win-back, appointment made", "churn", true, true, true, "", ""},
		{"W02", "流失挽回-有意回店", "win-back, may return", "churn", true, true, false, "RP-30D", ""},
		{"W03", "流失确认-原因已记录", "churn confirmed, reason recorded", "churn", true, true, true, "", ""},
	}
}
