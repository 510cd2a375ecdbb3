package postgres

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
)

func migrator(db *sql.DB) (*goose.Provider, error) {
	files, err := Migrations()
	if err != nil {
		return nil, fmt.Errorf("opening the embedded migrations: %w", err)
	}
	// Tried each second, for ten minutes: another node may be at it.
	session, err := lock.NewPostgresSessionLocker(lock.WithLockTimeout(1, 600))
	if err != nil {
		return nil, fmt.Errorf("making the migration lock: %w", err)
	}
	p, err := goose.NewProvider(goose.DialectPostgres, db, files, goose.WithSessionLocker(session))
	if err != nil {
		return nil, fmt.Errorf("reading the migrations: %w", err)
	}
	return p, nil
}

// Version tells which migration the database is at, and which one this binary
// brings. They are equal after [Migrate]; have is 0 for an empty database.
func (p *Pool) Version(ctx context.Context) (have, want int64, err error) {
	err = p.conns.QueryRow(ctx, `select coalesce(max(version_id), 0) from goose_db_version where is_applied`).Scan(&have)
	if sqlState(err) == "42P01" || errors.Is(err, pgx.ErrNoRows) { // undefined_table
		err = nil
	}
	if err != nil {
		return 0, 0, unavailable(fmt.Errorf("reading the schema version: %w", err))
	}
	want, err = newest()
	return have, want, err
}

func newest() (int64, error) {
	up, err := migrator(new(sql.DB))
	if err != nil {
		return 0, err
	}
	var v int64
	for _, s := range up.ListSources() {
		v = max(v, s.Version)
	}
	return v, nil
}
