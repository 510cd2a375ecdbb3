package importer_test

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"ringback/crm/importer"
	"ringback/internal/postgres"
	"ringback/internal/postgres/pgtest"
)

// A child of a test is this very program: it does one thing to the shop of its parent
// and stands still before a statement, so that the parent kills it there.
const childTask = "RINGBACK_TEST_CHILD"

func TestMain(m *testing.M) {
	if os.Getenv(childTask) == "" {
		os.Exit(m.Run())
	}
	if err := child(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// still stops for ever before the n-th statement that holds the words.
type still struct {
	words string
	n     int64
	seen  atomic.Int64
}

func (s *still) TraceQueryStart(ctx context.Context, _ *pgx.Conn, q pgx.TraceQueryStartData) context.Context {
	if strings.Contains(q.SQL, s.words) && s.seen.Add(1) == s.n {
		fmt.Println("here")
		select {}
	}
	return ctx
}

func (*still) TraceQueryEnd(context.Context, *pgx.Conn, pgx.TraceQueryEndData) {}

func child() error {
	n, err := strconv.ParseInt(os.Getenv("CHILD_NTH"), 10, 64)
	if err != nil {
		return err
	}
	ctx := context.Background()
	pool, err := postgres.Open(ctx, os.Getenv("CHILD_DB"), postgres.Options{Tracer: &still{words: os.Getenv("CHILD_BEFORE"), n: n}})
	if err != nil {
		return err
	}
	s := shop{DB: &pgtest.DB{Pool: pool}}
	if err := s.furnish(morning(), os.Getenv("CHILD_DIR")); err != nil {
		return err
	}
	s.scope = postgres.Scope{Group: uuid.MustParse(os.Getenv("CHILD_GROUP")), Stores: []uuid.UUID{uuid.MustParse(os.Getenv("CHILD_STORE"))}}
	what, arg, _ := strings.Cut(os.Getenv(childTask), " ")
	switch what {
	case "upload":
		raw, err := os.ReadFile(arg)
		if err != nil {
			return err
		}
		_, err = s.im.Upload(ctx, s.scope, "many.csv", bytes.NewReader(raw))
		return err
	case "commit":
		_, err = s.im.Commit(ctx, s.scope, uuid.MustParse(arg), nil)
	case "undo":
		_, err = s.im.Undo(ctx, s.scope, uuid.MustParse(arg))
	}
	return err
}

// killed lets a child do something and kills it, with SIGKILL, before its n-th
// statement that holds the words.
func (s shop) killed(t *testing.T, what, before string, nth int) {
	t.Helper()
	program, err := os.Executable()
	must(t, err)
	cmd := exec.CommandContext(t.Context(), program)
	cmd.Env = append(os.Environ(), childTask+"="+what, "CHILD_BEFORE="+before, "CHILD_NTH="+strconv.Itoa(nth), "CHILD_DB="+s.AppURL, "CHILD_DIR="+s.dir,
		"CHILD_GROUP="+s.scope.Group.String(), "CHILD_STORE="+s.scope.Stores[0].String())
	var complaint bytes.Buffer
	cmd.Stderr = &complaint
	out, err := cmd.StdoutPipe()
	must(t, err)
	must(t, cmd.Start())
	line, err := bufio.NewReader(out).ReadString('\n')
	must(t, cmd.Process.Kill())
	_ = cmd.Wait()
	if line != "here\n" {
		t.Fatalf("%s did not come to %q: %q, %v, %s", what, before, line, err, complaint.String())
	}
}

func orderFile(rows int) []byte {
	var file bytes.Buffer
	if err := sampleCSV(&file, sampleOptions{Rows: rows, Today: morning(), Days: 60, Seed: 3}); err != nil {
		panic(err) // a buffer takes everything
	}
	return file.Bytes()
}

// figures are how much of everything there is, without what is kept of imports and
// the sample of 7-day calls, which each store draws for itself (D-02).
func (s shop) figures(t *testing.T) []string {
	t.Helper()
	var out []string
	for _, r := range s.query(t, `SELECT 'order', count(*)::text, count(DISTINCT ro_no)::text FROM work_order UNION ALL
		SELECT 'customer', count(*)::text, count(DISTINCT name_zh)::text FROM customer UNION ALL SELECT 'vehicle', count(*)::text, count(DISTINCT vin)::text FROM vehicle UNION ALL
		SELECT 'task ' || kind || ' ' || state, count(*)::text, count(DISTINCT subject_key)::text FROM task
		WHERE kind <> 'followup_7d' GROUP BY kind, state UNION ALL
		SELECT 'sms ' || state, count(*)::text, '' FROM sms GROUP BY state UNION ALL SELECT 'letter ' || state, count(*)::text, '' FROM letter GROUP BY state UNION ALL
		SELECT 'event ' || kind, count(*)::text, '' FROM outbox WHERE kind LIKE 'work_order.%' GROUP BY kind`) {
		out = append(out, strings.Join(r, " "))
	}
	slices.Sort(out)
	return out
}

// T-I09, the kill: whatever a killed import was at, the next start goes on, and the
// record is the same as without the kill. The 50,000 rows are BenchmarkImport50k.
func TestTI09KilledInEveryPhaseItGoesOnWithoutDuplicates(t *testing.T) {
	const rows = 1300
	calm := open(t, morning())
	raw := orderFile(rows)
	calm.take(t, "many.csv", string(raw))
	want := calm.figures(t)

	for _, c := range []struct {
		name, before string
		nth          int
		parsed       bool // the parent reads the file before the child is killed
		state        importer.State
	}{
		{"while the file is read", "INSERT INTO import_row", 2, false, importer.Uploaded},
		{"before the preview is shown", "UPDATE import_batch SET kind", 1, false, importer.Uploaded},
		{"before anything is written", "INSERT INTO work_order", 1, true, importer.Parsed},
		{"in the third chunk", "INSERT INTO work_order", 3, true, importer.Committing},
		{"after the promises of the third chunk", "UPDATE import_row", 3, true, importer.Committing},
		{"at the end of the last chunk", "UPDATE import_batch SET state", 3, true, importer.Committing},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := open(t, morning())
			var b importer.Batch
			if c.parsed {
				var err error
				b, err = s.upload(t, "many.csv", raw)
				must(t, err)
				s.killed(t, "commit "+b.ID.String(), c.before, c.nth)
			} else {
				path := t.TempDir() + "/many.csv"
				must(t, os.WriteFile(path, raw, 0o600))
				s.killed(t, "upload "+path, c.before, c.nth)
			}
			list, err := s.im.Batches(t.Context(), s.scope, 10)
			if err != nil || len(list) != 1 || list[0].State != c.state {
				t.Fatalf("after the kill: %+v, %v", list, err)
			}
			b = list[0]
			for range 2 { // a second start changes nothing
				must(t, s.im.Resume(t.Context(), s.scope))
			}
			if b, err = s.im.Batch(t.Context(), s.scope, b.ID); err != nil || c.state == importer.Uploaded && (b.State != importer.Parsed || b.DataRows != rows) {
				t.Fatalf("after the start: %+v, %v", b, err)
			}
			if b, err = s.im.Commit(t.Context(), s.scope, b.ID, nil); err != nil || b.State != importer.Done {
				t.Fatalf("%+v, %v", b, err)
			}
			if !maps.Equal(b.Outcomes, map[string]int{"new": rows}) || b.RowsDone != rows {
				t.Errorf("outcomes %v, %d rows done", b.Outcomes, b.RowsDone)
			}
			if got := s.figures(t); !slices.Equal(got, want) {
				t.Errorf("the record differs from one of an import without a kill:\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
			}
		})
	}
}

func TestAKilledUndoHasDoneNothing(t *testing.T) {
	s := open(t, morning())
	before := s.everything(t)
	b := s.take(t, "many.csv", string(orderFile(700)))
	whole := s.everything(t)
	s.killed(t, "undo "+b.ID.String(), "UPDATE import_batch SET state = 'undone'", 1)
	must(t, s.im.Resume(t.Context(), s.scope))
	if now := s.everything(t); !slices.EqualFunc(whole, now, slices.Equal) {
		t.Fatal("a killed undo took rows away")
	}
	if _, err := s.im.Undo(t.Context(), s.scope, b.ID); err != nil {
		t.Fatal(err)
	}
	if now := s.everything(t); !slices.EqualFunc(before, now, slices.Equal) {
		t.Errorf("%d rows are left", len(now)-len(before))
	}
}
