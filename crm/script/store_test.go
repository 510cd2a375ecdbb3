package script

import (
	"context"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"ringback/internal/errs"
	"ringback/internal/postgres/pgtest"
)

func TestAPublishedVersionIsImmutable(t *testing.T) {
	db := pgtest.New(t)
	_, store := pgtest.Store(t, db)
	l, err := Shipped()
	if err != nil {
		t.Fatal(err)
	}
	now := time.Date(2026, 11, 20, 2, 0, 0, 0, time.UTC)
	publishAll := func(l *Library) (err error) {
		db.Scoped(t, store, func(ctx context.Context, tx pgx.Tx) error {
			err = l.Publish(ctx, tx, now)
			return nil
		})
		return err
	}
	for range 2 {
		if err := publishAll(l); err != nil {
			t.Fatal(err)
		}
	}
	edited, err := Load(changed(t, "总体来说,对本次服务您打几分?", "总体来说,您打几分?"))
	if err != nil {
		t.Fatal(err)
	}
	if err := publishAll(edited); errs.KindOf(err) != errs.Conflict {
		t.Errorf("a changed version was published: %v", err)
	}
}

func TestRunningCallsKeepTheVersionTheyBeganWith(t *testing.T) {
	db := pgtest.New(t)
	_, store := pgtest.Store(t, db)
	first, err := Shipped()
	if err != nil {
		t.Fatal(err)
	}
	second, err := Load(changed(t, "version: 1", "version: 2"))
	if err != nil {
		t.Fatal(err)
	}
	db.Scoped(t, store, func(ctx context.Context, tx pgx.Tx) error {
		if err := first.Publish(ctx, tx, time.Now()); err != nil {
			return err
		}
		return second.Publish(ctx, tx, time.Now())
	})
	if s := second.Latest("csi_followup_3d"); s.Version != 2 {
		t.Errorf("new calls use version %d", s.Version)
	}
	if s := second.Version("csi_followup_3d", 1); s == nil || s.Node("overall") == nil {
		t.Errorf("version 1 is gone: %+v", s)
	}
}

func TestAnswersComeBackAsTheyWereGiven(t *testing.T) {
	db := pgtest.New(t)
	group, store := pgtest.Store(t, db)
	id, now := uuid.Must(uuid.NewV7()), time.Date(2026, 11, 20, 2, 0, 0, 0, time.UTC)
	db.Exec(t, `INSERT INTO customer (id, group_id, store_id, name_zh, created_at, updated_at) VALUES ($1, $2, $3, '刘', $4, $4)`, id, group, store, now)
	db.Exec(t, `INSERT INTO customer_phone (id, store_id, customer_id, phone_enc, phone_hash, last4, kind, created_at)
		VALUES ($1, $2, $1, '\x', '\x', '0137', 'mobile', $3)`, id, store, now)
	db.Exec(t, `INSERT INTO task (id, group_id, store_id, kind, class, state, customer_id, subject_key, reason, script_id, script_version, priority, not_before, due_at, created_at, updated_at)
		VALUES ($1, $2, $3, 'followup_3d', 'service', 'in_progress', $1, 'k', 'TR-01', 'csi_followup_3d', 1, 60, $4, $4, $4, $4)`, id, group, store, now)
	db.Exec(t, `INSERT INTO attempt (id, group_id, store_id, task_id, customer_id, phone_id, phone_hash, called_last4, mode, state, planned_at, business_at)
		VALUES ($1, $2, $3, $1, $1, $1, '\x', '0137', 'preview', 'bridged', $4, $4)`, id, group, store, now)
	nine := 9.0
	given := []Given{
		{Key: "overall", Repeat: 1, Node: "overall", Dept: "cs", Factor: "overall", Num: &nine, Seq: 1},
		{Key: "quick.category", Repeat: 1, Node: "quick/category", Codes: []string{"price.parts", "other"}, Seq: 2},
		{Key: "arrival", Repeat: 1, Node: "arrival", Code: "appt_ok", Verbatim: "很顺利", Seq: 3},
		{Key: "nps", Repeat: 1, Node: "nps", Skipped: SkipRefused, Seq: 4},
	}
	r := Response{
		ID: id, GroupID: group, StoreID: store, TaskID: id, AttemptID: id, CustomerID: id, ScriptID: "csi_followup_3d", ScriptVersion: 1,
		Variables: map[string]any{"is_paint_job": true, "call_name": "刘女士"}, Node: "identity", Path: []Step{{Node: "opening", At: now}, {Node: "identity", At: now}}, StartedAt: now,
	}
	db.Scoped(t, store, func(ctx context.Context, tx pgx.Tx) error {
		if err := Open(ctx, tx, r); err != nil {
			return err
		}
		for range 2 { // a second time changes nothing
			if err := SaveAnswers(ctx, tx, r, given, now); err != nil {
				return err
			}
		}
		if ok, err := SaveWords(ctx, tx, id, "overall", "挺好", now); !ok || err != nil {
			t.Errorf("words: %v %v", ok, err)
		}
		back, err := Answers(ctx, tx, id)
		if err != nil {
			return err
		}
		if len(back) != 4 || *back[0].Num != 9 || back[0].Verbatim != "挺好" || len(back[1].Codes) != 2 || back[2].Code != "appt_ok" || back[3].Skipped != SkipRefused {
			t.Errorf("answers %+v", back)
		}
		got, err := Lock(ctx, tx, id)
		if err != nil {
			return err
		}
		if got.Variables["is_paint_job"] != true || len(got.Path) != 2 || !got.Path[1].At.Equal(now) {
			t.Errorf("response %+v", got)
		}
		for i, want := range []bool{true, false} {
			if first, err := FirstRun(ctx, tx, r, "later", 0, "schedule_callback", now); first != want || err != nil {
				t.Errorf("run %d: first %v, %v", i+1, first, err)
			}
		}
		return nil
	})
	db.Scoped(t, pgtest.StoreIn(t, db, group), func(ctx context.Context, tx pgx.Tx) error {
		if _, err := Lock(ctx, tx, id); errs.KindOf(err) != errs.NotFound {
			t.Errorf("another store reads the response: %v", err)
		}
		return nil
	})
}
