package report_test

import (
	"testing"
	"time"

	"github.com/google/uuid"
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
}

func TestDaysOfSaleAreDaysInShanghai(t *testing.T) {
	b := newBooks(t)
	b.now = time.Date(2026, 11, 30, 17, 0, 0, 0, time.UTC) // 1 December, 01:00
	b.policy(b.car(), cover{kind: "compulsory", start: "2026-12-01", end: "2027-11-30", sold: day("2026-12-01"), premium: 95000})
	if got := b.want("K-11p", "1"); got.Open != 0 {
		t.Errorf("today's policy is open")
	}
}
