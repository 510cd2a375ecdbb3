package dialer

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"ringback/internal/errs"
	"ringback/internal/postgres"
	"ringback/telephony/acd"
)

// planned is what became of one task on its way to a line.
type planResult string

const (
	planOpened  planResult = "opened"  // an attempt is planned, or an agent has the task before them
	planRefused planResult = "refused" // by the gate; another task may do
	planTaken   planResult = "taken"   // the task or the number is busy elsewhere
	planFull    planResult = "full"    // no agent or line for it any more
	planLost    planResult = "lost"    // leadership or the campaign has moved on
)

// plan puts one task on its way, under the lease row and only while the
// campaign runs, the ledger agrees and the gate says yes. price is what the model
// thought its line worth; 0 outside predictive mode.
func (d *Dialer) plan(ctx context.Context, l lease, task uuid.UUID, price float64) (result planResult, err error) {
	err = d.in(postgres.PlannedOnce(ctx), l.GroupID, l.StoreID, func(ctx context.Context, tx pgx.Tx) error {
		result, err = d.planIn(ctx, tx, l, task, price)
		return err
	})
	if errors.Is(err, errRollback) {
		err = nil
	}
	return result, err
}

// errRollback undoes a half-planned attempt without being a failure.
var errRollback = errors.New("rolled back on purpose")

func (d *Dialer) planIn(ctx context.Context, tx pgx.Tx, l lease, task uuid.UUID, price float64) (planResult, error) {
	held, err := l.hold(ctx, tx, d.node)
	if err != nil || !held {
		return planLost, err
	}
	now := d.clock.Now()
	load, err := d.readLoad(ctx, tx, l.CampaignID, now)
	if err != nil {
		return planLost, err
	}
	seats, err := seatsOf(ctx, tx, l.CampaignID)
	if err != nil {
		return planLost, err
	}
	way, ok := load.line()
	switch {
	case load.State != Running || !ok:
		return planLost, nil
	case load.Mode == Preview && load.Ready-load.Leaving <= 0:
		return planFull, nil
	case load.Mode != Preview && load.room() < 1:
		return planFull, nil
	}
	t, f, verdict, err := d.gate(ctx, tx, task, load.setting(seats), now)
	if err != nil || verdict != OutcomeOK {
		return planRefused, err
	}
	switch {
	case load.Mode == Preview:
		return d.offer(ctx, tx, load, t)
	case f.byHand() && !load.proof().MayTake(): // lines count on whoever is ready
		return planFull, nil
	case f.byHand():
		return d.offer(ctx, tx, load, t)
	}
	if other, ok := f.way(); ok {
		way = other
	}
	a := d.attempt(t, way, load, now)
	a.Epoch, a.Price = l.Epoch, price
	return d.open(ctx, tx, a)
}

// gate asks all rules about a waiting task, and carries out a refusal. A task
// that is not waiting any more counts as refused, without a row.
func (d *Dialer) gate(ctx context.Context, tx postgres.DB, task uuid.UUID, s setting, now time.Time) (taskFacts, Facts, Outcome, error) {
	found, err := d.readFacts(ctx, tx, []uuid.UUID{task}, now)
	if err != nil || len(found) == 0 || !found[0].waiting(now) {
		return taskFacts{}, Facts{}, OutcomeStop, err
	}
	t := found[0]
	f, err := d.facts(t, s, now)
	if err != nil {
		return t, f, OutcomeStop, err
	}
	checks, v := judge(f, rules())
	if v.Outcome != OutcomeOK {
		return t, f, v.Outcome, d.refuse(ctx, tx, t, checks, v, now)
	}
	return t, f, OutcomeOK, nil
}

func (t taskFacts) waiting(now time.Time) bool {
	switch t.State {
	case "pending", "queued", "retry_wait":
		return !t.NotBefore.After(now) && (t.NextAttemptAt == nil || !t.NextAttemptAt.After(now))
	}
	return false
}

// mayNot are the users who may not take the task (CG-13).
func (t taskFacts) mayNot() []uuid.UUID { return slices.Concat(t.NotUserIDs, t.Unskilled) }

func (d *Dialer) attempt(t taskFacts, way line, l load, now time.Time) Attempt {
	campaign := l.ID
	return Attempt{
		ID: uuid.Must(uuid.NewV7()), GroupID: t.GroupID, StoreID: t.StoreID, CampaignID: &campaign, TaskID: t.TaskID,
		CustomerID: t.CustomerID, PhoneID: *t.PhoneID, PhoneHash: t.PhoneHash, CalledLast4: *t.Last4, Mode: l.Mode, State: Planned,
		TrunkID: &way.TrunkID, CallerNumber: way.Number, PlannedAt: realNow(), BusinessAt: now,
	}
}

// open writes the attempt and takes the task. The unique indexes decide who is
// first when two want one task or one number.
func (d *Dialer) open(ctx context.Context, tx postgres.DB, a Attempt) (planResult, error) {
	tag, err := tx.Exec(ctx, `
		INSERT INTO attempt (id, group_id, store_id, campaign_id, task_id, customer_id, phone_id, phone_hash, called_last4, mode, state, epoch,
			agent_id, trunk_id, caller_number, planned_at, business_at, price)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 'planned', $11, $12, $13, $14, $15, $16, $17) ON CONFLICT DO NOTHING`,
		a.ID, a.GroupID, a.StoreID, a.CampaignID, a.TaskID, a.CustomerID, a.PhoneID, a.PhoneHash, a.CalledLast4, string(a.Mode), a.Epoch,
		a.AgentID, a.TrunkID, a.CallerNumber, a.PlannedAt, a.BusinessAt, a.Price)
	if err != nil {
		return "", fmt.Errorf("planning an attempt: %w", err)
	}
	if tag.RowsAffected() == 0 {
		return planTaken, errRollback
	}
	if a.AgentID == nil { // a previewing agent has taken it already
		if _, err := d.tasks.Take(ctx, tx, a.TaskID, uuid.Nil, a.by(a.BusinessAt)); err != nil {
			return taken(err)
		}
	}
	return planOpened, d.publish(ctx, tx, a)
}

// taken: a task that somebody else has is no failure.
func taken(err error) (planResult, error) {
	if k := errs.KindOf(err); k == errs.Conflict || k == errs.NotFound {
		return planTaken, errRollback
	}
	return "", err
}

// offer gives the task to the longest-idle ready agent to read (preview).
func (d *Dialer) offer(ctx context.Context, tx postgres.DB, l load, t taskFacts) (planResult, error) {
	user, err := d.agents.ToPreview(ctx, tx, l.ID, t.TaskID, t.mayNot())
	if errors.Is(err, acd.ErrNobody) {
		return planFull, errRollback
	}
	if err != nil {
		return "", err
	}
	if _, err := d.tasks.Take(ctx, tx, t.TaskID, user, t.by(d.clock.Now())); err != nil {
		return taken(err)
	}
	return planOpened, nil
}
