package importer_test

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"ringback/crm/importer"
	"ringback/internal/errs"
)

// everything is the record row by row, of every table: all but what is kept of imports
// themselves, what happened (outbox), and versions, which only grow.
func (s shop) everything(t *testing.T) [][]string {
	t.Helper()
	var parts []string
	for _, tab := range s.query(t, `SELECT c.relname::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
		WHERE n.nspname = 'public' AND c.relkind = 'r' AND c.relname !~ '^(import_|river_|goose_)' AND c.relname <> 'outbox' ORDER BY 1`) {
		parts = append(parts, fmt.Sprintf(`SELECT '%[1]s' AS noun, (to_jsonb(r) - 'version' - 'updated_at')::text AS row FROM %[1]s r`, tab[0]))
	}
	return s.query(t, `SELECT noun, row FROM (`+strings.Join(parts, " UNION ALL ")+`) every ORDER BY 1, 2`)
}

func TestUndoTakesBackWhatABatchMadeAndChanged(t *testing.T) {
	s := open(t, morning())
	var batches []importer.Batch
	var before [][][]string
	for _, name := range importer.DemoOrder() {
		before = append(before, s.everything(t))
		batches = append(batches, s.load(t, name))
	}
	for i := len(batches) - 1; i >= 0; i-- {
		b, err := s.im.Undo(t.Context(), s.scope, batches[i].ID)
		if err != nil {
			t.Fatalf("%s: %v", batches[i].FileName, err)
		}
		if b.State != importer.Undone || b.UndoneAt == nil {
			t.Errorf("%s: %+v", b.FileName, b)
		}
		if now := s.everything(t); !slices.EqualFunc(before[i], now, slices.Equal) {
			t.Fatalf("undoing %s does not leave the record as it was: %d rows, %d before\n%s", b.FileName, len(now), len(before[i]), firstDifference(before[i], now))
		}
		if _, err := s.im.Undo(t.Context(), s.scope, b.ID); errs.KindOf(err) != errs.Conflict {
			t.Errorf("undone twice: %v", err)
		}
		if _, err := s.im.Commit(t.Context(), s.scope, b.ID, nil); errs.KindOf(err) != errs.Conflict {
			t.Errorf("an undone batch was committed: %v", err)
		}
	}
	again := s.load(t, "workorders.xlsx") // an undone file may come again
	if again.Repeat || again.Outcomes["new"] == 0 {
		t.Errorf("after the undo: %+v", again.Outcomes)
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func firstDifference(a, b [][]string) string {
	for i := range min(len(a), len(b)) {
		if !slices.Equal(a[i], b[i]) {
			return strings.Join(a[i], " ") + "\n" + strings.Join(b[i], " ")
		}
	}
	return ""
}

func TestUndoIsRefusedWhenItWouldTakeAwayWhatOthersNeed(t *testing.T) {
	for name, c := range map[string]struct {
		since func(s shop)
		code  string
	}{
		"a task was dialled": {func(s shop) {
			s.Exec(t, `UPDATE task SET attempts = 1 WHERE id = (SELECT id FROM task LIMIT 1)`)
		}, "import_undo_dialled"},
		"more than 24 hours": {func(s shop) { must(t, s.clock.Advance(s.clock.Offset()+25*time.Hour)) }, "import_undo_late"},
		"a later file changed an order": {func(s shop) {
			s.take(t, "later.csv", orderHead+orderLine(1, "300"))
		}, "import_undo_later"},
	} {
		t.Run(name, func(t *testing.T) {
			s := open(t, morning())
			b := s.take(t, "a.csv", orderHead+orderLine(1, "100")+orderLine(2, "200"))
			c.since(s)
			before := s.everything(t)
			_, err := s.im.Undo(t.Context(), s.scope, b.ID)
			told, ok := errs.Of(err)
			if !ok || told.Kind != errs.Conflict || told.Code != c.code || told.ZH == "" || told.EN == "" {
				t.Errorf("got %v, want %s", err, c.code)
			}
			if now := s.everything(t); !slices.EqualFunc(before, now, slices.Equal) {
				t.Error("a refused undo changed something")
			}
		})
	}
}

func TestUndoOfALaterFileLeavesTheEarlierOne(t *testing.T) {
	s := open(t, morning())
	s.take(t, "a.csv", orderHead+orderLine(1, "100")+orderLine(2, "200"))
	before := s.everything(t)
	b := s.take(t, "b.csv", orderHead+orderLine(1, "150")+orderLine(2, "200")+orderLine(3, "300"))
	if !maps.Equal(b.Outcomes, map[string]int{"updated": 1, "same": 1, "new": 1}) {
		t.Fatalf("second file: %v", b.Outcomes)
	}
	if _, err := s.im.Undo(t.Context(), s.scope, b.ID); err != nil {
		t.Fatal(err)
	}
	if now := s.everything(t); !slices.EqualFunc(before, now, slices.Equal) {
		t.Errorf("the first file's rows changed:\n%s", firstDifference(before, now))
	}
}

func TestTheErrorFileIsCorrectedAndImportedAgain(t *testing.T) {
	s := open(t, morning())
	bad := strings.Replace(orderLine(2, "200"), "2026-11-18", "昨天", 1)
	odd := strings.Replace(orderLine(3, "300"), "王一", "=1+1", 1)
	b := s.take(t, "a.csv", orderHead+orderLine(1, "100")+bad+strings.Replace(odd, "2026-11-18", "2099-01-01", 1))
	if b.Outcomes["rejected"] != 2 {
		t.Fatalf("two are rejected: %v", b.Outcomes)
	}
	var out bytes.Buffer
	if err := s.im.ErrorFile(t.Context(), s.scope, b.ID, "s3cret", &out); err != nil {
		t.Fatal(err)
	}
	if bytes.HasPrefix(out.Bytes(), []byte("PK")) {
		t.Error("the file lies open: it holds customers' numbers")
	}
	f, err := excelize.OpenReader(bytes.NewReader(out.Bytes()), excelize.Options{Password: "s3cret"})
	if err != nil {
		t.Fatal(err)
	}
	rows, err := f.GetRows("Sheet1")
	if err != nil || len(rows) != 3 {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	wide := len(strings.Split(orderHead, ","))
	if head := rows[0]; !slices.Equal(head[wide:], importer.ErrorColumns()) || head[0] != "工单号" {
		t.Errorf("head %v", head)
	}
	if row := rows[1]; row[0] != "WT2" || row[2] != "昨天" || row[wide] != "E-DATE" || row[wide+1] == "" || row[wide+2] != "3" {
		t.Errorf("row %v", row)
	}
	if formula, err := f.GetCellFormula("Sheet1", "E3"); err != nil || formula != "" {
		t.Errorf("a stranger's text became a formula: %q, %v", formula, err)
	}
	for cell, text := range map[string]string{"C2": "2026-11-18", "C3": "2026-11-17"} {
		if err := f.SetCellStr("Sheet1", cell, text); err != nil {
			t.Fatal(err)
		}
	}
	var corrected bytes.Buffer
	if err := f.Write(&corrected, excelize.Options{}); err != nil {
		t.Fatal(err)
	}
	again, err := s.upload(t, "corrected.xlsx", corrected.Bytes())
	if told, ok := errs.Of(err); ok && told.Code == "import_encrypted" { // it kept its password
		again, err = s.im.Correct(t.Context(), s.scope, again.ID, importer.Correction{Password: "s3cret"})
	}
	if err != nil {
		t.Fatal(err)
	}
	if again, err = s.im.Commit(t.Context(), s.scope, again.ID, nil); err != nil || !maps.Equal(again.Outcomes, map[string]int{"new": 2}) {
		t.Errorf("corrected: %v, %v", again.Outcomes, err)
	}
	if err := s.im.ErrorFile(t.Context(), s.scope, again.ID, "x", &out); errs.KindOf(err) != errs.NotFound {
		t.Errorf("no row was rejected: %v", err)
	}
}
