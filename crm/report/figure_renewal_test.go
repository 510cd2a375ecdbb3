package report_test

import (
	"testing"
	"time"

	"github.com/google/uuid"

	"ringback/crm/report"
)

// car adds a vehicle.
func (b books) car() uuid.UUID {
	v := id()
	b.exec(`INSERT INTO vehicle (id, group_id, store_id, created_at, updated_at) VALUES ($1, $2, $3, $4, $4)`, v, b.group, b.store, b.now)
	return v
}

type cover struct {
	kind, underwriting, source string
	start, end                 string
	sold                       *string
	premium, tax, commission   int
}

// policy adds a policy of the store's one customer.
func (b books) policy(vehicle uuid.UUID, c cover) uuid.UUID {
	p := id()
	if c.source == "" {
		c.source = "own"
	}
	b.exec(`INSERT INTO policy (id, group_id, store_id, policy_no, kind, insurer, vehicle_id, customer_id, start_day, end_day, premium_fen, vehicle_tax_fen,
		commission_fen, underwriting, sold_on, source, content_hash, created_at, updated_at)
		VALUES ($1::uuid, $2, $3, $1::text, $4, '人保', $5, $6, $7::text::date, $8::text::date, $9, $10, $11, $12, $13::text::date, $14, '', $15, $15)`,
		p, b.group, b.store, c.kind, vehicle, b.customer, c.start, c.end, c.premium, c.tax, c.commission, c.underwriting, c.sold, c.source, b.now)
	return p
}

func day(s string) *string { return &s }

func TestPoliciesSoldByDayOfSale(t *testing.T) {
	b := newBooks(t)
	sell := func(underwriting, source string, sold *string, premium int) {
		b.policy(b.car(), cover{
			kind: "commercial", underwriting: underwriting, source: source, start: "2026-12-01", end: "2027-11-30", sold: sold,
			premium: premium, tax: 36000, commission: premium / 10,
		})
	}
	sell("renew_same", "own", day("2026-11-01"), 300000)
	sell("renew_same", "imported", day("2026-11-20"), 250050)
	sell("", "imported", day("2026-11-30"), 100000) // later in the month: not yet
	sell("win_in", "own", day("2026-10-31"), 400000)
	sell("win_in", "own", day("2026-12-01"), 400000)
	sell("win_in", "heard", day("2026-11-10"), 400000) // sold elsewhere
	sell("win_in", "own", nil, 400000)
	count := b.want("K-11p", "3")
	if p := part(t, count, "renew_same"); p.Num != 2 || p.ZH != "续保（原公司）" || count.Open != 1 || count.Before.Num != 1 {
		t.Errorf("%+v, %d open, before %d", p, count.Open, count.Before.Num)
	}
	if p := part(t, count, "unstated"); p.ZH != "未注明" {
		t.Errorf("no underwriting type: %+v", p)
	}
	b.want("K-11pa", "¥6,500.50") // without vehicle tax
	b.want("K-11pc", "¥650.05")
	b.exec(`UPDATE policy SET premium_fen = NULL WHERE sold_on = '2026-11-20'`) // could not be read: a policy, but no 0 yuan
	b.want("K-11p", "3")
	d, _ := report.FigureByID("K-11pa")
	if _, n := b.open(d, b.month(), "", report.SideNum); n != 2 {
		t.Errorf("%d policies in the sum of premiums, want the two that are known", n)
	}
	b.want("K-11pa", "¥4,000.00")
}

func TestDaysOfSaleAreDaysInShanghai(t *testing.T) {
	b := newBooks(t)
	b.now = time.Date(2026, 11, 30, 17, 0, 0, 0, time.UTC) // 1 December, 01:00
	b.policy(b.car(), cover{kind: "compulsory", start: "2026-12-01", end: "2027-11-30", sold: day("2026-12-01"), premium: 95000})
	if got := b.want("K-11p", "1"); got.Open != 0 {
		t.Errorf("today's policy is open")
	}
}

type chance struct {
	stage, expiry  string
	year           int
	before, after  int
	starts         string // of the policy that follows
	bound          time.Time
	compulsoryOnly bool
}

