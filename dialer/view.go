package dialer

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"ringback/internal/postgres"
)

// Ratio is a numerator over a denominator; what it opens is counted by both.
type Ratio struct {
	Num int `json:"num"`
	Den int `json:"den"`
}

// NumberRef is a caller number by its id.
type NumberRef struct {
	ID     uuid.UUID `json:"id"`
	Number string    `json:"number"`
}

// CampaignView is a campaign as lists show it.
type CampaignView struct {
	ID             uuid.UUID     `json:"id"`
	Name           string        `json:"name"`
	TaskKind       string        `json:"taskKind"`
	Mode           Mode          `json:"mode" enum:"manual,preview,progressive,predictive"`
	State          CampaignState `json:"state" enum:"draft,running,paused,draining,completed,cancelled"`
	StateReason    string        `json:"stateReason"`
	StateReasonZH  string        `json:"stateReasonZh"`
	StateReasonEN  string        `json:"stateReasonEn"`
	CallerNumber   *NumberRef    `json:"callerNumber,omitempty"`
	RingSeconds    int           `json:"ringSeconds"`
	CapBP          int           `json:"capBp" doc:"the cap on abandoned over answered, basis points"`
	Priority       int           `json:"priority" doc:"1 takes agents first, 9 last"`
	Weight         int           `json:"weight" doc:"share of the agents among campaigns of one priority"`
	Agents         int           `json:"agents"`
	Left           int           `json:"left"`
	AttemptsToday  int           `json:"attemptsToday"`
	AnsweredToday  int           `json:"answeredToday"`
	ContactRate    Ratio         `json:"contactRate"`
	AbandonedToday int           `json:"abandonedToday"`
	CreatedAt      time.Time     `json:"createdAt"`
	StartedAt      *time.Time    `json:"startedAt,omitempty"`
	Version        int           `json:"version"`
	Health         Health        `json:"health"`
	Margin         *float64      `json:"margin,omitempty" doc:"of predictive mode: calls that may still find nobody"`
	OpenNow        bool          `json:"openNow" doc:"inside the store's call windows; of a running or paused one"`
	OpensAt        *time.Time    `json:"opensAt,omitempty" doc:"when the next call window opens; now when open"`
}

// Lines are a campaign's calls by how far they are.
type Lines struct {
	Planned int `json:"planned"`
	Ringing int `json:"ringing"`
	Talking int `json:"talking"`
}

// DecisionView is the dialer's last decision in words.
type DecisionView struct {
	ZH        string    `json:"zh"`
	EN        string    `json:"en"`
	At        time.Time `json:"at"`
	LimitedBy string    `json:"limitedBy"`
}

// PacingView is a predictive campaign's account in its window, and the figures of
// the last decision (PACING.md §2, §3). Chances are 0 to 1.
type PacingView struct {
	CapBP      int       `json:"capBp"`
	MostBP     int       `json:"mostBp" doc:"the highest cap that the rule pack allows"`
	From       time.Time `json:"from"`
	To         time.Time `json:"to"`
	Answered   int       `json:"answered"`
	Abandoned  int       `json:"abandoned"`
	Waiting    int       `json:"waiting" doc:"live calls without an agent"`
	Lines      int       `json:"lines" doc:"unresolved, without an agent of their own"`
	Vanished   int       `json:"vanished" doc:"agents who vanished; the bound is cap times answered plus these"`
	Margin     float64   `json:"margin" doc:"cap times answered less abandoned, in calls"`
	OnDuty     int       `json:"onDuty"`
	FellBack   bool      `json:"fellBack" doc:"fewer than two agents on duty: it dials progressively"`
	Free       float64   `json:"free" doc:"agents expected free when half of a new line's answers have come"`
	Live       float64   `json:"live" doc:"answers expected by then"`
	Ahead      float64   `json:"ahead" doc:"seconds until then"`
	Chance     float64   `json:"chance" doc:"that one more line finds nobody"`
	Price      float64   `json:"price" doc:"the highest chance worth a line"`
	AnswerRate float64   `json:"answerRate" doc:"share of new lines that a person will answer"`
}

// CampaignDetail is a campaign with what it does right now.
type CampaignDetail struct {
	CampaignView
	AgentIDs    []uuid.UUID   `json:"agentIds"`
	Lines       Lines         `json:"lines"`
	ReadyAgents int           `json:"readyAgents"`
	Decision    DecisionView  `json:"decision"`
	Pacing      *PacingView   `json:"pacing,omitempty" doc:"of predictive mode"`
	Leaving     []LeavingView `json:"leaving" doc:"agents who asked to pause or to sign off, not granted yet"`
	Log         []LogEntry    `json:"log"`
}

type viewRow struct {
	Campaign
	CallerNumber *string
	Agents       int
	Left         int
	Dialed       int
	Counted      int
	Answered     int
	Abandoned    int
	Dry          bool
}

const viewColumns = campaignColumns + `, n.number AS caller_number,
	(SELECT count(*) FROM campaign_agent g WHERE g.campaign_id = c.id) AS agents,
	(SELECT count(*) FROM task t WHERE t.store_id = c.store_id AND t.kind = c.task_kind
		AND t.state IN ('pending','queued','in_progress','retry_wait')) AS left,
	coalesce(a.dialed, 0) AS dialed, coalesce(a.counted, 0) AS counted, coalesce(a.answered, 0) AS answered, coalesce(a.abandoned, 0) AS abandoned, c.dry
	FROM campaign c LEFT JOIN caller_number n ON n.id = c.caller_number_id
	LEFT JOIN LATERAL (SELECT count(*) AS dialed, count(*) FILTER (WHERE line_result NOT IN ('caller_cancel', 'trunk_fault')) AS counted,
			count(*) FILTER (WHERE line_result IN ('answered_human', 'abandoned')) AS answered,
			count(*) FILTER (WHERE state = 'abandoned') AS abandoned
		FROM attempt WHERE campaign_id = c.id AND business_at >= $1 AND dialed_at IS NOT NULL) a ON true`

