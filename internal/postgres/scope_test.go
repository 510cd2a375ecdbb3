package postgres_test

import (
	"context"
	"errors"
	"io"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"go.uber.org/goleak"

	"ringback/internal/errs"
	"ringback/internal/postgres"
	"ringback/internal/postgres/pgtest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m, pgtest.Waiter()) }

// notedLike makes noted, a table of our own under the policy of that table. Those of the busiest read the setting once
// for each statement, the others for each row.
func notedLike(table string) string {
	return `create table noted (id uuid primary key, store_id uuid not null, parent uuid, friends uuid[] not null default '{}', n int not null default 0 check (n < 1000));
	alter table noted enable row level security; alter table noted force row level security;
	do $$ begin execute (select 'create policy by_store on noted using (' || qual || ') with check (' || with_check || ')'
		from pg_policies where tablename = '` + table + `' and policyname = 'by_store'); end $$;
	grant all on noted to ringback_app`
}

func scope(stores ...uuid.UUID) postgres.Scope { return postgres.Scope{Stores: stores} }

func add(t *testing.T, db *pgtest.DB, store uuid.UUID) uuid.UUID {
	t.Helper()
	id := uuid.New()
	db.Scoped(t, store, func(ctx context.Context, tx pgx.Tx) error {
		_, err := tx.Exec(ctx, `insert into noted (id, store_id) values ($1, $2)`, id, store)
		return err
	})
	return id
}

func TestATransactionSeesTheStoresOfItsScopeOnly(t *testing.T) {
	t.Parallel()
	for _, like := range []string{"customer", "attempt", "agent_session"} {
		t.Run(like, func(t *testing.T) {
			t.Parallel()
			seesItsStores(t, notedLike(like))
		})
	}
}

func seesItsStores(t *testing.T, noted string) {
	t.Helper()
	db := pgtest.New(t)
	db.Exec(t, noted)
	group, a := pgtest.Store(t, db)
	b := pgtest.StoreIn(t, db, group)
	add(t, db, a)
	add(t, db, b)
	run := func(s postgres.Scope) func(func(context.Context, pgx.Tx) error) error {
		return func(fn func(context.Context, pgx.Tx) error) error {
			return db.Pool.Scoped(context.Background(), s, fn)
		}
	}
	for name, c := range map[string]struct {
		in   func(func(context.Context, pgx.Tx) error) error
		want int
	}{
		"no store":         {run(scope()), 0},
		"one store":        {run(scope(a)), 1},
		"two stores":       {run(scope(a, b)), 2},
		"a stranger":       {run(scope(uuid.New())), 0},
		"all stores":       {func(fn func(context.Context, pgx.Tx) error) error { return db.Pool.AllStores(context.Background(), fn) }, 2},
		"a spent setting ": {run(scope()), 0}, // '' after an earlier transaction on the same connection
	} {
		var got int
		err := c.in(func(ctx context.Context, tx pgx.Tx) error {
			return tx.QueryRow(ctx, `select count(*) from noted`).Scan(&got)
		})
		if err != nil || got != c.want {
			t.Errorf("%s: sees %d rows (%v), want %d", name, got, err, c.want)
		}
	}
	var outside int
	if err := db.Pool.Conns().QueryRow(context.Background(), `select count(*) from noted`).Scan(&outside); err != nil || outside != 0 {
		t.Errorf("outside a scope: %d rows, %v", outside, err)
	}
}

func TestARowOfAnotherStoreCannotBeWritten(t *testing.T) {
	t.Parallel()
	for _, like := range []string{"customer", "attempt", "agent_session"} {
		t.Run(like, func(t *testing.T) {
			t.Parallel()
			refusesStrangers(t, notedLike(like))
		})
	}
}

func refusesStrangers(t *testing.T, noted string) {
	t.Helper()
	db := pgtest.New(t)
	db.Exec(t, noted)
	err := db.Pool.Scoped(context.Background(), scope(uuid.New()), func(ctx context.Context, tx pgx.Tx) error {
		_, err := tx.Exec(ctx, `insert into noted (id, store_id) values ($1, $2)`, uuid.New(), uuid.New())
		return err
	})
	var pg *pgconn.PgError
	if !errors.As(err, &pg) || pg.Code != "42501" {
		t.Errorf("got %v, want a refusal by row-level security", err)
	}
}

func TestTheScopeTravelsInTheContextAndTheSettings(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	want := postgres.Scope{Stores: []uuid.UUID{uuid.New()}, User: uuid.New(), Group: uuid.New()}
	err := db.Pool.Scoped(context.Background(), want, func(ctx context.Context, tx pgx.Tx) error {
		got, ok := postgres.ScopeOf(ctx)
		if !ok || !cmp.Equal(got, want) {
			t.Errorf("ScopeOf: %v, %v", got, ok)
		}
		var user, group, zone, app string
		err := tx.QueryRow(ctx, `select current_setting('app.user'), current_setting('app.group'), current_setting('timezone'), current_setting('application_name')`).
			Scan(&user, &group, &zone, &app)
		if user != want.User.String() || group != want.Group.String() || zone != "UTC" || app != "test" {
			t.Errorf("settings: user %s, group %s, zone %s, app %s", user, group, zone, app)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestWhatTheFunctionSaysComesBackUntouchedAndNothingIsKept(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	db.Exec(t, notedLike("customer"))
	_, store := pgtest.Store(t, db)
	for _, said := range []error{io.EOF, context.DeadlineExceeded, errs.New(errs.Conflict, "x", "", "")} {
		err := db.Pool.Scoped(context.Background(), scope(store), func(ctx context.Context, tx pgx.Tx) error {
			if _, err := tx.Exec(ctx, `insert into noted (id, store_id) values ($1, $2)`, uuid.New(), store); err != nil {
				return err
			}
			return said
		})
		if err != said {
			t.Errorf("got %v, want %v", err, said)
		}
	}
	id := add(t, db, store)
	err := db.Pool.Scoped(context.Background(), scope(store), func(ctx context.Context, tx pgx.Tx) error {
		_, err := tx.Exec(ctx, `insert into noted (id, store_id) values ($1, $2)`, id, store)
		return err
	})
	var pg *pgconn.PgError
	if !errors.As(err, &pg) || pg.Code != "23505" || pg.ConstraintName != "noted_pkey" {
		t.Errorf("a unique violation came back as %v", err)
	}
	if n := rows(t, db, store); n != 1 {
		t.Errorf("%d rows were kept, want 1", n)
	}
}

func rows(t *testing.T, db *pgtest.DB, store uuid.UUID) (n int) {
	t.Helper()
	db.Scoped(t, store, func(ctx context.Context, tx pgx.Tx) error {
		return tx.QueryRow(ctx, `select count(*) from noted`).Scan(&n)
	})
	return n
}

// Two transactions lock two rows in opposite order: one is a deadlock's victim
// and runs again.
func TestADeadlockIsRunAgain(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	db.Exec(t, notedLike("customer"))
	db.Exec(t, `alter database `+databaseOf(t, db)+` set deadlock_timeout = '10ms'`)
	_, store := pgtest.Store(t, db)
	ids := []uuid.UUID{add(t, db, store), add(t, db, store)}
	db.Pool.Conns().Reset() // deadlock_timeout holds for new connections
	var bothHold sync.WaitGroup
	bothHold.Add(2)
	var wg sync.WaitGroup
	var tries [2]int
	for i := range 2 {
		wg.Go(func() {
			err := db.Pool.Scoped(context.Background(), scope(store), func(ctx context.Context, tx pgx.Tx) error {
				for step, id := range []uuid.UUID{ids[i], ids[1-i]} {
					if _, err := tx.Exec(ctx, `update noted set n = n + 1 where id = $1`, id); err != nil {
						return err
					}
					if step == 0 && tries[i] == 0 {
						tries[i]++
						bothHold.Done()
						bothHold.Wait()
					} else if step == 0 {
						tries[i]++
					}
				}
				return nil
			})
			if err != nil {
				t.Errorf("transaction %d: %v", i, err)
			}
		})
	}
	wg.Wait()
	if tries[0]+tries[1] < 3 {
		t.Errorf("tries %v: nobody was a victim", tries)
	}
	db.Scoped(t, store, func(ctx context.Context, tx pgx.Tx) error {
		var n int
		err := tx.QueryRow(ctx, `select sum(n) from noted`).Scan(&n)
		if n != 4 {
			t.Errorf("the rows were counted up %d times, want 4", n)
		}
		return err
	})
}

// A server that is frozen in the middle of a transaction holds a row that others
// want. They get it, and what the frozen one did is not saved.
func TestATransactionThatStandsStillLetsItsLocksGo(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	db.Exec(t, notedLike("customer"))
	_, store := pgtest.Store(t, db)
	id := add(t, db, store)
	frozen, err := postgres.Open(t.Context(), db.AppURL, postgres.Options{Idle: 50 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	defer frozen.Close()
	count := func(ctx context.Context, tx pgx.Tx) error {
		_, err := tx.Exec(ctx, `update noted set n = n + 1 where id = $1`, id)
		return err
	}
	err = frozen.Scoped(t.Context(), scope(store), func(ctx context.Context, tx pgx.Tx) error {
		if err := count(ctx, tx); err != nil {
			return err
		}
		if err := db.Pool.Scoped(t.Context(), scope(store), count); err != nil {
			t.Errorf("the others: %v", err)
		}
		return count(ctx, tx)
	})
	if errs.KindOf(err) != errs.Unavailable {
		t.Errorf("the one that stood still: %v, want unavailable", err)
	}
	db.Scoped(t, store, func(ctx context.Context, tx pgx.Tx) error {
		var n int
		err := tx.QueryRow(ctx, `select n from noted where id = $1`, id).Scan(&n)
		if n != 1 {
			t.Errorf("counted up %d times, want once", n)
		}
		return err
	})
}

func databaseOf(t *testing.T, db *pgtest.DB) string {
	t.Helper()
	cfg, err := pgx.ParseConfig(db.OwnerURL)
	if err != nil {
		t.Fatal(err)
	}
	return pgx.Identifier{cfg.Database}.Sanitize()
}

func TestASerializationFailureThatLastsComesBackAfterFourTries(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	tries := 0
	err := db.Pool.Scoped(context.Background(), scope(), func(ctx context.Context, tx pgx.Tx) error {
		tries++
		_, err := tx.Exec(ctx, `do $$ begin raise exception 'lost' using errcode = '40001'; end $$`)
		return err
	})
	var pg *pgconn.PgError
	if tries != 4 || !errors.As(err, &pg) || pg.Code != "40001" {
		t.Errorf("%d tries, %v", tries, err)
	}
}

func TestALostServerIsUnavailable(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	err := db.Pool.Scoped(context.Background(), scope(), func(ctx context.Context, tx pgx.Tx) error {
		_, err := tx.Exec(ctx, `select pg_terminate_backend(pg_backend_pid())`)
		return err
	})
	if errs.KindOf(err) != errs.Unavailable {
		t.Errorf("a connection cut in the middle: %v", err)
	}
	start := time.Now()
	_, err = postgres.Open(context.Background(), "postgres://u:hush@127.0.0.1:1/x?sslmode=disable", postgres.Options{Wait: 2 * time.Second})
	if errs.KindOf(err) != errs.Unavailable || strings.Contains(err.Error(), "hush") {
		t.Errorf("nobody listens: %v", err)
	}
	if took := time.Since(start); took > 10*time.Second {
		t.Errorf("it took %v to say so", took)
	}
	if _, err = postgres.Open(context.Background(), "postgres://u:hush@:bad:/x", postgres.Options{}); errs.KindOf(err) != errs.Invalid || strings.Contains(err.Error(), "hush") {
		t.Errorf("a URL that is none: %v", err)
	}
}

func TestACancelledCallerIsNotALostServer(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	ctx, cancel := context.WithCancel(context.Background())
	err := db.Pool.Scoped(ctx, scope(), func(ctx context.Context, tx pgx.Tx) error {
		cancel()
		_, err := tx.Exec(ctx, `select 1`)
		return err
	})
	if !errors.Is(err, context.Canceled) || errs.KindOf(err) == errs.Unavailable {
		t.Errorf("got %v", err)
	}
}

func TestPlanningOnceEndsWithItsTransaction(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	pool, err := postgres.Open(context.Background(), db.AppURL, postgres.Options{MaxConns: 1})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(pool.Close)
	for _, c := range []struct {
		ctx  context.Context
		want string
	}{
		{context.Background(), "auto"},
		{postgres.PlannedOnce(context.Background()), "force_generic_plan"},
		{context.Background(), "auto"}, // the same connection
	} {
		var scoped, all string
		err := errors.Join(pool.Scoped(c.ctx, scope(uuid.New()), func(ctx context.Context, tx pgx.Tx) error {
			return tx.QueryRow(ctx, `select current_setting('plan_cache_mode')`).Scan(&scoped)
		}), pool.AllStores(c.ctx, func(ctx context.Context, tx pgx.Tx) error {
			return tx.QueryRow(ctx, `select current_setting('plan_cache_mode')`).Scan(&all)
		}))
		if err != nil || scoped != c.want || all != c.want {
			t.Errorf("plans are made %q and %q (%v), want %q", scoped, all, err, c.want)
		}
	}
}
