package report_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"ringback/crm/complaint"
	"ringback/crm/dealer"
	"ringback/crm/report"
	"ringback/crm/script"
	"ringback/crm/workorder"
	"ringback/internal/clock"
	"ringback/internal/postgres/pgtest"
)

func TestV4CompletedWithinThreeDays(t *testing.T) {
	b := newBooks(t)
	due := b.now.Add(-24 * time.Hour)
	add := func(n int, state string, done time.Time) {
		for range n {
			b.task(job{state: state, due: due, done: done})
		}
	}
	add(31, "completed", due)                 // at the very minute is in time
	add(3, "completed", due.Add(time.Minute)) // late
	add(4, "exhausted", due.Add(time.Hour))
	add(2, "refused", due.Add(-time.Hour))
	add(5, "excluded", due)
	b.task(job{state: "cancelled", due: due})
	b.task(job{kind: "followup_7d", state: "exhausted", due: due})
	b.task(job{state: "exhausted", due: due.AddDate(0, -1, 0)})
	got := b.want("K-06", "77.5 %")
	if got.Num != 31 || got.Den != 40 || got.Status != report.Missed || report.Small(got.Value, got.Cases) {
		t.Errorf("K-06: %d/%d %s", got.Num, got.Den, got.Status)
	}
	if got.Interval == nil || got.Interval.Low < 0.62 || got.Interval.High > 0.88 {
		t.Errorf("interval %v, want Wilson's 62.5–87.7", got.Interval)
	}
	if got.Before.Den != 1 {
		t.Errorf("the month before has %d tasks, want 1", got.Before.Den)
	}
	b.want("K-06r", "90.0 %")
	d, _ := report.FigureByID("K-06")
	if rest, n := b.open(d, b.month(), "", report.SideRest); n != 9 || rest[0].Noun != "task" || rest[0].CustomerName != "客户" {
		t.Errorf("9 were not in time; opened: %d", n)
	}
}

func TestTasksStillAheadAreOpenAndNotYetJudged(t *testing.T) {
	b := newBooks(t)
	b.task(job{state: "completed", due: b.now.Add(-time.Hour), done: b.now.Add(-2 * time.Hour)})
	b.task(job{state: "queued", due: b.now.Add(4 * time.Hour)})
	got := b.want("K-06", "50.0 %")
	if got.Open != 1 || got.Status != report.Possible {
		t.Errorf("open %d, status %s", got.Open, got.Status)
	}
	b.task(job{state: "retry_wait", due: b.now.Add(-time.Hour)}) // late already: decided
	if got := b.want("K-06", "33.3 %"); got.Open != 1 || got.Status != report.Missed {
		t.Errorf("open %d, status %s", got.Open, got.Status)
	}
}

// Both readings of "three days" agree with the schedule that sets due dates, for
// every delivery day around a long holiday and across the year's end.
func TestThreeDaysInBothReadings(t *testing.T) {
	b := newBooks(t)
	var schedules [2]dealer.Schedule
	b.scoped(func(ctx context.Context, tx pgx.Tx) error {
		if err := dealer.SeedCalendar(ctx, tx); err != nil {
			return err
		}
		s, err := dealer.GetStore(ctx, tx, b.store)
		if err != nil {
			return err
		}
		c, err := dealer.LoadCalendar(ctx, tx)
		if err != nil {
			return err
		}
		for i, mode := range []string{"workday", "natural"} {
			s.DayMode = mode
			if schedules[i], err = dealer.NewSchedule(s, c, clock.Shanghai()); err != nil {
				return err
			}
		}
		return nil
	})
	from := time.Date(2026, 9, 24, 1, 0, 0, 0, time.UTC)
	days := []time.Time{time.Date(2026, 12, 30, 1, 0, 0, 0, time.UTC), time.Date(2026, 12, 31, 17, 0, 0, 0, time.UTC)}
	for i := range 20 {
		days = append(days, from.AddDate(0, 0, i))
	}
	want := [2]int64{}
	for _, day := range days {
		for _, s := range schedules {
			dueAt, _ := s.DueAfter(day, 3)
			for _, late := range []time.Duration{0, time.Second} {
				c := b.person()
				b.task(job{state: "completed", due: b.now, done: dueAt.Add(late), customer: c, orders: []uuid.UUID{b.order("repair", "delivered", day, c)}})
				for j, other := range schedules {
					if limit, _ := other.DueAfter(day, 3); !dueAt.Add(late).After(limit) {
						want[j]++
					}
				}
			}
		}
	}
	for i, figure := range []string{"K-06w", "K-06n"} {
		if got := b.read(figure, b.month()); got.Num != want[i] || got.Den != int64(4*len(days)) {
			t.Errorf("%s is %d/%d, want %d", figure, got.Num, got.Den, want[i])
		}
	}
}

