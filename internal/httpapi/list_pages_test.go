package httpapi_test

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/xuri/excelize/v2"

	"ringback/internal/postgres/pgtest"
)

type listed struct {
	Columns []struct{ Code string }
	Items   []struct {
		ID         uuid.UUID
		CustomerID *uuid.UUID
		Cells      []string
	}
	From       int
	Next, Prev string
}

type viewsListed struct {
	Items []struct {
		ID                         uuid.UUID
		Name, ProblemZH, ProblemEN string
		Shared, MayChange, Opens   bool
		Filters, Columns           []string
		Sort                       string
	}
}

func (b *browser) list(path string) (out listed) {
	b.w.t.Helper()
	b.get("/api/v1/lists/"+path, &out)
	return out
}

// cells are a page's texts of one column.
func (l listed) cells(column string) (out []string) {
	for i, c := range l.Columns {
		if c.Code == column {
			for _, r := range l.Items {
				out = append(out, r.Cells[i])
			}
		}
	}
	return out
}

// shop is a store with a few files: one is called like a formula.
func (w *world) shop() []file {
	var out []file
	for i, name := range []string{"刘春棠", "陈建国", "王秀英", "=1+1"} {
		f := w.file(name, fmt.Sprintf("1540000%04d", 100+i), fmt.Sprintf("LTESTVN000000000%d", i+1), fmt.Sprintf("苏BA123%d", i))
		w.order(f, fmt.Sprintf("WX-%d", i), businessDay().Add(-time.Duration(i+1)*24*time.Hour))
		out = append(out, f)
	}
	w.db.Exec(w.t, `UPDATE customer SET name_zh = '=1+1', surname_zh = '' WHERE id = $1`, out[3].customer)
	w.db.Exec(w.t, `UPDATE customer SET club_level = '@SUM(A1)' WHERE id = $1`, out[3].customer)
	return out
}

func TestListsPageSortFilterAndShowWhatIsAskedWithoutANumber(t *testing.T) {
	w := newWorld(t)
	files := w.shop()
	b := w.signIn("clerk")
	first := b.list("customers?columns=name,phone,lastVisit&limit=3")
	if got := first.cells("name"); !slices.Equal(got, []string{"刘春棠", "陈建国", "王秀英"}) || first.From != 1 || first.Prev != "" || first.Next == "" {
		t.Errorf("by the last visit: %v, %+v", got, first)
	}
	if got := first.cells("phone"); got[0] != "*******0100" {
		t.Errorf("phones %v", got)
	}
	second := b.list("customers?columns=name,phone,lastVisit&limit=3&cursor=" + first.Next)
	if got := second.cells("name"); !slices.Equal(got, []string{"=1+1"}) || second.From != 4 || second.Next != "" || second.Prev == "" {
		t.Errorf("the second page: %v, %+v", got, second)
	}
	if back := b.list("customers?columns=name&limit=3&cursor=" + second.Prev); !slices.Equal(back.cells("name"), first.cells("name")) || back.From != 1 {
		t.Errorf("back: %+v", back)
	}
	filtered := b.list("orders?sort=no&filter=" + url.QueryEscape("day:2026-11-18..2026-11-19") + "&filter=kind:periodic,first")
	if got := filtered.cells("no"); !slices.Equal(got, []string{"WX-0", "WX-1"}) || *filtered.Items[0].CustomerID != files[0].customer {
		t.Errorf("two days' orders: %v", got)
	}
	var n struct {
		N    int
		More bool
	}
	b.get("/api/v1/lists/vehicles/count?filter=model:A1", &n)
	if n.N != 4 || n.More {
		t.Errorf("counted %+v", n)
	}
	for query, want := range map[string]string{
		"customers?limit=0": "list_limit", "customers?limit=100000": "list_limit", "customers?cursor=damaged": "list_cursor", "customers?sort=phone": "list_sort",
		"customers?columns=name,salary": "list_column", "orders?filter=day:2026-02-02..2026-02-01": "list_range", "orders?filter=salary:1": "list_filter_unknown", "orders?filter=amount:x..": "list_filter_value",
	} {
		b.refused("GET", "/api/v1/lists/"+query, "", http.StatusUnprocessableEntity, want)
	}
	b.refused("GET", "/api/v1/lists/salaries", "", http.StatusNotFound, "list_unknown")
	w.signIn("admin").refused("GET", "/api/v1/lists/customers", "", http.StatusForbidden, "no_permission")
	agent := w.signIn("agent")
	if got := agent.list("customers"); len(got.Items) != 0 {
		t.Errorf("an agent without a customer sees %v", got.cells("name"))
	}
	w.db.Exec(t, `UPDATE task SET assignee_id = (SELECT id FROM app_user WHERE login = 'agent') WHERE id = $1`, w.promise(files[1], businessDay()))
	for _, l := range []string{"customers", "vehicles", "orders"} {
		if got := agent.list(l); len(got.Items) != 1 || *got.Items[0].CustomerID != files[1].customer {
			t.Errorf("the agent's %s: %+v", l, got.Items)
		}
	}
}

