package report_test

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"ringback/crm/report"
	"ringback/internal/errs"
)

// shelf is a store with many records, and its lists.
type shelf struct {
	world
	report *report.Report
}

const many = 360

func newShelf(t *testing.T) shelf {
	t.Parallel()
	w := newWorld(t)
	filled(t, w.db, w.group, w.store, w.agent, many)
	return shelf{w, report.New()}
}

func (s shelf) ask(list string, a report.ListAsk) (report.ListQuery, error) {
	l, err := report.FindList(list)
	if err != nil {
		s.t.Fatal(err)
	}
	a.Store, a.Now = s.store, today()
	if a.Limit == 0 {
		a.Limit = report.MostRows
	}
	return s.report.ReadList(l, a)
}

func (s shelf) must(list string, a report.ListAsk) report.ListQuery {
	s.t.Helper()
	q, err := s.ask(list, a)
	if err != nil {
		s.t.Fatal(err)
	}
	return q
}

func (s shelf) page(q report.ListQuery) (out report.ListPage) {
	s.t.Helper()
	s.db.Scoped(s.t, s.store, func(ctx context.Context, tx pgx.Tx) (err error) {
		out, err = s.report.ListPage(ctx, tx, q)
		return err
	})
	return out
}

// row is a record with every cell by its column.
type row struct {
	id    uuid.UUID
	whose *uuid.UUID
	cells map[string]string
}

// walk reads a list page by page, forwards, with all columns when none are asked;
// between runs between the pages.
func (s shelf) walk(list string, a report.ListAsk, between func(page int)) (out []row, last report.ListPage) {
	s.t.Helper()
	l, _ := report.FindList(list)
	if len(a.Columns) == 0 {
		for _, c := range l.Columns {
			a.Columns = append(a.Columns, c.Code)
		}
	}
	for n := 0; ; n++ {
		last = s.page(s.must(list, a))
		if last.From != len(out)+1 && between == nil && len(last.Rows) > 0 {
			s.t.Errorf("page %d says it begins at %d after %d rows", n, last.From, len(out))
		}
		for _, r := range last.Rows {
			k := row{r.ID, r.CustomerID, map[string]string{}}
			for i, c := range a.Columns {
				k.cells[c] = r.Cells[i]
			}
			out = append(out, k)
		}
		if a.Cursor = last.Next; last.Next == "" {
			return out, last
		}
		if between != nil {
			between(n)
		}
	}
}

// short is a column that every list has, for those who only want to know which rows.
func short() []string { return []string{"phone"} }

func ids(rows []row) (out []uuid.UUID) {
	for _, r := range rows {
		out = append(out, r.id)
	}
	return out
}

// inRange reads "from..to" for cells that compare as text, or as numbers.
func inRange(cell, from, to string) bool {
	if cell == "" {
		return false
	}
	if n, err := strconv.Atoi(cell); err == nil {
		lo, errLo := strconv.Atoi(from)
		hi, errHi := strconv.Atoi(to)
		return (errLo != nil || n >= lo) && (errHi != nil || n <= hi)
	}
	return (from == "" || cell >= from) && (to == "" || cell <= to)
}

