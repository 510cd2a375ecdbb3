package dialer

import (
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"

	"ringback/crm/task"
)

// Sentence is one thing that stands between a task and its call.
type Sentence struct {
	Code    string     `json:"code"` // a rule of spec 2.6, or one of the Why codes
	LabelZH string     `json:"labelZh"`
	LabelEN string     `json:"labelEn"`
	ZH      string     `json:"zh"`
	EN      string     `json:"en"`
	Until   *time.Time `json:"until,omitempty"` // business time it ends by itself, when that is known
}

// Why is why a task has not been called: the answer, what else stands in the way,
// and everything the gate ever refused.
type Why struct {
	TaskID   uuid.UUID     `json:"taskId"`
	Kind     string        `json:"kind"`
	State    task.State    `json:"state"`
	Answer   Sentence      `json:"answer"`
	Also     []Sentence    `json:"also"`
	NextAt   *time.Time    `json:"nextAt,omitempty"` // the first moment the gate would allow the call, when that is known
	Refusals []RefusalView `json:"refusals"`
}

// Story is what there is to know about a task when somebody asks. It is a value:
// obstacles looks at nothing else.
type Story struct {
	Facts
	State         task.State
	BlockedReason string
	Disposition   string // of the last conversation, in words
	DispositionEN string
	LineResult    string // of the last try, in words
	LineResultEN  string
	OwnTime       time.Time // not before, or the next try
	Retrying      bool      // OwnTime is a next try
	Live          AttemptState
	Campaigns     []Standing // over its kind, in its store
	Waits         []RefusalView
}

// Standing is a campaign as it stands.
type Standing struct {
	Name     string
	State    CampaignState
	Reason   string
	SignedOn int
	Ready    int
	RedisOut bool
}

// obstacles tells in which order things stand in the way of a call, the decisive one
// first: it is over or under way, the gate stops it, its time has not come, the
// gate has it wait, there is no campaign, the campaign stands still, there is no
// agent, others come first.
func obstacles(s Story) []Sentence {
	if done, over := s.settled(); over {
		return []Sentence{done}
	}
	var out []Sentence
	checks, v := judge(s.Facts, rules())
	if first, ok := v.of(checks); ok && v.Outcome == OutcomeStop {
		out = append(out, first.sentence())
	}
	if s.State == task.Blocked {
		zh, en := blockedWords(s.BlockedReason)
		out = append(out, say(WhyBlocked, zh, en, time.Time{}))
	}
	if s.OwnTime.After(s.Now) {
		out = append(out, s.ownWords())
	}
	for _, c := range checks {
		told := slices.ContainsFunc(out, func(w Sentence) bool { return w.Code == c.Rule })
		if !told && c.Rule != "CG-14" {
			out = append(out, c.sentence())
		}
	}
	if where, ok := s.standing(); !ok {
		return append(out, where)
	}
	if c := ledgerRule(s.Facts); c.Outcome != OutcomeOK {
		c.Rule = "CG-14"
		return append(out, c.sentence())
	}
	if len(out) > 0 {
		return out
	}
	return []Sentence{say(WhyInQueue, "排在其他任务后面，轮到时就会拨打。", "Other tasks come first; it is called when its turn comes.", time.Time{})}
}

// settled tells of a task that is over, or being worked on this moment.
func (s Story) settled() (Sentence, bool) {
	switch {
	case s.Live == Planned || s.Live == Dialing || s.Live == Ringing || s.Live == Checking:
		return say(WhyInCall, "正在拨打这位客户。", "The customer is being called this moment.", time.Time{}), true
	case s.Live == Answered || s.Live == Bridged:
		return say(WhyInCall, "正在和这位客户通话。", "The customer is on the line this moment.", time.Time{}), true
	case s.State == task.InProgress:
		return say(WhyInHand, "任务在座席手里，等待拨打或填写结果。", "An agent has the task in hand.", time.Time{}), true
	case s.State.Open():
		return Sentence{}, false
	}
	zh, en := s.closedWords()
	return say(WhyClosed, zh, en, time.Time{}), true
}

func (s Story) closedWords() (zh, en string) {
	switch s.State {
	case task.Completed:
		return "任务已完成" + tail("：", s.Disposition) + "。", "The task is completed" + tail(": ", s.DispositionEN) + "."
	case task.Refused:
		return "客户拒绝了这次来电，不再拨打。", "The customer refused this call; it is not made again."
	case task.Exhausted:
		return fmt.Sprintf("已拨 %d 次未能联系上%s，不再拨打；主管可在 7 天内重新打开。", s.Attempts, tail("，最后一次：", s.LineResult)),
			fmt.Sprintf("Tried %d times without reaching the customer%s; it is not called again unless a supervisor reopens it within 7 days.", s.Attempts, tail(", the last time: ", s.LineResultEN))
	case task.Excluded:
		return excludedSentence(s.BlockedReason)
	}
	return "任务已取消（" + s.BlockedReason + "）。", "The task was cancelled (" + s.BlockedReason + ")."
}

