package dialer

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"ringback/dialer/pacing"
	"ringback/internal/postgres"
)

// watched is an attempt as the model sees one. Times are real.
type watched struct {
	ID         uuid.UUID
	State      AttemptState
	PlannedAt  time.Time
	DialedAt   *time.Time
	AnsweredAt *time.Time
	BridgedAt  *time.Time
	EndedAt    *time.Time
	WrappedAt  *time.Time
	Price      float64
	HasAgent   bool
	NodeLost   bool // it ended with its node
	CancelAt   *time.Time
	Leaving    bool // its agent asked to leave
}

const watchedColumns = `a.id, a.state, a.planned_at, a.dialed_at, a.answered_at, a.bridged_at, a.ended_at, a.wrapped_at, a.price, a.cancel_at,
	a.agent_id IS NOT NULL AS has_agent, a.detail = 'node_lost' AS node_lost`

// learner feeds a campaign's model with what its attempts have come to. It is the
// leader's alone and lives as long as its lease; the next leader begins with the
// last calls of the kind.
type learner struct {
	model *pacing.Model
	base  time.Time             // second 0 of the model's axis
	at    float64               // of the last thing told
	open  map[uuid.UUID]watched // as they were told last

	state pacing.State // its slices are filled again for every decision
}

// replayed is how much of the past a new learner is told.
const (
	replayDays  = 14
	replayCalls = 4000
)

// newLearner knows what the last calls of the campaign's kind have come to.
func newLearner(ctx context.Context, db postgres.DB, l load, now time.Time) (*learner, error) {
	rows, err := db.Query(ctx, `
		SELECT `+watchedColumns+`, false AS leaving FROM attempt a JOIN campaign c ON c.id = a.campaign_id
		WHERE c.store_id = $1 AND c.task_kind = $2 AND a.mode IN ('progressive', 'predictive')
			AND a.dialed_at > $3 AND a.ended_at IS NOT NULL
		ORDER BY a.dialed_at DESC LIMIT $4`, l.StoreID, l.TaskKind, now.AddDate(0, 0, -replayDays), replayCalls)
	if err != nil {
		return nil, fmt.Errorf("reading the last calls of a kind: %w", err)
	}
	past, err := pgx.CollectRows(rows, pgx.RowToStructByName[watched])
	if err != nil {
		return nil, fmt.Errorf("reading the last calls of a kind: %w", err)
	}
	n := &learner{
		model: pacing.NewModel(pacing.Options{Prior: pacing.DefaultPrior(), Grace: l.house.Rules.Dialing.Abandon.AgentWithin.Std().Seconds()}),
		base:  now, open: map[uuid.UUID]watched{},
	}
	for _, a := range past {
		if a.DialedAt.Before(n.base) {
			n.base = *a.DialedAt
		}
	}
	var told []pacing.Event
	for _, a := range past {
		told = append(told, n.news(watched{}, a)...)
	}
	n.tell(told)
	return n, nil
}

func (n *learner) tell(told []pacing.Event) {
	slices.SortStableFunc(told, func(a, b pacing.Event) int { return cmp.Compare(a.At, b.At) })
	for _, e := range told {
		n.at = max(n.at, e.At) // a step that was committed late
		e.At = n.at
		n.model.Observe(e)
	}
}

func (n *learner) second(t time.Time) float64 { return t.Sub(n.base).Seconds() }

// news is what happened to an attempt since it was was.
func (n *learner) news(was, is watched) (told []pacing.Event) {
	if is.DialedAt == nil { // void, or refused at the claim
		return nil
	}
	add := func(k pacing.Kind, from, to time.Time) {
		told = append(told, pacing.Event{At: n.second(to), Kind: k, Age: max(0, to.Sub(from).Seconds()), Price: is.Price})
	}
	switch {
	case is.AnsweredAt != nil && was.AnsweredAt == nil:
		add(pacing.LineLive, *is.DialedAt, *is.AnsweredAt)
	case is.AnsweredAt == nil && is.EndedAt != nil && was.EndedAt == nil:
		add(pacing.LineOver, *is.DialedAt, *is.EndedAt)
	}
	if is.State == Abandoned && was.State != Abandoned && is.AnsweredAt != nil && !is.NodeLost { // with a node: nothing that the model could foresee
		told = append(told, pacing.Event{At: n.second(*is.AnsweredAt), Kind: pacing.CallLost, Price: is.Price})
	}
	if is.BridgedAt != nil && is.EndedAt != nil && was.EndedAt == nil {
		add(pacing.TalkOver, *is.BridgedAt, *is.EndedAt)
	}
	if is.EndedAt != nil && is.WrappedAt != nil && was.WrappedAt == nil {
		add(pacing.WrapOver, *is.EndedAt, *is.WrappedAt)
	}
	return told
}

