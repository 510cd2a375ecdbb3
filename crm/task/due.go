package task

import (
	"context"
	"fmt"
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
func Due(ctx context.Context, db postgres.DB, kind string, now time.Time, limit int) ([]DueTask, error) {
	rows, err := db.Query(ctx, `
		SELECT `+columns+`, coalesce(own.hours, false) AS own_hours
		FROM task LEFT JOIN LATERAL (
			SELECT ($2::timestamptz AT TIME ZONE 'Asia/Shanghai')::time >= coalesce(task.window_from, c.preferred_from)
				AND ($2::timestamptz AT TIME ZONE 'Asia/Shanghai')::time < coalesce(task.window_to, c.preferred_to)
				AND (task.window_days = '{}' OR extract(dow FROM $2::timestamptz AT TIME ZONE 'Asia/Shanghai')::int = ANY (task.window_days)) AS hours
			FROM customer c WHERE c.id = task.customer_id) own ON true
		WHERE kind = $1 AND channel = 'call' AND state IN ('pending', 'queued', 'retry_wait') AND coalesce(next_attempt_at, not_before) <= $2
			AND NOT EXISTS (SELECT FROM task other WHERE other.customer_id = task.customer_id AND other.state = 'in_progress' AND other.channel = 'call')
		ORDER BY callback_at IS NULL, callback_at,
			least(100, priority + least(10, floor(extract(epoch FROM $2 - not_before) / 21600))) DESC, due_at, created_at, id
		LIMIT $3`, kind, now, limit)
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
