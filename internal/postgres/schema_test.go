package postgres_test

import (
	"context"
	"flag"
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ringback/internal/postgres"
	"ringback/internal/postgres/embedded"
	"ringback/internal/postgres/pgtest"
)

var update = flag.Bool("update", false, "write schema.sql anew from the migrations")

// schema.sql shows the whole schema in one place. After a change of the
// migrations: go test ./internal/postgres -run TestSchemaFile -update
func TestSchemaFile(t *testing.T) {
	t.Parallel()
	bin, err := embedded.Binaries("")
	if err != nil {
		t.Fatal(err)
	}
	got, err := postgres.Dump(context.Background(), bin, pgtest.New(t).OwnerURL)
	if err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile("schema.sql", []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile("schema.sql")
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(string(want), got); d != "" {
		t.Errorf("schema.sql is not what the migrations make; run this test with -update.\n%s", d)
	}
}
