package dialer

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"

	"ringback/crm/task"
	"ringback/dialer/sim"
	"ringback/internal/errs"
	"ringback/internal/postgres"
)

// Question is what somebody asks about a campaign: what would change with other
// agents, hours or another cap. nil leaves it as it is.
type Question struct {
	Agents *int  `json:"agents,omitempty"`
	From   *int  `json:"from,omitempty" doc:"hour of the day from which is dialed, 0 to 23"`
	To     *int  `json:"to,omitempty" doc:"hour of the day until which is dialed, 1 to 24"`
	CapBP  *int  `json:"capBp,omitempty" doc:"abandon cap of predictive dialing, basis points"`
	Seed   int64 `json:"seed" doc:"the same question, calls and seed give the same figures"`
}

// WhatIfState is where a question stands: running ─▶ done, cancelled or failed.
type WhatIfState string

// States of a what-if.
const (
	WhatIfRunning   WhatIfState = "running"
	WhatIfDone      WhatIfState = "done"
	WhatIfCancelled WhatIfState = "cancelled"
	WhatIfFailed    WhatIfState = "failed"
)

// WhatIf is a question with what became of it.
type WhatIf struct {
	ID       uuid.UUID     `json:"id"`
	State    WhatIfState   `json:"state" enum:"running,done,cancelled,failed"`
	AskedBy  string        `json:"askedBy"`
	AskedAt  time.Time     `json:"askedAt"`
	Question Question      `json:"question"`
	Progress int           `json:"progress" doc:"per cent"`
	TookMS   int           `json:"tookMs" db:"took_ms"`
	Result   *WhatIfResult `json:"result,omitempty"`
}

// WhatIfResult is what simulating a campaign gave, and what it was made of.
type WhatIfResult struct {
	Agents   int          `json:"agents" doc:"who dial, as asked"`
	Hours    sim.Day      `json:"hours" doc:"when, in minutes of the day"`
	Calls    int          `json:"calls" doc:"calls of the campaign that it was made of"`
	Sources  []sim.Source `json:"sources"`
	Measured *float64     `json:"measured,omitempty" doc:"talk share that its agents really had"`
	Mode     Mode         `json:"mode" enum:"manual,preview,progressive,predictive" doc:"of the campaign at that time"`
	Today    sim.Point    `json:"today" doc:"agents, hours and settings as they were"`
	Points   []sim.Point  `json:"points" doc:"by setting, as asked"`
	Asked    sim.Setting  `json:"asked" doc:"which of the points answers the question"`
	Advice   sim.Advice   `json:"advice"`
	AnswerZH string       `json:"answerZh" doc:"empty when nothing was asked"`
	AnswerEN string       `json:"answerEn"`
}

// WhatIfPlan is a question ready to be played.
type WhatIfPlan struct {
	ID       uuid.UUID
	Question Question
	Mode     Mode
	Calls    int
	Measured *float64
	Ahead    bool
	Today    sim.Setting
	Asked    sim.Setting
	Now      sim.Scenario // as it is
	Then     sim.Scenario // as asked
	Day      sim.Day
	Sources  []sim.Source
	Settings []sim.Setting
}

// AskWhatIf takes a question down; PlayWhatIf answers it after tx is committed.
// errs.Invalid whatif_agents, whatif_hours, whatif_hours_closed, whatif_cap,
// whatif_seed; errs.Conflict campaign_no_calls, whatif_busy.
func (d *Dialer) AskWhatIf(ctx context.Context, tx postgres.DB, scope postgres.Scope, campaign uuid.UUID, q Question) (WhatIfPlan, error) {
	c, err := d.Get(ctx, tx, campaign)
	if err != nil {
		return WhatIfPlan{}, err
	}
	traces, err := d.Traces(ctx, tx, campaign)
	if err != nil {
		return WhatIfPlan{}, err
	}
	p, err := planWhatIf(c, traces, q)
	if err != nil {
		return WhatIfPlan{}, err
	}
	return p, beginWhatIf(ctx, tx, scope, c, p, d.clock.Now())
}