func TestCoverageCountsOrdersBeforeAnyExclusion(t *testing.T) {
	b := newBooks(t)
	at := b.now.AddDate(0, 0, -5)
	with := func(kind, state string, completed bool) {
		c := b.person()
		o := b.order(kind, "delivered", at, c)
		if state == "" {
			return
		}
		k := b.task(job{state: state, due: b.now, customer: c, orders: []uuid.UUID{o}})
		if completed {
			b.response(b.dial(dial{task: k, result: "answered_human", at: at}), at, talk{completed: true})
		}
	}
	with("repair", "completed", true)
	with("repair", "excluded", false)
	with("first", "", false)
	with("warranty", "queued", false) // may still be surveyed
	with("wash", "", false)
	with("pdi", "", false)
	got := b.want("K-06b", "25.0 %")
	if got.Den != 4 || got.Open != 1 || part(t, got, "repair").Den != 2 {
		t.Errorf("K-06b: %d orders, %d open", got.Den, got.Open)
	}
}

func TestCallsAndTheirContacts(t *testing.T) {
	b := newBooks(t)
	at := b.now.Add(-time.Hour)
	call := func(kind, state, result, disposition string) uuid.UUID {
		return b.dial(dial{task: b.task(job{kind: kind, state: state, due: at}), result: result, disposition: disposition, at: at})
	}
	b.response(call("followup_3d", "completed", "answered_human", "C00"), at, talk{completed: true})
	b.response(call("followup_3d", "refused", "answered_human", "C04"), at, talk{})
	call("followup_3d", "retry_wait", "answered_human", "C06")
	call("renewal_first", "retry_wait", "abandoned", "")
	call("renewal_first", "retry_wait", "no_answer", "")
	call("renewal_first", "retry_wait", "answered_machine", "")
	call("renewal_first", "queued", "caller_cancel", "")
	call("renewal_first", "queued", "trunk_fault", "")
	b.dial(dial{task: b.task(job{state: "queued", due: at}), state: "void", at: at, notDialled: true})
	flying := b.dial(dial{task: b.task(job{state: "in_progress", due: at}), state: "ringing", at: at})

	k08 := b.want("K-08", "57.1 %")
	if k08.Num != 4 || k08.Den != 7 || k08.Open != 1 {
		t.Errorf("K-08: %d/%d, %d open", k08.Num, k08.Den, k08.Open)
	}
	if p := part(t, k08, "renewal_first"); p.Num != 1 || p.Den != 3 || p.ZH != "续保首呼" {
		t.Errorf("renewal: %+v", p)
	}
	d, _ := report.FigureByID("K-08")
	if rows, _ := b.open(d, b.month(), "", report.SideOpen); len(rows) != 1 || rows[0].ID != flying {
		t.Errorf("the call on its way: %+v", rows)
	}
	if got := b.want("K-08b", "28.6 %"); got.Num != 2 || got.Den != 7 {
		t.Errorf("K-08b: %d/%d", got.Num, got.Den)
	}
	if got := b.want("K-09", "50.0 %"); got.Num != 1 || got.Den != 2 {
		t.Errorf("K-09: %d/%d", got.Num, got.Den)
	}
}

