package task

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"ringback/internal/postgres"
)

// DueTask is a task that may be called now.
type DueTask struct {
	Task
	OwnHours bool // the customer's own hours are open now: they win over the store's windows (D-04, W2)
}

// Due lists the tasks of a kind that may be called at now, in the order they are
// to be called: agreed call-backs first, then by priority with ageing (+1 per 6 h
// of waiting, at most 10), due date, age (spec 2.7). A customer who is on the line
// about something else is not listed. Whether a call is allowed this minute is the
// gate's question.
//
// A dialer asks every few seconds. Of a long list only the best are read, whose
// order the indexes task_next and task_ripe hold.
func Due(ctx context.Context, db postgres.DB, store uuid.UUID, kind string, now time.Time, limit int) ([]DueTask, error) {
	return due(ctx, db, store, kind, now, limit, fewDue)
}

// fewDue are sorted whole: that is sooner done than asking rank by rank.
const fewDue = 2000

func due(ctx context.Context, db postgres.DB, store uuid.UUID, kind string, now time.Time, limit, few int) ([]DueTask, error) {
	list, err := ripest(ctx, db, `callback_at IS NOT NULL`, store, kind, now, limit)
	if err != nil || len(list) == limit {
		return list, err
	}
	var n int
	err = db.QueryRow(ctx, `SELECT count(*) FROM (SELECT FROM task WHERE `+ripe+` AND callback_at IS NULL LIMIT $4) few`, store, kind, now, few+1).Scan(&n)
	if err != nil {
		return nil, fmt.Errorf("counting the tasks due: %w", err)
	}
	if n <= few {
		rest, err := ripest(ctx, db, `callback_at IS NULL`, store, kind, now, limit-len(list))
		return append(list, rest...), err
	}
	steps, err := ranks(ctx, db, store, kind)
	if err != nil {
		return nil, err
	}
	for _, same := range steps {
		found, err := ofRank(ctx, db, store, kind, now, same, limit-len(list))
		if err != nil {
			return nil, err
		}
		if list = append(list, found...); len(list) == limit {
			break
		}
	}
	return list, nil
}

// ripe are the tasks of store $1 and kind $2 that may be called at $3. The policy
// names the store too, but as one of several, of which no index keeps the order.
const ripe = `store_id = $1 AND kind = $2 AND channel = 'call' AND state IN ('pending', 'queued', 'retry_wait') AND (next_attempt_at IS NULL AND not_before <= $3 OR next_attempt_at <= $3)
	AND customer_id NOT IN (SELECT other.customer_id FROM task other WHERE other.store_id = $1 AND other.state = 'in_progress' AND other.channel = 'call')`

// withHours finds whether a customer's own hours are open at $3 for the tasks
// that a sub-select named task leaves.
const withHours = ` task LEFT JOIN LATERAL (
		SELECT ($3::timestamptz AT TIME ZONE 'Asia/Shanghai')::time >= coalesce(task.window_from, c.preferred_from)
			AND ($3::timestamptz AT TIME ZONE 'Asia/Shanghai')::time < coalesce(task.window_to, c.preferred_to)
			AND (task.window_days = '{}' OR extract(dow FROM $3::timestamptz AT TIME ZONE 'Asia/Shanghai')::int = ANY (task.window_days)) AS hours
		FROM customer c WHERE c.id = task.customer_id) own ON true`

// ripest sorts all ripe tasks for which a condition holds.
func ripest(ctx context.Context, db postgres.DB, also string, store uuid.UUID, kind string, now time.Time, limit int) ([]DueTask, error) {
	const order = ` ORDER BY callback_at IS NULL, callback_at,
		least(100, priority + least($5::int, greatest(0, floor(extract(epoch FROM $3 - not_before) / $6::int)))) DESC, due_at, created_at, id `
	return readDue(ctx, db, `SELECT `+columns+`, coalesce(own.hours, false) AS own_hours
		FROM (SELECT * FROM task WHERE `+ripe+` AND `+also+order+` LIMIT $4)`+withHours+order, store, kind, now, limit, mostAgeing, int(ageing.Seconds()))
}

const (
	ageing     = 6 * time.Hour // of waiting are worth one step of priority
	mostAgeing = 10            // steps
)

