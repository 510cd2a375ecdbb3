package report

// RequiredItem is one item of Required by its code.
func RequiredItem(code string) Word { return label(Required(), code) }

// PhoneStatus is a number's status in words (spec 2.2.6).
func PhoneStatus(code string) Word {
	return label([]Word{
		{"ok", "可拨", "callable"},
		{"unknown", "未核实", "not verified"},
		{"wrong", "错号", "wrong number"},
		{"empty", "空号", "not in service"},
		{"suspended", "停机", "suspended"},
		{"staff", "员工号码", "an employee's"},
		{"shared", "多人共用，待核实", "shared, to be checked"},
		{"fake", "占位号码", "placeholder"},
	}, code)
}

// BlockedReason says why a task is held or was left out, in words.
func BlockedReason(code string) Word {
	return label([]Word{
		{"no_phone", "档案里没有可拨的号码，请补录", "the file has no number to call; add one"},
		{"staff_phone", "号码是员工的，不作回访", "the number is an employee's"},
		{"shared_phone", "号码多人共用，等信息员核实", "the number is shared; a clerk must check it"},
		{"bad_phone", "号码打不通，请更正", "the number does not work; correct it"},
		{"dnc", "客户要求勿扰", "the customer asked not to be called"},
		{"no_consent", "客户还没有授权这类来电", "no consent to such calls yet"},
		{"complaint_freeze", "投诉处理中，暂不联系", "a complaint is open; not called for now"},
		{"fatigue", "近期已回访过", "surveyed recently"},
		{"too_late", "已过回访期限", "too late for this call"},
		{"work_order_void", "工单已作废", "the order was voided"},
		{"work_order_reopened", "工单返回维修或改了交车日", "the order went back to work, or its hand-over to another day"},
		{"appointment", "已有预约", "an appointment is booked"},
		{"visited", "客户已来店", "the customer came"},
		{"declined", "客户两次明确不来", "declined twice"},
		{"bound", "已续保", "renewed"},
		{"lost", "已战败", "lost"},
		{"vehicle_gone", "车辆已出售或报废", "the vehicle is gone"},
		{"superseded", "被后一次提醒替代", "a later reminder took over"},
		{"corrected", "号码已更正", "the number was corrected"},
		{"appointment_moved", "预约已改期", "the appointment was moved"},
		{"merged", "档案合并，另有同样的任务", "merged: the file's other task does it"},
	}, code)
}

// MessageState is a short message's state in words.
func MessageState(code string) Word {
	return label([]Word{
		{"queued", "待发送", "waiting"},
		{"sent", "已发送", "sent"},
		{"delivered", "已送达", "delivered"},
		{"failed", "发送失败", "failed"},
		{"blocked", "未发送", "not sent"},
		{"cancelled", "已取消", "cancelled"},
	}, code)
}

// Underwriting is how a policy came about, in words (spec 2.4.16).
func Underwriting(code string) Word {
	return label([]Word{
		{"new_car", "新车", "new car"},
		{"renew_same", "续保（原公司）", "renewed, same insurer"},
		{"renew_switch", "续保（换公司）", "renewed, other insurer"},
		{"win_in", "转入", "won from elsewhere"},
		{"lapsed_back", "脱保后回来", "back after a lapse"},
	}, code)
}
