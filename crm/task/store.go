package task

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

const columns = `id, group_id, store_id, kind, class, state, customer_id, vehicle_id, work_order_ids, subject_key, reason, campaign_id,
	script_id, script_version, priority, not_before, due_at, phone_id, assignee_id, not_user_ids, skill, attempts, max_attempts,
	next_attempt_at, callback_at, last_line_result, last_disposition, blocked_reason, completed_at, created_at, version`

// Get reads one task; errs.NotFound "task_not_found".
func Get(ctx context.Context, db postgres.DB, id uuid.UUID) (Task, error) {
	return one(ctx, db, `SELECT `+columns+` FROM task WHERE id = $1`, id)
}

func lock(ctx context.Context, db postgres.DB, id uuid.UUID) (Task, error) {
	return one(ctx, db, `SELECT `+columns+` FROM task WHERE id = $1 FOR UPDATE`, id)
}

func one(ctx context.Context, db postgres.DB, sql string, args ...any) (Task, error) {
	rows, err := db.Query(ctx, sql, args...)
	if err != nil {
		return Task{}, fmt.Errorf("reading a task: %w", err)
	}
	k, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[Task])
	if errors.Is(err, pgx.ErrNoRows) {
		return Task{}, errs.New(errs.NotFound, "task_not_found", "没有这个任务。", "There is no such task.")
	}
	if err != nil {
		return Task{}, fmt.Errorf("reading a task: %w", err)
	}
	return k, nil
}

func many(ctx context.Context, db postgres.DB, sql string, args ...any) ([]Task, error) {
	rows, err := db.Query(ctx, sql, args...)
	if err != nil {
		return nil, fmt.Errorf("reading tasks: %w", err)
	}
	found, err := pgx.CollectRows(rows, pgx.RowToStructByName[Task])
	if err != nil {
		return nil, fmt.Errorf("reading tasks: %w", err)
	}
	return found, nil
}

// Due lists the tasks of a kind that may be called at now, in the order they are
// to be called: agreed call-backs first, then by priority with ageing (+1 per 6 h
// of waiting, at most 10), due date, age (spec 2.7). Whether a call is allowed this
// minute is the gate's question.
func Due(ctx context.Context, db postgres.DB, kind string, now time.Time, limit int) ([]Task, error) {
	return many(ctx, db, `SELECT `+columns+` FROM task
		WHERE kind = $1 AND state IN ('pending', 'queued', 'retry_wait') AND coalesce(next_attempt_at, not_before) <= $2
		ORDER BY callback_at IS NULL, callback_at,
			least(100, priority + least(10, floor(extract(epoch FROM $2 - not_before) / 21600))) DESC, due_at, created_at, id
		LIMIT $3`, kind, now, limit)
}

// OfCustomer lists a customer's newest tasks.
func OfCustomer(ctx context.Context, db postgres.DB, id uuid.UUID, limit int) ([]Task, error) {
	return many(ctx, db, `SELECT `+columns+` FROM task WHERE customer_id = $1 ORDER BY created_at DESC, id DESC LIMIT $2`, id, limit)
}

// insert writes a new task with the newest version of its script.
func (t *Tasks) insert(ctx context.Context, db postgres.DB, k Task, by customer.By) error {
	err := db.QueryRow(ctx, `
		INSERT INTO task (id, group_id, store_id, kind, class, state, customer_id, vehicle_id, work_order_ids, subject_key, reason,
			script_id, script_version, priority, not_before, due_at, phone_id, not_user_ids, skill, max_attempts, blocked_reason, created_at, updated_at)
		SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, coalesce(max(version), 1), $13, $14, $15, $16, $17, $18, $19, $20, $21, $21
		FROM script_version WHERE script_id = $12
		RETURNING script_version`,
		k.ID, k.GroupID, k.StoreID, k.Kind, k.Class, k.State, k.CustomerID, k.VehicleID, k.WorkOrderIDs, k.SubjectKey, k.Reason,
		k.ScriptID, k.Priority, k.NotBefore, k.DueAt, k.PhoneID, k.NotUserIDs, k.Skill, k.MaxAttempts, k.BlockedReason, by.At).Scan(&k.ScriptVersion)
	if err != nil {
		return fmt.Errorf("creating a %s task: %w", k.Kind, err)
	}
	return t.publish(ctx, db, events.TaskCreated, k, by)
}

// save writes what moves in a task's life and tells it.
func (t *Tasks) save(ctx context.Context, db postgres.DB, k Task, by customer.By) error {
	_, err := db.Exec(ctx, `
		UPDATE task SET state = $2, work_order_ids = $3, priority = $4, phone_id = $5, assignee_id = $6, not_user_ids = $7, attempts = $8,
			next_attempt_at = $9, callback_at = $10, last_line_result = $11, last_disposition = $12, blocked_reason = $13, completed_at = $14,
			updated_at = $15, version = version + 1
		WHERE id = $1`,
		k.ID, k.State, k.WorkOrderIDs, k.Priority, k.PhoneID, k.AssigneeID, k.NotUserIDs, k.Attempts,
		k.NextAttemptAt, k.CallbackAt, k.LastLineResult, k.LastDisposition, k.BlockedReason, k.CompletedAt, by.At)
	if err != nil {
		return fmt.Errorf("writing task %s: %w", k.ID, err)
	}
	return t.publish(ctx, db, events.TaskChanged, k, by)
}

// end closes every task of a query with event e and a reason.
func (t *Tasks) end(ctx context.Context, db postgres.DB, by customer.By, e event, reason, where string, args ...any) (int, error) {
	found, err := many(ctx, db, `SELECT `+columns+` FROM task WHERE `+where+` ORDER BY id FOR UPDATE`, args...)
	if err != nil {
		return 0, err
	}
	for _, k := range found {
		if err := k.move(e); err != nil {
			return 0, err
		}
		k.BlockedReason, k.NextAttemptAt, k.CallbackAt = reason, nil, nil
		if err := t.save(ctx, db, k, by); err != nil {
			return 0, err
		}
	}
	return len(found), nil
}
