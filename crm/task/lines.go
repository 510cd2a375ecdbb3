package task

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"ringback/internal/errs"
	"ringback/internal/postgres"
)

// Line is one task as a list shows it. Reason is the rule that made it, and why it is
// blocked, excluded or cancelled: "TR-01" or "TR-01 dnc".
type Line struct {
	RoNos    []string  `json:"ro_nos"`
	Kind     string    `json:"kind"`
	DueAt    time.Time `json:"due_at"`
	State    State     `json:"state"`
	Reason   string    `json:"reason"`
	VIN      string    `json:"vin,omitempty" db:"vin"`
	Priority int       `json:"priority"`
}

// Lines lists a store's tasks by due date; no kind and no states mean all.
func Lines(ctx context.Context, db postgres.DB, store uuid.UUID, kind string, states []State) ([]Line, error) {
	names := make([]string, len(states))
	for i, s := range states {
		names[i] = string(s)
	}
	rows, err := db.Query(ctx, `
		SELECT coalesce((SELECT array_agg(w.ro_no ORDER BY w.ro_no) FROM work_order w WHERE w.id = ANY (t.work_order_ids)), '{}') AS ro_nos,
			t.kind, t.due_at, t.state, trim(t.reason || ' ' || t.blocked_reason) AS reason, coalesce(v.vin, v.frame_no, '') AS vin, t.priority
		FROM task t LEFT JOIN vehicle v ON v.id = t.vehicle_id
		WHERE t.store_id = $1 AND ($2 = '' OR t.kind = $2) AND (cardinality($3::text[]) = 0 OR t.state = ANY ($3))
		ORDER BY t.due_at, t.kind, t.id`, store, kind, names)
	if err != nil {
		return nil, fmt.Errorf("listing tasks: %w", err)
	}
	found, err := pgx.CollectRows(rows, pgx.RowToStructByName[Line])
	if err != nil {
		return nil, fmt.Errorf("listing tasks: %w", err)
	}
	return orNone(found), nil
}

// StatesNamed reads a word for states: open, one of spec 2.4.5, or nothing for all.
func StatesNamed(word string) ([]State, error) {
	all := []State{Pending, Queued, InProgress, RetryWait, Blocked, Completed, Exhausted, Refused, Excluded, Cancelled}
	switch {
	case word == "":
		return nil, nil
	case word == "open":
		return all[:4], nil
	case slices.Contains(all, State(word)):
		return []State{State(word)}, nil
	}
	return nil, errs.New(errs.Invalid, "task_state_word", "没有“"+word+"”这种任务状态。可选：open、pending、queued、in_progress、retry_wait、blocked、completed、exhausted、refused、excluded、cancelled。",
		"There is no state \""+word+"\". Choose one of: open, pending, queued, in_progress, retry_wait, blocked, completed, exhausted, refused, excluded, cancelled.")
}
