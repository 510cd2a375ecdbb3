package task

// LineResult is how an attempt ended on the line (线路结果, spec 2.4.1).
type LineResult struct {
	Code  string `json:"code"`
	ZH    string `json:"zh"`
	EN    string `json:"en"`
	Retry Policy `json:"retry"` // empty: the disposition decides, or nothing is tried again
}

// FindLineResult looks a code up.
func FindLineResult(code string) (LineResult, bool) {
	for _, r := range LineResults() {
		if r.Code == code {
			return r, true
		}
	}
	return LineResult{}, false
}

// LineResults are the shipped codes in their order.
func LineResults() []LineResult {
	return []LineResult{
		{"answered_human", "已接通-真人", "answered by a person", ""},
		{"answered_machine", "已接通-语音信箱/助理", "voicemail, phone-secretary or AI call assistant", "RP-MACHINE"},
		{"abandoned", "放弃(接通无座席)", "live answer with no agent within 2.0 s", "RP-ABANDON"},
		{"no_answer", "无人接听", "rang to timeout", "RP-NOANS"},
		{"busy", "占线", "busy", "RP-BUSY"},
		{"rejected", "拒接", "callee declined while ringing", "RP-REJECT"},
		{"blocked", "被拦截", "blocked by network or handset protection", "RP-BLOCK"},
		{"power_off", "关机", "powered off", "RP-OFF"},
		{"unreachable", "无法接通", "out of coverage / temporarily unreachable", "RP-OFF"},
		{"suspended", "停机", "service suspended for arrears", "RP-SUSP"},
		{"empty_number", "空号", "number not allocated", "RP-DEAD"},
		{"forwarded", "呼叫转移", "forwarded to another number", "RP-NOANS"},
		{"trunk_fault", "线路故障", "trunk or carrier failure", "RP-FAULT"},
		{"caller_cancel", "座席取消", "agent or system cancelled before answer", "RP-NOW"},
		{"compliance_stop", "合规拦截(未拨出)", "never dialled, rule engine refused", ""},
	}
}
