package task

import (
	"context"
	"errors"
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"ringback/crm/customer"
	"ringback/internal/errs"
	"ringback/internal/events"
	"ringback/internal/postgres"
)

const columns = `id, group_id, store_id, kind, class, state, customer_id, vehicle_id, work_order_ids, subject_key, reason, campaign_id,
	script_id, script_version, priority, not_before, due_at, channel, dial_mode, phone_id, assignee_id, pool, not_user_ids, skill, attempts,
	max_attempts, next_attempt_at, callback_at, callback_user_id, wish, window_days,
	(extract(epoch FROM window_from) / 60)::int AS window_from, (extract(epoch FROM window_to) / 60)::int AS window_to, tried_at, renewal_id,
	appointment_id, phone_fix_id, note, last_line_result, last_disposition, blocked_reason, heals_at, completed_at, created_at, version`

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

// OfCustomer lists a customer's newest tasks.
func OfCustomer(ctx context.Context, db postgres.DB, id uuid.UUID, limit int) ([]Task, error) {
	return many(ctx, db, `SELECT `+columns+` FROM task WHERE customer_id = $1 ORDER BY created_at DESC, id DESC LIMIT $2`, id, limit)
}

// insert writes a new task with the newest version of its script. It is not
// created when an open task of the same kind and subject exists.
func (t *Tasks) insert(ctx context.Context, db postgres.DB, k Task, by customer.By) (created bool, err error) {
	if c := crowdOf(ctx); c != nil {
		return c.keep(k), nil
	}
	err = db.QueryRow(ctx, `
		INSERT INTO task (id, group_id, store_id, kind, class, state, customer_id, vehicle_id, work_order_ids, subject_key, reason,
			script_id, script_version, priority, not_before, due_at, channel, dial_mode, phone_id, assignee_id, pool, not_user_ids, skill,
			max_attempts, next_attempt_at, callback_at, callback_user_id, wish, window_days, window_from, window_to, renewal_id, appointment_id,
			phone_fix_id, note, blocked_reason, heals_at, created_at, updated_at)
		SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, coalesce(max(version), 1), $13, $14, $15, $16, $17, $18, $19, $20, $21, $22,
			$23, $24, $25, $26, $27, $28, make_interval(mins => $29)::time, make_interval(mins => $30)::time, $31, $32, $33, $34, $35, $36, $37, $37
		FROM script_version WHERE script_id = $12
		ON CONFLICT (store_id, kind, subject_key) WHERE state IN ('pending','queued','in_progress','retry_wait','blocked') DO NOTHING
		RETURNING script_version`,
		k.ID, k.GroupID, k.StoreID, k.Kind, k.Class, k.State, k.CustomerID, k.VehicleID, orNone(k.WorkOrderIDs), k.SubjectKey, k.Reason,
		k.ScriptID, k.Priority, k.NotBefore, k.DueAt, k.Channel, k.DialMode, k.PhoneID, k.AssigneeID, k.Pool, orNone(k.NotUserIDs), k.Skill,
		k.MaxAttempts, k.NextAttemptAt, k.CallbackAt, k.CallbackUserID, k.Wish, orNone(k.WindowDays), k.WindowFrom, k.WindowTo, k.RenewalID,
		k.AppointmentID, k.PhoneFixID, k.Note, k.BlockedReason, k.HealsAt, by.At).Scan(&k.ScriptVersion)
	if errors.Is(err, pgx.ErrNoRows) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("creating a %s task: %w", k.Kind, err)
	}
	return true, t.publish(ctx, db, events.TaskCreated, k, by)
}

// orNone is an empty list for a missing one: the columns take no null.
func orNone[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}

// save writes what moves in a task's life and tells it.
func (t *Tasks) save(ctx context.Context, db postgres.DB, k Task, by customer.By) error {
	_, err := db.Exec(ctx, `
		UPDATE task SET state = $2, work_order_ids = $3, priority = $4, phone_id = $5, assignee_id = $6, not_user_ids = $7, attempts = $8,
			max_attempts = $9, next_attempt_at = $10, callback_at = $11, callback_user_id = $12, tried_at = $13, last_line_result = $14,
			last_disposition = $15, blocked_reason = $16, heals_at = $17, completed_at = $18, not_before = $19, due_at = $20, note = $21,
			updated_at = $22, version = version + 1
		WHERE id = $1`,
		k.ID, k.State, orNone(k.WorkOrderIDs), k.Priority, k.PhoneID, k.AssigneeID, orNone(k.NotUserIDs), k.Attempts,
		k.MaxAttempts, k.NextAttemptAt, k.CallbackAt, k.CallbackUserID, orNone(k.TriedAt), k.LastLineResult,
		k.LastDisposition, k.BlockedReason, k.HealsAt, k.CompletedAt, k.NotBefore, k.DueAt, k.Note, by.At)
	if err != nil {
		return fmt.Errorf("writing task %s: %w", k.ID, err)
	}
	return t.publish(ctx, db, events.TaskChanged, k, by)
}

// end closes every task of a query with event e and a reason. A reason holds its
// moment: who ended what and why is in the event.
func (t *Tasks) end(ctx context.Context, db postgres.DB, by customer.By, e event, reason, where string, args ...any) (int, error) {
	found, err := many(ctx, db, `SELECT `+columns+` FROM task WHERE `+where+` ORDER BY id FOR UPDATE`, args...)
	if err != nil {
		return 0, err
	}
	if len(found) == 0 {
		return 0, nil
	}
	var cols postgres.Columns
	es := make([]events.Event, len(found))
	for i := range found {
		k, at := &found[i], by.At
		if err := k.move(e); err != nil {
			return 0, err
		}
		k.BlockedReason, k.NextAttemptAt, k.CallbackAt, k.HealsAt, k.CompletedAt = reason, nil, nil, nil, &at
		if es[i], err = k.event(events.TaskChanged, by); err != nil {
			return 0, err
		}
		cols.Add(k.ID, string(k.State))
	}
	if _, err := db.Exec(ctx, `
		UPDATE task SET state = r.state, blocked_reason = $3, next_attempt_at = NULL, callback_at = NULL, heals_at = NULL, completed_at = $4,
			updated_at = $4, version = version + 1
		FROM unnest($1::uuid[], $2::text[]) AS r (id, state) WHERE task.id = r.id`, cols.Args(reason, by.At)...); err != nil {
		return 0, fmt.Errorf("ending %d tasks: %w", len(found), err)
	}
	if err := t.bus.PublishAll(ctx, db, es); err != nil {
		return 0, err
	}
	for _, k := range found {
		if err := t.ended(ctx, db, k, by); err != nil {
			return 0, err
		}
	}
	return len(found), nil
}
