package dialer

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"ringback/crm/customer"
	"ringback/internal/errs"
	"ringback/internal/events"
	"ringback/internal/postgres"
)

// Mode is how calls of a campaign are placed.
type Mode string

// Modes of dialing.
const (
	Manual      Mode = "manual"
	Preview     Mode = "preview"
	Progressive Mode = "progressive"
	Predictive  Mode = "predictive"
)

// Attempt is one outbound call to a customer; its id is the call's id. Times
// are real time but for BusinessAt, the business time of its planning.
type Attempt struct {
	ID           uuid.UUID
	GroupID      uuid.UUID
	StoreID      uuid.UUID
	CampaignID   *uuid.UUID
	TaskID       uuid.UUID
	CustomerID   uuid.UUID
	PhoneID      uuid.UUID
	PhoneHash    []byte
	CalledLast4  string `db:"called_last4"`
	Mode         Mode
	State        AttemptState
	Epoch        int64
	NodeID       *uuid.UUID
	AgentID      *uuid.UUID
	TrunkID      *uuid.UUID
	CallerNumber string
	PlannedAt    time.Time
	BusinessAt   time.Time
	DialedAt     *time.Time
	RingingAt    *time.Time
	AnsweredAt   *time.Time
	BridgedAt    *time.Time
	EndedAt      *time.Time
	WrappedAt    *time.Time
	LineResult   string
	SIPCode      int    `db:"sip_code"`
	SIPReason    string `db:"sip_reason"`
	HangupBy     string
	Detail       string
	Disposition  string
	Price        float64 // chance of finding nobody that was worth its line (PACING.md §3)
}

// by is the system at work on the attempt's store.
func (a Attempt) by(now time.Time) customer.By {
	return customer.By{Group: a.GroupID, Store: a.StoreID, At: now}
}

const attemptColumns = `a.id, a.group_id, a.store_id, a.campaign_id, a.task_id, a.customer_id, a.phone_id, a.phone_hash, a.called_last4,
	a.mode, a.state, a.epoch, a.node_id, a.agent_id, a.trunk_id, a.caller_number, a.planned_at, a.business_at, a.dialed_at, a.ringing_at,
	a.answered_at, a.bridged_at, a.ended_at, a.wrapped_at, a.line_result, a.sip_code, a.sip_reason, a.hangup_by, a.detail, a.disposition, a.price`

// ErrNotMoved says that an attempt was not in a state from which it could go
// there any more: somebody else was first.
var ErrNotMoved = errors.New("the attempt has moved on")

func noAttempt() *errs.Error {
	return errs.New(errs.NotFound, "attempt_not_found", "没有这通电话，或它属于别的门店。", "There is no such call, or it belongs to another store.")
}

// ByID is one attempt; errs.NotFound outside the scope.
func (d *Dialer) ByID(ctx context.Context, db postgres.DB, id uuid.UUID) (Attempt, error) {
	return oneAttempt(ctx, db, `SELECT `+attemptColumns+` FROM attempt a WHERE a.id = $1`, id)
}

// Live is the call that a user has in hand: planned to bridged, or its wrap-up;
// nil when there is none.
func (d *Dialer) Live(ctx context.Context, db postgres.DB, user uuid.UUID) (*Attempt, error) {
	a, err := oneAttempt(ctx, db, `SELECT `+attemptColumns+` FROM attempt a WHERE a.agent_id = $1
		AND a.state IN ('planned','dialing','ringing','checking','answered','bridged','wrap','wrap_overdue')
		ORDER BY a.planned_at DESC LIMIT 1`, user)
	if errs.KindOf(err) == errs.NotFound {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return &a, nil
}

func oneAttempt(ctx context.Context, db postgres.DB, sql string, args ...any) (Attempt, error) {
	rows, err := db.Query(ctx, sql, args...)
	if err != nil {
		return Attempt{}, fmt.Errorf("reading an attempt: %w", err)
	}
	a, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[Attempt])
	if errors.Is(err, pgx.ErrNoRows) {
		return Attempt{}, noAttempt()
	}
	if err != nil {
		return Attempt{}, fmt.Errorf("reading an attempt: %w", err)
	}
	return a, nil
}

// change is what a move writes beside the state. Zero values are left alone.
type change struct {
	Node, Agent, Trunk uuid.UUID
	Caller             string
	Dialed, Ringing    time.Time
	Answered, Bridged  time.Time
	Ended, Wrapped     time.Time
	LineResult         string
	SIPCode            int
	SIPReason          string
	HangupBy           string
	Detail             string
	Disposition        string

	hasAgent *bool     // only when an agent is assigned, or only when none is
	onNode   uuid.UUID // only when the attempt is this node's
}

