package importer_test

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"ringback/crm/importer"
)

// What stands in the folder is taken over in the order of its kinds, whatever the
// order of arrival; what is no table is put aside with a text; a file that is still
// being written waits.
func TestTheWatchedFolderIsTakenOver(t *testing.T) {
	s := open(t, morning())
	f := importer.Folder{Dir: t.TempDir()}
	files, err := importer.DemoFiles()
	must(t, err)
	put := func(name string, content []byte, age time.Duration) {
		path := filepath.Join(f.Dir, name)
		must(t, os.WriteFile(path, content, 0o600))
		must(t, os.Chtimes(path, time.Now().Add(-age), time.Now().Add(-age)))
	}
	for i, name := range []string{"workorders.xlsx", "customers.csv"} {
		content, err := fs.ReadFile(files, name)
		must(t, err)
		put(name, content, time.Hour-time.Duration(i)*time.Minute)
	}
	put("letter.xlsx", []byte("Dear dealer, the export did not work tonight."), time.Hour)
	put("later.csv", []byte("half a file"), -time.Hour)
	put("moving.csv.part", []byte("half a file"), time.Hour)

	moved, err := s.im.Scan(t.Context(), s.scope, f)
	if err != nil || moved != 3 {
		t.Fatalf("%d files were moved: %v", moved, err)
	}
	for path, there := range map[string]bool{
		"done/workorders.xlsx": true, "done/customers.csv": true, "failed/letter.xlsx": true, "failed/letter.xlsx.txt": true,
		"later.csv": true, "moving.csv.part": true, "workorders.xlsx": false, "letter.xlsx": false,
	} {
		if _, err := os.Stat(filepath.Join(f.Dir, path)); (err == nil) != there {
			t.Errorf("%s: there should be %t (%v)", path, there, err)
		}
	}
	if why, _ := os.ReadFile(filepath.Join(f.Dir, "failed/letter.xlsx.txt")); len(strings.Fields(string(why))) < 4 {
		t.Errorf("the text beside the failed file says %q", why)
	}
	done := s.query(t, `SELECT kind, state FROM import_batch WHERE source = 'folder' AND state <> 'failed' ORDER BY finished_at`)
	if len(done) != 2 || done[0][0] != "customer" || done[1][0] != "work_order" || done[0][1] != "done" {
		t.Errorf("the batches are %v", done)
	}
	if moved, err = s.im.Scan(t.Context(), s.scope, f); err != nil || moved != 0 {
		t.Errorf("the second look moved %d files: %v", moved, err)
	}
}

// Two nodes watch one folder: while one takes over, the other moves nothing.
func TestOneNodeAtATimeTakesTheFolderOver(t *testing.T) {
	s := open(t, morning())
	f := importer.Folder{Dir: t.TempDir()}
	for n := range 3 {
		path := filepath.Join(f.Dir, fmt.Sprintf("orders%d.csv", n))
		must(t, os.WriteFile(path, []byte(orderHead+orderLine(n+1, "100")), 0o600))
		must(t, os.Chtimes(path, time.Now().Add(-time.Hour), time.Now().Add(-time.Hour)))
	}
	err := s.Pool.Scoped(t.Context(), s.scope, func(ctx context.Context, tx pgx.Tx) error { // the other node's pass
		if _, err := tx.Exec(ctx, `SELECT pg_advisory_xact_lock(hashtextextended('drop ' || $1::text, 0))`, s.scope.Stores[0]); err != nil {
			return err
		}
		moved, err := s.im.Scan(t.Context(), s.scope, f)
		if moved != 0 {
			t.Errorf("%d files were moved under another node's hands", moved)
		}
		return err
	})
	must(t, err)
	type pass struct {
		moved int
		err   error
	}
	done := make(chan pass)
	for range 4 {
		go func() {
			moved, err := s.im.Scan(t.Context(), s.scope, f)
			done <- pass{moved, err}
		}()
	}
	total := 0
	for range 4 {
		p := <-done
		must(t, p.err)
		total += p.moved
	}
	if batches := s.query(t, `SELECT state FROM import_batch`); total != 3 || len(batches) != 3 {
		t.Errorf("%d files moved, %d batches", total, len(batches))
	}
}