func TestEachFilterIsAPlainFilterOverTheSameRows(t *testing.T) {
	s := newShelf(t)
	has := func(column string, test func(cell string) bool) func(row) bool {
		return func(r row) bool { return test(r.cells[column]) }
	}
	is := func(want ...string) func(string) bool {
		return func(cell string) bool { return slices.Contains(want, cell) }
	}
	between := func(from, to string) func(string) bool {
		return func(cell string) bool { return inRange(cell, from, to) }
	}
	missing := func(codes ...string) func(string) bool {
		return func(cell string) bool {
			return slices.ContainsFunc(strings.Split(cell, ","), func(c string) bool { return slices.Contains(codes, c) })
		}
	}
	part := func(text string) func(string) bool {
		return func(cell string) bool { return strings.Contains(strings.ToLower(cell), strings.ToLower(text)) }
	}
	agent := s.agent.String()
	whole := map[string][]row{}
	for _, l := range report.Lists() {
		whole[l.Code], _ = s.walk(l.Code, report.ListAsk{}, nil)
	}
	for _, c := range []struct {
		list, filter string
		keep         func(row) bool
		want         int // by the formulas of filled; 0: only as many as the plain filter finds
	}{
		{"customers", "level:金", has("level", part("金")), 72},
		{"customers", "tag:车队", has("tags", part("车队")), 51},
		{"customers", "lastVisit:2025-01-01..2026-06-30", has("lastVisit", between("2024-12-31T16:00:00Z", "2026-06-30T15:59:59Z")), 0},
		{"customers", "lastVisit:..2024-12-31", has("lastVisit", between("", "2024-12-31T15:59:59Z")), 0},
		{"customers", "visited:yes", has("lastVisit", part("Z")), 0},
		{"customers", "visited:no", has("lastVisit", is("")), 0},
		{"customers", "dnc:yes", has("dnc", is("1")), 4}, // of 7 entries, 3 have ended
		{"customers", "dnc:no", has("dnc", is("")), many - 4 + 1},
		{"customers", "serviceConsent:withdrawn", has("serviceConsent", is("withdrawn")), 9},
		{"customers", "serviceConsent:none,withdrawn", has("serviceConsent", is("none", "withdrawn")), 90 + 9 + 1},
		{"customers", "marketingConsent:refused", has("marketingConsent", is("refused")), 40},
		{"customers", "gap:address", has("gaps", missing("address")), 120 + 1},
		{"customers", "gap:name,plate", has("gaps", missing("name", "plate")), 0},
		{"customers", "vehicles:2..", has("vehicles", between("2", "")), 36},
		{"customers", "vehicles:0..0", has("vehicles", is("0")), 36 + 1},
		{"customers", "advisor:张", has("advisor", part("张")), 90},
		{"customers", "agent:" + agent, has("agent", is("林晓禾")), 32},
		{"vehicles", "model:s3", has("model", part("s3")), 60},
		{"vehicles", "saleDate:2020-03-01..2020-05-31", has("saleDate", between("2020-03-01", "2020-05-31")), 0},
		{"vehicles", "lastVisit:2025-06-01..", has("lastVisit", between("2025-05-31T16:00:00Z", "")), 0},
		{"vehicles", "mileage:5000..9000", has("mileage", between("5000", "9000")), 0},
		{"vehicles", "nextDue:2026-09-01..2026-12-31", has("nextDue", between("2026-09-01", "2026-12-31")), 0},
		{"vehicles", "policyEnd:..2026-03-31", has("policyEnd", between("", "2026-03-31")), 0},
		{"vehicles", "status:scrapped", has("status", is("scrapped")), 6},
		{"orders", "day:2024-01-01..2024-12-31", has("day", between("2023-12-31T16:00:00Z", "2024-12-31T15:59:59Z")), 0},
		{"orders", "kind:first,accident", has("kind", is("first", "accident")), 180 - 1},
		{"orders", "state:voided", has("state", is("voided")), 12},
		{"orders", "advisor:李静", has("advisor", is("李静")), 89},
		{"orders", "amount:1000..2000", has("amount", between("100000", "200000")), 0},
		{"orders", "called:yes", has("called", is("1")), 18},
		{"orders", "called:no", has("called", is("")), many - 2 - 18},
		{"policies", "end:2026-01-01..2026-03-31", has("end", between("2026-01-01", "2026-03-31")), 0},
		{"policies", "insurer:乙", has("insurer", part("乙")), 0},
		{"policies", "kind:compulsory", has("kind", is("compulsory")), 90},
		{"policies", "stage:quoted", has("stage", is("quoted")), 0},
		{"policies", "stage:none", has("stage", is("none")), 0},
		{"policies", "agent:" + agent, has("agent", is("林晓禾")), 18},
		{"tasks", "todo:yes", has("state", is("pending")), 18},
		{"tasks", "late:no", has("late", is("")), 18},
		{"tasks", "state:completed,refused", has("state", is("completed")), 18},
		{"tasks", "assignee:" + agent, has("assignee", is("林晓禾")), 5},
		{"tasks", "due:2026-02-01..2026-12-31", has("due", between("2026-01-31T16:00:00Z", "2026-12-31T15:59:59Z")), 0},
	} {
		all := whole[c.list]
		var want []uuid.UUID
		for _, r := range all {
			if c.keep(r) {
				want = append(want, r.id)
			}
		}
		got, _ := s.walk(c.list, report.ListAsk{Filters: []string{c.filter}, Columns: short(), Limit: 100}, nil)
		if !slices.Equal(ids(got), want) {
			t.Errorf("%s by %s has %d rows, a plain filter %d", c.list, c.filter, len(got), len(want))
		}
		if len(got) == 0 || len(got) == len(all) || c.want > 0 && len(got) != c.want {
			t.Errorf("%s by %s has %d of %d rows, want %d", c.list, c.filter, len(got), len(all), c.want)
		}
		var n report.ListCount
		s.db.Scoped(t, s.store, func(ctx context.Context, tx pgx.Tx) (err error) {
			n, err = s.report.ListCount(ctx, tx, s.must(c.list, report.ListAsk{Filters: []string{c.filter}}), 0)
			return err
		})
		if n.N != len(got) || n.More {
			t.Errorf("%s by %s counts %+v, has %d rows", c.list, c.filter, n, len(got))
		}
	}
	s.everyFilterIsAsked(t)
}

