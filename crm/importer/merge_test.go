package importer_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"ringback/crm/customer"
	"ringback/crm/importer"
	"ringback/internal/errs"
	"ringback/internal/postgres"
)

const customerHead = "客户名称,手机,电话2,地址,邮编,是否同意营销,建档日期\n"

// by says who acts now: the system, on the store's clock.
func (s shop) by(at time.Time) customer.By {
	return customer.By{Group: s.scope.Group, Store: s.scope.Stores[0], At: at}
}

func (s shop) in(t *testing.T, fn func(ctx context.Context, tx pgx.Tx) error) {
	t.Helper()
	must(t, s.Pool.Scoped(t.Context(), s.scope, fn))
}

func (s shop) merge(t *testing.T, a, b uuid.UUID, at time.Time) (id uuid.UUID, err error) {
	t.Helper()
	err = s.Pool.Scoped(t.Context(), s.scope, func(ctx context.Context, tx pgx.Tx) error {
		id, err = s.files.Merge(ctx, tx, s.by(at), customer.Merging{A: a, B: b})
		return err
	})
	return id, err
}

func (s shop) unmerge(t *testing.T, merge uuid.UUID, at time.Time) error {
	t.Helper()
	return s.Pool.Scoped(t.Context(), s.scope, func(ctx context.Context, tx pgx.Tx) error { return s.files.Unmerge(ctx, tx, s.by(at), merge) })
}

// theRecord is everything but the list of merges.
func (s shop) theRecord(t *testing.T) [][]string {
	t.Helper()
	return slices.DeleteFunc(s.everything(t), func(r []string) bool { return r[0] == "customer_merge" })
}

func (s shop) id(t *testing.T, sql string) uuid.UUID {
	t.Helper()
	rows := s.query(t, sql)
	if len(rows) != 1 {
		t.Fatalf("%s: %d rows", sql, len(rows))
	}
	return uuid.MustParse(rows[0][0])
}

func TestTI11MergingTwoFilesKeepsDoNotCallAndUndoRestoresBoth(t *testing.T) {
	s := open(t, morning())
	s.take(t, "c.csv", customerHead+"王华磊,15400000001,,宁海路1号,214000,是,2026-01-01\n王花磊,15400000002,16900000002,,,是,2026-01-01\n")
	s.take(t, "d.csv", "电话,范围\n15400000002,商业营销来电\n")
	s.take(t, "w.csv", orderHead+"WT1,宁Z10001,2026-11-18,定保,王华磊,15400000001,L00A1B2C3T0000001,,,100\n")
	before := s.theRecord(t)
	first, second := s.id(t, `SELECT id::text FROM customer WHERE name_zh = '王华磊'`), s.id(t, `SELECT id::text FROM customer WHERE name_zh = '王花磊'`)
	stops := `SELECT d.last4, d.scope FROM number_dnc d ORDER BY 1, 2`
	merge, err := s.merge(t, second, first, morning())
	must(t, err)
	wantRows(t, s.query(t, stops), "0001 commercial", "0002 commercial", "0002 commercial")
	s.in(t, func(ctx context.Context, tx pgx.Tx) error {
		card, err := s.files.Card(ctx, tx, first, morning().Add(time.Hour))
		if err != nil || len(card.Phones) != 3 || !slices.Equal(card.DNC, []customer.Scope{customer.ScopeCommercial}) || card.Consents["marketing"] != "given" {
			t.Errorf("the file with an order survives, with all numbers and do-not-call: %+v, %v", card, err)
		}
		return nil
	})
	must(t, s.unmerge(t, merge, morning().AddDate(0, 0, 30)))
	wantRows(t, s.query(t, stops), "0002 commercial")
	if now := s.theRecord(t); !slices.EqualFunc(before, now, slices.Equal) {
		t.Errorf("after the undo:\n%s", firstDifference(before, now))
	}
}

