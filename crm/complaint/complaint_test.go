package complaint_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"ringback/crm/complaint"
	"ringback/internal/errs"
	"ringback/internal/events"
	"ringback/internal/postgres"
	"ringback/internal/postgres/pgtest"
)

func TestFailingItemsPointToCategories(t *testing.T) {
	for _, tt := range []struct {
		name  string
		items []complaint.Item
		want  []string
	}{
		{"parts price", []complaint.Item{{Key: "price_parts", Dept: "parts"}}, []string{"price.parts"}},
		{"two items of one kind", []complaint.Item{{Key: "speed_reception", Dept: "reception"}, {Key: "arrival", Dept: "reception"}}, []string{"time.reception"}},
		{"several", []complaint.Item{{Key: "speed_completion", Dept: "workshop"}, {Key: "fixed_first", Dept: "workshop"}}, []string{"time.repair", "quality.notfixed"}},
		{"unknown item of a department", []complaint.Item{{Key: "x", Dept: "sales"}}, []string{"sale.delivery"}},
		{"the overall score points nowhere", []complaint.Item{{Key: "overall", Dept: "cs"}}, nil},
	} {
		if got := complaint.Propose(tt.items); !slices.Equal(got, tt.want) {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
	}
	if got := complaint.DepartmentsOf([]string{"price.parts", "time.repair", "parts.quality"}); !slices.Equal(got, []string{"parts", "workshop"}) {
		t.Errorf("departments %v", got)
	}
}

func TestEveryCategoryHasADepartmentOfTheList(t *testing.T) {
	for _, c := range complaint.Categories() {
		if complaint.Find(complaint.Departments(), c.Dept).ZH == c.Dept {
			t.Errorf("%s has department %q", c.Code, c.Dept)
		}
	}
}

type fixture struct {
	db    *pgtest.DB
	forms *complaint.Forms
	group uuid.UUID
	store uuid.UUID
	cust  uuid.UUID
}

func newFixture(t *testing.T) *fixture {
	f := &fixture{db: pgtest.New(t), forms: complaint.NewForms(events.NewBus()), cust: uuid.Must(uuid.NewV7())}
	f.group, f.store = pgtest.Store(t, f.db)
	f.db.Exec(t, `INSERT INTO customer (id, group_id, store_id, name_zh, created_at, updated_at) VALUES ($1, $2, $3, '刘春棠', $4, $4)`,
		f.cust, f.group, f.store, time.Now())
	return f
}

func (f *fixture) create(ctx context.Context, fail bool) (string, error) {
	var no string
	err := f.db.Pool.Scoped(ctx, postgres.Scope{Stores: []uuid.UUID{f.store}}, func(ctx context.Context, tx pgx.Tx) error {
		q, err := f.forms.Create(ctx, tx, complaint.QuickForm{
			GroupID: f.group, StoreID: f.store, CustomerID: f.cust, Verbatim: "等得太久",
			Categories: []string{"time.repair"}, Level: "L2", CreatedBy: f.cust, CreatedAt: time.Date(2026, 11, 20, 2, 0, 0, 0, time.UTC),
		})
		if err == nil && fail {
			err = fmt.Errorf("the transaction fails after the number was given")
		}
		no = q.No
		return err
	})
	return no, err
}

func TestFormNumbersAreUniqueAndWithoutGapsWhenManySaveAtOnce(t *testing.T) {
	f := newFixture(t)
	const n = 24
	numbers := make([]string, n)
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() {
			no, err := f.create(t.Context(), i%4 == 0) // every fourth is undone
			if err == nil {
				numbers[i] = no
			}
		})
	}
	wg.Wait()
	numbers = slices.DeleteFunc(numbers, func(s string) bool { return s == "" })
	slices.Sort(numbers)
	if len(numbers) != n*3/4 {
		t.Fatalf("%d forms were saved", len(numbers))
	}
	for i, no := range numbers {
		if !strings.HasPrefix(no, "KS") || !strings.HasSuffix(no, fmt.Sprintf("20261120%03d", i+1)) {
			t.Errorf("number %d is %s", i+1, no)
		}
	}
}

func TestFormsAreListedNewestFirstAndCounted(t *testing.T) {
	f := newFixture(t)
	for range 3 {
		if _, err := f.create(t.Context(), false); err != nil {
			t.Fatal(err)
		}
	}
	f.db.Scoped(t, f.store, func(ctx context.Context, tx pgx.Tx) error {
		list, err := complaint.List(ctx, tx, complaint.Filter{Customer: f.cust, Limit: 2})
		if err != nil {
			return err
		}
		if len(list) != 2 || !strings.HasSuffix(list[0].No, "003") || list[0].Departments[0] != "workshop" {
			t.Errorf("list %+v", list)
		}
		day := time.Date(2026, 11, 20, 0, 0, 0, 0, time.UTC)
		n, err := complaint.Count(ctx, tx, day, day.AddDate(0, 0, 1))
		if n != 3 || err != nil {
			t.Errorf("count %d %v", n, err)
		}
		if _, err := complaint.ByID(ctx, tx, uuid.New()); errs.KindOf(err) != errs.NotFound {
			t.Errorf("a form that is not there: %v", err)
		}
		return nil
	})
}

func TestAnotherStoreSeesNoForms(t *testing.T) {
	f := newFixture(t)
	if _, err := f.create(t.Context(), false); err != nil {
		t.Fatal(err)
	}
	f.db.Scoped(t, pgtest.StoreIn(t, f.db, f.group), func(ctx context.Context, tx pgx.Tx) error {
		list, err := complaint.List(ctx, tx, complaint.Filter{})
		if len(list) != 0 || err != nil {
			t.Errorf("%d forms, %v", len(list), err)
		}
		return nil
	})
}