// everyFilterIsAsked: the record filters of the drawers find theirs.
func (s shelf) everyFilterIsAsked(t *testing.T) {
	all, _ := s.walk("orders", report.ListAsk{}, nil)
	one := all[0]
	for _, c := range []struct{ list, filter string }{
		{"customers", "id:" + one.whose.String()}, {"vehicles", "customer:" + one.whose.String()}, {"orders", "customer:" + one.whose.String()}, {"orders", "id:" + one.id.String()},
	} {
		if got, _ := s.walk(c.list, report.ListAsk{Filters: []string{c.filter}}, nil); len(got) == 0 || len(got) > 3 || got[0].whose == nil || *got[0].whose != *one.whose {
			t.Errorf("%s by %s: %+v", c.list, c.filter, got)
		}
	}
	vehicles, _ := s.walk("vehicles", report.ListAsk{Filters: []string{"customer:" + one.whose.String()}}, nil)
	for _, list := range []string{"orders", "policies"} {
		if got, _ := s.walk(list, report.ListAsk{Filters: []string{"vehicle:" + vehicles[0].id.String()}}, nil); list == "orders" && len(got) == 0 {
			t.Errorf("%s of a vehicle: %d", list, len(got))
		}
	}
	if got, _ := s.walk("vehicles", report.ListAsk{Filters: []string{"id:" + vehicles[0].id.String()}}, nil); len(got) != 1 {
		t.Errorf("one vehicle: %d", len(got))
	}
}

// sorted is what a sort must give: rows without the key last, ids break ties.
func sorted(rows []row, c report.ListColumn, down bool) []uuid.UUID {
	rows = slices.Clone(rows)
	slices.SortFunc(rows, func(a, b row) int {
		x, y := a.cells[c.Code], b.cells[c.Code]
		if (x == "") != (y == "") {
			return cmp.Compare(len(y), len(x)) // the empty one last
		}
		way := cmp.Compare(x, y)
		if n, err := strconv.Atoi(x); err == nil && c.Kind != report.TextCell {
			m, _ := strconv.Atoi(y)
			way = cmp.Compare(n, m)
		}
		if way == 0 {
			way = slices.Compare(a.id[:], b.id[:])
		}
		if down {
			way = -way
		}
		return way
	})
	return ids(rows)
}

