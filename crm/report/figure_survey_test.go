package report_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/uuid"

	"ringback/crm/report"
)

func TestAnEmptyStoreShowsADashForEveryFigure(t *testing.T) {
	b := newBooks(t)
	for _, g := range report.FigureTable() {
		for _, d := range g.Figures {
			got := b.read(d.ID, b.month())
			if want := map[bool]string{true: "0", false: report.Nothing}[d.Method == report.Total]; got.Unit.Show(got.Value) != want && d.Unit != report.Yuan {
				t.Errorf("%s of nothing is %s, want %s", d.ID, got.Unit.Show(got.Value), want)
			}
			if got.Interval != nil || got.Status != report.Unjudged {
				t.Errorf("%s of nothing has interval %v and status %s", d.ID, got.Interval, got.Status)
			}
		}
	}
}

func TestV12DepartmentsByAnswerAndByCustomer(t *testing.T) {
	b := newBooks(t)
	for i := range 10 {
		r := b.survey(b.now.Add(-time.Duration(i+1) * time.Hour))
		score := 10
		if i == 0 {
			score = 4 // three bad answers of one customer
		}
		for _, key := range []string{"speed_reception", "price_labour", "staff_service"} {
			s := score
			if i == 1 && key != "staff_service" {
				s = 7 // neutral: not satisfied, not dissatisfied
			}
			b.says(r, key, "reception", "advisor", s)
		}
		b.says(r, "quoted_first", "reception", "standard", "no")
		b.says(r, "nps", "reception", "nps", 0)
		b.says(r, "facility", "reception", "facility", nil)
	}
	k02 := b.want("K-02", "83.3 %")
	if k02.Num != 25 || k02.Den != 30 {
		t.Errorf("K-02 is %d/%d, want 25/30", k02.Num, k02.Den)
	}
	if p := part(t, k02, "reception"); p.ZH != "前台接待" || p.Num != 25 || p.Interval == nil {
		t.Errorf("reception: %+v", p)
	}
	k02c := b.want("K-02c", "90.0 %")
	if k02c.Num != 9 || k02c.Den != 10 {
		t.Errorf("K-02c is %d/%d, want 9/10", k02c.Num, k02c.Den)
	}
	d, _ := report.FigureByID("K-02c")
	if bad, _ := b.open(d, b.month(), "reception", report.SideRest); len(bad) != 1 || bad[0].Noun != "customer" || bad[0].Value == "" {
		t.Errorf("the one dissatisfied customer: %+v", bad)
	}
}

func TestSurveysCountOnceFinishedAndCompletedOrShort(t *testing.T) {
	b := newBooks(t)
	overall := func(r uuid.UUID, n any) { b.says(r, "overall", "cs", "overall", n) }
	at := b.now.Add(-time.Hour)
	overall(b.survey(at), 9)
	overall(b.survey(at), 7)
	overall(b.survey(at), nil) // refused: not answered
	overall(b.survey(b.now.AddDate(0, -1, 0)), 10)
	one := func(how talk, kind, disposition string) uuid.UUID {
		k := b.task(job{kind: kind, state: "completed", due: at, done: at})
		r := b.response(b.dial(dial{task: k, result: "answered_human", disposition: disposition, at: at}), at, how)
		overall(r, 10)
		return r
	}
	one(talk{short: true, outcome: "C01"}, "followup_3d", "C01")
	one(talk{completed: true}, "followup_club", "C00")
	one(talk{outcome: "C01"}, "followup_3d", "C01")           // broken off, nothing but a part
	one(talk{completed: true, open: true}, "followup_3d", "") // still talking
	one(talk{completed: true}, "followup_7d", "C00")          // another survey
	one(talk{completed: true}, "renewal_first", "I01")        // no survey
	got := b.want("K-01", "75.0 %")
	if got.Num != 3 || got.Den != 4 {
		t.Errorf("K-01 is %d/%d, want 3/4", got.Num, got.Den)
	}
	if got.Before == nil || got.Before.Num != 1 || got.Before.Den != 1 {
		t.Errorf("the month before: %+v", got.Before)
	}
}

func TestASurveyGoneOnWithCountsTheAnswersOfBothCallsOnce(t *testing.T) {
	b := newBooks(t)
	at := b.now.Add(-3 * time.Hour)
	for _, short := range []bool{false, true} { // a short one that broke off would count by itself
		k := b.task(job{state: "completed", due: b.now, done: b.now.Add(-time.Hour)})
		first := b.response(b.dial(dial{task: k, result: "answered_human", disposition: "C01", at: at}), at, talk{short: short, outcome: "C01"})
		b.says(first, "speed_reception", "reception", "initiation", 9)
		b.says(first, "staff_service", "reception", "advisor", 3)
		b.says(first, "quick.score", "reception", "advisor", 1) // of the form, stays with it
		later := at.Add(2 * time.Hour)
		second := b.response(b.dial(dial{task: k, result: "answered_human", disposition: "C00", at: later}), later, talk{completed: true, outcome: "C00"})
		b.says(second, "staff_service", "reception", "advisor", 8) // said again: this one counts
		b.says(second, "overall", "cs", "overall", 10)
	}
	got := b.want("K-02", "100.0 %")
	if p := part(t, got, "reception"); p.Den != 4 {
		t.Errorf("reception has %d answers, want 2 of each survey", p.Den)
	}
	b.want("K-01", "100.0 %")
}

