package report

import "ringback/crm/task"

// LineResults are the labels of spec 2.4.1, in its order.
func LineResults() []Word {
	var out []Word
	for _, r := range task.LineResults() {
		out = append(out, Word{r.Code, r.ZH, r.EN})
	}
	return out
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
		{"planned", "准备拨出", "planned"},
		{"dialing", "拨号中", "dialling"},
		{"ringing", "振铃", "ringing"},
		{"checking", "识别中", "checking"},
		{"answered", "已接起", "answered"},
		{"bridged", "通话中", "talking"},
		{"wrap", "话后整理", "wrap-up"},
		{"wrap_overdue", "整理超时", "wrap-up overdue"},
		{"done", "已完成", "done"},
		{"void", "未拨出", "not dialled"},
		{"refused", "合规拦截", "refused by compliance"},
		{"failed", "未接通", "not reached"},
		{"abandoned", "放弃", "abandoned"},
		{"machine", "语音信箱", "machine"},
		{"unknown", "结果不明（服务器中断）", "unknown (server stopped)"},
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

// CallEvents are the labels of a call's steps.
func CallEvents() []Word {
	return []Word{
		{"dialing", "拨出", "dialled"},
		{"trying", "线路受理", "accepted by the trunk"},
		{"ringing", "对方振铃", "ringing"},
		{"early", "收到提示音", "early media"},
		{"answered", "对方接起", "answered"},
		{"bridged", "接到座席", "connected to the agent"},
		{"agent_audio_lost", "座席语音中断，客户听保持音乐", "agent's audio lost, customer on hold"},
		{"agent_audio_back", "座席语音恢复", "agent's audio back"},
		{"announcing", "播放提示语", "playing a prompt"},
		{"digit", "按键", "key pressed"},
		{"muted", "静音", "muted"},
		{"unmuted", "取消静音", "unmuted"},
		{"next_trunk", "换一条线路", "next trunk"},
		{"ended", "通话结束", "ended"},
	}
}

// CallEvent is the label of a call's step.
func CallEvent(kind string) Word { return label(CallEvents(), kind) }

// TaskStates are the labels of spec 2.4.5.
func TaskStates() []Word {
	return []Word{
		{"pending", "待处理", "pending"},
		{"queued", "待拨打", "to be called"},
		{"in_progress", "进行中", "in progress"},
		{"retry_wait", "待重拨", "waiting for the next try"},
		{"blocked", "合规暂停", "on hold"},
		{"completed", "已完成", "completed"},
		{"exhausted", "多次未通", "not reached"},
		{"refused", "客户拒访", "refused by the customer"},
		{"excluded", "规则排除", "excluded by rule"},
		{"cancelled", "已取消", "cancelled"},
	}
}

// TaskState is the label of a task's state.
func TaskState(code string) Word { return label(TaskStates(), code) }