func TestEachSortPagesThroughAllRowsBothWaysWhileRowsComeIn(t *testing.T) {
	s := newShelf(t)
	for _, l := range report.Lists() {
		for _, c := range l.Columns {
			if !c.Sorts {
				continue
			}
			for _, sort := range []string{c.Code, "-" + c.Code} {
				only := []string{c.Code}
				before, _ := s.walk(l.Code, report.ListAsk{Columns: only}, nil)
				want := sorted(before, c, sort[0] == '-')
				got, last := s.walk(l.Code, report.ListAsk{Columns: only, Sort: sort, Limit: 97}, nil)
				if !slices.Equal(ids(got), want) {
					t.Errorf("%s by %s: %d rows in another order than a plain sort of %d", l.Code, sort, len(got), len(want))
				}
				if back := s.backFrom(l.Code, sort, last); !slices.Equal(back, want[:len(want)-len(last.Rows)]) {
					t.Errorf("%s by %s: backwards %d of %d rows", l.Code, sort, len(back), len(want)-len(last.Rows))
				}
				got, _ = s.walk(l.Code, report.ListAsk{Columns: only, Sort: sort, Limit: 150}, s.insert)
				seen := map[uuid.UUID]int{}
				for _, r := range got {
					seen[r.id]++
				}
				for _, k := range want {
					if seen[k] != 1 {
						t.Errorf("%s by %s: row %s came %d times while others came in", l.Code, sort, k, seen[k])
					}
				}
			}
		}
	}
}

// insert adds one of everything, at the beginning, in the middle or at the end of a sort.
func (s shelf) insert(page int) {
	s.t.Helper()
	c, v := id(), id()
	at := time.Date(2019+page*3, 5, 5, 0, 0, 0, 0, time.UTC)
	s.db.Scoped(s.t, s.store, func(ctx context.Context, tx pgx.Tx) error {
		var b pgx.Batch
		b.Queue(`INSERT INTO customer (id, group_id, store_id, name_zh, created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $5)`, c, s.group, s.store, string([]rune("阿何赵齐")[page%4]), at)
		b.Queue(`INSERT INTO vehicle (id, group_id, store_id, sale_date, mileage_last, next_due_date, created_at, updated_at) VALUES ($1, $2, $3, $4::date, $5, $4::date, $4, $4)`,
			v, s.group, s.store, at, page*40000)
		b.Queue(`INSERT INTO work_order (id, group_id, store_id, ro_no, kind, state, vehicle_id, customer_id, delivered_at, total_fen, content_hash, created_at, updated_at)
			VALUES ($1::uuid, $2, $3, 'W' || $1::text, 'repair', 'delivered', $4, $5, $6, $7, '', $6, $6)`, id(), s.group, s.store, v, c, at, page*100000)
		b.Queue(`INSERT INTO policy (id, group_id, store_id, policy_no, kind, insurer, vehicle_id, customer_id, start_day, end_day, premium_fen, source, content_hash, created_at, updated_at)
			VALUES ($1::uuid, $2, $3, 'P' || $1::text, 'commercial', '丁财险', $4, $5, $6::date, $6::date, $7, 'own', '', $6, $6)`, id(), s.group, s.store, v, c, at, page*100000)
		return tx.SendBatch(ctx, &b).Close()
	})
}

// backFrom walks from a page to the beginning and gives the rows before it in order.
func (s shelf) backFrom(list, sort string, at report.ListPage) (out []uuid.UUID) {
	for at.Prev != "" {
		at = s.page(s.must(list, report.ListAsk{Columns: short(), Sort: sort, Limit: 97, Cursor: at.Prev}))
		var page []uuid.UUID
		for _, r := range at.Rows {
			page = append(page, r.ID)
		}
		out = append(page, out...)
	}
	if at.From != 1 {
		s.t.Errorf("%s by %s: the first page begins at %d", list, sort, at.From)
	}
	return out
}

