package importer_test

import (
	"bytes"
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

func (s *statements) total() (n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, c := range s.count {
		n += c
	}
	return n
}

// perChunk commits a file of so many rows and gives how many statements each 500 took.
func perChunk(t *testing.T, o sampleOptions) int {
	t.Helper()
	s, n := openCounted(t, morning())
	var file bytes.Buffer
	o.Today, o.Seed = morning(), 1
	if err := sampleCSV(&file, o); err != nil {
		t.Fatal(err)
	}
	b, err := s.im.Upload(t.Context(), s.scope, "many.csv", &file)
	if err != nil {
		t.Fatal(err)
	}
	before := n.total()
	if b, err = s.im.Commit(t.Context(), s.scope, b.ID, nil); err != nil {
		t.Fatal(err)
	}
	if b.Outcomes["new"] != o.Rows {
		t.Fatalf("outcomes %v", b.Outcomes)
	}
	per := (n.total() - before) / (o.Rows / 500)
	if t.Failed() || testing.Verbose() {
		t.Logf("%d statements per chunk; the dearest:\n%s", per, n.dearest(12))
	}
	return per
}

func TestAChunkIsWrittenWithAHandfulOfStatements(t *testing.T) {
	for _, c := range []struct {
		name string
		sampleOptions
		most int
	}{
		{"history of many customers", sampleOptions{Rows: 2000, Customers: 800, Days: 4000}, 200},
		{"history of one customer", sampleOptions{Rows: 2000, Customers: 1, Days: 6000}, 200},
		{"yesterday's orders of one customer", sampleOptions{Rows: 2000, Customers: 1, Days: 1}, 400},
		{"the last days of many customers", sampleOptions{Rows: 2000, Customers: 2000, Days: 6}, 500},
	} {
		t.Run(c.name, func(t *testing.T) {
			if per := perChunk(t, c.sampleOptions); per > c.most {
				t.Errorf("500 rows took %d statements, more than %d", per, c.most)
			}
		})
	}
}
