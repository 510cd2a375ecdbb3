package httpapi_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/xuri/excelize/v2"
)

const ordersFile = "工单号,车牌号,开单日期,维修类型,客户名称,电话,备注\n" +
	"WT1,宁Z10001,2026-11-18,定保,王一,15400000001,另一个号码 15400000099\n" +
	"WT2,宁Z10002,昨天,定保,王二,15400000002,\n"

type importView struct {
	ID, State string
	DataRows  int
	Columns   []struct{ Heading, Field string }
	Error     *struct{ Code, ZH string }
	Forecast  map[string]int
	Counts    map[string]int
	UndoUntil string
	Reviews   int
}

func (b *browser) took(name, content string) importView {
	b.w.t.Helper()
	got, body := b.upload(name, content)
	var v importView
	must(b.w.t, json.Unmarshal(body, &v))
	if got != 201 {
		b.w.t.Fatalf("%s: %d %s", name, got, body)
	}
	return v
}

func (b *browser) committed(id string) importView {
	b.w.t.Helper()
	if got, body, _ := b.send("POST", "/api/v1/imports/"+id+"/commit", "", nil); got != 202 {
		b.w.t.Fatalf("%d %s", got, body)
	}
	<-b.w.work
	var v importView
	_, body, _ := b.send("GET", "/api/v1/imports/"+id, "", nil)
	must(b.w.t, json.Unmarshal(body, &v))
	return v
}

func TestNoNumberLeavesTheHouseWithTheRowsOfAFile(t *testing.T) {
	b := newWorld(t).signIn("clerk")
	v := b.took("orders.csv", ordersFile)
	for _, path := range []string{"/rows", "/rows?outcome=rejected", "/rows?outcome=coded", "/top"} {
		got, body, _ := b.send("GET", "/api/v1/imports/"+v.ID+path, "", nil)
		if got != 200 || strings.Contains(string(body), "1540000") || !strings.Contains(string(body), "154****000") {
			t.Errorf("%s: %d %s", path, got, body)
		}
	}
}

func TestACommittedFileIsUndoneAndSaysUntilWhenThatIsPossible(t *testing.T) {
	w := newWorld(t)
	b := w.signIn("clerk")
	v := b.took("orders.csv", ordersFile)
	if v.Forecast["new"] != 1 {
		t.Errorf("before the commit it tells what would become of the rows: %+v", v)
	}
	if v = b.committed(v.ID); v.State != "done" || v.UndoUntil == "" {
		t.Fatalf("committed: %+v", v)
	}
	got, body, _ := b.send("POST", "/api/v1/imports/"+v.ID+"/undo", "", nil)
	must(t, json.Unmarshal(body, &v))
	if got != 200 || v.State != "undone" {
		t.Errorf("undone: %d %s", got, body)
	}
	if got, body, _ := b.send("POST", "/api/v1/imports/"+v.ID+"/undo", "", nil); got != 409 || code(t, body) != "import_undo_state" {
		t.Errorf("undone twice: %d %s", got, body)
	}
	if got, _, _ := w.signIn("agent").send("POST", "/api/v1/imports/"+v.ID+"/undo", "", nil); got != 403 {
		t.Errorf("an agent may not: %d", got)
	}
}

func TestTheErrorFileOpensOnlyWithItsPassword(t *testing.T) {
	w := newWorld(t)
	b := w.signIn("clerk")
	v := b.took("orders.csv", ordersFile)
	got, body, h := b.send("GET", "/api/v1/imports/"+v.ID+"/errors", "", nil)
	password := h.Get("X-File-Password")
	if got != 200 || password == "" || h.Get("Cache-Control") != "no-store" || bytes.HasPrefix(body, []byte("PK")) {
		t.Fatalf("%d %v", got, h)
	}
	f, err := excelize.OpenReader(bytes.NewReader(body), excelize.Options{Password: password})
	must(t, err)
	if rows, err := f.GetRows("Sheet1"); err != nil || len(rows) != 2 || rows[1][5] != "15400000002" || rows[1][7] != "E-DATE" {
		t.Errorf("%v, %v", rows, err)
	}
	if n := w.count(`SELECT count(*) FROM audit_log WHERE action = 'import.errors'`); n != 1 {
		t.Errorf("%d entries in the audit log", n)
	}
	clean := b.took("dnc.csv", "电话,范围,来源,日期\n15400000001,全部来电,客户,2026-11-01\n")
	if got, body, _ := b.send("GET", "/api/v1/imports/"+clean.ID+"/errors", "", nil); got != 404 || code(t, body) != "import_no_errors" {
		t.Errorf("nothing was rejected: %d %s", got, body)
	}
}

func TestAFileIsReadAgainAsAPersonSays(t *testing.T) {
	b := newWorld(t).signIn("clerk")
	v := b.took("odd.csv", strings.Replace(ordersFile, "工单号", "流水", 1))
	if v.State != "failed" || v.Error.Code != "import_missing_columns" || !strings.Contains(v.Error.ZH, "工单号") {
		t.Fatalf("%+v", v)
	}
	got, body, _ := b.send("POST", "/api/v1/imports/"+v.ID+"/correction", `{"kind":"work_order","headerRow":1,"fields":{"流水":"ro_no"}}`, nil)
	must(t, json.Unmarshal(body, &v))
	if got != 200 || v.State != "parsed" || v.DataRows != 2 || v.Columns[0].Field != "ro_no" {
		t.Fatalf("%d %s", got, body)
	}
	if v = b.committed(v.ID); v.State != "done" || v.Counts["new"] != 1 {
		t.Errorf("%+v", v)
	}
	if got, body, _ := b.send("POST", "/api/v1/imports/"+v.ID+"/correction", `{"headerRow":1}`, nil); got != 409 || code(t, body) != "import_begun" {
		t.Errorf("after the commit: %d %s", got, body)
	}
}

