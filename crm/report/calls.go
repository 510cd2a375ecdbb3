package report

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"ringback/internal/errs"
	"ringback/internal/postgres"
)

// Call is one attempt as lists show it. Times are real time.
type Call struct {
	ID           uuid.UUID  `json:"id"`
	TaskID       uuid.UUID  `json:"taskId"`
	TaskKind     string     `json:"taskKind"`
	CustomerID   uuid.UUID  `json:"customerId"`
	CustomerName string     `json:"customerName"`
	CalledLast4  string     `json:"calledLast4"`
	AgentID      *uuid.UUID `json:"agentId"`
	AgentName    *string    `json:"agentName"`
	CampaignID   *uuid.UUID `json:"campaignId"`
	CampaignName *string    `json:"campaignName"`
	Mode         string     `json:"mode"`
	State        string     `json:"state"`
	LineResult   string     `json:"lineResult"`
	Disposition  string     `json:"disposition"`
	PlannedAt    time.Time  `json:"plannedAt"`
	BusinessAt   time.Time  `json:"businessAt"`
	DialedAt     *time.Time `json:"dialedAt"`
	RingingAt    *time.Time `json:"ringingAt"`
	AnsweredAt   *time.Time `json:"answeredAt"`
	BridgedAt    *time.Time `json:"bridgedAt"`
	EndedAt      *time.Time `json:"endedAt"`
	SIPCode      int        `json:"sipCode" db:"sip_code"`
	SIPReason    string     `json:"sipReason" db:"sip_reason"`
	HangupBy     string     `json:"hangupBy"`
	Detail       string     `json:"detail"`
	counted
}

// Behind chooses the calls behind a number of the wallboard.
type Behind struct {
	Figure   string // attempts, reached, abandoned, completed, ringing, talking, lines, satisfied, dissatisfied, scored, forms
	Result   string // a line result
	State    string
	Dept     string // with satisfied, dissatisfied, scored
	Agent    *uuid.UUID
	Campaign *uuid.UUID
	Task     *uuid.UUID
	Customer *uuid.UUID
	AllDays  bool
	Period   *Period // instead of today
	Hour     *int    // of the day in Shanghai, 0 to 23
	Outcome  string  // a disposition; "none": nobody gave one
	Nobody   bool    // no agent ever had it
	Limit    int
	Offset   int
}

// days are the bounds of the business days asked for.
func (b Behind) days(r *Report, now time.Time) (from, to time.Time) {
	if b.Period != nil {
		return b.Period.From, b.Period.To
	}
	return r.Day(now)
}

// Conditions over attempt a that figures and the lists behind them share. Answered
// over counted is K-08, abandoned over answered K-24 (spec 4.1).
const (
	wasDialed    = "a.dialed_at IS NOT NULL"
	wasCounted   = wasDialed + " AND a.line_result NOT IN ('caller_cancel', 'trunk_fault')"
	wasAnswered  = "a.line_result IN ('answered_human', 'abandoned')"
	wasTalked    = "a.bridged_at IS NOT NULL"
	wasAbandoned = "a.state = 'abandoned'"
)

// figures are the conditions of the wallboard's and a campaign's numbers, over
// attempt a.
func figures() map[string]string {
	return map[string]string{
		"attempts":  wasDialed,
		"counted":   wasCounted,
		"answered":  wasDialed + " AND " + wasAnswered,
		"reached":   wasTalked,
		"abandoned": wasAbandoned,
		"completed": "a.state = 'done' AND a.disposition = 'C00'",
		"lines":     "a.state IN ('planned','dialing','ringing','checking','answered','bridged')",
		"ringing":   "a.state IN ('dialing','ringing','checking')",
		"waiting":   "a.state = 'answered'",
		"talking":   "a.state = 'bridged'",
		"forms":     "EXISTS (SELECT FROM quick_form f WHERE f.attempt_id = a.id)",
	}
}

func scoreCondition(b Behind) (string, bool) {
	limit, ok := map[string]string{"satisfied": "an.value_num >= 8", "dissatisfied": "an.value_num <= 6", "scored": "true"}[b.Figure]
	if !ok {
		return "", false
	}
	which := "an.factor = 'overall'"
	if b.Dept != "" {
		which = "an.factor <> 'overall' AND an.dept = $9"
	}
	return `EXISTS (SELECT FROM response r JOIN answer an ON an.response_id = r.id WHERE r.attempt_id = a.id
		AND an.factor IN ('initiation','advisor','facility','pickup','quality','overall')
		AND an.value_num IS NOT NULL AND an.skipped = '' AND ` + which + " AND " + limit + ")", true
}

const callColumns = `
	SELECT a.id, a.task_id, t.kind AS task_kind, a.customer_id, k.name_zh AS customer_name, a.called_last4,
	       a.agent_id, u.name_zh AS agent_name, a.campaign_id, c.name AS campaign_name, a.mode, a.state, a.line_result,
	       a.disposition, a.planned_at, a.business_at, a.dialed_at, a.ringing_at, a.answered_at, a.bridged_at, a.ended_at, a.sip_code,
	       a.sip_reason, a.hangup_by, a.detail, (count(*) OVER ())::int AS total
	FROM attempt a JOIN task t ON t.id = a.task_id JOIN customer k ON k.id = a.customer_id
	LEFT JOIN app_user u ON u.id = a.agent_id LEFT JOIN campaign c ON c.id = a.campaign_id`

