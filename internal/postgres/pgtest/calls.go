package pgtest

import (
	"testing"
	"time"

	"github.com/google/uuid"
)

// Calls inserts what a campaign has left behind: n dials ten seconds apart, the last
// ten seconds before real time now, planned in the hour of business. Every fourth was answered
// after 9 s by a customer with whom agent (zero: nobody is noted) spoke 90 s and
// wrapped up 20 s; the others rang for 25 s.
func Calls(t testing.TB, db *DB, campaign, agent uuid.UUID, n int, business time.Time) {
	t.Helper()
	customer, phone, task := newID(t), newID(t), newID(t)
	db.Exec(t, `INSERT INTO customer (id, group_id, store_id, name_zh, source, is_synthetic, created_at, updated_at)
		SELECT $1, group_id, store_id, '张三', 'work_order', true, $3, $3 FROM campaign WHERE id = $2`, customer, campaign, founded())
	db.Exec(t, `INSERT INTO customer_phone (id, store_id, customer_id, phone_enc, phone_hash, last4, kind, created_at)
		SELECT $1::uuid, store_id, $3, '\x00', uuid_send($1::uuid), '0001', 'mobile', $4 FROM campaign WHERE id = $2`, phone, campaign, customer, founded())
	db.Exec(t, `INSERT INTO task (id, group_id, store_id, kind, class, state, customer_id, subject_key, reason, script_id, script_version, priority, not_before, due_at, phone_id, created_at, updated_at)
		SELECT $1::uuid, group_id, store_id, task_kind, 'service', 'completed', $3, $1::uuid::text, 'TR-01', 'csi_followup_3d', 1, 60, $5, $5, $4, $5, $5 FROM campaign WHERE id = $2`,
		task, campaign, customer, phone, founded())
	db.Exec(t, `INSERT INTO attempt (id, group_id, store_id, campaign_id, task_id, customer_id, phone_id, phone_hash, called_last4, mode, state, agent_id,
			planned_at, business_at, dialed_at, answered_at, bridged_at, ended_at, wrapped_at, line_result)
		SELECT gen_random_uuid(), c.group_id, c.store_id, c.id, $2, $3, $4::uuid, uuid_send($4::uuid), '0001', 'progressive', CASE WHEN spoke THEN 'done' ELSE 'failed' END,
			CASE WHEN spoke THEN nullif($5::uuid, '00000000-0000-0000-0000-000000000000') END, at, $6, at,
			CASE WHEN spoke THEN at + interval '9 s' END, CASE WHEN spoke THEN at + interval '9 s' END,
			at + CASE WHEN spoke THEN interval '99 s' ELSE interval '25 s' END, CASE WHEN spoke THEN at + interval '119 s' END,
			CASE WHEN spoke THEN 'answered_human' ELSE 'no_answer' END
		FROM campaign c, LATERAL (SELECT i % 4 = 0 AS spoke, $7::timestamptz - i * interval '10 s' AS at FROM generate_series(1, $8::int) i) x WHERE c.id = $1`,
		campaign, task, customer, phone, agent, business, time.Now().UTC().Truncate(time.Microsecond), n)
}