// watch reads the campaign's open attempts and those that were, and tells the
// model what became of them.
func (n *learner) watch(ctx context.Context, db postgres.DB, campaign uuid.UUID) error {
	found, err := watchedOf(ctx, db, `a.campaign_id = $1 AND a.state IN ('planned','dialing','ringing','checking','answered','bridged','wrap','wrap_overdue')`, campaign)
	if err != nil {
		return err
	}
	if over := n.missing(found); len(over) > 0 { // what is over never opens again
		ended, err := watchedOf(ctx, db, `a.id = ANY ($1)`, over)
		if err != nil {
			return err
		}
		found = append(found, ended...)
	}
	var told []pacing.Event
	open := make(map[uuid.UUID]watched, len(found))
	for _, a := range found {
		told = append(told, n.news(n.open[a.ID], a)...)
		if !a.State.Final() {
			open[a.ID] = a
		}
	}
	n.open = open
	n.tell(told)
	return nil
}

// watchedOf reads attempts for which a condition holds.
func watchedOf(ctx context.Context, db postgres.DB, where string, args ...any) ([]watched, error) {
	rows, err := db.Query(ctx, `
		SELECT `+watchedColumns+`, coalesce(s.wants, '') <> '' AS leaving
		FROM attempt a LEFT JOIN agent_session s ON s.user_id = a.agent_id AND s.attempt_id = a.id AND s.signed_off_at IS NULL
		WHERE `+where, args...)
	if err != nil {
		return nil, fmt.Errorf("watching a campaign's calls: %w", err)
	}
	found, err := pgx.CollectRows(rows, pgx.RowToStructByName[watched])
	if err != nil {
		return nil, fmt.Errorf("watching a campaign's calls: %w", err)
	}
	return found, nil
}

// missing are the attempts that were open and are not among those found.
func (n *learner) missing(found []watched) []uuid.UUID {
	seen := make(map[uuid.UUID]bool, len(found))
	for _, a := range found {
		seen[a.ID] = true
	}
	var out []uuid.UUID
	for id := range n.open {
		if !seen[id] {
			out = append(out, id)
		}
	}
	return out
}

// decide asks the model, with so many tasks at hand.
func (n *learner) decide(l load, tasks int, now time.Time) pacing.Decision {
	s := &n.state
	n.at = max(n.at, n.second(now))
	s.At, s.Ledger, s.Trunk, s.Hopper = n.at, l.ledger(), l.trunk(), tasks
	s.Ringing, s.Checking, s.Talking, s.Wrapping = s.Ringing[:0], s.Checking[:0], s.Talking[:0], s.Wrapping[:0]
	since := func(t time.Time) float64 { return max(0, now.Sub(t).Seconds()) }
	for _, id := range slices.SortedFunc(maps.Keys(n.open), func(a, b uuid.UUID) int { return slices.Compare(a[:], b[:]) }) {
		a := n.open[id]
		switch a.State {
		case Planned:
			s.Ringing = append(s.Ringing, 0)
		case Dialing, Ringing:
			s.Ringing = append(s.Ringing, since(*a.DialedAt))
		case Checking:
			s.Checking = append(s.Checking, 0)
		case Answered, Bridged:
			if a.HasAgent && !a.Leaving {
				s.Talking = append(s.Talking, since(*a.AnsweredAt))
			}
		case Wrap, WrapOverdue:
			if a.HasAgent && !a.Leaving && a.EndedAt != nil {
				s.Wrapping = append(s.Wrapping, since(*a.EndedAt))
			}
		case Done, Void, Refused, Failed, Abandoned, Machine, Unknown:
		}
	}
	return n.model.Decide(*s)
}