// tablesWithCustomers are all tables that name a customer.
const tablesWithCustomers = `SELECT table_name::text FROM information_schema.columns WHERE table_schema = 'public' AND column_name = 'customer_id' ORDER BY 1`

// alike are pairs of files that one may take for one person: they share a vehicle and a
// delivery, a vehicle, a number or a question; and two that share a kind of promise only.
const alike = `SELECT least(a::text, b::text), greatest(a::text, b::text) FROM (
	(SELECT x.customer_id AS a, y.customer_id AS b FROM ownership x JOIN ownership y ON y.vehicle_id = x.vehicle_id AND y.customer_id > x.customer_id LIMIT 2)
	UNION (SELECT x.customer_id, y.customer_id FROM customer_phone x JOIN customer_phone y ON y.phone_hash = x.phone_hash AND y.customer_id > x.customer_id LIMIT 2)
	UNION (SELECT customer_id, other_id FROM merge_case WHERE other_id IS NOT NULL LIMIT 2)
	UNION (SELECT x.customer_id, y.customer_id FROM task x JOIN task y ON y.kind = x.kind AND y.customer_id > x.customer_id AND y.state = x.state
		AND split_part(y.subject_key, '/', 2) = split_part(x.subject_key, '/', 2) WHERE x.kind = 'followup_3d' AND x.state IN ('queued', 'pending') LIMIT 2)
	UNION (SELECT x.customer_id, y.customer_id FROM renewal x JOIN renewal y ON y.customer_id > x.customer_id AND y.store_id = x.store_id
		WHERE EXISTS (SELECT FROM policy p WHERE p.customer_id IN (x.customer_id, y.customer_id)) LIMIT 1)) p
	JOIN customer ca ON ca.id = a JOIN customer cb ON cb.id = b AND cb.kind = ca.kind
	WHERE ca.id_no_hash IS NULL OR cb.id_no_hash IS NULL OR ca.id_no_hash = cb.id_no_hash`

func TestAfterUndoingMergesEveryRowIsAsItWas(t *testing.T) {
	s := open(t, morning())
	for _, name := range importer.DemoOrder() {
		s.load(t, name)
	}
	s.Exec(t, `INSERT INTO app_user (id, group_id, login, name_zh, password_hash, created_at) SELECT $1, id, 'x', 'x', '', created_at FROM store_group`, uuid.New())
	pairs := s.query(t, alike)
	if len(pairs) < 6 {
		t.Fatalf("only %d pairs", len(pairs))
	}
	for _, p := range pairs {
		s.fillTables(t, uuid.MustParse(p[0]), uuid.MustParse(p[1]))
	}
	before, at, moved := s.theRecord(t), morning().Add(time.Hour), map[string]bool{}
	for _, p := range pairs {
		merge, err := s.merge(t, uuid.MustParse(p[0]), uuid.MustParse(p[1]), at)
		must(t, err)
		s.nothingIsLeft(t, merge)
		for _, r := range s.query(t, `SELECT DISTINCT noun FROM customer_merge_row WHERE merge_id = '`+merge.String()+`'`) {
			moved[r[0]] = true
		}
		must(t, s.unmerge(t, merge, at.Add(time.Minute)))
		if now := s.theRecord(t); !slices.EqualFunc(before, now, slices.Equal) {
			t.Fatalf("pair %v after the undo:\n%s", p, firstDifference(before, now))
		}
	}
	for _, table := range s.query(t, tablesWithCustomers) {
		if !moved[table[0]] {
			t.Errorf("no merge moved a row of %s", table[0])
		}
	}
}

