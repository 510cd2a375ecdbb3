package dialer

// Reason codes beside the rules of spec 2.6: why a task waits although nothing
// refused it.
const (
	WhyTime     = "TIME"     // its own time has not come
	WhyBlocked  = "BLOCKED"  // held by the task rules
	WhyClosed   = "CLOSED"   // it is over
	WhyInCall   = "IN_CALL"  // being called this moment
	WhyInHand   = "IN_HAND"  // an agent has it
	WhyNobody   = "CAMPAIGN" // no campaign runs over its kind
	WhyPaused   = "PAUSED"   // the campaign stands still
	WhyNoAgent  = "AGENT"    // nobody is signed on for it
	WhyInQueue  = "QUEUE"    // its turn comes
	WhyRedisOut = "REDIS"    // the hot store is away
)

// Label is a reason in two words, for counts.
type Label struct{ ZH, EN string }

// LabelOf names a reason.
func LabelOf(code string) Label {
	l, ok := map[string]Label{
		"CG-01": {"无可拨号码", "no number"}, "CG-02": {"法定时段外", "outside legal hours"}, "CG-03": {"客户指定时段", "preferred hours"},
		"CG-04": {"节假日静默", "quiet day"}, "CG-05": {"勿扰", "do not call"}, "CG-06": {"未授权", "no consent"}, "CG-07": {"投诉静默或停呼", "complaint or hold"},
		"CG-08": {"近期已拨", "called lately"}, "CG-09": {"近期已访", "surveyed lately"}, "CG-10": {"次数用完", "tries used up"},
		"CG-11": {"须录音", "needs recording"}, "CG-12": {"主叫号码不可用", "caller number"}, "CG-13": {"无合适座席", "no suitable agent"}, "CG-14": {"排队", "queue"},
		WhyTime: {"未到时间", "not due yet"}, WhyBlocked: {"暂停中", "on hold"}, WhyClosed: {"已结束", "closed"}, WhyInCall: {"正在呼叫", "being called"},
		WhyInHand: {"座席处理中", "with an agent"}, WhyNobody: {"没有活动", "no campaign"}, WhyPaused: {"活动暂停", "campaign paused"},
		WhyNoAgent: {"没有座席", "no agent"}, WhyInQueue: {"排队中", "in the queue"}, WhyRedisOut: {"缓存不可用", "Redis is away"},
	}[code]
	if !ok {
		return Label{code, code}
	}
	return l
}