func TestVoidOrdersTakeTheirSurveysAway(t *testing.T) {
	b := newBooks(t)
	at := b.now.Add(-time.Hour)
	for _, state := range []string{"delivered", "voided"} {
		c := b.person()
		o := b.order("repair", state, at.AddDate(0, 0, -2), c)
		k := b.task(job{state: "completed", due: at, done: at, customer: c, orders: []uuid.UUID{o}})
		r := b.response(b.dial(dial{task: k, result: "answered_human", disposition: "C00", at: at}), at, talk{completed: true})
		b.says(r, "overall", "cs", "overall", map[string]int{"delivered": 5, "voided": 10}[state])
	}
	b.want("K-01", "0.0 %")
	if got := b.want("K-06", "100.0 %"); got.Den != 1 {
		t.Errorf("K-06 counts %d tasks, want the one with an order that stands", got.Den)
	}
	if got := b.want("K-06b", "100.0 %"); got.Den != 1 {
		t.Errorf("K-06b counts %d orders, want 1", got.Den)
	}
}

func TestTheIndexPoolsAnswersAndItsIntervalTakesSurveysAsUnits(t *testing.T) {
	b := newBooks(t)
	for i := range 4 { // means: quality 9.2 over 5 answers (46), advisor 9.5 over 4 (38)
		r := b.survey(b.now.Add(-time.Duration(i+1) * time.Hour))
		b.says(r, "repair_quality", "workshop", "quality", 8+i%3) // 8 9 10 8
		if i == 0 {
			b.says(r, "cleanliness", "wash", "quality", 10)
		}
		b.says(r, "staff_service", "reception", "advisor", 9+i%2) // 9 10 9 10
	}
	// quality 45/5 = 9.0 · 24, advisor 38/4 = 9.5 · 18, over 42.
	got := b.want("K-03", "921.4")
	if p := part(t, got, "quality"); got.Unit.Show(p.Value) != "900.0" || p.Den != 5 {
		t.Errorf("quality is %s of %d", got.Unit.Show(p.Value), p.Den)
	}
	if got.Cases != 4 || got.Interval == nil || got.Interval.Low >= 921.4 || got.Interval.High <= 921.4 {
		t.Fatalf("interval %v of %d surveys", got.Interval, got.Cases)
	}
	// By hand: what each survey adds, Σ share · (its scores − mean · their number) / N.
	q, a := 2400.0/42, 1800.0/42
	pulls := []float64{a * (9 - 9.5) / 4, a * (10 - 9.5) / 4, q*(10-9)/5 + a*(9-9.5)/4, q*(8-9)/5 + a*(10-9.5)/4}
	var spread float64
	for _, p := range pulls {
		spread += p * p
	}
	want, _ := report.Around(0, spread*4/3, 4)
	if d := (got.Interval.High - got.Interval.Low) - (want.High - want.Low); d > 1e-6 || d < -1e-6 {
		t.Errorf("width %f, want %f", got.Interval.High-got.Interval.Low, want.High-want.Low)
	}
}

func TestNPSAndStandardsAreReadFromAnswers(t *testing.T) {
	b := newBooks(t)
	for i, n := range []int{10, 9, 9, 8, 7, 6, 0} { // 3 promoters, 2 passives, 2 detractors
		r := b.survey(b.now.Add(-time.Duration(i+1) * time.Hour))
		b.says(r, "nps", "cs", "nps", n)
		b.says(r, "quoted_first", "reception", "standard", map[bool]string{true: "yes", false: "no"}[i < 5])
		b.says(r, "explained", "reception", "standard", nil)
		b.says(r, "arrival", "reception", "standard", "walkin_bad") // no yes/no item
	}
	if got := b.want("K-05", "+14.3"); got.Num != 1 || got.Den != 7 {
		t.Errorf("NPS is %d/%d, want 1/7", got.Num, got.Den)
	}
	d, _ := report.FigureByID("K-05")
	if rest, _ := b.open(d, b.month(), "", report.SideRest); len(rest) != 4 {
		t.Errorf("passives and detractors are %d, want 4", len(rest))
	}
	got := b.want("K-04", "71.4 %")
	if p := part(t, got, "quoted_first"); p.Den != 7 || len(got.Split) != 1 {
		t.Errorf("items: %s", fmt.Sprint(got.Split))
	}
}