// nothingIsLeft looks for rows that still name the merged file and should not, and for
// open promises that stand twice.
func (s shop) nothingIsLeft(t *testing.T, merge uuid.UUID) {
	t.Helper()
	m := s.query(t, `SELECT merged_id::text, survivor_id::text FROM customer_merge WHERE id = '`+merge.String()+`'`)[0]
	for _, table := range s.query(t, tablesWithCustomers) {
		if slices.Contains([]string{"customer_phone", "ownership", "sale_delivery", "merge_case"}, table[0]) {
			continue // what both files have stays with each
		}
		if n := s.query(t, `SELECT count(*)::text FROM `+table[0]+` WHERE customer_id = '`+m[0]+`'`)[0][0]; n != "0" {
			t.Errorf("%s rows of %s were left behind", n, table[0])
		}
	}
	wantRows(t, s.query(t, `SELECT 'open tie' FROM ownership WHERE to_day IS NULL AND customer_id = '`+m[0]+`'
		UNION ALL SELECT 'two ties' FROM ownership WHERE to_day IS NULL AND customer_id = '`+m[1]+`' GROUP BY vehicle_id HAVING count(*) > 1
		UNION ALL SELECT 'lost number' FROM customer_phone p WHERE customer_id = '`+m[0]+`'
			AND NOT EXISTS (SELECT FROM customer_phone k WHERE k.customer_id = '`+m[1]+`' AND k.phone_hash = p.phone_hash)
		UNION ALL SELECT 'task with another''s number' FROM task k JOIN customer_phone p ON p.id = k.phone_id
			WHERE k.customer_id = '`+m[1]+`' AND p.customer_id <> k.customer_id AND k.state IN ('pending', 'queued', 'retry_wait')
		UNION ALL SELECT 'day called about twice' FROM task k WHERE k.customer_id = '`+m[1]+`' AND k.kind = 'followup_3d'
			AND k.state IN ('pending', 'queued', 'retry_wait', 'blocked') GROUP BY split_part(k.subject_key, '/', 2) HAVING count(*) > 1
		UNION ALL SELECT 'unstopped number' FROM customer_phone p, (SELECT DISTINCT d.scope FROM number_dnc d JOIN customer_phone q ON q.phone_hash = d.phone_hash
			WHERE q.customer_id = '`+m[1]+`') d WHERE p.customer_id = '`+m[1]+`' AND NOT EXISTS (SELECT FROM number_dnc o WHERE o.phone_hash = p.phone_hash AND o.scope = d.scope)`))
}