func excludedSentence(reason string) (zh, en string) {
	if l := LabelOf(reason); l.ZH != reason {
		return "按规则排除：" + l.ZH + "。", "Excluded by rule: " + l.EN + "."
	}
	zh, en = excludedWords(reason)
	return "按规则排除：" + zh, "Excluded by rule: " + en
}

func excludedWords(reason string) (zh, en string) {
	w, ok := map[string][2]string{
		"dnc": {"客户在勿扰名单中。", "the customer is on the do-not-call list."}, "fatigue": {"客户近期已接受过满意度回访。", "the customer was surveyed lately."},
		"too_late": {"已超过可以回访的期限。", "it is too late for this call."},
	}[reason]
	if ok {
		return w[0], w[1]
	}
	return blockedWords(reason)
}

func tail(mark, words string) string {
	if words == "" {
		return ""
	}
	return mark + words
}

// ownWords: its time has not come. When a refusal set that time, its words tell
// more than the time alone.
func (s Story) ownWords() Sentence {
	for _, r := range s.Waits {
		if r.Until != nil && !r.Until.After(s.OwnTime) && r.Until.After(s.Now) && r.EndedAt == nil {
			return say(r.Rule, r.ReasonZH, r.ReasonEN, s.OwnTime)
		}
	}
	when, whenE := whenZH(s.OwnTime, s.Now, s.Zone), whenEN(s.OwnTime, s.Now, s.Zone)
	switch {
	case s.Agreed:
		return say(WhyTime, "已和客户约定 "+when+" 再联系。", "A call-back is agreed for "+whenE+".", s.OwnTime)
	case s.Retrying && s.LineResult != "":
		return say(WhyTime, fmt.Sprintf("第 %d 次%s，%s 再拨。", s.Attempts, s.LineResult, when), fmt.Sprintf("Try %d: %s; called again at %s.", s.Attempts, s.LineResultEN, whenE), s.OwnTime)
	case s.Retrying:
		return say(WhyTime, "等待重拨，"+when+" 起可拨。", "Waiting for the next try; callable from "+whenE+".", s.OwnTime)
	}
	return say(WhyTime, "还没到任务的拨打时间，"+when+" 起可拨。", "The task is not due to be called yet; callable from "+whenE+".", s.OwnTime)
}

// standing tells what is missing around the task: a campaign that runs, an agent.
func (s Story) standing() (Sentence, bool) {
	var running *Standing
	for i := range s.Campaigns {
		if s.Campaigns[i].State == Running && (running == nil || s.Campaigns[i].Ready > running.Ready) {
			running = &s.Campaigns[i]
		}
	}
	switch {
	case running == nil && len(s.Campaigns) == 0:
		return say(WhyNobody, "还没有外呼活动包含这类任务，请新建并启动一个。", "No campaign covers this kind of task; make and start one.", time.Time{}), false
	case running == nil:
		return s.stillWords(s.Campaigns[0]), false
	case running.RedisOut:
		return say(WhyRedisOut, "缓存服务（Redis）暂时连不上，拨号已暂停，恢复后自动继续。", "Redis cannot be reached: dialing pauses and resumes by itself.", time.Time{}), false
	case running.SignedOn == 0:
		return say(WhyNoAgent, "活动“"+running.Name+"”还没有座席签入。", "No agent of campaign “"+running.Name+"” is signed on.", time.Time{}), false
	case running.Ready == 0:
		return say(WhyNoAgent, "活动“"+running.Name+"”现在没有空闲座席。", "No agent of campaign “"+running.Name+"” is free now.", time.Time{}), false
	}
	return Sentence{}, true
}

func (s Story) stillWords(c Standing) Sentence {
	zh, en := "活动“"+c.Name+"”"+stateZH(c.State)+"，不拨新电话", "Campaign “"+c.Name+"” is "+string(c.State)+": no new calls"
	if c.State == Draft {
		zh, en = "活动“"+c.Name+"”还没有启动", "Campaign “"+c.Name+"” has not been started"
	}
	if rz, re := reasonWords(c.Reason); c.Reason != ReasonByUser && rz != "" {
		return say(WhyPaused, zh+"："+rz, en+": "+re, time.Time{})
	}
	return say(WhyPaused, zh+"。", en+".", time.Time{})
}

func (c Check) sentence() Sentence { return say(c.Rule, c.ReasonZH, c.ReasonEN, c.Until) }

func say(code, zh, en string, until time.Time) Sentence {
	l := LabelOf(code)
	return Sentence{Code: code, LabelZH: l.ZH, LabelEN: l.EN, ZH: zh, EN: en, Until: timeOrNull(until)}
}
