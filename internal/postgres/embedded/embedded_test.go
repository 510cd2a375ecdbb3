package embedded_test

import (
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"ringback/internal/postgres/embedded"
)

func TestAColdStartMakesAClusterAndAWarmStartKeepsItsData(t *testing.T) {
	dir := clusterDir(t)
	c := start(t, dir)
	exec(t, c.OwnerURL(), `create table kept (n int)`, `insert into kept values (42)`)
	stop(t, c)
	again := start(t, dir)
	if got := number(t, again.OwnerURL(), `select n from kept`); got != 42 {
		t.Errorf("after the second start kept = %d, want 42", got)
	}
	if got := number(t, again.AppURL(), `select count(*) from pg_roles where rolname = current_user and not rolsuper and not rolbypassrls`); got != 1 {
		t.Error("the product's role is a superuser or bypasses row-level security")
	}
}

func clusterDir(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "pg-embedded-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	return filepath.Join(dir, "pg")
}

func start(t *testing.T, dir string) *embedded.Cluster {
	t.Helper()
	c, err := embedded.Start(context.Background(), embedded.Options{Dir: dir, Throw: true, Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { stop(t, c) })
	return c
}

func stop(t *testing.T, c *embedded.Cluster) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	if err := c.Stop(ctx); err != nil {
		t.Error(err)
	}
}

func exec(t *testing.T, url string, sql ...string) {
	t.Helper()
	c, err := pgx.Connect(context.Background(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = c.Close(context.Background()) }()
	for _, q := range sql {
		if _, err := c.Exec(context.Background(), q); err != nil {
			t.Fatalf("%s: %v", q, err)
		}
	}
}

func number(t *testing.T, url, sql string) (n int) {
	t.Helper()
	c, err := pgx.Connect(context.Background(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = c.Close(context.Background()) }()
	if err := c.QueryRow(context.Background(), sql).Scan(&n); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	return n
}
