package policy_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"ringback/crm/customer"
	"ringback/crm/message"
	"ringback/crm/policy"
	"ringback/internal/clock"
	"ringback/internal/cn"
	"ringback/internal/errs"
	"ringback/internal/events"
	"ringback/internal/postgres/pgtest"
	"ringback/internal/seal"
)

// desk is the insurance desk of one store.
type desk struct {
	t     *testing.T
	ctx   context.Context
	tx    pgx.Tx
	by    customer.By
	bus   *events.Bus
	files *customer.Files
	book  *policy.Book
	room  *policy.Renewals
	n     int
}

func moment(s string) time.Time {
	t, err := time.ParseInLocation("2006-01-02 15:04", s, clock.Shanghai())
	if err != nil {
		panic(err)
	}
	return t
}

func atDesk(t *testing.T, fn func(d *desk)) {
	t.Helper()
	db := pgtest.New(t)
	group, store := pgtest.Store(t, db)
	key, err := seal.New(make([]byte, seal.KeyBytes))
	if err != nil {
		t.Fatal(err)
	}
	bus := events.NewBus()
	d := &desk{t: t, bus: bus, by: customer.By{Group: group, Store: store, Actor: uuid.Nil, At: moment("2026-11-20 10:00")}, files: customer.NewFiles(key, bus), book: policy.NewBook(bus)}
	d.room = policy.NewRenewals(bus, func(id string, vars map[string]any) (string, string, error) {
		return "commercial", fmt.Sprintf("【%v】您的续保试算：%v，合计%v元", vars["store_name"], vars["quote_insurer"], vars["quote_total"]), nil
	})
	d.room.Register()
	db.Scoped(t, store, func(ctx context.Context, tx pgx.Tx) error {
		d.ctx, d.tx = ctx, tx
		fn(d)
		return nil
	})
}

func (d *desk) must(err error) {
	d.t.Helper()
	if err != nil {
		d.t.Fatal(err)
	}
}

func (d *desk) customer() customer.Seen {
	d.t.Helper()
	d.n++
	seen, err := d.files.See(d.ctx, d.tx, d.by, customer.Sighting{
		Name: cn.ParseName("叶江强"), Phones: cn.ParsePhones(fmt.Sprintf("154000%05d", d.n), cn.PhoneOptions{}).Valid,
		Vehicle: customer.VehicleSeen{Plate: fmt.Sprintf("青Z%05d", d.n)},
	})
	d.must(err)
	return seen
}

func (d *desk) insure(c customer.Seen, start, end string) uuid.UUID {
	d.t.Helper()
	d.n++
	s, _ := time.Parse(time.DateOnly, start)
	e, _ := time.Parse(time.DateOnly, end)
	id, _, err := d.book.Save(d.ctx, d.tx, policy.Policy{
		GroupID: d.by.Group, StoreID: d.by.Store, PolicyNo: fmt.Sprintf("SY%d", d.n), Kind: policy.Commercial, Insurer: "甲财险", VehicleID: c.Vehicle,
		CustomerID: c.Customer, StartDay: s, EndDay: e, PremiumFen: new(int64(290000)), Source: policy.Own, ContentHash: []byte{byte(d.n)},
	}, d.by.At, uuid.Nil)
	d.must(err)
	return id
}

func (d *desk) only(c customer.Seen) policy.Renewal {
	d.t.Helper()
	found, err := policy.RenewalsOf(d.ctx, d.tx, c.Vehicle)
	d.must(err)
	if len(found) != 1 {
		d.t.Fatalf("%d renewals, want one: %+v", len(found), found)
	}
	return found[0]
}

func (d *desk) fails(err error, code string) {
	d.t.Helper()
	if e, ok := errs.Of(err); !ok || e.Code != code {
		d.t.Errorf("%v, want %s", err, code)
	}
}