func (b *browser) views(method, path, body string) (out viewsListed) {
	b.w.t.Helper()
	code, raw, _ := b.send(method, "/api/v1/lists/customers/"+path, body, nil)
	if code >= 300 {
		b.w.t.Fatalf("%s %s: %d %s", method, path, code, raw)
	}
	must(b.w.t, json.Unmarshal(raw, &out))
	return out
}

func TestViewsAreKeptSharedAndSayWhenTheyNoLongerHold(t *testing.T) {
	w := newWorld(t)
	agent, boss := w.signIn("agent"), w.signIn("boss")
	mine := agent.views("POST", "views", `{"name":"金卡","filters":["level:金"],"sort":"-created","columns":["name","level"]}`)
	if len(mine.Items) != 1 || mine.Items[0].Filters[0] != "level:金" || !mine.Items[0].MayChange || mine.Items[0].Shared {
		t.Fatalf("kept %+v", mine)
	}
	agent.refused("POST", "/api/v1/lists/customers/views", `{"name":"全店","shared":true}`, 403, "view_not_yours")
	agent.refused("POST", "/api/v1/lists/customers/views", `{"name":"金卡"}`, 409, "view_name_taken")
	agent.refused("POST", "/api/v1/lists/customers/views", `{"name":"  "}`, 422, "view_name")
	agent.refused("POST", "/api/v1/lists/customers/views", `{"name":"错","filters":["salary:1"]}`, 422, "list_filter_unknown")
	if got := boss.views("GET", "views", ""); len(got.Items) != 0 {
		t.Errorf("the supervisor sees the agent's %+v", got)
	}
	shared := boss.views("POST", "views", `{"name":"流失","shared":true,"filters":["lastVisit:..2026-01-01"]}`).Items[0].ID
	got := agent.views("PUT", "first-view", `{"id":"`+shared.String()+`"}`)
	if len(got.Items) != 2 || !got.Items[1].Opens || got.Items[1].MayChange || got.Items[0].Opens {
		t.Errorf("the agent opens with %+v", got)
	}
	agent.refused("DELETE", "/api/v1/lists/customers/views/"+shared.String(), "", 403, "view_not_yours")
	agent.refused("PUT", "/api/v1/lists/customers/views/"+shared.String(), `{"name":"我的"}`, 403, "view_not_yours")
	boss.views("PUT", "views/"+shared.String(), `{"name":"流失客户","shared":true,"filters":["lastVisit:..2026-01-01"]}`)
	w.db.Exec(t, `UPDATE list_view SET filters = ARRAY['wealth:high'] WHERE id = $1`, shared) // of a filter there once was
	got = agent.views("GET", "views", "")
	if got.Items[1].Name != "流失客户" || !strings.Contains(got.Items[1].ProblemZH, "wealth") || got.Items[1].ProblemEN == "" || got.Items[0].ProblemZH != "" {
		t.Errorf("a view that no longer holds: %+v", got)
	}
	w.db.Exec(t, `UPDATE list_view SET filters = ARRAY['agent:' || gen_random_uuid()] WHERE id = $1`, shared)
	if got = agent.views("GET", "views", ""); !strings.Contains(got.Items[1].ProblemZH, "人员") {
		t.Errorf("a view of somebody who left: %+v", got)
	}
	if got = boss.views("DELETE", "views/"+shared.String(), ""); len(got.Items) != 0 {
		t.Errorf("after deleting: %+v", got)
	}
	if got = agent.views("PUT", "first-view", `{}`); len(got.Items) != 1 || got.Items[0].Opens {
		t.Errorf("after clearing: %+v", got)
	}
	w.anotherStoresViews(agent, got.Items[0].ID)
}

