package task

import (
	"context"
	"fmt"
	"strings"

	"github.com/google/uuid"

	"ringback/crm/customer"
	"ringback/internal/events"
	"ringback/internal/postgres"
)

// insertAll writes what a crowd has: its new tasks like insert, in one statement and
// told together, and the tasks that orders have joined.
func (t *Tasks) insertAll(ctx context.Context, db postgres.DB, c *crowd, by customer.By) error {
	ctx = withoutCrowd(ctx)
	for _, k := range c.joined {
		if err := t.save(ctx, db, *k, by); err != nil {
			return err
		}
	}
	es, err := insertTasks(ctx, db, c.pending, by)
	if err != nil {
		return err
	}
	c.settle()
	return t.bus.PublishAll(ctx, db, es)
}

func insertTasks(ctx context.Context, db postgres.DB, tasks []Task, by customer.By) (es []events.Event, err error) {
	if len(tasks) == 0 {
		return nil, nil
	}
	var cols postgres.Columns
	for _, k := range tasks {
		cols.Add(k.ID, k.GroupID, k.StoreID, k.Kind, k.Class, string(k.State), k.CustomerID, k.VehicleID, braces(k.WorkOrderIDs), k.SubjectKey, k.Reason,
			k.ScriptID, k.Priority, k.NotBefore, k.DueAt, string(k.Channel), k.DialMode, k.PhoneID, k.AssigneeID, string(k.Pool), braces(k.NotUserIDs), k.Skill,
			k.MaxAttempts, k.NextAttemptAt, k.CallbackAt, k.CallbackUserID, k.Wish, braces(k.WindowDays), k.WindowFrom, k.WindowTo,
			k.PhoneFixID, k.Note, k.BlockedReason, k.HealsAt)
	}
	rows, err := db.Query(ctx, `
		INSERT INTO task (id, group_id, store_id, kind, class, state, customer_id, vehicle_id, work_order_ids, subject_key, reason,
			script_id, script_version, priority, not_before, due_at, channel, dial_mode, phone_id, assignee_id, pool, not_user_ids, skill,
			max_attempts, next_attempt_at, callback_at, callback_user_id, wish, window_days, window_from, window_to,
			phone_fix_id, note, blocked_reason, heals_at, created_at, updated_at)
		SELECT r.id, r.grp, r.store, r.kind, r.class, r.state, r.customer, r.vehicle, r.orders::uuid[], r.subject, r.reason, r.script,
			coalesce(v.newest, 1), r.prio, r.not_before, r.due, r.channel, r.dial_mode, r.phone, r.assignee, r.pool, r.not_users::uuid[], r.skill, r.attempts,
			r.next_at, r.callback, r.callback_user, r.wish, r.days::integer[], make_interval(mins => r.day_from)::time, make_interval(mins => r.day_to)::time,
			r.fix, r.note, r.blocked, r.heals, $35, $35
		FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::text[], $7::uuid[], $8::uuid[], $9::text[], $10::text[], $11::text[],
			$12::text[], $13::integer[], $14::timestamptz[], $15::timestamptz[], $16::text[], $17::text[], $18::uuid[], $19::uuid[], $20::text[], $21::text[],
			$22::text[], $23::integer[], $24::timestamptz[], $25::timestamptz[], $26::uuid[], $27::text[], $28::text[], $29::integer[], $30::integer[],
			$31::uuid[], $32::text[], $33::text[], $34::timestamptz[]) WITH ORDINALITY
			AS r (id, grp, store, kind, class, state, customer, vehicle, orders, subject, reason, script, prio, not_before, due, channel, dial_mode, phone,
			assignee, pool, not_users, skill, attempts, next_at, callback, callback_user, wish, days, day_from, day_to, fix, note, blocked, heals, n)
		LEFT JOIN (SELECT script_id, max(version) AS newest FROM script_version GROUP BY script_id) v ON v.script_id = r.script
		ORDER BY r.n
		ON CONFLICT (store_id, kind, subject_key) WHERE state IN ('pending','queued','in_progress','retry_wait','blocked') DO NOTHING
		RETURNING id`, cols.Args(by.At)...)
	if err != nil {
		return nil, fmt.Errorf("creating %d tasks: %w", len(tasks), err)
	}
	created, err := setOf[uuid.UUID](rows)
	if err != nil {
		return nil, fmt.Errorf("creating %d tasks: %w", len(tasks), err)
	}
	for _, k := range tasks {
		if created[k.ID] {
			e, err := k.event(events.TaskCreated, by)
			if err != nil {
				return nil, err
			}
			es = append(es, e)
		}
	}
	return es, nil
}

// braces is an array in the database's own writing: arrays of arrays cannot be
// unnested.
func braces[T any](list []T) string {
	words := make([]string, len(list))
	for i, v := range list {
		words[i] = fmt.Sprint(v)
	}
	return "{" + strings.Join(words, ",") + "}"
}
