package postgres_test

import (
	"context"
	"errors"
	"net/url"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"ringback/internal/errs"
	"ringback/internal/postgres"
	"ringback/internal/postgres/pgtest"
)

func TestFourNodesThatMigrateAtOnceMakeOneSchema(t *testing.T) {
	t.Parallel()
	db := pgtest.Empty(t)
	var nodes sync.WaitGroup
	for range 4 {
		nodes.Go(func() {
			if err := postgres.Migrate(context.Background(), db.OwnerURL); err != nil {
				t.Error(err)
			}
		})
	}
	nodes.Wait()
	pool := openPool(t, db.AppURL)
	have, want, err := pool.Version(context.Background())
	if err != nil || have != want || want == 0 {
		t.Errorf("version %d of %d, %v", have, want, err)
	}
}

func openPool(t *testing.T, url string) *postgres.Pool {
	t.Helper()
	pool, err := postgres.Open(context.Background(), url, postgres.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(pool.Close)
	return pool
}

func TestAnEmptyDatabaseIsAtVersionZero(t *testing.T) {
	t.Parallel()
	have, want, err := openPool(t, pgtest.Empty(t).AppURL).Version(context.Background())
	if err != nil || have != 0 || want == 0 {
		t.Errorf("version %d of %d, %v", have, want, err)
	}
}

func TestTheProductsRoleOwnsNothingAndMayUseEverything(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	for what, sql := range map[string]string{
		"tables it may not use": `select count(*) from pg_class c where relnamespace = 'public'::regnamespace and relkind in ('r', 'p')
			and relname <> 'goose_db_version' and not has_table_privilege('ringback_app', c.oid, 'select')`,
		"tables it owns":    `select count(*) from pg_class where relowner = 'ringback_app'::regrole`,
		"goose's, writable": `select count(*) from pg_class c where relname = 'goose_db_version' and has_table_privilege('ringback_app', c.oid, 'insert, update, delete')`,
		"tables with store_id and no forced policy": `select count(*) from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'store_id'
			where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and not (relrowsecurity and relforcerowsecurity)
			and relname not in ('app_user', 'session', 'extension', 'trunk', 'lease', 'outbox')`,
	} {
		if got := ask(t, db, sql); got != 0 {
			t.Errorf("%s: %d", what, got)
		}
	}
}

func ask(t *testing.T, db *pgtest.DB, sql string) (n int) {
	t.Helper()
	c := connect(t, db.OwnerURL)
	if err := c.QueryRow(context.Background(), sql).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

func connect(t *testing.T, url string) *pgx.Conn {
	t.Helper()
	c, err := pgx.Connect(context.Background(), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close(context.Background()) })
	return c
}

func TestATableRestoredWithoutPrivilegesIsGrantedAndARevokedRightStaysRevoked(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	db.Exec(t, `create table restored (n int); revoke all on restored from ringback_app;
		create table log (n int); revoke update, delete on log from ringback_app`)
	if err := postgres.Migrate(context.Background(), db.OwnerURL); err != nil {
		t.Fatal(err)
	}
	app := connect(t, db.AppURL)
	if _, err := app.Exec(context.Background(), `insert into restored values (1)`); err != nil {
		t.Errorf("the restored table: %v", err)
	}
	_, err := app.Exec(context.Background(), `delete from log`)
	var pg *pgconn.PgError
	if !errors.As(err, &pg) || pg.Code != "42501" {
		t.Errorf("deleting from a table that only grows: %v", err)
	}
}

func TestMigratingNeedsTheOwnerAndAServer(t *testing.T) {
	t.Parallel()
	db := pgtest.Empty(t)
	if err := postgres.Migrate(context.Background(), db.AppURL); err == nil {
		t.Error("the product's role could migrate")
	}
	if err := postgres.SetAppPassword(context.Background(), db.OwnerURL, db.AppURL); err != nil {
		t.Errorf("a URL without a password: %v", err)
	}
	stranger := "postgres://" + postgres.AppRole + ":x@127.0.0.1:1/x"
	if err := postgres.Migrate(context.Background(), stranger); errs.KindOf(err) != errs.Unavailable {
		t.Errorf("nobody listens: %v", err)
	}
}

func TestTheProductsPasswordIsTakenFromItsURL(t *testing.T) {
	t.Parallel()
	db := pgtest.Empty(t)
	u, err := url.Parse(db.AppURL)
	if err != nil {
		t.Fatal(err)
	}
	u.User = url.UserPassword(postgres.AppRole, `it's "quoted" \`)
	if err := postgres.SetAppPassword(context.Background(), db.OwnerURL, u.String()); err != nil {
		t.Fatal(err)
	}
	if n := ask(t, db, `select count(*) from pg_authid where rolname = 'ringback_app' and rolpassword like 'SCRAM-SHA-256$%'`); n != 1 {
		t.Error("the role has no password")
	}
}