func TestFirstContactIsASuccessWithoutASecondCall(t *testing.T) {
	b := newBooks(t)
	at := b.now.Add(-time.Hour)
	b.dial(dial{task: b.task(job{state: "completed", due: at, done: at}), result: "answered_human", disposition: "C00", at: at})
	twice := b.task(job{state: "completed", due: at, done: at})
	b.dial(dial{task: twice, result: "no_answer", at: at.Add(-time.Hour)})
	b.dial(dial{task: twice, result: "answered_human", disposition: "C00", at: at})
	void := b.task(job{state: "completed", due: at, done: at}) // a try that was never dialled is none
	b.dial(dial{task: void, state: "void", at: at.Add(-time.Hour), notDialled: true})
	b.dial(dial{task: void, result: "answered_human", disposition: "C00", at: at})
	b.dial(dial{task: b.task(job{state: "retry_wait", due: at}), result: "no_answer", at: at})
	old := b.task(job{state: "completed", due: at, done: at}) // first dialled last month
	b.dial(dial{task: old, result: "no_answer", at: at.AddDate(0, -1, 0)})
	b.dial(dial{task: old, result: "answered_human", disposition: "C00", at: at})
	got := b.want("K-07", "50.0 %")
	if got.Num != 2 || got.Den != 4 || got.Before.Num != 0 || got.Before.Den != 1 {
		t.Errorf("K-07: %d/%d, before %d/%d", got.Num, got.Den, got.Before.Num, got.Before.Den)
	}
}

func TestComplaintsPerDeliveredOrder(t *testing.T) {
	b := newBooks(t)
	at := b.now.AddDate(0, 0, -3)
	for range 8 {
		b.order("repair", "delivered", at, b.customer)
	}
	b.order("wash", "delivered", at, b.customer)
	b.order("repair", "voided", at, b.customer)
	b.order("pdi", "delivered", at.AddDate(0, -1, 0), b.customer)
	form := func(level string, categories ...string) {
		categories = append([]string{}, categories...)
		b.exec(`INSERT INTO quick_form (id, group_id, store_id, no, customer_id, verbatim, categories, level, created_by, created_at)
			VALUES ($1::uuid, $2, $3, $1::text, $4, '话', $5, $6, $7, $8)`, id(), b.group, b.store, b.customer, categories, level, b.agent, at)
	}
	form("L4", "quality.mech")
	form("L7", "sale.delivery", "staff.attitude") // about service too
	form("L5", "sale.promise")                    // about the sale only
	form("L3", "clean.wash")
	form("L1")
	form("L2", "renewal", "claim")
	k14 := b.want("K-14", "222.2 ‰")
	if k14.Num != 2 || k14.Den != 9 || part(t, k14, "L7").Num != 1 || part(t, k14, "L7").Den != 9 {
		t.Errorf("K-14: %d/%d, %+v", k14.Num, k14.Den, k14.Split)
	}
	if got := b.want("K-14g", "222.2 ‰"); got.Num != 2 || got.Interval == nil {
		t.Errorf("K-14g: %d/%d", got.Num, got.Den)
	}
}

func TestReworkNobodyConfirmedIsOpen(t *testing.T) {
	b := newBooks(t)
	at := b.now.AddDate(0, 0, -3)
	for _, kind := range []string{"repair", "accident", "paint", "warranty", "periodic", "first", "rework", "wash"} {
		b.order(kind, "delivered", at, b.customer)
	}
	for _, r := range [][2]string{{"reported", ""}, {"confirmed", "workmanship"}, {"delivered", "same_fault"}, {"confirmed", "customer_use"}, {"rejected", ""}} {
		b.exec(`INSERT INTO rework (id, store_id, customer_id, fault_text, state, cause, reported_at) VALUES ($1, $2, $3, '异响', $4, $5, $6)`,
			id(), b.store, b.customer, r[0], r[1], at)
	}
	got := b.want("K-15", "33.3 %")
	if got.Num != 2 || got.Den != 6 || got.Open != 1 || got.Status != report.Missed {
		t.Errorf("K-15: %d/%d, %d open, %s", got.Num, got.Den, got.Open, got.Status)
	}
}

func TestAGroupsFigureIsTheSumOfItsStoresSums(t *testing.T) {
	b := newBooks(t)
	other := b
	other.store = pgtest.StoreIn(t, b.db, b.group)
	at := b.now.Add(-time.Hour)
	for range 3 {
		b.task(job{state: "completed", due: at, done: at})
	}
	b.task(job{state: "exhausted", due: at})
	other.task(job{state: "exhausted", due: at})
	b.want("K-06", "75.0 %")
	other.stores = []uuid.UUID{other.store}
	other.want("K-06", "0.0 %")
	other.stores = []uuid.UUID{b.store, other.store}
	other.want("K-06", "60.0 %") // 3 of 5, not the mean of 75 and 0
}