// fillTables gives two files rows in the tables that an import does not fill.
func (s shop) fillTables(t *testing.T, a, b uuid.UUID) {
	t.Helper()
	s.in(t, func(ctx context.Context, tx pgx.Tx) error {
		for _, c := range []uuid.UUID{a, b} {
			var k uuid.UUID
			err := tx.QueryRow(ctx, `SELECT id FROM task WHERE customer_id = $1 ORDER BY id LIMIT 1`, c).Scan(&k)
			if err != nil {
				k = uuid.Nil
			}
			attempt, response := uuid.New(), uuid.New()
			for _, sql := range []string{
				`INSERT INTO appointment (id, group_id, store_id, customer_id, starts_at, kind, source, state, created_at, updated_at) VALUES ($1, $2, $3, $4, $5, 'drop_off', 'in', 'booked', $5, $5)`,
				`INSERT INTO churn_signal (id, store_id, customer_id, reason, at) SELECT $1, $3, $4, 'M04', $5 WHERE $2::uuid IS NOT NULL`,
				`INSERT INTO customer_external (store_id, external_no, customer_id) SELECT $3, $1::uuid::text, $4 WHERE $2::uuid IS NOT NULL AND $5::timestamptz IS NOT NULL`,
				`INSERT INTO rework (id, store_id, customer_id, fault_text, reported_at) SELECT $1, $3, $4, '异响', $5 WHERE $2::uuid IS NOT NULL`,
				`INSERT INTO letter (id, group_id, store_id, customer_id, template, state, created_at) VALUES ($1, $2, $3, $4, 'birthday', 'waiting', $5)`,
				`INSERT INTO quick_form (id, group_id, store_id, no, customer_id, verbatim, categories, level, created_by, created_at)
					SELECT $1, $2, $3, 'K' || left($1::uuid::text, 12), $4, '等太久', '{wait}', 'L2', (SELECT id FROM app_user LIMIT 1), $5 WHERE EXISTS (SELECT FROM app_user)`,
				`INSERT INTO sms (id, store_id, customer_id, phone_id, template, text_zh, state, created_at, group_id)
					SELECT $1, $3, $4, p.id, 'x', '您好', 'sent', $5, $2 FROM customer_phone p WHERE p.customer_id = $4 ORDER BY id LIMIT 1`,
			} {
				if _, err := tx.Exec(ctx, sql, uuid.New(), s.scope.Group, s.scope.Stores[0], c, morning()); err != nil {
					return err
				}
			}
			if k == uuid.Nil {
				continue
			}
			if _, err := tx.Exec(ctx, `INSERT INTO attempt (id, group_id, store_id, task_id, customer_id, phone_id, phone_hash, called_last4, mode, state, planned_at, business_at)
				SELECT $1, $2, $3, $4, $5, p.id, p.phone_hash, p.last4, 'manual', 'done', $6, $6 FROM customer_phone p WHERE p.customer_id = $5 ORDER BY p.id LIMIT 1`,
				attempt, s.scope.Group, s.scope.Stores[0], k, c, morning()); err != nil {
				return err
			}
			if _, err := tx.Exec(ctx, `INSERT INTO response (id, group_id, store_id, task_id, attempt_id, customer_id, script_id, script_version, node, started_at)
				SELECT $1, $2, $3, $4, id, $5, 'csi_3d', 1, 'q1', $6 FROM attempt WHERE id = $7`, response, s.scope.Group, s.scope.Stores[0], k, c, morning(), attempt); err != nil {
				return err
			}
		}
		return nil
	})
}

func TestMergesAreUndoneInTheOppositeOrderAndNotTooLate(t *testing.T) {
	s := open(t, morning())
	s.take(t, "c.csv", customerHead+"王一,15400000001,,,,,\n王二,15400000002,,,,,\n王三,15400000003,,,,,\n")
	ids := map[string]uuid.UUID{}
	for _, r := range s.query(t, `SELECT name_zh, id::text FROM customer`) {
		ids[r[0]] = uuid.MustParse(r[1])
	}
	start := s.theRecord(t)
	lower, err := s.merge(t, ids["王一"], ids["王二"], morning())
	must(t, err)
	between := s.theRecord(t)
	upper, err := s.merge(t, ids["王三"], s.id(t, `SELECT survivor_id::text FROM customer_merge`), morning())
	must(t, err)
	wantRows(t, s.query(t, `SELECT count(DISTINCT merged_into)::text FROM customer WHERE merged_into IS NOT NULL`), "1") // both lead to the last survivor
	refused := func(err error, code string) {
		t.Helper()
		if told, ok := errs.Of(err); !ok || told.Code != code || told.ZH == "" || told.EN == "" {
			t.Errorf("want %s, got %v", code, err)
		}
	}
	refused(s.unmerge(t, lower, morning()), "merge_below")
	refused(s.unmerge(t, upper, morning().Add(customer.UnmergeFor+time.Second)), "merge_late")
	refused(s.unmerge(t, uuid.New(), morning()), "merge_unknown")
	must(t, s.unmerge(t, upper, morning()))
	if now := s.theRecord(t); !slices.EqualFunc(between, now, slices.Equal) {
		t.Errorf("after undoing the later merge:\n%s", firstDifference(between, now))
	}
	refused(s.unmerge(t, upper, morning()), "merge_undone")
	must(t, s.unmerge(t, lower, morning()))
	if now := s.theRecord(t); !slices.EqualFunc(start, now, slices.Equal) {
		t.Errorf("after undoing both:\n%s", firstDifference(start, now))
	}
}

