package importer_test

import (
	"context"
	"encoding/json"
	"maps"
	"os"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"ringback/crm/appointment"
	"ringback/crm/customer"
	"ringback/crm/dealer"
	"ringback/crm/importer"
	"ringback/crm/policy"
	"ringback/crm/task"
	"ringback/internal/clock"
	"ringback/internal/events"
	"ringback/internal/postgres"
	"ringback/internal/postgres/pgtest"
	"ringback/internal/seal"
)

// answers is the part of the answer key that this version can be held to.
type answers struct {
	Files map[string]struct {
		DataRows  int            `json:"data_rows"`
		Accepted  int            `json:"accepted"`
		Rejected  int            `json:"rejected"`
		Split     map[string]int `json:"accepted_split"`
		BadRows   []rejected     `json:"rejected_rows"`
		CodedRows []struct {
			Row   int      `json:"row"`
			Codes []string `json:"codes"`
		} `json:"rows_with_codes"`
	} `json:"files"`
	After struct {
		Parties     int            `json:"parties"`
		BringerOnly int            `json:"parties_of_which_bringer_only"`
		SecondUsers int            `json:"parties_of_which_second_user_of_one_vin"`
		NoBringers  int            `json:"customers_without_bringers"`
		Vehicles    int            `json:"vehicles"`
		Ebikes      int            `json:"ebikes"`
		Policies    int            `json:"policies"`
		Deliveries  int            `json:"deliveries"`
		WorkOrders  int            `json:"work_orders"`
		ByType      map[string]int `json:"work_orders_by_type"`
	} `json:"after_all_imports"`
	FollowUp struct {
		AsOf  time.Time `json:"as_of"`
		Never []struct {
			RoNo   string `json:"ro_no"`
			Reason string `json:"reason"`
		} `json:"certainly_no_open_task"`
		Tasks []struct {
			RoNos []string  `json:"ro_nos"`
			DueAt time.Time `json:"due_at"`
			Sure  bool      `json:"sure"`
		} `json:"tasks"`
	} `json:"followup_3d"`
}

type rejected struct {
	Row  int    `json:"row"`
	Code string `json:"code"`
}

func key(t *testing.T) answers {
	t.Helper()
	raw, err := os.ReadFile("testdata/expected.json")
	if err != nil {
		t.Fatal(err)
	}
	var a answers
	if err := json.Unmarshal(raw, &a); err != nil {
		t.Fatal(err)
	}
	return a
}

// shop is a demo store with everything an import needs, on the morning of the
// answer key.
type shop struct {
	*pgtest.DB
	scope postgres.Scope
	im    *importer.Importer
	tasks *task.Tasks
	files *customer.Files
	visit *appointment.Book
	clock *clock.Clock
	dir   string // of originals
}

func open(t testing.TB, asOf time.Time) shop {
	t.Helper()
	return openOn(t, pgtest.New(t), asOf)
}