// renewal adds an opportunity with the policies it is about.
func (b books) renewal(c chance) uuid.UUID {
	n, v := id(), b.car()
	kind := map[bool]string{true: "compulsory", false: "commercial"}[c.compulsoryOnly]
	old := b.policy(v, cover{kind: kind, start: "2025-11-01", end: c.expiry, premium: c.before})
	next := []uuid.UUID{}
	var at *time.Time
	if c.starts != "" {
		next = append(next, b.policy(v, cover{kind: kind, start: c.starts, end: "2027-12-31", premium: c.after}))
		if c.bound.IsZero() {
			c.bound = b.now
		}
		at = &c.bound
	}
	b.exec(`INSERT INTO renewal (id, group_id, store_id, vehicle_id, customer_id, policy_ids, expiry, year_index, stage, agent_id, bound_policy_ids, bound_at,
		premium_before_fen, premium_after_fen, created_at, updated_at)
		VALUES ($1, $2, $3, $4, $5, ARRAY[$6::uuid], $7::text::date, $8, $9, $10, $11, $12, $13, $14, $15, $15)`,
		n, b.group, b.store, v, b.customer, old, c.expiry, max(c.year, 1), c.stage, b.agent, next, at, c.before, c.after, b.now)
	return n
}

func TestV5AndV6RenewalsByCountAndAmount(t *testing.T) {
	b := newBooks(t)
	// 120 due: 71 bound, 43 lost, 5 sold, 1 scrapped; the premiums add to V-6's.
	add := func(n int, c chance) {
		for i := range n {
			c.expiry, c.year = "2026-11-15", 1+i%2
			b.renewal(c)
		}
	}
	add(71, chance{stage: "bound", starts: "2026-11-16", before: 360000, after: 350000})
	add(43, chance{stage: "lost", before: 360000})
	add(6, chance{stage: "invalid", before: 500000})
	net := b.want("K-10", "62.3 %")
	if net.Num != 71 || net.Den != 114 || net.Status != report.Near {
		t.Errorf("K-10: %d/%d %s", net.Num, net.Den, net.Status)
	}
	b.want("K-10g", "59.2 %")
	if a, l := b.read("K-10a", b.month()), b.read("K-10b", b.month()); a.Den+l.Den != 114 || a.Num != 36 || l.Num != 35 {
		t.Errorf("first year %d/%d, later %d/%d", a.Num, a.Den, l.Num, l.Den)
	}
	amount := b.want("K-11", "60.6 %")
	if amount.Num != 24_850_000 || amount.Den != 41_040_000 || amount.Interval == nil || amount.Cases != 114 {
		t.Errorf("K-11: %d/%d of %d, interval %v", amount.Num, amount.Den, amount.Cases, amount.Interval)
	}
	d, _ := report.FigureByID("K-11")
	if _, n := b.open(d, b.month(), "", report.SideRest); n != 43 {
		t.Errorf("%d are not renewed, want 43", n)
	}
	// one more is bound, of which a premium could not be read: it counts by number, not as 0 yuan
	unread := b.renewal(chance{expiry: "2026-11-15", year: 1, stage: "bound", starts: "2026-11-16", before: 0, after: 350000})
	b.exec(`UPDATE policy SET premium_fen = NULL WHERE id = ANY ((SELECT policy_ids FROM renewal WHERE id = $1)::uuid[])`, unread)
	b.want("K-10", "62.6 %")
	if got := b.want("K-11", "60.6 %"); got.Cases != 114 {
		t.Errorf("K-11 of %d cases", got.Cases)
	}
}

func TestWhichRenewalsCount(t *testing.T) {
	b := newBooks(t)
	b.renewal(chance{stage: "bound", expiry: "2026-11-01", starts: "2026-11-02"})
	b.renewal(chance{stage: "bound", expiry: "2026-11-30", starts: "2026-09-01"}) // 90 days before
	b.renewal(chance{stage: "bound", expiry: "2026-11-02", starts: "2026-12-02"}) // 30 days after
	b.renewal(chance{stage: "bound", expiry: "2026-11-30", starts: "2026-08-31"}) // too early
	b.renewal(chance{stage: "bound", expiry: "2026-11-02", starts: "2026-12-03"}) // too late
	b.renewal(chance{stage: "bound", expiry: "2026-12-01", starts: "2026-12-02"}) // next month
	b.renewal(chance{stage: "bound", expiry: "2026-10-31", starts: "2026-11-01"}) // last month
	b.renewal(chance{stage: "bound", expiry: "2026-11-10", starts: "2026-11-11", compulsoryOnly: true})
	b.renewal(chance{stage: "lapsed", expiry: "2026-11-05"}) // may still come back
	b.renewal(chance{stage: "quoted", expiry: "2026-11-25"})
	got := b.want("K-10", "42.9 %")
	if got.Num != 3 || got.Den != 7 || got.Open != 2 || got.Status != report.Possible || got.Before.Num != 1 {
		t.Errorf("K-10: %d/%d, %d open, %s, before %d", got.Num, got.Den, got.Open, got.Status, got.Before.Num)
	}
	if c := b.want("K-10c", "100.0 %"); c.Den != 1 {
		t.Errorf("compulsory only: %d", c.Den)
	}
	d, _ := report.FigureByID("K-10")
	open, _ := b.open(d, b.month(), "", report.SideOpen)
	if len(open) != 2 || d.SayRow("renewal", open[1].Value).ZH != "脱保" {
		t.Errorf("open: %+v", open)
	}
}