func TestWhatComesAfterAMergeStaysAndRefusalsHoldForBoth(t *testing.T) {
	s := open(t, morning())
	s.take(t, "c.csv", customerHead+"王华磊,15400000001,,,,是,\n王花磊,15400000002,,,,是,\n")
	s.take(t, "w.csv", orderHead+"WT1,宁Z10001,2026-11-18,定保,王华磊,15400000001,L00A1B2C3T0000001,,,100\n")
	first, second := s.id(t, `SELECT id::text FROM customer WHERE name_zh = '王华磊'`), s.id(t, `SELECT id::text FROM customer WHERE name_zh = '王花磊'`)
	merge, err := s.merge(t, first, second, morning())
	must(t, err)
	later := morning().Add(2 * time.Hour)
	s.take(t, "w2.csv", orderHead+"WT2,宁Z10009,2026-11-19,定保,王花磊,15400000002,L00C3D4E4S0001234,,,100\n") // by the merged name and number
	s.in(t, func(ctx context.Context, tx pgx.Tx) error {
		by := s.by(later)
		if err := s.files.RecordConsent(ctx, tx, by, customer.Consent{Customer: first, Purpose: "marketing", State: "refused", Channel: "call"}); err != nil {
			return err
		}
		if _, err := s.files.AddDNC(ctx, tx, by, customer.DNC{Digits: "15400000001", Scope: customer.ScopeSurvey, Source: "customer", From: later}); err != nil {
			return err
		}
		// a page that was open before the merge writes to the merged file
		_, err := tx.Exec(ctx, `INSERT INTO churn_signal (id, store_id, customer_id, reason, at) VALUES ($1, $2, $3, 'M07', $4)`, uuid.New(), by.Store, second, later)
		return err
	})
	wantRows(t, s.query(t, `SELECT ro_no FROM work_order WHERE customer_id = '`+first.String()+`' ORDER BY 1`), "WT1", "WT2")
	must(t, s.unmerge(t, merge, later))
	wantRows(t, s.query(t, `SELECT w.ro_no, c.name_zh FROM work_order w JOIN customer c ON c.id = w.customer_id ORDER BY 1`), "WT1 王华磊", "WT2 王华磊")
	wantRows(t, s.query(t, `SELECT c.name_zh, s.reason FROM churn_signal s JOIN customer c ON c.id = s.customer_id`), "王华磊 M07")
	wantRows(t, s.query(t, `SELECT last4, scope FROM number_dnc ORDER BY 1`), "0001 survey", "0002 survey")
	wantRows(t, s.query(t, `SELECT DISTINCT ON (customer_id) state FROM consent ORDER BY customer_id, at DESC, id DESC`), "refused", "refused")
}

func TestADoNotCallThatAMergeCopiedAndTheCustomerRepeatsStays(t *testing.T) {
	s := open(t, morning())
	s.take(t, "c.csv", customerHead+"王华磊,15400000001,,,,,\n王花磊,15400000002,,,,,\n")
	s.take(t, "d.csv", "电话,范围\n15400000002,商业营销来电\n")
	a, b := s.id(t, `SELECT id::text FROM customer WHERE name_zh = '王华磊'`), s.id(t, `SELECT id::text FROM customer WHERE name_zh = '王花磊'`)
	merge, err := s.merge(t, a, b, morning())
	must(t, err)
	s.in(t, func(ctx context.Context, tx pgx.Tx) error {
		added, err := s.files.AddDNC(ctx, tx, s.by(morning()), customer.DNC{Digits: "15400000001", Scope: customer.ScopeCommercial, Source: "customer", From: morning()})
		if !added {
			t.Error("the customer's own word counts as new")
		}
		return err
	})
	must(t, s.unmerge(t, merge, morning()))
	wantRows(t, s.query(t, `SELECT last4, scope, source FROM number_dnc ORDER BY 1`), "0001 commercial customer", "0002 commercial import")
}

