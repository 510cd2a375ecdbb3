package importer_test

import (
	"archive/zip"
	"bytes"
	"maps"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"ringback/crm/importer"
	"ringback/internal/errs"
)

// twoOrders is a workbook of two work orders, sealed with a password unless it is empty.
func twoOrders(t *testing.T, password string) []byte {
	t.Helper()
	f := excelize.NewFile(excelize.Options{Password: password})
	defer func() { _ = f.Close() }()
	for i, line := range strings.Split(strings.TrimSpace(orderHead+orderLine(1, "100")+orderLine(2, "200")), "\n") {
		cell, err := excelize.CoordinatesToCellName(1, i+1)
		must(t, err)
		cells := strings.Split(line, ",")
		must(t, f.SetSheetRow("Sheet1", cell, &cells))
	}
	var raw bytes.Buffer
	must(t, f.Write(&raw))
	return raw.Bytes()
}

func TestAnEncryptedWorkbookAsksForItsPassword(t *testing.T) {
	s := open(t, morning())
	b, err := s.upload(t, "locked.xlsx", twoOrders(t, "geheim"))
	if told, _ := errs.Of(err); told.Code != "import_encrypted" || !strings.Contains(told.ZH, "密码") || !strings.Contains(told.EN, "password") {
		t.Fatalf("%v", err)
	}
	if _, err := s.im.Correct(t.Context(), s.scope, b.ID, importer.Correction{Password: "falsch"}); err == nil {
		t.Fatal("a wrong password opened it")
	} else if told, _ := errs.Of(err); told.Code != "import_password" || !strings.Contains(told.ZH, "密码不对") {
		t.Fatalf("%v", err)
	}
	if b, err = s.im.Correct(t.Context(), s.scope, b.ID, importer.Correction{Password: "geheim"}); err != nil {
		t.Fatal(err)
	}
	if b, err = s.im.Commit(t.Context(), s.scope, b.ID, nil); err != nil || b.Outcomes["new"] != 2 {
		t.Errorf("%v, %v", b.Outcomes, err)
	}
}

// withPart adds a part to a workbook, as deep as it is long.
func withPart(t *testing.T, book []byte, name string, content []byte) []byte {
	t.Helper()
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	in, err := zip.NewReader(bytes.NewReader(book), int64(len(book)))
	must(t, err)
	for _, f := range in.File {
		if f.Name != name {
			must(t, w.Copy(f))
		}
	}
	part, err := w.Create(name)
	must(t, err)
	_, err = part.Write(content)
	must(t, err)
	must(t, w.Close())
	return out.Bytes()
}