// anotherStoresViews: a view of another store is not there.
func (w *world) anotherStoresViews(agent *browser, view uuid.UUID) {
	w.t.Helper()
	other := pgtest.StoreIn(w.t, w.db, w.group)
	w.db.Exec(w.t, `UPDATE list_view SET store_id = $1, shared = true WHERE id = $2`, other, view)
	if got := agent.views("GET", "views", ""); len(got.Items) != 0 {
		w.t.Errorf("another store's view is seen: %+v", got)
	}
	agent.refused("DELETE", "/api/v1/lists/customers/views/"+view.String(), "", 404, "view_unknown")
	agent.refused("PUT", "/api/v1/lists/customers/first-view", `{"id":"`+view.String()+`"}`, 404, "view_unknown")
}

// table is an exported file's rows under its two lines and its heads.
func table(t *testing.T, format string, raw []byte) (heads []string, rows [][]string) {
	t.Helper()
	if format == "csv" {
		rest, marked := bytes.CutPrefix(raw, []byte("\ufeff"))
		r := csv.NewReader(bytes.NewReader(rest))
		r.FieldsPerRecord = -1
		all, err := r.ReadAll()
		must(t, err)
		if !marked {
			t.Error("the CSV has no mark")
		}
		return all[2], all[3:]
	}
	f, err := excelize.OpenReader(bytes.NewReader(raw))
	must(t, err)
	defer func() { _ = f.Close() }()
	all, err := f.GetRows(f.GetSheetName(0))
	must(t, err)
	if formula, err := f.GetCellFormula(f.GetSheetName(0), "F7"); err != nil || formula != "" {
		t.Errorf("a cell is a formula: %q, %v", formula, err)
	}
	return all[2], all[3:]
}

func TestAnExportIsTheListMaskedHarmlessAndOnRecord(t *testing.T) {
	w := newWorld(t)
	w.shop()
	b := w.signIn("clerk")
	const query = "?columns=name,phone,plate,level,lastVisit,complete&sort=-lastVisit"
	shown := b.list("customers" + query)
	for _, format := range []string{"csv", "xlsx"} {
		code, raw, h := b.send("GET", "/api/v1/lists/customers/export"+query+"&format="+format, "", nil)
		if code != 200 || h.Get("X-Rows") != "4" || h.Get("Content-Length") != fmt.Sprint(len(raw)) {
			t.Fatalf("%s: %d, %s rows, %s", format, code, h.Get("X-Rows"), raw)
		}
		heads, rows := table(t, format, raw)
		if !slices.Equal(heads, []string{"姓名", "电话", "车牌", "会员级别", "最近来店", "档案完整"}) || len(rows) != len(shown.Items) {
			t.Fatalf("%s: %v, %d rows", format, heads, len(rows))
		}
		for i, r := range rows {
			if r[1] != shown.cells("phone")[i] || r[2] != shown.cells("plate")[i] || r[5] != shown.cells("complete")[i] {
				t.Errorf("%s: row %d is %v", format, i, r)
			}
		}
		if rows[0][0] != "刘**" || rows[0][4] != "2026-11-19 10:00" || rows[3][0] != "'=**" || rows[3][3] != "'@SUM(A1)" || bytes.Contains(raw, []byte("刘春棠")) {
			t.Errorf("%s: %v, %v", format, rows[0], rows[3])
		}
	}
	var rows int
	var filters string
	w.db.Scoped(t, w.store, scan(`SELECT count(*), min(detail ->> 'rows') FROM audit_log WHERE action = 'list.export' AND object = 'customers'`, &rows, &filters))
	if rows != 2 || filters != "4" {
		t.Errorf("%d exports of %s rows on record", rows, filters)
	}
	w.db.Exec(t, `INSERT INTO customer (id, group_id, store_id, name_zh, created_at, updated_at) SELECT gen_random_uuid(), $1, $2, '客户', $3, $3 FROM generate_series(1, 500)`, w.group, w.store, businessDay())
	b.refused("GET", "/api/v1/lists/customers/export?format=csv", "", 403, "export_many")
	if code, raw, h := w.signIn("boss").send("GET", "/api/v1/lists/customers/export?format=csv&language=en", "", nil); code != 200 || h.Get("X-Rows") != "504" || !bytes.Contains(raw, []byte("Last visit")) {
		t.Errorf("the supervisor's: %d, %s rows", code, h.Get("X-Rows"))
	}
	w.signIn("agent").refused("GET", "/api/v1/lists/customers/export", "", 403, "no_permission")
	b.refused("GET", "/api/v1/lists/customers/export?filter=lastVisit:2026-02-02..2026-02-01", "", 422, "list_range")
}

// scan reads one row.
func scan(sql string, into ...any) func(ctx context.Context, tx pgx.Tx) error {
	return func(ctx context.Context, tx pgx.Tx) error { return tx.QueryRow(ctx, sql).Scan(into...) }
}