// openOn opens the shop on a database.
func openOn(t testing.TB, db *pgtest.DB, asOf time.Time) shop {
	t.Helper()
	s := shop{DB: db}
	if err := s.furnish(asOf, t.TempDir()); err != nil {
		t.Fatal(err)
	}
	err := s.Pool.Scoped(t.Context(), postgres.Scope{}, func(ctx context.Context, tx pgx.Tx) error {
		g, err := dealer.CreateGroup(ctx, tx, dealer.Group{Name: "示例集团", Code: "DEMO"}, asOf)
		if err != nil {
			return err
		}
		st, err := dealer.CreateStore(ctx, tx, dealer.Store{
			GroupID: g.ID, Code: "S01", NameZH: "示例一店", ShortNameZH: "示例一店", Kind: "car_4s",
			Hotline: "0510-00008888", AreaCode: "0510", IsSynthetic: true,
		}, asOf)
		if err != nil {
			return err
		}
		s.scope = postgres.Scope{Group: g.ID, Stores: []uuid.UUID{st.ID}}
		return dealer.SeedCalendar(ctx, tx)
	})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// furnish opens every room that hears of imports, as the product wires them.
func (s *shop) furnish(asOf time.Time, dir string) error {
	box, err := seal.New(make([]byte, seal.KeyBytes))
	if err != nil {
		return err
	}
	bus := events.NewBus()
	s.clock, s.dir = clock.New(time.Until(asOf)), dir
	s.files = customer.NewFiles(box, bus)
	s.tasks = task.New(s.files, bus, nil)
	policy.NewRenewals(bus, nil).Register()
	s.visit = appointment.NewBook(bus)
	s.visit.Register()
	s.tasks.Register()
	s.im = importer.New(importer.Options{Pool: s.Pool, Bus: bus, Box: box, Clock: s.clock, Dir: dir})
	return nil
}

func (s shop) load(t *testing.T, name string) importer.Batch {
	t.Helper()
	files, err := importer.DemoFiles()
	if err != nil {
		t.Fatal(err)
	}
	f, err := files.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	b, err := s.im.Upload(t.Context(), s.scope, name, f)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	if b, err = s.im.Commit(t.Context(), s.scope, b.ID, nil); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return b
}

func TestTheDemoFilesComeOutAsTheAnswerKeySays(t *testing.T) {
	want := key(t)
	s := open(t, want.FollowUp.AsOf)
	for _, name := range importer.DemoOrder() {
		b, w := s.load(t, name), want.Files[name]
		if b.State != importer.Done || b.DataRows != w.DataRows || b.RowsDone != w.DataRows {
			t.Errorf("%s: state %s, %d of %d rows; want %d", name, b.State, b.RowsDone, b.DataRows, w.DataRows)
		}
		split := maps.Clone(b.Outcomes)
		delete(split, "rejected")
		if b.Outcomes["rejected"] != w.Rejected || !maps.Equal(split, w.Split) {
			t.Errorf("%s: outcomes %v, want %d rejected and %v", name, b.Outcomes, w.Rejected, w.Split)
		}
		s.sameRejections(t, b, name, w.BadRows)
		got := s.codes(t, b)
		for _, r := range w.CodedRows {
			if codes := got[r.Row]; !slices.Equal(codes, r.Codes) {
				t.Errorf("%s row %d: codes %v, want %v", name, r.Row, codes, r.Codes)
			}
			delete(got, r.Row)
		}
		for row, codes := range got {
			t.Errorf("%s row %d: unexpected codes %v", name, row, codes)
		}
	}
	s.sameOrders(t, want)
	s.sameTotals(t, want)
	s.sameTasks(t, want)
}

func (s shop) sameRejections(t *testing.T, b importer.Batch, name string, want []rejected) {
	t.Helper()
	rows, err := s.im.RejectedRows(t.Context(), s.scope, b.ID, 0, 1000)
	if err != nil {
		t.Fatal(err)
	}
	if len(rows) != len(want) {
		t.Errorf("%s: %d rejected rows, want %d", name, len(rows), len(want))
	}
	for i, r := range rows {
		if i >= len(want) {
			t.Errorf("%s: row %d must not be rejected: %v %s", name, r.RowNo, r.Codes, r.ReasonEN)
			continue
		}
		if r.RowNo != want[i].Row || (want[i].Code != "(no code)" && !slices.Contains(r.Codes, want[i].Code)) || r.ReasonZH == "" || r.ReasonEN == "" {
			t.Errorf("%s: rejected row %d %v %q, want %+v with reasons in both languages", name, r.RowNo, r.Codes, r.ReasonEN, want[i])
		}
	}
}

// codes are the codes of accepted rows, by row.
func (s shop) codes(t *testing.T, b importer.Batch) map[int][]string {
	t.Helper()
	rows, err := s.im.CodedRows(t.Context(), s.scope, b.ID, 0, 10000)
	if err != nil {
		t.Fatal(err)
	}
	out := map[int][]string{}
	for _, r := range rows {
		if r.Outcome != importer.Rejected {
			slices.Sort(r.Codes)
			out[r.RowNo] = r.Codes
		}
	}
	return out
}

func (s shop) sameOrders(t *testing.T, want answers) {
	t.Helper()
	byType, n := map[string]int{}, 0
	for _, r := range s.query(t, `SELECT kind, count(*)::text FROM work_order GROUP BY 1`) {
		var c int
		if err := json.Unmarshal([]byte(r[1]), &c); err != nil {
			t.Fatal(err)
		}
		byType[r[0]], n = c, n+c
	}
	if n != want.After.WorkOrders || !maps.Equal(byType, want.After.ByType) {
		t.Errorf("work orders: %d %v, want %d %v", n, byType, want.After.WorkOrders, want.After.ByType)
	}
}

func (s shop) sameTotals(t *testing.T, want answers) {
	t.Helper()
	for _, c := range []struct {
		what, sql string
		want      int
	}{
		{"parties", `SELECT count(*)::text FROM customer WHERE merged_into IS NULL`, want.After.Parties},
		{"bringers only", `SELECT count(*)::text FROM customer WHERE bringer_only AND merged_into IS NULL`, want.After.BringerOnly},
		{"customers without bringers", `SELECT count(*)::text FROM customer WHERE NOT bringer_only AND merged_into IS NULL`, want.After.NoBringers},
		{"second users", `SELECT count(DISTINCT customer_id)::text FROM ownership WHERE role = 'user' AND to_day IS NULL`, want.After.SecondUsers},
		{"vehicles", `SELECT count(*)::text FROM vehicle`, want.After.Vehicles},
		{"e-bikes", `SELECT count(*)::text FROM vehicle WHERE kind = 'ebike'`, want.After.Ebikes},
		{"policies", `SELECT count(*)::text FROM policy`, want.After.Policies},
		{"deliveries", `SELECT count(*)::text FROM sale_delivery`, want.After.Deliveries},
	} {
		if got := s.query(t, c.sql)[0][0]; got != strconv.Itoa(c.want) {
			t.Errorf("%s: %s, want %d", c.what, got, c.want)
		}
	}
}

func (s shop) sameTasks(t *testing.T, want answers) {
	t.Helper()
	state, due, carries := map[string]string{}, map[string]string{}, map[string]string{}
	for _, r := range s.query(t, `SELECT w.ro_no, k.state, k.due_at AT TIME ZONE 'UTC', k.id::text, k.blocked_reason
		FROM task k JOIN work_order w ON w.id = ANY (k.work_order_ids) WHERE k.kind = 'followup_3d'`) {
		state[r[0]], due[r[0]], carries[r[0]] = r[1]+" "+r[4], r[2], r[3]
	}
	open := func(ro string) bool {
		switch state[ro] {
		case "pending ", "queued ":
			return true
		}
		return false
	}
	sure := 0
	for _, k := range want.FollowUp.Tasks {
		for _, ro := range k.RoNos {
			if due[ro] != "" && due[ro] != k.DueAt.UTC().Format(time.DateTime) {
				t.Errorf("order %s: due %s, want %s", ro, due[ro], k.DueAt.UTC())
			}
			if carries[ro] != carries[k.RoNos[0]] {
				t.Errorf("orders %v must share one task", k.RoNos)
			}
			if k.Sure && !open(ro) {
				t.Errorf("order %s must have an open task, has %q", ro, state[ro])
			}
		}
		if k.Sure {
			sure++
		}
	}
	for _, n := range want.FollowUp.Never {
		if open(n.RoNo) {
			t.Errorf("order %s must have no open task (%s)", n.RoNo, n.Reason)
		}
	}
	t.Logf("%d sure tasks are open", sure)
}

func (s shop) query(t *testing.T, sql string) [][]string {
	t.Helper()
	var out [][]string
	err := s.Pool.Scoped(t.Context(), s.scope, func(ctx context.Context, tx pgx.Tx) error {
		rows, err := tx.Query(ctx, sql)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			vals, err := rows.Values()
			if err != nil {
				return err
			}
			var r []string
			for _, v := range vals {
				switch v := v.(type) {
				case time.Time:
					r = append(r, v.Format(time.DateTime))
				case string:
					r = append(r, v)
				}
			}
			out = append(out, r)
		}
		return rows.Err()
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}
