package desk

import (
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
)

// aboutDay shows the agent's figures of the business day, agreed call-backs of
// the next hour and the call before.
func (d *Desk) aboutDay(v *View, a act) error {
	local := a.now.In(d.zone)
	from := time.Date(local.Year(), local.Month(), local.Day(), 0, 0, 0, 0, d.zone)
	to := from.AddDate(0, 0, 1)
	if err := today(v, a, from, to); err != nil {
		return err
	}
	if err := callbacks(v, a); err != nil {
		return err
	}
	return lastCall(v, a)
}

func today(v *View, a act, from, to time.Time) error {
	err := a.tx.QueryRow(a.ctx, `SELECT count(*) FILTER (WHERE dialed_at IS NOT NULL), count(*) FILTER (WHERE bridged_at IS NOT NULL),
		count(*) FILTER (WHERE disposition IN ('C00', 'C11')),
		coalesce(sum(extract(epoch FROM ended_at - bridged_at) * 1000) FILTER (WHERE bridged_at IS NOT NULL AND ended_at IS NOT NULL), 0)::bigint
		FROM attempt WHERE agent_id = $1 AND business_at >= $2 AND business_at < $3`, a.User, from, to).
		Scan(&v.Today.Calls, &v.Today.Answered, &v.Today.Completed, &v.Today.TalkMS)
	if err != nil {
		return fmt.Errorf("reading the agent's day: %w", err)
	}
	var s Score
	err = a.tx.QueryRow(a.ctx, `SELECT coalesce(sum(w.value_num), 0)::bigint, count(*) FROM answer w JOIN response r ON r.id = w.response_id
		JOIN attempt t ON t.id = r.attempt_id
		WHERE t.agent_id = $1 AND t.business_at >= $2 AND t.business_at < $3 AND w.key = 'overall' AND w.skipped = '' AND w.value_num IS NOT NULL`,
		a.User, from, to).Scan(&s.Sum, &s.N)
	if err != nil {
		return fmt.Errorf("reading the agent's scores: %w", err)
	}
	if s.N > 0 {
		v.Today.AvgScore = &s
	}
	return nil
}

type callbackRow struct {
	At       time.Time
	Customer uuid.UUID
	Name     string
	Task     uuid.UUID
}

func callbacks(v *View, a act) error {
	rows, err := a.tx.Query(a.ctx, `SELECT t.callback_at AS at, c.id AS customer, c.name_zh AS name, t.id AS task
		FROM task t JOIN customer c ON c.id = t.customer_id
		WHERE t.state = 'retry_wait' AND t.callback_at <= $1 AND (t.assignee_id IS NULL OR t.assignee_id = $2)
		ORDER BY t.callback_at LIMIT 10`, a.now.Add(time.Hour), a.User)
	if err != nil {
		return fmt.Errorf("reading agreed call-backs: %w", err)
	}
	found, err := pgx.CollectRows(rows, pgx.RowToStructByName[callbackRow])
	if err != nil {
		return fmt.Errorf("reading agreed call-backs: %w", err)
	}
	for _, r := range found {
		v.NextCallbacks = append(v.NextCallbacks, Callback{At: r.At, Customer: Named{ID: r.Customer.String(), Name: r.Name}, TaskID: r.Task.String()})
	}
	return nil
}

func lastCall(v *View, a act) error {
	var c LastCall
	var disposition string
	err := a.tx.QueryRow(a.ctx, `SELECT c.name_zh, t.disposition, t.ended_at FROM attempt t JOIN customer c ON c.id = t.customer_id
		WHERE t.agent_id = $1 AND t.state = 'done' ORDER BY t.planned_at DESC LIMIT 1`, a.User).Scan(&c.CustomerName, &disposition, &c.EndedAt)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("reading the call before: %w", err)
	}
	w := resultWords(disposition, "")
	c.DispositionZH, c.DispositionEN = w.zh, w.en
	v.LastCall = &c
	return nil
}
