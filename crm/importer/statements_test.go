package importer_test

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"ringback/internal/postgres"
	"ringback/internal/postgres/pgtest"
)

// statements counts what a pool asks its database.
type statements struct {
	mu    sync.Mutex
	count map[string]int
	took  map[string]time.Duration
}

type statementStart struct {
	sql string
	at  time.Time
}

func (s *statements) TraceQueryStart(ctx context.Context, _ *pgx.Conn, q pgx.TraceQueryStartData) context.Context {
	return context.WithValue(ctx, statementStart{}, statementStart{q.SQL, time.Now()})
}

func (s *statements) TraceQueryEnd(ctx context.Context, _ *pgx.Conn, _ pgx.TraceQueryEndData) {
	start, _ := ctx.Value(statementStart{}).(statementStart)
	words := strings.Join(strings.Fields(start.sql), " ")
	s.mu.Lock()
	defer s.mu.Unlock()
	s.count[words]++
	s.took[words] += time.Since(start.at)
}

// openCounted is open with every statement of the importer counted.
func openCounted(t testing.TB, asOf time.Time) (shop, *statements) {
	t.Helper()
	n := &statements{count: map[string]int{}, took: map[string]time.Duration{}}
	db := pgtest.New(t)
	pool, err := postgres.Open(t.Context(), db.AppURL, postgres.Options{MaxConns: 4, AppName: "test", Tracer: n})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(pool.Close)
	db.Pool.Close() // a pool may be closed twice
	db.Pool = pool
	return openOn(t, db, asOf), n
}

func (s *statements) dearest(n int) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out strings.Builder
	for _, sql := range slices.SortedFunc(maps.Keys(s.took), func(a, b string) int { return int(s.took[b] - s.took[a]) })[:min(n, len(s.took))] {
		fmt.Fprintf(&out, "%6d %9s %.150s\n", s.count[sql], s.took[sql].Round(time.Millisecond), sql)
	}
	return out.String()
}
