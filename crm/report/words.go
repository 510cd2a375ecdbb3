package report

// LineResults are the labels of spec 2.4.1, in its order.
func LineResults() []Word {
	return []Word{
		{"answered_human", "已接通", "answered by a person"},
		{"answered_machine", "语音信箱/助理", "voicemail or assistant"},
		{"abandoned", "放弃（接通无座席）", "abandoned"},
		{"no_answer", "无人接听", "no answer"},
		{"busy", "占线", "busy"},
		{"rejected", "拒接", "rejected"},
		{"blocked", "被拦截", "blocked"},
		{"power_off", "关机", "powered off"},
		{"unreachable", "无法接通", "unreachable"},
		{"suspended", "停机", "suspended"},
		{"empty_number", "空号", "number not in use"},
		{"forwarded", "呼叫转移", "forwarded"},
		{"trunk_fault", "线路故障", "trunk fault"},
		{"caller_cancel", "座席取消", "cancelled by us"},
		{"compliance_stop", "合规拦截（未拨出）", "not dialled: compliance"},
	}
}

// Departments are the labels of spec 2.4.8 that a script's question may charge.
func Departments() []Word {
	return []Word{
		{"reception", "前台接待", "reception"},
		{"workshop", "维修车间", "workshop"},
		{"bodypaint", "钣金喷漆", "body and paint"},
		{"parts", "配件", "parts"},
		{"cashier", "收银结算", "cashier"},
		{"wash", "洗车", "wash"},
		{"lounge", "客休区", "lounge"},
		{"insurance", "保险", "insurance"},
		{"warranty", "索赔", "warranty"},
		{"sales", "销售", "sales"},
		{"cs", "客服", "customer service"},
		{"other", "其他", "other"},
	}
}

// AttemptStates are the labels of an attempt's states (DESIGN.md §2).
func AttemptStates() []Word {
	return []Word{
		{"planned", "准备拨出", "planned"}, {"dialing", "拨号中", "dialling"}, {"ringing", "振铃", "ringing"},
		{"checking", "识别中", "checking"}, {"answered", "已接起", "answered"}, {"bridged", "通话中", "talking"},
		{"wrap", "话后整理", "wrap-up"}, {"wrap_overdue", "整理超时", "wrap-up overdue"}, {"done", "已完成", "done"},
		{"void", "未拨出", "not dialled"}, {"refused", "合规拦截", "refused by compliance"}, {"failed", "未接通", "not reached"},
		{"abandoned", "放弃", "abandoned"}, {"machine", "语音信箱", "machine"}, {"unknown", "结果不明（服务器中断）", "unknown (server stopped)"},
	}
}

func label(words []Word, code string) Word {
	for _, w := range words {
		if w.Code == code {
			return w
		}
	}
	return Word{Code: code, ZH: code, EN: code}
}

// LineResult is the label of a line result.
func LineResult(code string) Word { return label(LineResults(), code) }

// Department is the label of a department.
func Department(code string) Word { return label(Departments(), code) }

// AttemptState is the label of an attempt's state.
func AttemptState(code string) Word { return label(AttemptStates(), code) }