func TestAnAgentsFiguresAreOfTheirOwnRows(t *testing.T) {
	b := newBooks(t)
	b.says(b.survey(b.now.Add(-time.Hour)), "overall", "cs", "overall", 10)
	other := b
	other.agent = id()
	b.exec(`INSERT INTO app_user (id, group_id, login, name_zh, password_hash, created_at) VALUES ($1, $2, 'b', '周婉', '', $3)`, other.agent, b.group, b.now)
	b.says(other.survey(b.now.Add(-time.Hour)), "overall", "cs", "overall", 4)
	b.want("K-01", "50.0 %")
	q := b.month()
	q.Agent = &other.agent
	if got := b.read("K-01", q); got.Den != 1 || got.Num != 0 {
		t.Errorf("the other agent's K-01 is %d/%d", got.Num, got.Den)
	}
	if got := b.read("K-03", q); got.Value != nil {
		t.Errorf("the other agent asked for no factor: %v", got.Value)
	}
	if got := b.read("K-06b", q); got.Rows != 0 {
		t.Errorf("coverage belongs to no agent, and shows %d rows", got.Rows)
	}
}

// The conditions in SQL name kinds and categories; the rooms that own them decide.
func TestListsInConditionsAreTheOwners(t *testing.T) {
	b := newBooks(t)
	at := b.now.AddDate(0, 0, -1)
	surveyed := 0
	for _, k := range []workorder.Kind{
		workorder.First, workorder.Periodic, workorder.Repair, workorder.Warranty, workorder.Accident, workorder.Paint, workorder.Rework,
		workorder.Accessory, workorder.Campaign, workorder.PDI, workorder.Internal, workorder.Wash,
	} {
		b.order(string(k), "delivered", at, b.customer)
		if k.Surveyed() {
			surveyed++
		}
	}
	if got := b.read("K-06b", b.month()); got.Den != int64(surveyed) {
		t.Errorf("K-06b counts %d kinds, %d are surveyed", got.Den, surveyed)
	}
	about := 0
	for _, c := range complaint.Categories() {
		b.exec(`INSERT INTO quick_form (id, group_id, store_id, no, customer_id, verbatim, categories, level, created_by, created_at)
			VALUES ($1::uuid, $2, $3, $1::text, $4, '话', ARRAY[$5], 'L4', $6, $7)`, id(), b.group, b.store, b.customer, c.Code, b.agent, at)
		if c.Dept != "sales" && c.Dept != "insurance" {
			about++
		}
	}
	if got := b.read("K-14", b.month()); got.Num != int64(about) {
		t.Errorf("K-14 counts %d categories, %d are about service", got.Num, about)
	}
}

// K-02 reads 10-point scores; a survey script that asked for five levels, or an
// item without a short name, would need more here.
func TestSurveyScriptsAskWhatTheFiguresRead(t *testing.T) {
	lib, err := script.Shipped()
	if err != nil {
		t.Fatal(err)
	}
	factors := []string{"initiation", "advisor", "facility", "pickup", "quality", "overall"}
	for _, name := range []string{"csi_followup_3d", "followup_club"} {
		for _, n := range lib.Latest(name).Nodes {
			if n.Answer == nil || n.Dept == "" {
				continue
			}
			switch {
			case n.Answer.Type == "score10" && !slices.Contains(factors, n.Factor), n.Answer.Type == "score5":
				t.Errorf("%s: %s is a %s of factor %q, which no figure reads", name, n.Key, n.Answer.Type, n.Factor)
			case n.Answer.Type == "yesno" && n.Factor != "standard":
				t.Errorf("%s: %s is charged to %s but no standard", name, n.Key, n.Dept)
			}
			if w := report.ItemWord(n.Key); w.ZH == n.Key || strings.TrimSpace(w.EN) == "" {
				t.Errorf("%s has no short name", n.Key)
			}
		}
	}
}