// Calls lists the calls behind a number, newest first, with how many there are.
func (r *Report) Calls(ctx context.Context, db postgres.DB, now time.Time, b Behind) ([]Call, int, error) {
	where, err := condition(b)
	if err != nil {
		return nil, 0, err
	}
	from, to := b.days(r, now)
	args := []any{from, to, b.AllDays, b.Agent, b.Campaign, b.Task, b.Result, b.State, b.Dept, b.Customer, b.Limit, b.Offset, b.Hour, b.Outcome, b.Nobody}
	rows, err := db.Query(ctx, callColumns+`
		WHERE ($3::bool OR (a.business_at >= $1 AND a.business_at < $2))
		  AND ($4::uuid IS NULL OR a.agent_id = $4) AND ($5::uuid IS NULL OR a.campaign_id = $5) AND ($6::uuid IS NULL OR a.task_id = $6)
		  AND ($7 = '' OR a.line_result = $7) AND ($8 = '' OR a.state = $8) AND ($9::text IS NOT NULL)
		  AND ($10::uuid IS NULL OR a.customer_id = $10) AND ($13::int IS NULL OR `+hourOf+` = $13)
		  AND ($14 = '' OR a.disposition = CASE WHEN $14 = 'none' THEN '' ELSE $14 END) AND (NOT $15::bool OR a.agent_id IS NULL) AND `+where+`
		ORDER BY a.planned_at DESC, a.id DESC LIMIT $11 OFFSET $12`, args...)
	return page[Call](rows, err, "calls")
}

func condition(b Behind) (string, error) {
	if b.Figure == "" {
		return "true", nil
	}
	if c, ok := figures()[b.Figure]; ok {
		return c, nil
	}
	if c, ok := scoreCondition(b); ok {
		return c, nil
	}
	return "", errs.New(errs.Invalid, "figure_unknown", "没有这个指标。", "There is no such figure.").At("figure")
}

// Step is one event of a call's time line.
type Step struct {
	At   time.Time       `json:"at"`
	Kind string          `json:"kind"`
	Data json.RawMessage `json:"data"`
}

// GivenAnswer is one answer of a call.
type GivenAnswer struct {
	Key      string    `json:"key"`
	Node     string    `json:"node"`
	Dept     string    `json:"dept"`
	Value    string    `json:"value"`
	Verbatim string    `json:"verbatim"`
	Skipped  string    `json:"skipped"`
	SavedAt  time.Time `json:"savedAt"`
}

// CallDetail is a call with everything that happened in it.
type CallDetail struct {
	Call
	ScriptID      string        `json:"scriptId"`
	ScriptVersion int           `json:"scriptVersion"`
	Events        []Step        `json:"events"`
	Answers       []GivenAnswer `json:"answers"`
	Notes         string        `json:"notes"`
}

// CallByID reads one call whole; errs.NotFound when this store has none.
func (r *Report) CallByID(ctx context.Context, db postgres.DB, id uuid.UUID) (CallDetail, error) {
	rows, err := db.Query(ctx, callColumns+` WHERE a.id = $1`, id)
	if err != nil {
		return CallDetail{}, fmt.Errorf("reading call %s: %w", id, err)
	}
	calls, err := pgx.CollectRows(rows, pgx.RowToStructByName[Call])
	if err != nil {
		return CallDetail{}, fmt.Errorf("reading call %s: %w", id, err)
	}
	if len(calls) == 0 {
		return CallDetail{}, errs.New(errs.NotFound, "call_unknown", "没有这通电话。", "There is no such call.")
	}
	d := CallDetail{Call: calls[0]}
	if d.Events, err = steps(ctx, db, id); err != nil {
		return CallDetail{}, err
	}
	if err := d.readAnswers(ctx, db); err != nil {
		return CallDetail{}, err
	}
	err = db.QueryRow(ctx, `SELECT coalesce((SELECT notes FROM call_outcome WHERE attempt_id = $1), '')`, id).Scan(&d.Notes)
	return d, err
}

func steps(ctx context.Context, db postgres.DB, id uuid.UUID) ([]Step, error) {
	rows, err := db.Query(ctx, `
		SELECT c.began_at + make_interval(secs => e.at_us / 1e6) AS at, e.kind, e.data
		FROM call_event e JOIN call c ON c.id = e.call_id WHERE e.call_id = $1 ORDER BY e.seq`, id)
	if err != nil {
		return nil, fmt.Errorf("reading the events of call %s: %w", id, err)
	}
	out, err := pgx.CollectRows(rows, pgx.RowToStructByName[Step])
	if out == nil {
		out = []Step{}
	}
	return out, err
}

func (d *CallDetail) readAnswers(ctx context.Context, db postgres.DB) error {
	err := db.QueryRow(ctx, `
		SELECT coalesce(max(script_id), ''), coalesce(max(script_version), 0) FROM response WHERE attempt_id = $1`, d.ID).
		Scan(&d.ScriptID, &d.ScriptVersion)
	if err != nil {
		return fmt.Errorf("reading the script of call %s: %w", d.ID, err)
	}
	rows, err := db.Query(ctx, `
		SELECT a.key, a.node, a.dept, coalesce(a.value_num::text, a.value_code, array_to_string(a.value_codes, ','), '') AS value,
		       coalesce(a.verbatim, '') AS verbatim, a.skipped, a.saved_at
		FROM answer a JOIN response r ON r.id = a.response_id WHERE r.attempt_id = $1 ORDER BY a.seq`, d.ID)
	if err != nil {
		return fmt.Errorf("reading the answers of call %s: %w", d.ID, err)
	}
	d.Answers, err = pgx.CollectRows(rows, pgx.RowToStructByName[GivenAnswer])
	if d.Answers == nil {
		d.Answers = []GivenAnswer{}
	}
	return err
}

// Masked shows the last four digits of a number only.
func Masked(last4 string) string {
	if last4 == "" {
		return ""
	}
	return strings.Repeat("*", 7) + last4
}
