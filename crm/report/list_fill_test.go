package report_test

import (
	"testing"

	"github.com/google/uuid"

	"ringback/internal/postgres/pgtest"
)

// filled writes n customers with what belongs to them, the same every time: customer i
// has the formulas below, by which tests know what a list must show. The agent made
// every hundredth customer's call.
func filled(t testing.TB, db *pgtest.DB, group, store, agent uuid.UUID, n int) {
	t.Helper()
	phone := id()
	for _, sql := range []string{
		`INSERT INTO customer (id, group_id, store_id, kind, name_zh, surname_zh, address_zh, postcode, email, club_level, tags, advisor_name, cs_agent_id, preferred_time, created_at, updated_at)
			SELECT ('00000000-0000-7000-8001-' || lpad(i::text, 12, '0'))::uuid, $1, $2, CASE WHEN i % 50 = 7 THEN 'company' ELSE 'person' END,
				substr('李王张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗', i % 20 + 1, 1) || CASE WHEN i % 33 = 0 THEN '' ELSE substr('春棠建国秀英志强丽华永平海燕', i % 13 + 1, 2) || (i / 1000)::text END,
				substr('李王张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗', i % 20 + 1, 1), CASE WHEN i % 3 = 0 THEN '' ELSE '湖滨路 ' || i || ' 号' END, '', '',
				CASE i % 5 WHEN 0 THEN '金卡' WHEN 1 THEN '银卡' ELSE '' END, CASE WHEN i % 7 = 0 THEN ARRAY['大客户', '车队'] ELSE '{}' END,
				CASE i % 4 WHEN 0 THEN '张伟' WHEN 1 THEN '李静' ELSE '' END, CASE WHEN i % 11 = 0 THEN $3::uuid END, '',
				timestamptz '2024-01-01 02:00Z' + (i / 20) * interval '1 minute', timestamptz '2024-01-01 02:00Z'
			FROM generate_series(1, $4::int) i`,
		`INSERT INTO customer_phone (id, store_id, customer_id, phone_enc, phone_hash, last4, kind, created_at)
			SELECT ('00000000-0000-7000-8002-' || lpad(i::text, 12, '0'))::uuid, $2, ('00000000-0000-7000-8001-' || lpad(i::text, 12, '0'))::uuid, '', sha256(i::text::bytea), lpad((i % 10000)::text, 4, '0'), 'mobile', timestamptz '2024-01-01Z'
			FROM generate_series(1, $4::int) i WHERE $1::uuid IS NOT NULL AND $3::uuid IS NOT NULL`,
		`INSERT INTO number_dnc (id, group_id, phone_hash, last4, scope, source, from_at, to_at)
			SELECT gen_random_uuid(), $1, sha256(i::text::bytea), lpad((i % 10000)::text, 4, '0'), 'all', 'customer', timestamptz '2026-01-01Z', CASE WHEN i % 100 = 0 THEN timestamptz '2026-06-01Z' END
			FROM generate_series(50, $4::int, 50) i WHERE $2::uuid IS NOT NULL AND $3::uuid IS NOT NULL`,
		`INSERT INTO consent (id, store_id, customer_id, purpose, state, channel, at)
			SELECT gen_random_uuid(), $2, ('00000000-0000-7000-8001-' || lpad(i::text, 12, '0'))::uuid, p.purpose, p.state, 'paper', p.at
			FROM generate_series(1, $4::int) i, LATERAL (VALUES ('service_call', 'given', timestamptz '2024-02-01Z', i % 4 <> 0), ('service_call', 'withdrawn', timestamptz '2025-02-01Z', i % 40 = 1),
				('marketing', 'refused', timestamptz '2024-02-01Z', i % 9 = 0)) p (purpose, state, at, holds) WHERE p.holds AND $1::uuid IS NOT NULL AND $3::uuid IS NOT NULL`,
		`INSERT INTO vehicle (id, group_id, store_id, vin, vin8, vin_valid, plate, brand, series, model, energy, sale_date, mileage_last, mileage_at, next_due_date, status, created_at, updated_at)
			SELECT ('00000000-0000-7000-8003-' || lpad(i::text, 12, '0'))::uuid, $1, $2, 'LTEST' || lpad(i::text, 12, '0'), lpad(i::text, 8, '0'), true, '苏B' || lpad(upper(to_hex(i)), 5, '0'), '示例品牌', 'S' || i % 6, 'S' || i % 6 || ' 1.' || i % 4 || 'T', '汽油',
				CASE WHEN i % 6 > 0 THEN date '2020-01-01' + i % 2000 END, CASE WHEN i % 8 > 0 THEN i * 37 % 180000 END, date '2026-01-01', CASE WHEN i % 5 > 0 THEN date '2026-06-01' + i * 7 % 400 END,
				CASE WHEN i % 60 = 3 THEN 'scrapped' ELSE 'active' END, timestamptz '2024-01-01Z' + (i / 20) * interval '1 minute', timestamptz '2024-01-01Z'
			FROM generate_series(1, $4::int) i WHERE $3::uuid IS NOT NULL`,
		`INSERT INTO ownership (id, store_id, vehicle_id, customer_id, role)
			SELECT gen_random_uuid(), $2, ('00000000-0000-7000-8003-' || lpad(i::text, 12, '0'))::uuid, ('00000000-0000-7000-8001-' || lpad((i - i % 10 / 9)::text, 12, '0'))::uuid, 'owner'
			FROM generate_series(1, $4::int) i WHERE $1::uuid IS NOT NULL AND $3::uuid IS NOT NULL`,
		`INSERT INTO work_order (id, group_id, store_id, ro_no, kind, state, vehicle_id, customer_id, advisor_name, opened_at, delivered_at, mileage_in, total_fen, items_text, content_hash, created_at, updated_at)
			SELECT ('00000000-0000-7000-8004-' || lpad(i::text, 12, '0'))::uuid, $1, $2, 'WX' || lpad(i::text, 9, '0'), (ARRAY['periodic', 'repair', 'first', 'accident'])[i % 4 + 1], CASE WHEN i % 30 = 5 THEN 'voided' WHEN i % 30 = 6 THEN 'open' ELSE 'delivered' END,
				('00000000-0000-7000-8003-' || lpad((i - i % 3)::text, 12, '0'))::uuid, ('00000000-0000-7000-8001-' || lpad((i - i % 3)::text, 12, '0'))::uuid, CASE i % 4 WHEN 0 THEN '张伟' WHEN 1 THEN '李静' ELSE '王强' END,
				timestamptz '2023-06-01 03:00Z' + i * 7 % 1200 * interval '1 day', CASE WHEN i % 30 <> 6 THEN timestamptz '2023-06-01 09:00Z' + i * 7 % 1200 * interval '1 day' END, i * 37 % 180000, i::bigint * 7919 % 500000, '机油机滤', '', timestamptz '2024-01-01Z', timestamptz '2024-01-01Z'
			FROM generate_series(3, $4::int) i WHERE $3::uuid IS NOT NULL`,
		`INSERT INTO policy (id, group_id, store_id, policy_no, kind, insurer, vehicle_id, customer_id, start_day, end_day, premium_fen, source, content_hash, created_at, updated_at)
			SELECT ('00000000-0000-7000-8005-' || lpad(i::text, 12, '0'))::uuid, $1, $2, 'PDZA' || lpad(i::text, 10, '0'), CASE WHEN i % 4 = 0 THEN 'compulsory' ELSE 'commercial' END, (ARRAY['甲财险', '乙财险', '丙财险'])[i % 3 + 1],
				('00000000-0000-7000-8003-' || lpad((i - i % 4)::text, 12, '0'))::uuid, ('00000000-0000-7000-8001-' || lpad((i - i % 4)::text, 12, '0'))::uuid, date '2025-01-01' + i * 3 % 700 - 364, date '2025-01-01' + i * 3 % 700, i * 101 % 900000, 'imported', '', timestamptz '2024-01-01Z', timestamptz '2024-01-01Z'
			FROM generate_series(4, $4::int, 2) i WHERE $3::uuid IS NOT NULL`,
		`INSERT INTO renewal (id, group_id, store_id, vehicle_id, customer_id, policy_ids, expiry, stage, agent_id, created_at, updated_at)
			SELECT gen_random_uuid(), $1, $2, p.vehicle_id, p.customer_id, ARRAY[p.id], p.end_day, (ARRAY['listed', 'quoted', 'bound', 'lost'])[p.premium_fen / 101 / 40 % 4 + 1], $3, timestamptz '2026-01-01Z', timestamptz '2026-01-01Z'
			FROM policy p WHERE p.store_id = $2 AND right(p.policy_no, 6)::int % 20 = 0 AND $4::int > 0`,
		`INSERT INTO task (id, group_id, store_id, kind, class, state, customer_id, work_order_ids, subject_key, reason, script_id, script_version, priority, not_before, due_at, assignee_id, created_at, updated_at)
			SELECT ('00000000-0000-7000-8006-' || lpad(i::text, 12, '0'))::uuid, $1, $2, 'followup_3d', 'service', CASE WHEN i % 20 = 0 THEN 'completed' ELSE 'pending' END, ('00000000-0000-7000-8001-' || lpad((i - i % 3)::text, 12, '0'))::uuid,
				ARRAY[('00000000-0000-7000-8004-' || lpad(i::text, 12, '0'))::uuid], i::text, 'TR-01', 'csi_followup_3d', 1, 60, timestamptz '2026-01-01Z', timestamptz '2026-01-01Z' + i / 4 * interval '1 day', CASE WHEN i % 70 = 0 THEN $3::uuid END, timestamptz '2026-01-01Z', timestamptz '2026-01-01Z'
			FROM generate_series(10, $4::int, 10) i`,
	} {
		db.Exec(t, sql, group, store, agent, n)
	}
	db.Exec(t, `INSERT INTO customer_phone (id, store_id, customer_id, phone_enc, phone_hash, last4, kind, created_at)
		SELECT $1, store_id, customer_id, '', '\x01', '0000', 'mobile', created_at FROM customer_phone WHERE store_id = $2 ORDER BY id LIMIT 1`, phone, store)
	db.Exec(t, `INSERT INTO attempt (id, group_id, store_id, task_id, customer_id, phone_id, phone_hash, called_last4, mode, state, agent_id, planned_at, business_at, dialed_at)
		SELECT gen_random_uuid(), t.group_id, t.store_id, t.id, t.customer_id, $2, '\x01', '0000', 'progressive', 'done',
			CASE WHEN t.subject_key::int % 100 = 0 THEN $3::uuid END, t.due_at, t.due_at, t.due_at FROM task t WHERE t.store_id = $1 AND t.state = 'completed'`, store, phone, agent)
}