func TestAWrongAskIsToldWhatWouldBeRight(t *testing.T) {
	r := report.New()
	l, _ := report.FindList("customers")
	good, err := r.ReadList(l, report.ListAsk{Limit: 10})
	if err != nil || good.Sort != "-lastVisit" || len(good.Columns) == 0 {
		t.Fatalf("a plain ask: %+v, %v", good, err)
	}
	for code, a := range map[string]report.ListAsk{
		"list_limit":          {Limit: 0},
		"list_limit ":         {Limit: 100_000},
		"list_sort":           {Limit: 10, Sort: "phone"},
		"list_sort ":          {Limit: 10, Sort: "nonsense"},
		"list_column":         {Limit: 10, Columns: []string{"name", "salary"}},
		"list_filter_unknown": {Limit: 10, Filters: []string{"salary:1.."}},
		"list_filter_value":   {Limit: 10, Filters: []string{"lastVisit:yesterday"}},
		"list_filter_value 2": {Limit: 10, Filters: []string{"lastVisit:2026-02-30.."}},
		"list_filter_value 3": {Limit: 10, Filters: []string{"vehicles:.."}},
		"list_filter_value 4": {Limit: 10, Filters: []string{"vehicles:99999999999.."}},
		"list_filter_value 5": {Limit: 10, Filters: []string{"gap:salary"}},
		"list_filter_value 6": {Limit: 10, Filters: []string{"agent:me"}},
		"list_filter_value 7": {Limit: 10, Filters: []string{"dnc:perhaps"}},
		"list_filter_value 8": {Limit: 10, Filters: []string{"level:" + strings.Repeat("长", 61)}},
		"list_range":          {Limit: 10, Filters: []string{"lastVisit:2026-02-02..2026-02-01"}},
		"list_range ":         {Limit: 10, Filters: []string{"vehicles:3..2"}},
		"list_cursor":         {Limit: 10, Cursor: "damaged!"},
		"list_cursor ":        {Limit: 10, Cursor: "e30"},
	} {
		_, err := r.ReadList(l, a)
		e, ok := errs.Of(err)
		if !ok || e.Kind != errs.Invalid || e.Code != strings.Trim(code, " 2345678") || e.ZH == "" || e.EN == "" {
			t.Errorf("%s: %v", code, err)
		}
	}
	if _, err := report.FindList("salaries"); errs.KindOf(err) != errs.NotFound {
		t.Errorf("an unknown list: %v", err)
	}
}

func TestACursorOfOtherFiltersOrSortIsRefused(t *testing.T) {
	s := newShelf(t)
	next := s.page(s.must("customers", report.ListAsk{Limit: 10, Filters: []string{"dnc:no"}})).Next
	for _, a := range []report.ListAsk{
		{Cursor: next}, {Cursor: next, Filters: []string{"dnc:yes"}}, {Cursor: next, Filters: []string{"dnc:no"}, Sort: "name"}, {Cursor: next[:len(next)-4], Filters: []string{"dnc:no"}},
	} {
		if _, err := s.ask("customers", a); errs.KindOf(err) != errs.Invalid {
			t.Errorf("%+v: %v", a, err)
		}
	}
	if _, err := s.ask("customers", report.ListAsk{Cursor: next, Filters: []string{"dnc:no"}}); err != nil {
		t.Errorf("its own: %v", err)
	}
}

func TestCountsStopWhereTheyAreAsked(t *testing.T) {
	s := newShelf(t)
	for most, want := range map[int]report.ListCount{100: {N: 100, More: true}, many + 1: {N: many + 1}, 0: {N: many + 1}} {
		var got report.ListCount
		s.db.Scoped(t, s.store, func(ctx context.Context, tx pgx.Tx) (err error) {
			got, err = s.report.ListCount(ctx, tx, s.must("customers", report.ListAsk{}), most)
			return err
		})
		if got != want {
			t.Errorf("counted to %d: %+v, want %+v", most, got, want)
		}
	}
}