// key makes a key for a machine.
func (b *browser) key() (k struct{ ID, Key string }) {
	b.w.t.Helper()
	got, body, _ := b.send("POST", "/api/v1/api-keys", `{"name":"DMS 夜间导出"}`, nil)
	must(b.w.t, json.Unmarshal(body, &k))
	if got != 201 || !strings.HasPrefix(k.Key, "rbk_") {
		b.w.t.Fatalf("%d %s", got, body)
	}
	return k
}

func TestAMachineDropsFilesWithItsKeyAndDoesNothingElse(t *testing.T) {
	w := newWorld(t)
	admin := w.signIn("admin")
	key := admin.key()
	if _, body, _ := admin.send("GET", "/api/v1/api-keys", "", nil); strings.Contains(string(body), key.Key) {
		t.Error("the key is shown a second time")
	}
	machine := &browser{w: w}
	bearer := map[string]string{"Authorization": "Bearer " + key.Key, "Content-Type": "application/octet-stream"}
	got, body, _ := machine.send("PUT", "/api/v1/imports/drop/orders.csv", ordersFile, bearer)
	<-w.work
	if got != 202 || !strings.Contains(string(body), `"source":"api"`) {
		t.Fatalf("%d %s", got, body)
	}
	if n := w.count(`SELECT count(*) FROM work_order`); n != 1 {
		t.Errorf("%d orders", n)
	}
	for _, path := range []string{"/api/v1/customers?q=x", "/api/v1/system", "/api/v1/api-keys", "/api/v1/session"} {
		if got, _, _ := machine.send("GET", path, "", map[string]string{"Authorization": "Bearer " + key.Key}); got != 403 && got != 401 {
			t.Errorf("%s with a key: %d", path, got)
		}
	}
	if got, _, _ := admin.send("DELETE", "/api/v1/api-keys/"+key.ID, "", nil); got != 200 {
		t.Errorf("revoking: %d", got)
	}
	if got, body, _ := machine.send("PUT", "/api/v1/imports/drop/orders.csv", ordersFile, bearer); got != 401 || code(t, body) != "api_key" {
		t.Errorf("a revoked key: %d %s", got, body)
	}
}

// last does something when its text has been read, before the end is told.
type last struct {
	io.Reader
	then func()
}

func (l *last) Read(p []byte) (int, error) {
	n, err := l.Reader.Read(p)
	if err == io.EOF {
		l.then()
	}
	return n, err
}

func TestADropThatIsCutOrWhoseKeyIsRevokedOnTheWayLeavesNothing(t *testing.T) {
	w := newWorld(t)
	admin := w.signIn("admin")
	key := admin.key()
	drop := func(body io.Reader) *http.Request {
		r, err := http.NewRequestWithContext(t.Context(), "PUT", w.srv.URL+"/api/v1/imports/drop/orders.csv", body)
		must(t, err)
		r.Header.Set("Authorization", "Bearer "+key.Key)
		return r
	}
	answer := func(res *http.Response, err error) (int, string) {
		must(t, err)
		defer func() { _ = res.Body.Close() }()
		raw, err := io.ReadAll(res.Body)
		must(t, err)
		return res.StatusCode, code(t, raw)
	}

	line, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", w.srv.Listener.Addr().String())
	must(t, err)
	defer func() { _ = line.Close() }()
	r := drop(strings.NewReader(ordersFile))
	_, err = fmt.Fprintf(line, "PUT %s HTTP/1.1\r\nHost: x\r\nAuthorization: %s\r\nContent-Length: %d\r\n\r\n%s",
		r.URL.Path, r.Header.Get("Authorization"), len(ordersFile), ordersFile[:len(ordersFile)-20])
	must(t, err)
	must(t, line.(*net.TCPConn).CloseWrite())
	if got, why := answer(http.ReadResponse(bufio.NewReader(line), r)); got != 503 || why != "import_cut" {
		t.Errorf("cut: %d %s", got, why)
	}

	r = drop(&last{strings.NewReader(ordersFile), func() { admin.send("DELETE", "/api/v1/api-keys/"+key.ID, "", nil) }})
	r.Header.Set("Expect", "100-continue") // the key holds when the body begins
	patient := http.Client{Transport: &http.Transport{ExpectContinueTimeout: time.Minute}}
	defer patient.CloseIdleConnections()
	if got, why := answer(patient.Do(r)); got != 401 || why != "api_key" {
		t.Errorf("revoked on the way: %d %s", got, why)
	}
	if n := w.count(`SELECT count(*) FROM import_batch`); n != 0 {
		t.Errorf("%d batches are left", n)
	}
}

func (w *world) count(sql string) (n int) {
	w.t.Helper()
	w.db.Scoped(w.t, w.store, func(ctx context.Context, tx pgx.Tx) error { return tx.QueryRow(ctx, sql).Scan(&n) })
	return n
}
