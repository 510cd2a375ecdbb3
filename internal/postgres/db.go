// Package postgres owns the connection pool, store-scoped transactions and the
// migrations of the database.
//
// It owns no table: each table's SQL sits in the room that writes it. A room
// gets a transaction from [Pool.Scoped] (or, for named node-wide work, from
// [Pool.AllStores]) and sees only the rows of the stores in its scope, because
// row-level security reads the setting app.stores of the transaction. Outside
// such a transaction the setting is empty and queries return nothing.
//
// Sub-packages: embedded runs a private cluster as a child process, pgtest
// gives a test its own migrated database.
package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// AppRole is the role the product connects as. It owns no table, so that
// row-level security holds for it.
const AppRole = "ringback_app"

// DB is a scoped transaction, as store methods take it. pgx.Tx satisfies it.
type DB interface {
	Exec(ctx context.Context, sql string, args ...any) (pgconn.CommandTag, error)
	Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
	QueryRow(ctx context.Context, sql string, args ...any) pgx.Row
	SendBatch(ctx context.Context, b *pgx.Batch) pgx.BatchResults
}

var _ DB = pgx.Tx(nil)