// planWhatIf checks a question and makes the two worlds that answer it. Pure.
func planWhatIf(c Campaign, t sim.Traces, q Question) (WhatIfPlan, error) {
	now, sources := t.Scenario()
	if err := q.check(t); err != nil {
		return WhatIfPlan{}, err
	}
	kind, _ := task.FindKind(c.TaskKind)
	p := WhatIfPlan{
		ID: uuid.Must(uuid.NewV7()), Question: q, Mode: c.Mode, Calls: len(t.Own), Ahead: ahead(kind), Now: now, Sources: sources,
		Today: sim.Setting{Mode: t.Mode}, Day: t.Day,
	}
	if share, known := t.Team.Share(); known {
		p.Measured = &share
	}
	if p.Today.Mode == string(Predictive) {
		p.Today.CapBP = c.CapBP
	}
	p.Today = among(p.Today, sim.Settings(now.Agents, t.MostBP(), c.CapBP))
	if q.From != nil {
		t.Day = t.Day.Within(*q.From*hour, *q.To*hour)
	}
	p.Then, _ = t.Scenario()
	p.Day, p.Asked = t.Day, p.Today
	if q.Agents != nil {
		p.Then.Agents = *q.Agents
	}
	if q.CapBP != nil {
		p.Asked = sim.Setting{Mode: string(Predictive), CapBP: *q.CapBP}
	}
	p.Settings = sim.Settings(p.Then.Agents, t.MostBP(), c.CapBP, p.Asked.CapBP)
	p.Asked = among(p.Asked, p.Settings)
	return p, errors.Join(p.Now.Check(), p.Then.Check())
}

// among is a setting, or progressive, the first one, when it is not among those
// compared: too few agents are on duty for predictive.
func among(x sim.Setting, compared []sim.Setting) sim.Setting {
	if slices.Contains(compared, x) {
		return x
	}
	return compared[0]
}

// MostAgents keeps a question within some seconds of computing.
const MostAgents = 100

func (q Question) check(t sim.Traces) error {
	switch {
	case q.Agents != nil && (*q.Agents < 1 || *q.Agents > MostAgents):
		return invalid("whatif_agents", fmt.Sprintf("座席人数是 1 到 %d 的整数，填的是 %d。", MostAgents, *q.Agents),
			fmt.Sprintf("The number of agents is a whole number from 1 to %d, not %d.", MostAgents, *q.Agents), "/agents")
	case (q.From == nil) != (q.To == nil):
		return invalid("whatif_hours", "时段要同时填开始和结束的钟点。", "Give both hours: from when and until when.", "/from")
	case q.From != nil && (*q.From < 0 || *q.To > 24 || *q.From >= *q.To):
		return invalid("whatif_hours", fmt.Sprintf("时段是 0 到 24 点之间的整点，开始要早于结束，填的是 %d 点到 %d 点。", *q.From, *q.To),
			fmt.Sprintf("Hours are whole hours between 0 and 24, from before until, not %d to %d.", *q.From, *q.To), "/from")
	case q.From != nil && len(t.Day.Within(*q.From*hour, *q.To*hour)) == 0:
		return invalid("whatif_hours_closed", fmt.Sprintf("%d 点到 %d 点不在门店的拨打时段（%s）里，请换一段。", *q.From, *q.To, t.Day),
			fmt.Sprintf("The store makes no calls between %d:00 and %d:00; its call windows are %s. Choose other hours.", *q.From, *q.To, t.Day), "/from")
	case q.CapBP != nil && (*q.CapBP < 1 || *q.CapBP > t.MostBP()):
		return invalid("whatif_cap", fmt.Sprintf("放弃率上限要大于 0，最高 %s（法规），填的是 %s；一位都不放弃就是渐进方式，图上已有。", percent(t.MostBP()), percent(*q.CapBP)),
			fmt.Sprintf("The abandon cap is above 0 and at most %s (the law's), not %s; to abandon nobody is progressive, which is shown anyway.", percent(t.MostBP()), percent(*q.CapBP)), "/capBp")
	case q.Seed < 0:
		return invalid("whatif_seed", "随机种子不能是负数。", "The seed is not negative.", "/seed")
	}
	return nil
}

func errWhatIfBusy() error {
	return errs.New(errs.Conflict, "whatif_busy", "本店正在推算另一个问题，几秒钟就好，请等它算完再问。",
		"Another question is being worked out in this store; it takes some seconds. Ask again when it is done.")
}
