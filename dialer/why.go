package dialer

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"ringback/crm/task"
	"ringback/internal/postgres"
)

// whyLimit is how many tasks of one customer are explained, newest first.
const whyLimit = 30

// WhyTask explains one task; errs.NotFound when there is none.
func (d *Dialer) WhyTask(ctx context.Context, db postgres.DB, id uuid.UUID) (Why, error) {
	found, err := d.why(ctx, db, []uuid.UUID{id})
	if err != nil {
		return Why{}, err
	}
	if len(found) == 0 {
		return Why{}, noTask()
	}
	return found[0], nil
}

// WhyCustomer explains the tasks of a customer: the open ones, then those that
// ended, newest first.
func (d *Dialer) WhyCustomer(ctx context.Context, db postgres.DB, customer uuid.UUID) ([]Why, error) {
	rows, err := db.Query(ctx, `SELECT id FROM task WHERE customer_id = $1
		ORDER BY state NOT IN ('pending','queued','in_progress','retry_wait','blocked'), created_at DESC, id DESC LIMIT $2`, customer, whyLimit)
	if err != nil {
		return nil, fmt.Errorf("listing a customer's tasks: %w", err)
	}
	ids, err := pgx.CollectRows(rows, pgx.RowTo[uuid.UUID])
	if err != nil {
		return nil, fmt.Errorf("listing a customer's tasks: %w", err)
	}
	return d.why(ctx, db, ids)
}

// why explains tasks in the order of ids.
func (d *Dialer) why(ctx context.Context, db postgres.DB, ids []uuid.UUID) ([]Why, error) {
	now := d.clock.Now()
	found, err := d.readFacts(ctx, db, ids, now)
	if err != nil {
		return nil, err
	}
	more, err := storiesOf(ctx, db, ids)
	if err != nil {
		return nil, err
	}
	refused, err := refusalsOf(ctx, db, ids)
	if err != nil {
		return nil, err
	}
	campaigns, err := d.standings(ctx, db, now)
	if err != nil {
		return nil, err
	}
	byID := map[uuid.UUID]Why{}
	for _, t := range found {
		here := campaigns[t.Kind]
		f, err := d.facts(t, here.place, now)
		if err != nil {
			return nil, err
		}
		byID[t.TaskID] = t.why(f, more[t.TaskID], refused[t.TaskID], here.list)
	}
	out := make([]Why, 0, len(found))
	for _, id := range ids {
		if w, ok := byID[id]; ok {
			out = append(out, w)
		}
	}
	return out, nil
}

// why puts the story together and tells it.
func (t taskFacts) why(f Facts, m moreFacts, refused []RefusalView, campaigns []Standing) Why {
	s := Story{
		Facts: f, State: task.State(t.State), BlockedReason: t.BlockedReason, OwnTime: t.ownTime(), Retrying: t.State == "retry_wait",
		Live: AttemptState(m.Live), Campaigns: campaigns, Waits: refused,
	}
	if w, ok := task.FindDisposition(m.LastDisposition); ok {
		s.Disposition, s.DispositionEN = w.ZH, w.EN
	}
	if w, ok := task.FindLineResult(m.LastLineResult); ok {
		s.LineResult, s.LineResultEN = w.ZH, w.EN
	}
	words := obstacles(s)
	out := Why{TaskID: t.TaskID, Kind: t.Kind, State: s.State, Answer: words[0], Also: append([]Sentence{}, words[1:]...), Refusals: refused}
	if out.Refusals == nil {
		out.Refusals = []RefusalView{}
	}
	if s.State.Open() {
		f.Pace = nil
		if w := earliest(f, later(f.Now, s.OwnTime), rules()); !w.At.IsZero() {
			out.NextAt = &w.At
		}
	}
	return out
}

// moreFacts are what an explanation needs beyond the gate's facts.
type moreFacts struct {
	TaskID          uuid.UUID
	LastLineResult  string
	LastDisposition string
	Live            string // state of the attempt that is up
}

func storiesOf(ctx context.Context, db postgres.DB, ids []uuid.UUID) (map[uuid.UUID]moreFacts, error) {
	rows, err := db.Query(ctx, `
		SELECT t.id AS task_id, t.last_line_result, t.last_disposition, coalesce((SELECT a.state FROM attempt a WHERE a.task_id = t.id
			AND a.state IN ('planned','dialing','ringing','checking','answered','bridged')), '') AS live
		FROM task t WHERE t.id = ANY ($1)`, ids)
	if err != nil {
		return nil, fmt.Errorf("reading what became of tasks: %w", err)
	}
	found, err := pgx.CollectRows(rows, pgx.RowToStructByName[moreFacts])
	if err != nil {
		return nil, fmt.Errorf("reading what became of tasks: %w", err)
	}
	out := map[uuid.UUID]moreFacts{}
	for _, m := range found {
		out[m.TaskID] = m
	}
	return out, nil
}

// covering are the campaigns over one kind of task, and where a dial would happen:
// in the running one with most agents ready.
type covering struct {
	list  []Standing
	place setting
	ready int
}

// standings are the store's campaigns that are not over, by kind.
func (d *Dialer) standings(ctx context.Context, db postgres.DB, now time.Time) (map[string]covering, error) {
	rows, err := db.Query(ctx, `SELECT c.id, c.task_kind, c.name, c.state, c.state_reason,
			(SELECT count(*) FROM agent_session g JOIN campaign_agent a ON a.user_id = g.user_id AND a.campaign_id = c.id WHERE g.signed_off_at IS NULL) AS signed_on
		FROM campaign c WHERE c.state IN ('draft', 'running', 'paused', 'draining')
		ORDER BY array_position(ARRAY['running', 'paused', 'draining', 'draft'], c.state), c.created_at DESC`)
	if err != nil {
		return nil, fmt.Errorf("listing campaigns: %w", err)
	}
	type row struct {
		ID          uuid.UUID
		TaskKind    string
		Name        string
		State       CampaignState
		StateReason string
		SignedOn    int
	}
	found, err := pgx.CollectRows(rows, pgx.RowToStructByName[row])
	if err != nil {
		return nil, fmt.Errorf("listing campaigns: %w", err)
	}
	out := map[string]covering{}
	for _, r := range found {
		c := out[r.TaskKind]
		st := Standing{Name: r.Name, State: r.State, Reason: r.StateReason, SignedOn: r.SignedOn}
		if r.State == Running {
			l, err := d.readLoad(ctx, db, r.ID, now)
			if err != nil {
				return nil, err
			}
			dec, _ := d.Decision(r.ID)
			st.Ready, st.RedisOut = l.Ready, dec.LimitedBy == string(byRedis)
			if c.place.mode == "" || l.Ready > c.ready {
				c.place, c.ready = l.setting(nil), l.Ready
				c.place.pace = l.pace()
			}
		}
		c.list = append(c.list, st)
		out[r.TaskKind] = c
	}
	return out, nil
}