func TestAnExpiryInSightOpensAnOpportunity(t *testing.T) {
	atDesk(t, func(d *desk) {
		c := d.customer()
		id := d.insure(c, "2026-01-05", "2027-01-04")
		r := d.only(c)
		if r.Stage != policy.Listed || r.PolicyIDs[0] != id || r.PremiumBeforeFen != 290000 {
			t.Errorf("%+v", r)
		}
		for range 2 {
			changed, err := d.room.Nightly(d.ctx, d.tx, d.by)
			d.must(err)
			if changed != 0 {
				t.Errorf("the nightly pass changes nothing: %d", changed)
			}
		}
		far := d.customer()
		d.insure(far, "2026-03-01", "2027-02-28")
		d.by.At = moment("2026-12-16 02:00")
		if changed, err := d.room.Nightly(d.ctx, d.tx, d.by); err != nil || changed != 1 || d.only(far).Stage != policy.Listed {
			t.Errorf("75 days before it is found: %d %v", changed, err)
		}
	})
}

func TestTE8AFollowingPolicyBinds(t *testing.T) {
	atDesk(t, func(d *desk) {
		c := d.customer()
		d.insure(c, "2025-12-01", "2026-11-30")
		next := d.insure(c, "2026-12-01", "2027-11-30")
		if r := d.only(c); r.Stage != policy.Bound || r.BoundPolicyIDs[0] != next || r.PremiumAfterFen != 290000 || r.BoundAt == nil {
			t.Errorf("%+v", r)
		}
		back := d.customer() // the file brings the new policy first
		d.insure(back, "2026-12-01", "2027-11-30")
		d.insure(back, "2025-12-01", "2026-11-30")
		if r := d.only(back); r.Stage != policy.Bound {
			t.Errorf("in the other order: %s", r.Stage)
		}
	})
}

func TestAnExpiredOneLapsesAndIsLostAfter30Days(t *testing.T) {
	atDesk(t, func(d *desk) {
		c := d.customer()
		d.insure(c, "2025-11-20", "2026-11-19")
		if r := d.only(c); r.Stage != policy.Lapsed {
			t.Fatalf("expired yesterday: %s", r.Stage)
		}
		d.by.At = moment("2026-12-20 02:00")
		_, err := d.room.Nightly(d.ctx, d.tx, d.by)
		d.must(err)
		r := d.only(c)
		if r.Stage != policy.Lost || r.LostReason != "unreachable" || r.LostConfirmedAt != nil {
			t.Fatalf("30 days later: %+v", r)
		}
		r, err = d.room.ConfirmLoss(d.ctx, d.tx, d.by, r.ID, policy.Loss{Reason: "price", Words: "他说网上便宜了八百多块"})
		d.must(err)
		if r.LostReason != "price" || r.LostConfirmedAt == nil {
			t.Errorf("%+v", r)
		}
		d.insure(c, "2026-12-25", "2027-12-24")
		if r := d.only(c); r.Stage != policy.Bound || r.LostReason != "price" {
			t.Errorf("issued here within 60 days, the reason is kept: %+v", r)
		}
	})
}

func TestTE5ALossNeedsReasonAndWords(t *testing.T) {
	atDesk(t, func(d *desk) {
		c := d.customer()
		d.insure(c, "2026-01-05", "2027-01-04")
		r := d.only(c)
		for code, l := range map[string]policy.Loss{"lost_reason": {Words: "他说网上便宜了八百多块"}, "lost_words": {Reason: "price", Words: "太贵了"}} {
			_, err := d.room.Lose(d.ctx, d.tx, d.by, r.ID, l)
			d.fails(err, code)
		}
		r, err := d.room.Lose(d.ctx, d.tx, d.by, r.ID, policy.Loss{Reason: "price", Words: "他说网上便宜了八百多块", Competitor: "某平台", PriceFen: 210000})
		d.must(err)
		if r.Stage != policy.Lost || r.LostWords == "" || *r.CompetitorPriceFen != 210000 {
			t.Errorf("%+v", r)
		}
		r, err = d.room.Reopen(d.ctx, d.tx, d.by, r.ID, "客户回电")
		d.must(err)
		if r.Stage != policy.Following {
			t.Errorf("%s", r.Stage)
		}
	})
}