func TestWrongFilesAreRefusedInWordsAndWriteNothing(t *testing.T) {
	s := open(t, morning())
	book := twoOrders(t, "")
	for _, c := range []struct {
		name, code, zh, en string
		raw                []byte
	}{
		{"macros.xlsm", "import_macros", "宏", "macro", withPart(t, book, "xl/vbaProject.bin", []byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"))},
		{"macros.xlsx", "import_macros", "宏", "macro", withPart(t, book, "xl/vbaProject.bin", []byte("Attribute VB_Name"))}, // under a harmless name
		{"bomb.xlsx", "import_bomb", "压缩炸弹", "zip bomb", withPart(t, book, "xl/worksheets/sheet1.xml", bytes.Repeat([]byte("<row></row> "), 8<<20))},
		{"cut.xlsx", "import_damaged", "损坏", "damaged", book[:len(book)*2/3]},
		{"headless.xlsx", "import_damaged", "损坏", "damaged", eachPart(t, book, func(name string, content []byte) []byte {
			if name == "xl/workbook.xml" {
				return content[:len(content)/2]
			}
			return content
		})},
		{"picture.csv", "import_not_a_table", "JPEG", "JPEG", []byte("\xff\xd8\xff\xe0\x00\x10JFIF\x00")},
		{"program.xlsx", "import_not_a_table", "XLSX", "XLSX", append([]byte("MZ\x90\x00"), make([]byte, 500)...)},
	} {
		b, err := s.upload(t, c.name, c.raw)
		told, ok := errs.Of(err)
		if !ok || told.Kind != errs.Invalid || told.Code != c.code || !strings.Contains(told.ZH, c.zh) || !strings.Contains(strings.ToLower(told.EN), strings.ToLower(c.en)) {
			t.Errorf("%s: %v, want %s", c.name, err, c.code)
		}
		if b.State != importer.Failed {
			t.Errorf("%s: %s", c.name, b.State)
		}
	}
	if rows := s.query(t, `SELECT id::text FROM customer UNION ALL SELECT id::text FROM work_order UNION ALL SELECT id::text FROM vehicle`); len(rows) != 0 {
		t.Errorf("%d rows were written", len(rows))
	}
	// A wrong ending does not matter when the content is a table.
	for name, raw := range map[string][]byte{"book.csv": book, "text.xlsx": []byte(orderHead + orderLine(3, "100") + orderLine(4, "200"))} {
		if b := s.take(t, name, string(raw)); !maps.Equal(b.Outcomes, map[string]int{"new": 2}) {
			t.Errorf("%s: %v", name, b.Outcomes)
		}
	}
}

func TestTheSameFileTwiceAtOnceIsImportedOnce(t *testing.T) {
	s := open(t, morning())
	raw := orderFile(1200)
	type ended struct {
		b   importer.Batch
		err error
	}
	done := make(chan ended)
	for range 2 {
		go func() {
			b, err := s.im.Upload(t.Context(), s.scope, "many.csv", bytes.NewReader(raw))
			if err == nil {
				b, err = s.im.Commit(t.Context(), s.scope, b.ID, nil)
			}
			done <- ended{b, err}
		}()
	}
	a, b := <-done, <-done
	if a.err != nil || b.err != nil {
		t.Fatal(a.err, b.err)
	}
	switch {
	case a.b.ID == b.b.ID: // the second was given the first one's batch
	case a.b.Repeat == b.b.Repeat:
		t.Errorf("one must win and the other say so: %v %s, %v %s", a.b.Outcomes, a.b.ErrorZH, b.b.Outcomes, b.b.ErrorZH)
	}
	wantRows(t, s.query(t, `SELECT count(*)::text, count(DISTINCT ro_no)::text FROM work_order`), "1200 1200")
	wantRows(t, s.query(t, `SELECT kind, count(*)::text FROM outbox WHERE kind LIKE 'work_order.%' GROUP BY 1 ORDER BY 1`), "work_order.delivered 1200", "work_order.opened 1200")
	wantRows(t, s.query(t, `SELECT count(*)::text FROM (SELECT FROM task GROUP BY kind, subject_key HAVING count(*) > 1) twice`), "0")
}

// A database without space stops the import with a sentence; when there is space again
// it goes on where it stopped.
func TestADatabaseWithoutSpaceStopsAndGoesOn(t *testing.T) {
	s := open(t, morning())
	b, err := s.upload(t, "many.csv", orderFile(1200))
	must(t, err)
	s.Exec(t, `CREATE FUNCTION no_space() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
		IF (SELECT count(*) FROM work_order) > 900 THEN RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = '53100'; END IF; RETURN NULL; END $$`)
	s.Exec(t, `CREATE TRIGGER no_space AFTER INSERT ON work_order FOR EACH STATEMENT EXECUTE FUNCTION no_space()`)
	_, err = s.im.Commit(t.Context(), s.scope, b.ID, nil)
	told, ok := errs.Of(err)
	if !ok || told.Kind != errs.Unavailable || told.Code != "database_full" || !strings.Contains(told.ZH, "磁盘已满") || !strings.Contains(told.EN, "disk") {
		t.Fatalf("%v", err)
	}
	if b, err = s.im.Batch(t.Context(), s.scope, b.ID); err != nil || b.State != importer.Committing || b.RowsDone != 500 {
		t.Fatalf("%+v, %v", b, err)
	}
	s.Exec(t, `DROP TRIGGER no_space ON work_order`)
	must(t, s.im.Resume(t.Context(), s.scope))
	if b, err = s.im.Batch(t.Context(), s.scope, b.ID); err != nil || b.State != importer.Done || !maps.Equal(b.Outcomes, map[string]int{"new": 1200}) {
		t.Errorf("%+v, %v", b, err)
	}
	wantRows(t, s.query(t, `SELECT count(*)::text, count(DISTINCT ro_no)::text FROM work_order`), "1200 1200")
}
