package report

import (
	"github.com/google/uuid"

	"ringback/crm/task"
)

// modes are the ways a call can come about (DESIGN.md §6).
func modes() []Word {
	return []Word{{"manual", "手动", "manual"}, {"preview", "预览", "preview"}, {"progressive", "渐进", "progressive"}, {"predictive", "预测", "predictive"}}
}

func dispositionWords() []Word {
	var out []Word
	for _, d := range task.Dispositions() {
		out = append(out, Word{d.Code, d.ZH, d.EN})
	}
	return out
}

func hangupWords() []Word {
	return []Word{{"customer", "客户", "customer"}, {"agent", "座席", "agent"}, {"system", "系统", "system"}, {"network", "网络", "network"}}
}

// secondsBetween is a whole number of seconds, half up.
func secondsBetween(from, to string) string {
	return `floor(extract(epoch FROM ` + to + ` - ` + from + `) + 0.5)::bigint`
}

// CampaignCalls is the list of a campaign's dialled calls, newest first, as a file has
// it. It is none of Lists: its pages are those of Calls, and only they who see calls
// see it.
func CampaignCalls(campaign uuid.UUID) List {
	return List{
		Word: Word{"calls", "外呼明细", "Calls"}, Sort: "-at",
		from: "attempt a", alias: "a", where: "a.campaign_id = '" + campaign.String() + "'::uuid AND " + wasDialed, own: "a.customer_id IN {own}", customer: "a.customer_id",
		Columns: []ListColumn{
			cell(MomentCell, "at", "时间", "Time", `a.business_at`).by(momentKey, "business_at"),
			cell(NameCell, "customer", "客户", "Customer", holderOf("a")),
			cell(PhoneCell, "phone", "号码", "Number", `a.called_last4`),
			cell(CodeCell, "mode", "方式", "Mode", `a.mode`).of(modes()),
			cell(NumberCell, "try", "第几次", "Try", `(SELECT count(*) FROM attempt b WHERE b.task_id = a.task_id AND b.dialed_at <= a.dialed_at)`),
			cell(TextCell, "caller", "主叫", "Caller", `right(a.caller_number, 4)`),
			cell(CodeCell, "result", "线路结果", "Line result", `a.line_result`).of(LineResults()),
			cell(CodeCell, "disposition", "结果", "Result", `a.disposition`).of(dispositionWords()),
			cell(TextCell, "agent", "座席", "Agent", `(SELECT u.name_zh FROM app_user u WHERE u.id = a.agent_id)`),
			cell(NumberCell, "ring", "振铃（秒）", "Ring (s)", secondsBetween("a.ringing_at", "coalesce(a.answered_at, a.ended_at)")),
			cell(NumberCell, "wait", "等座席（毫秒）", "Answer to agent (ms)", `floor(extract(epoch FROM a.bridged_at - a.answered_at) * 1000 + 0.5)::bigint`),
			cell(NumberCell, "talk", "通话（秒）", "Talk (s)", secondsBetween("a.bridged_at", "a.ended_at")),
			cell(NumberCell, "wrap", "整理（秒）", "Wrap-up (s)", `CASE WHEN `+wasTalked+` THEN `+secondsBetween("a.ended_at", wrapEnded)+` END`),
			cell(CodeCell, "hangup", "谁挂断", "Hung up by", `a.hangup_by`).of(hangupWords()),
			cell(CodeCell, "state", "状态", "State", `a.state`).of(AttemptStates()),
		},
		Filters: []ListFilter{
			by(DaysFilter, "day", "日期", "Date", func(a *arguments, v filterValue) string { return v.moments(a, "a.business_at") }),
		},
	}
}
