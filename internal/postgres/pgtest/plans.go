package pgtest

import (
	"context"

	"github.com/jackc/pgx/v5"

	"ringback/internal/postgres"
)

// Plans is a DB that explains each query, by running it, before it runs.
type Plans struct {
	postgres.DB
	Lines []string // of EXPLAIN (ANALYZE), all queries' so far
}

// Query explains and runs.
func (p *Plans) Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error) {
	rows, err := p.DB.Query(ctx, "EXPLAIN (ANALYZE, TIMING OFF) "+sql, args...)
	if err != nil {
		return nil, err
	}
	lines, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return nil, err
	}
	p.Lines = append(p.Lines, lines...)
	return p.DB.Query(ctx, sql, args...)
}
