package report_test

import (
	"context"
	"crypto/sha256"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"ringback/crm/customer"
	"ringback/crm/report"
	"ringback/internal/events"
	"ringback/internal/postgres"
	"ringback/internal/postgres/pgtest"
	"ringback/internal/seal"
)

// million is a store with as many customers as RINGBACK_BENCH_ROWS says.
type million struct {
	b     *testing.B
	db    *pgtest.DB
	store uuid.UUID
	agent uuid.UUID
	n     int
	rep   *report.Report
}

// BenchmarkLists measures search and lists on a store of RINGBACK_BENCH_ROWS customers
// (make bench-lists: a million) and shows by which indexes they were answered. It
// fails when a table of customers, vehicles, orders or policies is read whole.
func BenchmarkLists(b *testing.B) {
	n, err := strconv.Atoi(os.Getenv("RINGBACK_BENCH_ROWS"))
	if err != nil {
		b.Skip("RINGBACK_BENCH_ROWS is not set: filling a million takes minutes")
	}
	m := million{b: b, db: pgtest.New(b), agent: id(), n: n, rep: report.New()}
	m.fill()
	for b.Loop() {
		m.searches()
		m.pages()
	}
}

// fill writes the rows without triggers and indexes, which are made afterwards.
func (m *million) fill() {
	from := time.Now()
	var group uuid.UUID
	group, m.store = pgtest.Store(m.b, m.db)
	m.db.Exec(m.b, `INSERT INTO app_user (id, group_id, login, name_zh, password_hash, created_at) VALUES ($1, $2, 'a', '林晓禾', '', $3)`, m.agent, group, today())
	m.db.Exec(m.b, `SET session_replication_role = replica`) // Exec keeps its connection
	indexes := m.indexes()
	for name := range indexes {
		m.db.Exec(m.b, "DROP INDEX "+pgx.Identifier{name}.Sanitize())
	}
	filled(m.b, m.db, group, m.store, m.agent, m.n)
	m.db.Exec(m.b, `CREATE INDEX tmp_order ON work_order (customer_id)`)
	m.db.Exec(m.b, `UPDATE customer c SET last_visit_at = x.at FROM (SELECT customer_id, max(delivered_at) AS at FROM work_order WHERE state <> 'voided' GROUP BY customer_id) x WHERE x.customer_id = c.id`)
	m.db.Exec(m.b, `UPDATE vehicle v SET last_visit_at = x.at FROM (SELECT vehicle_id, max(delivered_at) AS at FROM work_order WHERE state <> 'voided' GROUP BY vehicle_id) x WHERE x.vehicle_id = v.id`)
	m.db.Exec(m.b, `UPDATE vehicle v SET policy_end = x.day FROM (SELECT vehicle_id, max(end_day) AS day FROM policy GROUP BY vehicle_id) x WHERE x.vehicle_id = v.id`)
	m.db.Exec(m.b, `DROP INDEX tmp_order`)
	rows := time.Since(from)
	for _, sql := range indexes {
		m.db.Exec(m.b, sql)
	}
	m.db.Exec(m.b, `SET session_replication_role = origin`)
	m.db.Exec(m.b, `VACUUM ANALYZE`)
	m.tell("%d customers filled in %.0f s, indexes after %.0f s", m.n, rows.Seconds(), time.Since(from).Seconds())
}

// indexes are those of the big tables that no constraint owns.
func (m *million) indexes() map[string]string {
	c, err := pgx.Connect(m.b.Context(), m.db.OwnerURL)
	if err != nil {
		m.b.Fatal(err)
	}
	defer func() { _ = c.Close(context.Background()) }()
	rows, err := c.Query(m.b.Context(), `SELECT i.indexname, i.indexdef FROM pg_indexes i WHERE i.schemaname = 'public' AND i.tablename IN ('customer', 'customer_phone', 'vehicle', 'ownership', 'work_order', 'policy', 'consent', 'task')
		AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conname = i.indexname)`)
	if err != nil {
		m.b.Fatal(err)
	}
	out := map[string]string{}
	var name, def string
	if _, err := pgx.ForEachRow(rows, []any{&name, &def}, func() error { out[name] = def; return nil }); err != nil {
		m.b.Fatal(err)
	}
	return out
}

