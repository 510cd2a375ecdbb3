package importer_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"

	"ringback/crm/importer"
	"ringback/internal/errs"
	"ringback/internal/postgres"
	"ringback/internal/postgres/pgtest"
)

func morning() time.Time { return time.Date(2026, 11, 20, 0, 0, 0, 0, time.UTC) }

const orderHead = "工单号,车牌号,开单日期,维修类型,客户名称,电话,车架号,结算日期,交车时间,合计金额(元)\n"

func orderLine(n int, amount string) string {
	return fmt.Sprintf("WT%d,宁Z%05d,2026-11-18,定保,王一%s,154%08d,,2026-11-19 10:00,2026-11-19 11:00,%s\n", n, n, string(rune('一'+n%500)), n, amount)
}

func (s shop) upload(t *testing.T, name string, content []byte) (importer.Batch, error) {
	t.Helper()
	return s.im.Upload(t.Context(), s.scope, name, bytes.NewReader(content))
}

func (s shop) take(t *testing.T, name, content string) importer.Batch {
	t.Helper()
	b, err := s.upload(t, name, []byte(content))
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	if b, err = s.im.Commit(t.Context(), s.scope, b.ID, nil); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return b
}

func demo(t *testing.T, name string) []byte {
	t.Helper()
	files, err := importer.DemoFiles()
	if err != nil {
		t.Fatal(err)
	}
	raw, err := fs.ReadFile(files, name)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// endless is a file whose end nobody waits for.
type endless struct{}

func (endless) Read(p []byte) (int, error) { return len(p), nil }

func TestATooLargeFileIsListedWithItsReason(t *testing.T) {
	s := open(t, morning())
	for _, begins := range []string{"", "PK\x03\x04"} { // a table, an archive
		came, err := s.im.UploadAll(t.Context(), s.scope, importer.Arrival{Name: "all.csv", Source: importer.FromUpload}, io.MultiReader(strings.NewReader(begins), endless{}))
		if told, ok := errs.Of(err); !ok || told.Code != "import_too_large" || len(came) != 1 {
			t.Fatalf("%+v, %v", came, err)
		}
		kept, err := s.im.Batch(t.Context(), s.scope, came[0].ID)
		if err != nil || kept.State != importer.Failed || kept.ErrorCode != "import_too_large" || kept.SizeBytes <= importer.MaxBytes || kept.DataRows != 0 {
			t.Errorf("%+v, %v", kept, err)
		}
	}
}

func TestFilesThatAreNoTableSaySoAndWriteNothing(t *testing.T) {
	s := open(t, morning())
	encrypted := append([]byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"), []byte("E\x00n\x00c\x00r\x00y\x00p\x00t\x00e\x00d\x00P\x00a\x00c\x00k\x00a\x00g\x00e\x00")...)
	for name, c := range map[string]struct {
		raw  []byte
		code string
		says string
	}{
		"empty.csv":    {nil, "import_empty", "空"},
		"spaces.csv":   {[]byte(" \r\n\n"), "import_empty", "空"},
		"picture.xlsx": {[]byte("\x89PNG\r\n\x1a\n\x00\x00"), "import_not_a_table", "PNG"},
		"report.csv":   {[]byte("%PDF-1.7 x"), "import_not_a_table", "PDF"},
		"noise.csv":    {[]byte{1, 0, 2, 0, 3, 0}, "import_not_a_table", "XLSX"},
		"word.csv":     {[]byte("你好"), "import_not_a_table", "CSV"},
		"letter.txt":   {[]byte("王先生:\n您好\n谢谢\n"), "import_no_header", "E-HDR"},
		"locked.xlsx":  {encrypted, "import_encrypted", "E-PWD"},
		"old.xls":      {[]byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1old"), "import_damaged", "重新导出"},
		"cut.xlsx":     {demo(t, "workorders.xlsx")[:40000], "import_damaged", "重新导出"},
		"three.csv":    {[]byte("车牌,电话,日期\n宁Z12345,15400000001,2026-11-01\n"), "import_missing_columns", "工单号"}, // T-I15
		"head.csv":     {[]byte(orderHead), "import_no_rows", "表头"},
	} {
		b, err := s.upload(t, name, c.raw)
		told, ok := errs.Of(err)
		if !ok || told.Kind != errs.Invalid || told.Code != c.code || !strings.Contains(told.ZH, c.says) || told.EN == "" {
			t.Errorf("%s: %v, want %s that speaks of %s", name, err, c.code, c.says)
			continue
		}
		if b.State != importer.Failed || b.ErrorZH != told.ZH {
			t.Errorf("%s: the list shows why: %+v", name, b)
		}
		if _, err := s.im.Commit(t.Context(), s.scope, b.ID, nil); errs.KindOf(err) != errs.Conflict {
			t.Errorf("%s: a failed batch was committed: %v", name, err)
		}
	}
	if rows := s.query(t, `SELECT id::text FROM customer UNION ALL SELECT id::text FROM work_order`); len(rows) != 0 {
		t.Errorf("%d rows were written", len(rows))
	}
}

func TestTI08TheSameFileTwiceChangesNothing(t *testing.T) {
	s := open(t, morning())
	first := s.take(t, "a.csv", orderHead+orderLine(1, "100")+orderLine(2, "200"))
	before := s.query(t, `SELECT count(*)::text, max(updated_at) FROM work_order UNION ALL SELECT count(*)::text, max(updated_at) FROM task`)
	again := s.take(t, "copy of a.csv", orderHead+orderLine(1, "100")+orderLine(2, "200"))
	if !again.Repeat || again.State != importer.Done || again.Outcomes["same"] != 2 || again.ErrorZH == "" {
		t.Errorf("it says so: %+v", again)
	}
	if b, err := s.upload(t, "b.csv", []byte(orderHead+orderLine(1, "100")+orderLine(2, "200"))); err != nil || b.RepeatOf != first.ID {
		t.Errorf("… and whose rows they are: %+v, %v", b, err)
	}
	if after := s.query(t, `SELECT count(*)::text, max(updated_at) FROM work_order UNION ALL SELECT count(*)::text, max(updated_at) FROM task`); !slices.EqualFunc(before, after, slices.Equal) {
		t.Errorf("changed: %v, %v", before, after)
	}
	forced, err := s.im.UploadForced(t.Context(), s.scope, "a.csv", strings.NewReader(orderHead+orderLine(1, "100")+orderLine(2, "200")))
	if err != nil {
		t.Fatal(err)
	}
	if forced, err = s.im.Commit(t.Context(), s.scope, forced.ID, nil); err != nil || !maps.Equal(forced.Outcomes, map[string]int{"same": 2}) {
		t.Errorf("forced: %+v, %v", forced.Outcomes, err)
	}
	events := len(s.query(t, `SELECT kind FROM outbox WHERE kind LIKE 'work_order.%'`))
	changed := s.take(t, "b.csv", orderHead+orderLine(1, "100")+orderLine(2, "250"))
	if !maps.Equal(changed.Outcomes, map[string]int{"same": 1, "updated": 1}) {
		t.Errorf("only the changed row is updated: %v", changed.Outcomes)
	}
	if now := len(s.query(t, `SELECT kind FROM outbox WHERE kind LIKE 'work_order.%'`)); now != events+1 {
		t.Errorf("%d events for one changed row", now-events)
	}
	if tasks := s.query(t, `SELECT id::text FROM task`); len(tasks) != 2 {
		t.Errorf("an updated order makes no second task: %d", len(tasks))
	}
}

func TestACommitThatWasInterruptedGoesOn(t *testing.T) {
	s := open(t, morning())
	var file strings.Builder
	file.WriteString(orderHead)
	for n := range 1100 {
		file.WriteString(orderLine(n+1, "100"))
	}
	b, err := s.upload(t, "many.csv", []byte(file.String()))
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	var heard []int
	_, err = s.im.Commit(ctx, s.scope, b.ID, func(done, total int) { heard = append(heard, done); stop() })
	if !errors.Is(err, context.Canceled) || !slices.Equal(heard, []int{500}) {
		t.Fatalf("stopped after the first chunk: %v, %v", err, heard)
	}
	if b, err = s.im.Commit(t.Context(), s.scope, b.ID, func(done, total int) { heard = append(heard, done) }); err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(heard, []int{500, 1000, 1100}) || !maps.Equal(b.Outcomes, map[string]int{"new": 1100}) || b.State != importer.Done {
		t.Errorf("progress %v, outcomes %v", heard, b.Outcomes)
	}
	if n := s.query(t, `SELECT count(*)::text FROM work_order`); n[0][0] != "1100" {
		t.Errorf("%s work orders, want 1100", n[0][0])
	}
	p, err := s.im.Preview(t.Context(), s.scope, b.ID)
	if err != nil || len(p.Rows) != importer.PreviewRows || p.Rows[0].RowNo != 2 || p.Rows[0].Cells[0] != "WT1" {
		t.Errorf("preview: %d rows, %v", len(p.Rows), err)
	}
	list, err := s.im.Batches(t.Context(), s.scope, 10)
	if err != nil || len(list) != 1 || list[0].RowsDone != 1100 {
		t.Errorf("list: %+v, %v", list, err)
	}
}

func TestOneTableInManyClothes(t *testing.T) {
	plain := orderHead + orderLine(1, "100") + orderLine(2, "200")
	gbk, err1 := simplifiedchinese.GB18030.NewEncoder().String(plain)
	wide, err2 := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().String(strings.ReplaceAll(plain, ",", "\t"))
	if err := errors.Join(err1, err2); err != nil {
		t.Fatal(err)
	}
	rows := strings.Split(strings.TrimSpace(plain), "\n")
	web := "<html><table><tr><td>" + strings.Join(strings.Split(strings.Join(rows, "</td></tr><tr><td>"), ","), "</td><td>") + "</td></tr></table></html>"
	webGBK, err := simplifiedchinese.GB18030.NewEncoder().String(web)
	if err != nil {
		t.Fatal(err)
	}
	s := open(t, morning())
	first := true
	for _, c := range []struct{ name, content, encoding string }{
		{"utf8.csv", plain, "utf-8"},
		{"bom.csv", "\ufeff" + plain, "utf-8"},
		{"crlf.csv", strings.ReplaceAll(plain, "\n", "\r\n"), "utf-8"},
		{"gbk.csv", gbk, "gb18030"},
		{"semicolon.csv", strings.ReplaceAll(plain, ",", ";"), "utf-8"},
		{"unicode.txt", wide, "utf-16le"},
		{"quoted.csv", strings.ReplaceAll(plain, "定保", "\"定\n保\""), "utf-8"},
		{"titled.csv", "示例一店 维修工单\n统计期间:11月\n\n" + plain + "合计,,,,,,,,,300\n制表人:演示\n", "utf-8"},
		{"repeated.csv", orderHead + orderLine(1, "100") + orderHead + "\n" + orderLine(2, "200"), "utf-8"},
		{"false.xls", web, "utf-8"}, // T-I07
		{"false gbk.xls", webGBK, "gb18030"},
	} {
		b := s.take(t, c.name, c.content)
		want := map[string]int{"same": 2}
		if first {
			want = map[string]int{"new": 2}
		}
		first = false
		if b.Encoding != c.encoding || !maps.Equal(b.Outcomes, want) {
			t.Errorf("%s: %s %v (codes %v), want %s %v", c.name, b.Encoding, b.Outcomes, b.Codes, c.encoding, want)
		}
	}
}

func TestTI02AWorkbookWithTitlesAndAHeaderOfTwoRows(t *testing.T) {
	s := open(t, morning())
	f := excelize.NewFile()
	defer func() { _ = f.Close() }()
	set := func(cell string, values ...any) {
		if err := f.SetSheetRow("Sheet1", cell, &values); err != nil {
			t.Fatal(err)
		}
	}
	set("A1", "示例一店 维修工单明细表")
	set("A2", "统计期间")
	set("A3", "工单号", "车牌号", "开单日期", "维修类型", "客户", "", "", "金额")
	set("A4", "", "", "", "", "名称", "电话", "电话", "合计金额")
	for i := range 43 {
		set(fmt.Sprintf("A%d", 5+i), fmt.Sprintf("WT%d", i), fmt.Sprintf("宁Z%05d", i), 46344.5, "定保", "王一", 15400000100+i, "", 12.5)
	}
	set("F5", 15400000001, 15400000002)
	set("A48", "合计", "", "", "", "", "", "", 999)
	for _, m := range [][2]string{{"A1", "H1"}, {"E3", "G3"}, {"A3", "A4"}} {
		if err := f.MergeCell("Sheet1", m[0], m[1]); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := f.NewSheet("说明"); err != nil {
		t.Fatal(err)
	}
	var raw bytes.Buffer
	if err := f.Write(&raw); err != nil {
		t.Fatal(err)
	}
	b := s.take(t, "book.xlsx", raw.String())
	if b.DataRows != 43 || b.HeaderRow != 3 || b.Sheet != "Sheet1" || !maps.Equal(b.Outcomes, map[string]int{"new": 43}) {
		t.Errorf("43 orders, none from the total row: %+v", b)
	}
	if got := s.query(t, `SELECT p.last4, w.total_fen::text, to_char(w.opened_at AT TIME ZONE 'Asia/Shanghai', 'YYYY-MM-DD HH24:MI') FROM work_order w
		JOIN customer_phone p ON p.customer_id = w.customer_id WHERE ro_no = 'WT0' ORDER BY p.priority`); len(got) != 2 || got[0][0] != "0001" || got[1][0] != "0002" || got[0][1] != "1250" || got[0][2] != "2026-11-18 12:00" {
		t.Errorf("two columns 电话 are two numbers: %v", got)
	}
}

func TestRowsOfTheOtherWorldAreRejected(t *testing.T) { // E-SYN
	s := open(t, morning())
	b := s.take(t, "mixed.csv", strings.Replace(orderHead, "\n", ",is_synthetic\n", 1)+
		strings.Replace(orderLine(1, "100"), "\n", ",true\n", 1)+strings.Replace(orderLine(2, "100"), "\n", ",false\n", 1)+strings.Replace(orderLine(3, "100"), "\n", ",\n", 1))
	if !maps.Equal(b.Outcomes, map[string]int{"new": 2, "rejected": 1}) || b.Codes["E-SYN"] != 1 {
		t.Errorf("%v %v", b.Outcomes, b.Codes)
	}
}

func TestAStoreSeesOnlyItsOwnImports(t *testing.T) {
	s := open(t, morning())
	b := s.take(t, "a.csv", orderHead+orderLine(1, "100"))
	other := s.scope
	other.Stores = nil
	if _, err := s.im.Preview(t.Context(), other, b.ID); errs.KindOf(err) != errs.NotFound {
		t.Errorf("another store's import is not there: %v", err)
	}
	if _, err := s.im.Upload(t.Context(), other, "b.csv", strings.NewReader("x")); errs.KindOf(err) != errs.Invalid {
		t.Errorf("an import is for one store: %v", err)
	}
	raw := s.query(t, `SELECT encode(raw_enc, 'escape') FROM import_row`)
	if len(raw) != 1 || strings.Contains(raw[0][0], "15400000001") {
		t.Errorf("original rows are sealed: %v", raw)
	}
}

func TestTheNightAfterADeliveryFindsIt(t *testing.T) { // W-FUTURE
	s := open(t, morning())
	b := s.take(t, "ahead.csv", orderHead+strings.ReplaceAll(orderLine(1, "100"), "2026-11-19", "2026-11-21"))
	if b.Codes["W-FUTURE"] != 1 || len(s.query(t, `SELECT id::text FROM task`)) != 0 {
		t.Fatalf("imported, with no task yet: %v", b.Codes)
	}
	for range 2 {
		if err := s.tasks.NightlyPass(t.Context(), s.Pool, morning().AddDate(0, 0, 1).Add(19*time.Hour)); err != nil {
			t.Fatal(err)
		}
	}
	if got := s.query(t, `SELECT state, due_at AT TIME ZONE 'Asia/Shanghai' FROM task`); len(got) != 1 || got[0][0] != "pending" || got[0][1] != "2026-11-25 18:00:00" {
		t.Errorf("one task, due on the third working day: %v", got)
	}
}

// While the nightly pass looks at a delivery nobody is called about it, so it looks at
// a part of them at a time.
func TestTheNightlyPassHoldsFewTasksAtATime(t *testing.T) {
	db := pgtest.New(t)
	held := &tasksHeld{db: db}
	pool, err := postgres.Open(t.Context(), db.AppURL, postgres.Options{MaxConns: 4, AppName: "test", Tracer: held})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(pool.Close)
	s := openOn(t, db, morning())
	const deliveries = 150
	var orders strings.Builder
	for i := range deliveries {
		orders.WriteString(orderLine(i, "100"))
	}
	s.take(t, "orders.csv", orderHead+orders.String())
	if err := s.tasks.NightlyPass(t.Context(), pool, morning().Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	if held.most == 0 || held.most > 100 {
		t.Errorf("%d of %d tasks are held at once", held.most, deliveries)
	}
}

// tasksHeld counts the tasks that nobody else could have after a query for update.
type tasksHeld struct {
	db   *pgtest.DB
	most int
}

func (h *tasksHeld) TraceQueryStart(ctx context.Context, _ *pgx.Conn, q pgx.TraceQueryStartData) context.Context {
	return context.WithValue(ctx, h, strings.Contains(q.SQL, "FROM task") && strings.Contains(q.SQL, "ANY ($2)") && strings.HasSuffix(q.SQL, "FOR UPDATE"))
}

func (h *tasksHeld) TraceQueryEnd(ctx context.Context, _ *pgx.Conn, _ pgx.TraceQueryEndData) {
	if many, _ := ctx.Value(h).(bool); !many {
		return
	}
	owner, err := pgx.Connect(ctx, h.db.OwnerURL)
	if err != nil {
		return
	}
	defer func() { _ = owner.Close(ctx) }()
	var n int
	if err := owner.QueryRow(ctx, `SELECT (SELECT count(*) FROM task) - (SELECT count(*) FROM (SELECT FROM task FOR UPDATE SKIP LOCKED) free)`).Scan(&n); err == nil {
		h.most = max(h.most, n)
	}
}