// quoted adds a sent quote.
func (b books) quoted(renewal uuid.UUID, version int, sent time.Time) uuid.UUID {
	q := id()
	b.exec(`INSERT INTO quote (id, store_id, renewal_id, version, state, insurer, commercial_fen, sent_at, created_at)
		VALUES ($1, $2, $3, $4, 'sent', '人保', 300000, $5, $5)`, q, b.store, renewal, version, sent)
	return q
}

func TestQuotesToPolicies(t *testing.T) {
	b := newBooks(t)
	first := b.now.AddDate(0, 0, -15)
	quoted := func(sent time.Time, c chance) {
		c.expiry = "2026-12-20"
		b.quoted(b.renewal(c), 1, sent)
	}
	quoted(first, chance{stage: "bound", starts: "2026-12-21", bound: first.AddDate(0, 0, 45)})
	quoted(first, chance{stage: "bound", starts: "2026-12-21", bound: first.AddDate(0, 0, 45).Add(time.Second)})
	quoted(first, chance{stage: "lost"})
	quoted(first, chance{stage: "following"}) // 30 days left
	again := b.renewal(chance{stage: "quoted", expiry: "2026-12-20"})
	b.quoted(again, 1, first.AddDate(0, -1, 0)) // first quoted last month
	b.quoted(again, 2, first)
	b.exec(`INSERT INTO quote (id, store_id, renewal_id, version, state, created_at) VALUES ($1, $2, $3, 1, 'draft', $4)`, id(), b.store, b.renewal(chance{stage: "interested", expiry: "2026-12-20"}), first)
	got := b.want("K-12", "25.0 %")
	if got.Num != 1 || got.Den != 4 || got.Open != 1 || got.Before.Den != 1 {
		t.Errorf("K-12: %d/%d, %d open, before %d", got.Num, got.Den, got.Open, got.Before.Den)
	}
}

func TestQuotesFollowedUpBeforeTheirCallIsDue(t *testing.T) {
	b := newBooks(t)
	sent := b.now.AddDate(0, 0, -10)
	due := sent.Add(70 * time.Hour)
	quote := func(calls ...dial) {
		n := b.renewal(chance{stage: "quoted", expiry: "2026-12-20"})
		b.quoted(n, 1, sent)
		k := b.task(job{kind: "renewal_quote", state: "completed", due: due, done: due})
		b.exec(`UPDATE task SET renewal_id = $2, created_at = $3 WHERE id = $1`, k, n, sent)
		for _, c := range calls {
			c.task = k
			b.dial(c)
		}
	}
	call := func(result string, after time.Duration) dial { return dial{result: result, at: sent.Add(after)} }
	quote(call("answered_human", 20*time.Hour))
	quote(call("no_answer", 20*time.Hour), call("busy", 30*time.Hour), call("no_answer", 70*time.Hour))
	quote(call("no_answer", 20*time.Hour), call("busy", 30*time.Hour))
	quote(call("answered_human", 70*time.Hour+time.Second)) // after it was due
	quote()
	b.quoted(b.renewal(chance{stage: "quoted", expiry: "2026-12-20"}), 1, b.now.Add(-time.Hour)) // no call planned yet; due in 71 hours
	b.quoted(b.renewal(chance{stage: "quoted", expiry: "2026-12-20"}), 1, b.now.AddDate(0, -1, 0))
	got := b.want("K-12b", "33.3 %")
	if got.Num != 2 || got.Den != 6 || got.Open != 1 || got.Status != report.Missed || got.Before.Den != 1 {
		t.Errorf("K-12b: %d/%d, %d open, %s, before %d", got.Num, got.Den, got.Open, got.Status, got.Before.Den)
	}
}