// move is the only mover: one conditional UPDATE fed by the table of states,
// and the event in the same transaction. ErrNotMoved when the attempt was not in
// a state that e leads out of.
func (d *Dialer) move(ctx context.Context, tx postgres.DB, id uuid.UUID, e attemptEvent, c change) (Attempt, error) {
	from, to := e.sources()
	a, err := oneAttempt(ctx, tx, `
		UPDATE attempt a SET state = m.target,
			node_id = coalesce($4, a.node_id), agent_id = coalesce($5, a.agent_id), trunk_id = coalesce($6, a.trunk_id),
			caller_number = coalesce(nullif($7, ''), a.caller_number),
			dialed_at = coalesce($8, a.dialed_at), ringing_at = coalesce(a.ringing_at, $9), answered_at = coalesce(a.answered_at, $10),
			bridged_at = coalesce(a.bridged_at, $11), ended_at = coalesce(a.ended_at, $12), wrapped_at = coalesce($13, a.wrapped_at),
			line_result = coalesce(nullif($14, ''), a.line_result), sip_code = coalesce(nullif($15::int, 0), a.sip_code),
			sip_reason = coalesce(nullif($16, ''), a.sip_reason), hangup_by = coalesce(nullif($17, ''), a.hangup_by),
			detail = coalesce(nullif($18, ''), a.detail), disposition = coalesce(nullif($19, ''), a.disposition)
		FROM unnest($2::text[], $3::text[]) AS m(source, target)
		WHERE a.id = $1 AND a.state = m.source
			AND ($20::boolean IS NULL OR (a.agent_id IS NOT NULL) = $20)
			AND ($21::uuid IS NULL OR a.node_id = $21)
		RETURNING `+attemptColumns,
		id, from, to, orNull(c.Node), orNull(c.Agent), orNull(c.Trunk), c.Caller, timeOrNull(c.Dialed), timeOrNull(c.Ringing), timeOrNull(c.Answered),
		timeOrNull(c.Bridged), timeOrNull(c.Ended), timeOrNull(c.Wrapped), c.LineResult, c.SIPCode, c.SIPReason, c.HangupBy, c.Detail, c.Disposition,
		c.hasAgent, orNull(c.onNode))
	if errs.KindOf(err) == errs.NotFound {
		return Attempt{}, ErrNotMoved
	}
	if err != nil {
		return Attempt{}, fmt.Errorf("moving an attempt by %s: %w", e, err)
	}
	return a, d.publish(ctx, tx, a)
}

// attemptData is the data of call.attempt_changed.
type attemptData struct {
	State       AttemptState `json:"state"`
	Mode        Mode         `json:"mode"`
	LineResult  string       `json:"lineResult,omitempty"`
	Disposition string       `json:"disposition,omitempty"`
	HangupBy    string       `json:"hangupBy,omitempty"`
	At          time.Time    `json:"at"` // real time of the step
}

func (d *Dialer) publish(ctx context.Context, tx postgres.DB, a Attempt) error {
	subject := events.Subjects{"attempt": a.ID, "task": a.TaskID, "customer": a.CustomerID}
	if a.CampaignID != nil {
		subject["campaign"] = *a.CampaignID
	}
	actor := uuid.Nil
	if a.AgentID != nil {
		subject["agent"], actor = *a.AgentID, *a.AgentID
	}
	return d.bus.Publish(ctx, tx, events.Event{
		Kind: events.AttemptChanged, Group: a.GroupID, Store: a.StoreID, At: d.clock.Now(), Actor: actor, Subject: subject,
	}, attemptData{State: a.State, Mode: a.Mode, LineResult: a.LineResult, Disposition: a.Disposition, HangupBy: a.HangupBy, At: time.Now().UTC()})
}

// isMissing tells that a row was not there.
func isMissing(err error) bool { return errs.KindOf(err) == errs.NotFound }

// away tells that the database is not there for the moment.
func away(err error) bool { return errs.KindOf(err) == errs.Unavailable }

func orEmpty(ids []uuid.UUID) []uuid.UUID {
	if ids == nil {
		return []uuid.UUID{}
	}
	return ids
}

func orNull(id uuid.UUID) *uuid.UUID {
	if id == uuid.Nil {
		return nil
	}
	return &id
}

func timeOrNull(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

// conflict tells that somebody else was first.
func conflict(err error) bool { return errs.KindOf(err) == errs.Conflict }