func (r viewRow) view() CampaignView {
	v := CampaignView{
		ID: r.ID, Name: r.Name, TaskKind: r.TaskKind, Mode: r.Mode, State: r.State, StateReason: r.StateReason,
		RingSeconds: r.RingSeconds, CapBP: r.CapBP, Priority: r.Priority, Weight: r.Weight, Agents: r.Agents, Left: r.Left, AttemptsToday: r.Dialed, AnsweredToday: r.Answered,
		ContactRate: Ratio{Num: r.Answered, Den: r.Counted}, AbandonedToday: r.Abandoned, CreatedAt: r.CreatedAt, StartedAt: r.StartedAt, Version: r.Version,
	}
	v.StateReasonZH, v.StateReasonEN = reasonWords(r.StateReason)
	if r.CallerNumberID != nil && r.CallerNumber != nil {
		v.CallerNumber = &NumberRef{ID: *r.CallerNumberID, Number: *r.CallerNumber}
	}
	return v
}

func reasonWords(reason string) (zh, en string) {
	switch reason {
	case ReasonByUser:
		return "由人员操作", "by a person"
	case ReasonTrunkFault:
		return "线路连续 3 次没有应答，已自动暂停。请检查线路地址和网络，恢复后点“开始”。",
			"The trunk failed 3 times in a row, so the campaign paused itself. Check the trunk's address and network, then resume."
	case ReasonListDone:
		return "所有任务已完成", "all tasks are done"
	}
	return "", ""
}

func (d *Dialer) views(ctx context.Context, db postgres.DB, where string, args ...any) ([]CampaignView, error) {
	args = append([]any{midnight(d.clock.Now(), 0, d.zone)}, args...)
	rows, err := db.Query(ctx, `SELECT `+viewColumns+` `+where, args...)
	if err != nil {
		return nil, fmt.Errorf("listing campaigns: %w", err)
	}
	found, err := pgx.CollectRows(rows, pgx.RowToStructByName[viewRow])
	if err != nil {
		return nil, fmt.Errorf("listing campaigns: %w", err)
	}
	out := make([]CampaignView, len(found))
	for i, r := range found {
		out[i] = r.view()
		if err := d.feel(ctx, db, &out[i], r.Dry); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// List is every campaign of the scope: those that run, those that stand, then the
// others, newest first.
func (d *Dialer) List(ctx context.Context, db postgres.DB) ([]CampaignView, error) {
	return d.views(ctx, db, `ORDER BY array_position(ARRAY['running', 'draining', 'paused', 'draft'], c.state), c.created_at DESC, c.id DESC`)
}

// View is one campaign as lists show it.
func (d *Dialer) View(ctx context.Context, db postgres.DB, id uuid.UUID) (CampaignView, error) {
	found, err := d.views(ctx, db, `WHERE c.id = $2`, id)
	if err != nil {
		return CampaignView{}, err
	}
	if len(found) == 0 {
		return CampaignView{}, noCampaign()
	}
	return found[0], nil
}

// Detail is one campaign with its lines, agents, last decision and log.
func (d *Dialer) Detail(ctx context.Context, db postgres.DB, id uuid.UUID) (CampaignDetail, error) {
	view, err := d.View(ctx, db, id)
	if err != nil {
		return CampaignDetail{}, err
	}
	out := CampaignDetail{CampaignView: view}
	if out.AgentIDs, err = agentsOf(ctx, db, id); err != nil {
		return CampaignDetail{}, err
	}
	l, err := d.readLoad(ctx, db, id, d.clock.Now())
	if err != nil {
		return CampaignDetail{}, err
	}
	if l.Mode == Predictive {
		out.Pacing = d.pacingView(l)
	}
	out.Lines, out.ReadyAgents = Lines{Planned: l.Planned, Ringing: l.Ringing, Talking: l.Talking}, l.Ready
	if dec, ok := d.Decision(id); ok {
		out.Decision = DecisionView{ZH: dec.ZH, EN: dec.EN, At: dec.At.UTC(), LimitedBy: dec.LimitedBy}
	}
	if out.Leaving, err = d.leavingOf(ctx, db, l, realNow()); err != nil {
		return CampaignDetail{}, err
	}
	out.Log, err = d.logOf(ctx, db, id)
	return out, err
}

func (d *Dialer) pacingView(l load) *PacingView {
	proof := l.proof()
	v := &PacingView{
		CapBP: l.CapBP, MostBP: l.house.Rules.Dialing.Abandon.MostBP, From: time.Unix(l.account.window.From, 0).UTC(), To: time.Unix(l.account.window.To, 0).UTC(),
		Answered: l.account.answered, Abandoned: l.account.abandoned, Waiting: l.Waiting, Lines: l.Lines, Vanished: l.account.vanished,
		Margin: proof.Margin(), OnDuty: l.OnDuty, FellBack: !l.predictive(),
	}
	if dec, ok := d.Decision(l.ID); ok && dec.Model != nil {
		m := dec.Model
		v.Free, v.Live, v.Ahead, v.Chance, v.Price, v.AnswerRate = m.Free, m.Live, m.Ahead, m.ChanceOne, m.Price, m.Answer
	}
	return v
}