// step are the tasks of one priority that have aged by as many steps.
type step struct{ priority, aged int }

func (s step) rank() int { return min(100, s.priority+s.aged) }

// ranks are the steps that tasks of a kind may stand on, those of one rank
// together, the best first.
func ranks(ctx context.Context, db postgres.DB, store uuid.UUID, kind string) ([][]step, error) {
	const open = `store_id = $1 AND kind = $2 AND state IN ('pending', 'queued', 'retry_wait')`
	rows, err := db.Query(ctx, `
		WITH RECURSIVE seen AS (
			(SELECT priority FROM task WHERE `+open+` ORDER BY priority DESC LIMIT 1)
			UNION ALL SELECT (SELECT priority FROM task WHERE `+open+` AND priority < seen.priority ORDER BY priority DESC LIMIT 1) FROM seen WHERE seen.priority IS NOT NULL)
		SELECT priority FROM seen WHERE priority IS NOT NULL`, store, kind)
	if err != nil {
		return nil, fmt.Errorf("reading the priorities of due tasks: %w", err)
	}
	priorities, err := pgx.CollectRows(rows, pgx.RowTo[int])
	if err != nil {
		return nil, fmt.Errorf("reading the priorities of due tasks: %w", err)
	}
	byRank := make([][]step, 101)
	for _, p := range priorities {
		for aged := range mostAgeing + 1 {
			s := step{p, aged}
			byRank[100-s.rank()] = append(byRank[100-s.rank()], s)
		}
	}
	return slices.DeleteFunc(byRank, func(same []step) bool { return len(same) == 0 }), nil
}

// ofRank reads the best tasks of the steps of one rank.
func ofRank(ctx context.Context, db postgres.DB, store uuid.UUID, kind string, now time.Time, steps []step, limit int) ([]DueTask, error) {
	var list []DueTask
	for _, s := range steps {
		to, from := now.Add(-time.Duration(s.aged)*ageing), now.Add(-time.Duration(s.aged+1)*ageing)
		switch s.aged {
		case 0:
			to = to.Add(10 * 365 * 24 * time.Hour) // a next attempt may come before the task's own time
		case mostAgeing:
			from = time.Time{}
		}
		found, err := readDue(ctx, db, `SELECT `+columns+`, coalesce(own.hours, false) AS own_hours
			FROM (SELECT * FROM task WHERE `+ripe+` AND callback_at IS NULL AND priority = $5 AND not_before > $6 AND not_before <= $7
				ORDER BY due_at, created_at, id LIMIT $4)`+withHours, store, kind, now, limit, s.priority, from, to)
		if err != nil {
			return nil, err
		}
		list = append(list, found...)
	}
	slices.SortFunc(list, func(a, b DueTask) int {
		return cmp.Or(a.DueAt.Compare(b.DueAt), a.CreatedAt.Compare(b.CreatedAt), bytes.Compare(a.ID[:], b.ID[:]))
	})
	return list[:min(limit, len(list))], nil
}

// readDue plans each time anew: what is sooner read depends on the moment.
func readDue(ctx context.Context, db postgres.DB, sql string, args ...any) ([]DueTask, error) {
	rows, err := db.Query(ctx, sql, append([]any{pgx.QueryExecModeCacheDescribe}, args...)...)
	if err != nil {
		return nil, fmt.Errorf("reading the tasks due: %w", err)
	}
	found, err := pgx.CollectRows(rows, pgx.RowToStructByName[DueTask])
	if err != nil {
		return nil, fmt.Errorf("reading the tasks due: %w", err)
	}
	return found, nil
}

// sameAgentFor is how long an agreed call-back waits for the agent who agreed to
// it before any agent may have it (RP-CALLBACK).
const sameAgentFor = 15 * time.Minute

// For is who should have the task at now: the agent who agreed to the call-back,
// for 15 minutes, else the customer's own agent. It is not ok when anybody may.
func (k Task) For(now time.Time) (user uuid.UUID, ok bool) {
	switch {
	case k.CallbackAt != nil && k.CallbackUserID != nil && now.Before(k.CallbackAt.Add(sameAgentFor)):
		return *k.CallbackUserID, true
	case k.CallbackAt == nil && k.AssigneeID != nil:
		return *k.AssigneeID, true
	}
	return uuid.Nil, false
}