func TestTE9ASoldVehicleIsInvalid(t *testing.T) {
	atDesk(t, func(d *desk) {
		c := d.customer()
		d.insure(c, "2026-01-05", "2027-01-04")
		r, err := d.room.Lose(d.ctx, d.tx, d.by, d.only(c).ID, policy.Loss{Reason: "sold", Scripted: true})
		d.must(err)
		if r.Stage != policy.Invalid || r.InvalidReason != "sold" || r.LostReason != "" {
			t.Errorf("%+v", r)
		}
	})
}

func TestTE6EachTalkAgreesOnTheNext(t *testing.T) {
	atDesk(t, func(d *desk) {
		c := d.customer()
		d.insure(c, "2026-01-05", "2027-01-04")
		r, agent := d.only(c), uuid.Nil
		_, err := d.room.SetStage(d.ctx, d.tx, d.by, r.ID, policy.Following, policy.Contact{})
		d.fails(err, "next_contact_needed")
		soon, late := moment("2026-11-25 16:00"), moment("2027-01-10 10:00")
		_, err = d.room.SetStage(d.ctx, d.tx, d.by, r.ID, policy.Committed, policy.Contact{Next: &late})
		d.fails(err, "next_contact_late")
		r, err = d.room.SetStage(d.ctx, d.tx, d.by, r.ID, policy.Interested, policy.Contact{Next: &soon, NextWay: "电话", Words: "想先看看报价", Intention: "A"})
		d.must(err)
		kept := d.only(c)
		if kept.Stage != policy.Interested || !kept.NextContactAt.Equal(soon) || kept.Intention != "A" || r.AgentID != nil && *r.AgentID != agent {
			t.Errorf("%+v", kept)
		}
		log, err := policy.History(d.ctx, d.tx, r.ID)
		d.must(err)
		if len(log) != 2 || log[0].ToStage != policy.Interested || log[0].Words != "想先看看报价" {
			t.Errorf("%+v", log)
		}
	})
}

func TestTE7AQuoteIsOfAnApprovedInsurerAndSentWhenTheGatewayTookIt(t *testing.T) {
	atDesk(t, func(d *desk) {
		c := d.customer()
		d.insure(c, "2026-01-05", "2027-01-04")
		r := d.only(c)
		d.must(d.room.Contacted(d.ctx, d.tx, d.by, r.ID))
		asked, err := d.room.RequestQuote(d.ctx, d.tx, d.by, r.ID, policy.Request{Asked: "交强加三者两百万"})
		d.must(err)
		offer := policy.Offer{Insurer: "甲财险", CoverZH: "三者200万", CompulsoryFen: 95000, TaxFen: 42000, Commercial: 290000, ValidUntil: moment("2026-12-01 00:00")}
		_, err = d.room.SendQuote(d.ctx, d.tx, d.by, r.ID, offer)
		d.fails(err, "insurer_not_approved")
		d.must(policy.Approve(d.ctx, d.tx, d.by.Store, "甲财险", true))
		q, err := d.room.SendQuote(d.ctx, d.tx, d.by, r.ID, offer)
		d.must(err)
		if q.ID != asked.ID || q.TotalFen != 427000 || q.State != "draft" || d.only(c).Stage != policy.Contacting {
			t.Fatalf("on its way: %+v", q)
		}
		m, err := message.Get(d.ctx, d.tx, *q.SMSID)
		d.must(err)
		if m.State != "queued" || m.Subject["quote"] != q.ID {
			t.Fatalf("%+v", m)
		}
		d.must(d.bus.Publish(d.ctx, d.tx, events.Event{Kind: events.SMSHanded, Group: d.by.Group, Store: d.by.Store, At: d.by.At, Subject: m.Subject}, nil))
		if q, err = policy.GetQuote(d.ctx, d.tx, q.ID); err != nil || q.State != "sent" || d.only(c).Stage != policy.Quoted {
			t.Fatalf("handed over: %+v, %s", q, d.only(c).Stage)
		}
		again, err := d.room.SendQuote(d.ctx, d.tx, d.by, r.ID, offer)
		d.must(err)
		if q, err = policy.GetQuote(d.ctx, d.tx, q.ID); err != nil || q.State != "replaced" || again.Version != 2 {
			t.Errorf("a new version replaces the old: %+v", q)
		}
	})
}
