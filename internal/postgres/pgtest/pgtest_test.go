package pgtest_test

import (
	"context"
	"testing"

	"github.com/jackc/pgx/v5"

	"ringback/internal/postgres/pgtest"
)

func TestEachTestHasItsOwnDatabaseAndSeesOnlyItsScope(t *testing.T) {
	t.Parallel()
	a, b := pgtest.New(t), pgtest.New(t)
	_, store := pgtest.Store(t, a)
	if got := count(t, a, `select count(*) from store`); got != 1 {
		t.Errorf("the first database has %d stores, want 1", got)
	}
	if got := count(t, b, `select count(*) from store`); got != 0 {
		t.Errorf("the second database has %d stores of the first", got)
	}
	a.Scoped(t, store, func(ctx context.Context, tx pgx.Tx) error {
		var stores string
		if err := tx.QueryRow(ctx, `select current_setting('app.stores')`).Scan(&stores); err != nil {
			return err
		}
		if stores != "{"+store.String()+"}" {
			t.Errorf("app.stores = %s", stores)
		}
		return nil
	})
}

func count(t *testing.T, db *pgtest.DB, sql string) (n int) {
	t.Helper()
	err := db.Pool.AllStores(context.Background(), func(ctx context.Context, tx pgx.Tx) error {
		return tx.QueryRow(ctx, sql).Scan(&n)
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func BenchmarkNew(b *testing.B) {
	for b.Loop() {
		b.StopTimer()
		b.StartTimer()
		pgtest.New(b)
	}
}