func TestWrongMergesAreRefusedAndChangeNothing(t *testing.T) {
	s := open(t, morning())
	s.take(t, "c.csv", strings.TrimSuffix(customerHead, "\n")+",证件号\n王一,15400000001,,,,,,990000199001010017\n王二,15400000002,,,,,,990000199001010025\n示例物流有限公司,15400000003,,,,,,\n王四,15400000004,,,,,,\n")
	ids := map[string]uuid.UUID{}
	for _, r := range s.query(t, `SELECT name_zh, id::text FROM customer`) {
		ids[r[0]] = uuid.MustParse(r[1])
	}
	s.take(t, "w.csv", orderHead+"WT1,宁Z10001,2026-11-18,定保,王四,15400000004,L00A1B2C3T0000001,2026-11-19 10:00,2026-11-19 11:00,100\n")
	foreign := uuid.New()
	s.Exec(t, `INSERT INTO store SELECT (jsonb_populate_record(st, jsonb_build_object('id', $1::uuid, 'code', 'S02'))).* FROM store st`, foreign)
	stranger := uuid.New()
	must(t, s.Pool.Scoped(t.Context(), postgres.Scope{Group: s.scope.Group, Stores: []uuid.UUID{foreign}}, func(ctx context.Context, tx pgx.Tx) error {
		_, err := tx.Exec(ctx, `INSERT INTO customer (id, group_id, store_id, name_zh, created_at, updated_at) VALUES ($1, $2, $3, '王一', $4, $4)`, stranger, s.scope.Group, foreign, morning())
		return err
	}))
	before := s.everything(t)
	for _, c := range []struct {
		name, code string
		a, b       uuid.UUID
	}{
		{"itself", "merge_self", ids["王一"], ids["王一"]},
		{"two ID numbers", "merge_id_no", ids["王一"], ids["王二"]},
		{"a company's contact", "merge_kind", ids["王一"], ids["示例物流有限公司"]},
		{"nobody", "customer_not_found", ids["王一"], uuid.New()},
		{"another store's", "customer_not_found", ids["王一"], stranger},
	} {
		_, err := s.merge(t, c.a, c.b, morning())
		if told, ok := errs.Of(err); !ok || told.Code != c.code {
			t.Errorf("%s: %v", c.name, err)
		}
	}
	if now := s.everything(t); !slices.EqualFunc(before, now, slices.Equal) {
		t.Errorf("a refused merge changed\n%s", firstDifference(before, now))
	}
	for _, state := range []string{"planned", "ringing", "bridged", "wrap"} {
		s.in(t, func(ctx context.Context, tx pgx.Tx) error {
			_, err := tx.Exec(ctx, `INSERT INTO attempt (id, group_id, store_id, task_id, customer_id, phone_id, phone_hash, called_last4, mode, state, planned_at, business_at)
				SELECT $1, $2, $3, k.id, p.customer_id, p.id, p.phone_hash, p.last4, 'manual', $4, $5, $5 FROM customer_phone p JOIN task k ON k.customer_id = p.customer_id
				WHERE p.last4 = '0004' LIMIT 1`, uuid.New(), s.scope.Group, s.scope.Stores[0], state, morning())
			return err
		})
		_, err := s.merge(t, ids["王四"], ids["王二"], morning())
		if told, ok := errs.Of(err); !ok || told.Code != "merge_in_call" {
			t.Errorf("%s: %v", state, err)
		}
		s.in(t, func(ctx context.Context, tx pgx.Tx) error {
			_, err := tx.Exec(ctx, `UPDATE attempt SET state = 'done' WHERE state = $1`, state)
			return err
		})
	}
	if _, err := s.merge(t, ids["王四"], ids["王二"], morning()); err != nil {
		t.Errorf("after the call: %v", err)
	}
	_, err := s.merge(t, ids["王二"], ids["王一"], morning())
	if told, ok := errs.Of(err); !ok || told.Code != "merge_gone" {
		t.Errorf("a merged file is merged again: %v", err)
	}
}
