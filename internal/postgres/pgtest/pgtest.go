// Package pgtest gives a test its own migrated database on a real PostgreSQL.
//
// It owns one throw-away cluster per user and PostgreSQL version under
// os.TempDir(), shared by all test processes: whoever comes first starts it
// detached, under a file lock; a watchdog stops it after some minutes without
// connections. A template database is migrated once per set of migrations, and
// each test gets a copy, dropped when the test ends. After a kill -9 of
// anything the next test repairs or remakes the cluster.
//
// The pool connects as ringback_app, as the product does: a test, too, sees no
// rows outside postgres.Scoped.
package pgtest

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"ringback/internal/postgres"
)

// DB is a database of one test.
type DB struct {
	Pool     *postgres.Pool // as ringback_app, closed at the end of the test
	AppURL   string
	OwnerURL string // as a superuser: row-level security does not hold
	name     string

	mu    sync.Mutex // guards owner
	owner *pgx.Conn  // of Exec; nil before its first use
}

// New makes a migrated database that lives as long as t. It fails t when the
// machine has no PostgreSQL. Tests may run in parallel.
func New(t testing.TB) *DB {
	t.Helper()
	return open(t, true)
}

// Empty is New without any migration, and with no pool: for tests of Migrate.
func Empty(t testing.TB) *DB {
	t.Helper()
	return open(t, false)
}

func open(t testing.TB, migrated bool) *DB {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	s, err := ensure(ctx, migrated)
	if err != nil {
		t.Fatalf("pgtest: %v", err)
	}
	t.Cleanup(func() { _ = s.admin.Close(context.Background()) })
	db, err := s.create(ctx, migrated)
	if err != nil {
		t.Fatalf("pgtest: %v", err)
	}
	t.Cleanup(func() { s.drop(t, db) })
	t.Cleanup(db.leave)
	if !migrated {
		return db
	}
	if db.Pool, err = postgres.Open(ctx, db.AppURL, postgres.Options{MaxConns: 10, AppName: "test"}); err != nil {
		t.Fatalf("pgtest: %v", err)
	}
	t.Cleanup(db.Pool.Close)
	return db
}

// create copies the template. The name carries our pid, so that a later test
// can drop it should we be killed.
func (s *server) create(ctx context.Context, migrated bool) (*DB, error) {
	db := &DB{name: fmt.Sprintf("test_%d_%s", os.Getpid(), strings.ReplaceAll(uuid.NewString(), "-", "")[:12])}
	db.AppURL, db.OwnerURL = withDatabase(s.addr.AppURL, db.name), withDatabase(s.addr.OwnerURL, db.name)
	from := "template0"
	if migrated {
		from = s.template
	}
	if _, err := s.admin.Exec(ctx, "create database "+quote(db.name)+" template "+quote(from)); err != nil {
		return nil, fmt.Errorf("copying the template database: %w", err)
	}
	return db, nil
}

func (s *server) drop(t testing.TB, db *DB) {
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	if _, err := s.admin.Exec(ctx, "drop database if exists "+quote(db.name)+" with (force)"); err != nil {
		t.Logf("pgtest: dropping %s: %v", db.name, err)
	}
}

func withDatabase(raw, name string) string {
	u, err := url.Parse(raw)
	if err != nil {
		return raw
	}
	u.Path = "/" + name
	return u.String()
}

func quote(name string) string { return pgx.Identifier{name}.Sanitize() }

// Exec runs SQL as the owner: for rows that a test finds already there.
func (db *DB) Exec(t testing.TB, sql string, args ...any) {
	t.Helper()
	db.mu.Lock()
	defer db.mu.Unlock()
	if db.owner == nil || db.owner.IsClosed() {
		c, err := pgx.Connect(context.Background(), db.OwnerURL)
		if err != nil {
			t.Fatalf("pgtest: connecting as the owner: %v", err)
		}
		db.owner = c
	}
	if _, err := db.owner.Exec(context.Background(), sql, args...); err != nil {
		t.Fatalf("pgtest: %s: %v", sql, err)
	}
}

// leave closes what Exec has opened.
func (db *DB) leave() {
	db.mu.Lock()
	defer db.mu.Unlock()
	if db.owner != nil {
		_ = db.owner.Close(context.Background())
	}
}

// Scoped runs fn in a transaction that sees store, and fails t on an error.
func (db *DB) Scoped(t testing.TB, store uuid.UUID, fn func(ctx context.Context, tx pgx.Tx) error) {
	t.Helper()
	if err := db.Pool.Scoped(context.Background(), postgres.Scope{Stores: []uuid.UUID{store}}, fn); err != nil {
		t.Fatal(err)
	}
}
