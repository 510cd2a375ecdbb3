package desk

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"ringback/internal/errs"
	"ringback/internal/postgres"
)

// session is an agent's session as the desk reads it; package acd writes it.
type session struct {
	ID          uuid.UUID
	Device      string
	State       string
	Reason      string
	Since       time.Time
	BeforeLost  string
	Wants       string
	WantsReason string
	CampaignID  *uuid.UUID
	TaskID      *uuid.UUID
	AttemptID   *uuid.UUID
	Muted       bool
	AudioUp     bool
	PageNodeID  *uuid.UUID
	PageClient  string
}

// heldElsewhere tells whether another page holds the desk, at another node than this.
func (s session) heldElsewhere(node uuid.UUID, client string) bool {
	return s.PageNodeID != nil && *s.PageNodeID != node && s.PageClient != client
}

// standing is the state an agent is in, or comes back to when lost.
func (s session) standing() string {
	if s.State == "lost" {
		return s.BeforeLost
	}
	return s.State
}

// sessionOf is the open session of a user, nil when signed off.
func sessionOf(ctx context.Context, db postgres.DB, user uuid.UUID) (*session, error) {
	rows, err := db.Query(ctx, `SELECT id, device, state, reason, since, before_lost, wants, wants_reason, campaign_id, task_id, attempt_id, muted, audio_up, page_node_id, page_client
		FROM agent_session WHERE user_id = $1 AND signed_off_at IS NULL`, user)
	if err != nil {
		return nil, fmt.Errorf("reading an agent's session: %w", err)
	}
	s, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[session])
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("reading an agent's session: %w", err)
	}
	return &s, nil
}

// attempt is a call as the desk reads it; package dialer writes it.
type attempt struct {
	ID           uuid.UUID
	GroupID      uuid.UUID
	StoreID      uuid.UUID
	CampaignID   *uuid.UUID
	TaskID       uuid.UUID
	CustomerID   uuid.UUID
	PhoneID      uuid.UUID
	CalledLast4  string `db:"called_last4"`
	State        string
	AgentID      *uuid.UUID
	Trunk        string
	CallerNumber string
	PlannedAt    time.Time
	DialedAt     *time.Time
	RingingAt    *time.Time
	AnsweredAt   *time.Time
	BridgedAt    *time.Time
	EndedAt      *time.Time
	LineResult   string
	HangupBy     string
	Disposition  string
}

const attemptSQL = `SELECT a.id, a.group_id, a.store_id, a.campaign_id, a.task_id, a.customer_id, a.phone_id, a.called_last4, a.state, a.agent_id,
	coalesce(t.name, '') AS trunk, a.caller_number, a.planned_at, a.dialed_at, a.ringing_at, a.answered_at, a.bridged_at, a.ended_at,
	a.line_result, a.hangup_by, a.disposition
	FROM attempt a LEFT JOIN trunk t ON t.id = a.trunk_id `

// attemptByID is errs.NotFound "attempt_not_found" when it is not in scope.
func attemptByID(ctx context.Context, db postgres.DB, id uuid.UUID) (attempt, error) {
	at, err := oneAttempt(ctx, db, attemptSQL+`WHERE a.id = $1`, id)
	if err == nil && at == nil {
		return attempt{}, errs.New(errs.NotFound, "attempt_not_found", "没有这通电话，或它属于别的门店。", "There is no such call, or it belongs to another store.")
	}
	if err != nil {
		return attempt{}, err
	}
	return *at, nil
}

// inHand is the call of an agent: live, or waiting for its result; the newest
// when an overdue one is left. Nil when there is none.
func inHand(ctx context.Context, db postgres.DB, user uuid.UUID) (*attempt, error) {
	return oneAttempt(ctx, db, attemptSQL+`WHERE a.agent_id = $1
		AND a.state IN ('planned','dialing','ringing','checking','answered','bridged','wrap','wrap_overdue')
		ORDER BY a.planned_at DESC LIMIT 1`, user)
}

// owes tells whether what an agent has to do next is the result of a call that
// was set aside (spec 2.5.2, wrapped_pending).
func owes(ctx context.Context, db postgres.DB, user uuid.UUID) (bool, error) {
	at, err := inHand(ctx, db, user)
	return at != nil && at.State == "wrap_overdue", err
}

func oneAttempt(ctx context.Context, db postgres.DB, sql string, arg uuid.UUID) (*attempt, error) {
	rows, err := db.Query(ctx, sql, arg)
	if err != nil {
		return nil, fmt.Errorf("reading a call: %w", err)
	}
	at, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[attempt])
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("reading a call: %w", err)
	}
	return &at, nil
}

// mine is the caller's own call; somebody else's is errs.Forbidden.
func (a act) mine(id uuid.UUID) (attempt, error) {
	at, err := attemptByID(a.ctx, a.tx, id)
	if err != nil {
		return attempt{}, err
	}
	if at.AgentID == nil || *at.AgentID != a.User {
		return attempt{}, errs.New(errs.Forbidden, "not_your_call", "这不是您的电话。", "This is not your call.")
	}
	return at, nil
}

// outcome is what an agent wrote about a call.
type outcome struct {
	AttemptID   uuid.UUID
	Disposition string
	Notes       string
	CallbackAt  *time.Time
	EarlyReason string
	WrapUntil   *time.Time
	ClosedAt    *time.Time
}

func outcomeOf(ctx context.Context, db postgres.DB, id uuid.UUID) (outcome, error) {
	rows, err := db.Query(ctx, `SELECT attempt_id, disposition, notes, callback_at, early_reason, wrap_until, closed_at
		FROM call_outcome WHERE attempt_id = $1`, id)
	if err != nil {
		return outcome{}, fmt.Errorf("reading the outcome of call %s: %w", id, err)
	}
	o, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[outcome])
	if errors.Is(err, pgx.ErrNoRows) {
		return outcome{AttemptID: id}, nil
	}
	if err != nil {
		return outcome{}, fmt.Errorf("reading the outcome of call %s: %w", id, err)
	}
	return o, nil
}

// saveOutcome writes what changed: nil and empty values are left as they were.
func saveOutcome(ctx context.Context, db postgres.DB, at attempt, agent uuid.UUID, o outcome, now time.Time) error {
	_, err := db.Exec(ctx, `
		INSERT INTO call_outcome (attempt_id, store_id, agent_id, disposition, notes, callback_at, early_reason, wrap_until, closed_at, saved_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
		ON CONFLICT (attempt_id) DO UPDATE SET disposition = coalesce(nullif($4, ''), call_outcome.disposition),
			notes = coalesce(nullif($5, ''), call_outcome.notes), callback_at = coalesce($6, call_outcome.callback_at),
			early_reason = coalesce(nullif($7, ''), call_outcome.early_reason), wrap_until = coalesce($8, call_outcome.wrap_until),
			closed_at = coalesce($9, call_outcome.closed_at), saved_at = $10`,
		at.ID, at.StoreID, agent, o.Disposition, o.Notes, o.CallbackAt, o.EarlyReason, o.WrapUntil, o.ClosedAt, now)
	if err != nil {
		return fmt.Errorf("saving the outcome of call %s: %w", at.ID, err)
	}
	return nil
}