// tell says a line at once: a benchmark's own log waits for its end.
func (m *million) tell(format string, args ...any) {
	_, _ = fmt.Fprintf(os.Stdout, format+"\n", args...)
}

// measure runs fn some times and tells median, 99th percentile, and by what it was
// answered.
func (m *million) measure(name string, times int, fn func(ctx context.Context, db postgres.DB, i int) (rows int, err error)) {
	var took []time.Duration
	var rows int
	for i := range times {
		m.db.Scoped(m.b, m.store, func(ctx context.Context, tx pgx.Tx) error {
			from := time.Now()
			n, err := fn(ctx, tx, i)
			took, rows = append(took, time.Since(from)), rows+n
			return err
		})
	}
	slices.Sort(took)
	ms := func(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
	m.tell("| %-44s | %8.1f | %8.1f | %6.1f |", name, ms(took[len(took)/2]), ms(took[(len(took)-1)*99/100]), float64(rows)/float64(times))
	m.explain(name, fn)
}

func (m *million) explain(name string, fn func(ctx context.Context, db postgres.DB, i int) (int, error)) {
	var plan []string
	m.db.Scoped(m.b, m.store, func(ctx context.Context, tx pgx.Tx) error {
		s := &pgtest.Plans{DB: tx}
		_, err := fn(ctx, s, 0)
		plan = s.Lines
		return err
	})
	for _, line := range plan {
		for _, table := range []string{"customer ", "customer_phone ", "vehicle ", "work_order ", "policy ", "ownership "} {
			if strings.Contains(line, "Seq Scan on "+table) && !strings.Contains(line, "never executed") {
				m.b.Errorf("%s reads a table whole: %s", name, strings.TrimSpace(line))
			}
		}
	}
	if os.Getenv("RINGBACK_BENCH_PLANS") != "" {
		m.tell("plan of %s:\n%s", name, strings.Join(plan, "\n"))
	}
}

func (m *million) searches() {
	box, err := seal.New(make([]byte, seal.KeyBytes))
	if err != nil {
		m.b.Fatal(err)
	}
	files := customer.NewFiles(box, events.NewBus())
	spread := func(i int) int { return (i*7919+1)*131%m.n + 1 }
	vin := func(i int) string { return fmt.Sprintf("LTEST%012d", spread(i)) }
	for _, c := range []struct {
		name string
		text func(i int) string
	}{
		{"search: whole phone", func(int) string { return "15400000137" }},
		{"search: last four digits", func(i int) string { return fmt.Sprintf("%04d", spread(i)%10000) }},
		{"search: plate", func(i int) string { return fmt.Sprintf("苏B%05X", spread(i)) }},
		{"search: VIN", vin},
		{"search: VIN, last eight", func(i int) string { return vin(i)[9:] }},
		{"search: VIN, last six", func(i int) string { return vin(i)[11:] }},
		{"search: name, two characters", func(i int) string {
			return string([]rune("李王张刘陈杨赵黄周吴")[i%10]) + string([]rune("春建秀志丽永海")[i%7])
		}},
		{"search: name, whole", func(i int) string {
			return string([]rune("李王张刘陈杨赵黄周吴")[i%10]) + "春棠" + strconv.Itoa(spread(i)/1000)
		}},
		{"search: order number", func(i int) string { return fmt.Sprintf("WX%09d", spread(i)) }},
		{"search: policy number", func(i int) string { return fmt.Sprintf("PDZA%010d", spread(i)/2*2) }},
		{"search: nothing has it", func(int) string { return "不存在的人" }},
	} {
		m.measure(c.name, 50, func(ctx context.Context, db postgres.DB, i int) (int, error) {
			by, _ := files.ReadSearch(c.text(i))
			if by.Phones != nil {
				sum := sha256.Sum256([]byte(strconv.Itoa(spread(i))))
				by.Phones = [][]byte{sum[:]}
			}
			found, err := m.rep.Search(ctx, db, m.store, nil, by, 30)
			return len(found), err
		})
	}
	by, _ := files.ReadSearch("李春")
	m.measure("search: name, an agent's own", 10, func(ctx context.Context, db postgres.DB, _ int) (int, error) {
		found, err := m.rep.Search(ctx, db, m.store, &m.agent, by, 30)
		return len(found), err
	})
}

func (m *million) pages() {
	for _, l := range report.Lists() {
		for _, c := range l.Columns {
			if c.Sorts {
				m.page(l, "-"+c.Code, nil)
			}
		}
	}
	for list, filters := range map[string][]string{
		"customers": {"lastVisit:2026-01-01..2026-01-07", "gap:address", "gap:name", "dnc:yes", "serviceConsent:withdrawn", "advisor:张伟", "tag:车队"},
		"vehicles":  {"nextDue:2026-12-01..2026-12-31", "policyEnd:2026-12-01..2026-12-31", "model:S3 1.1T", "mileage:100000.."},
		"orders":    {"day:2026-01-01..2026-01-31", "called:no", "amount:3000..", "advisor:李静"},
		"policies":  {"end:2026-11-01..2026-11-30", "stage:quoted", "insurer:乙"},
		"tasks":     {"todo:yes", "late:yes", "state:refused", "due:2026-11-01..2026-11-30"},
	} {
		l, _ := report.FindList(list)
		for _, f := range filters {
			m.page(l, "", []string{f})
		}
	}
	for _, l := range report.Lists() {
		q := m.read(l, report.ListAsk{Agent: &m.agent})
		m.measure(l.Code+": an agent's own", 5, m.first(q))
	}
}

func (m *million) read(l report.List, a report.ListAsk) report.ListQuery {
	a.Store, a.Now, a.Limit = m.store, today(), 50
	q, err := m.rep.ReadList(l, a)
	if err != nil {
		m.b.Fatal(err)
	}
	return q
}

func (m *million) first(q report.ListQuery) func(ctx context.Context, db postgres.DB, i int) (int, error) {
	return func(ctx context.Context, db postgres.DB, _ int) (int, error) {
		p, err := m.rep.ListPage(ctx, db, q)
		return len(p.Rows), err
	}
}

// page measures the first page, and without a filter the one behind nine tenths.
func (m *million) page(l report.List, sort string, filters []string) {
	q := m.read(l, report.ListAsk{Sort: sort, Filters: filters})
	m.measure(strings.TrimSpace(l.Code+": first page "+sort+" "+strings.Join(filters, " ")), 5, m.first(q))
	if len(filters) > 0 {
		m.measure(l.Code+": count "+strings.Join(filters, " "), 3, func(ctx context.Context, db postgres.DB, _ int) (int, error) {
			n, err := m.rep.ListCount(ctx, db, q, report.CountedTo)
			return n.N, err
		})
		return
	}
	key, at := m.behind(q)
	deep := m.read(l, report.ListAsk{Sort: sort, Cursor: report.CursorBehind(q, key, at, m.n*9/10)})
	m.measure(l.Code+": page at nine tenths "+sort, 5, m.first(deep))
}

// behind is the row at nine tenths of those that have the sort's key.
func (m *million) behind(q report.ListQuery) (key *string, at uuid.UUID) {
	from, column, down := report.SortKey(q)
	way := ""
	if down {
		way = " DESC"
	}
	m.db.Scoped(m.b, m.store, func(ctx context.Context, tx pgx.Tx) error {
		return tx.QueryRow(ctx, `SELECT `+column+`::text, id FROM `+from+` WHERE store_id = $1 AND `+column+` IS NOT NULL ORDER BY `+column+way+`, id`+way+`
			OFFSET (SELECT count(*) * 9 / 10 FROM `+from+` WHERE store_id = $1 AND `+column+` IS NOT NULL) LIMIT 1`, m.store).Scan(&key, &at)
	})
	return key, at
}
