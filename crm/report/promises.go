package report

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"ringback/internal/postgres"
)

// Promise is an open task of a customer and, when it waits, what holds it.
type Promise struct {
	ID            uuid.UUID
	Kind          string
	State         string
	Plate         string
	Reason        string
	DueAt         time.Time
	NextAttemptAt *time.Time
	CallbackAt    *time.Time
	Attempts      int
	MaxAttempts   int
	BlockedReason string
	Rule          string // of the newest refusal that still holds; empty: nothing holds it
	WhyZH         string `db:"why_zh"`
	WhyEN         string `db:"why_en"`
	UntilAt       *time.Time
	Assignee      string
}

// Promises lists what is still owed to a customer, the next due first.
func (r *Report) Promises(ctx context.Context, db postgres.DB, customer uuid.UUID, now time.Time) ([]Promise, error) {
	rows, err := db.Query(ctx, `
		SELECT t.id, t.kind, t.state, coalesce(v.plate, '') AS plate, t.reason, t.due_at, t.next_attempt_at, t.callback_at, t.attempts,
		       t.max_attempts, t.blocked_reason, coalesce(f.rule, '') AS rule, coalesce(f.reason_zh, '') AS why_zh, coalesce(f.reason_en, '') AS why_en,
		       f.until_at, coalesce(u.name_zh, '') AS assignee
		FROM task t LEFT JOIN vehicle v ON v.id = t.vehicle_id LEFT JOIN app_user u ON u.id = t.assignee_id
		LEFT JOIN LATERAL (SELECT rule, reason_zh, reason_en, until_at FROM refusal x
			WHERE x.task_id = t.id AND x.ended_at IS NULL AND (x.until_at IS NULL OR x.until_at > $2) ORDER BY x.last_at DESC LIMIT 1) f ON true
		WHERE t.customer_id = $1 AND t.state IN ('pending', 'queued', 'in_progress', 'retry_wait', 'blocked')
		ORDER BY coalesce(t.callback_at, t.due_at), t.id`, customer, now)
	if err != nil {
		return nil, fmt.Errorf("reading the promises to customer %s: %w", customer, err)
	}
	out, err := pgx.CollectRows(rows, pgx.RowToStructByName[Promise])
	if err != nil {
		return nil, fmt.Errorf("reading the promises to customer %s: %w", customer, err)
	}
	return out, nil
}

// CallAnswers is what customers answered in some calls, by call.
type CallAnswers struct {
	AttemptID     uuid.UUID
	ScriptID      string
	ScriptVersion int
	GivenAnswer
}

// AnswersOf reads the answers of calls in the order of their questions.
func (r *Report) AnswersOf(ctx context.Context, db postgres.DB, calls []uuid.UUID) ([]CallAnswers, error) {
	rows, err := db.Query(ctx, `
		SELECT r.attempt_id, r.script_id, r.script_version, a.key, a.node, a.dept,
		       coalesce(a.value_num::text, a.value_code, array_to_string(a.value_codes, ','), '') AS value,
		       coalesce(a.verbatim, '') AS verbatim, a.skipped, a.saved_at
		FROM answer a JOIN response r ON r.id = a.response_id WHERE r.attempt_id = ANY ($1) ORDER BY r.attempt_id, a.seq`, calls)
	if err != nil {
		return nil, fmt.Errorf("reading the answers of calls: %w", err)
	}
	out, err := pgx.CollectRows(rows, pgx.RowToStructByName[CallAnswers])
	if err != nil {
		return nil, fmt.Errorf("reading the answers of calls: %w", err)
	}
	return out, nil
}
