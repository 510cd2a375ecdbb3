package policy_test

import (
	"slices"
	"strings"
	"testing"

	"ringback/crm/policy"
)

func TestAnInsurerIsOnTheListOnceAndMayComeBack(t *testing.T) { // D-17
	atDesk(t, func(d *desk) {
		add := func(name string) error {
			_, err := policy.AddInsurer(d.ctx, d.tx, d.by.Store, name)
			return err
		}
		kept, err := policy.AddInsurer(d.ctx, d.tx, d.by.Store, " ＰＩＣＣ　 甲财险\t")
		d.must(err)
		if kept != "PICC 甲财险" {
			t.Errorf("kept as %q", kept)
		}
		d.fails(add("picc 甲财险"), "insurer_listed")
		d.fails(add(" \u3000\u200b "), "insurer_name")
		d.fails(add(strings.Repeat("险", 61)), "insurer_name")
		d.must(add(strings.Repeat("险", 60)))
		d.must(add("乙财险"))
		d.must(policy.DropInsurer(d.ctx, d.tx, d.by.Store, "乙财险"))
		d.fails(policy.DropInsurer(d.ctx, d.tx, d.by.Store, "乙财险"), "insurer_unlisted")
		d.fails(policy.DropInsurer(d.ctx, d.tx, d.by.Store, "丙财险"), "insurer_unlisted")
		list, err := policy.Approved(d.ctx, d.tx, d.by.Store)
		d.must(err)
		if len(list) != 2 || slices.Contains(list, "乙财险") {
			t.Errorf("the list: %v", list)
		}
		d.must(add("乙财险"))
		if list, err = policy.Approved(d.ctx, d.tx, d.by.Store); err != nil || len(list) != 3 {
			t.Errorf("added again: %v, %v", list, err)
		}
	})
}

func TestTE7AnInsurerTakenOffTheListIsQuotedNoMore(t *testing.T) {
	atDesk(t, func(d *desk) {
		c := d.customer()
		d.insure(c, "2026-01-05", "2027-01-04")
		r := d.only(c)
		d.must(d.room.Contacted(d.ctx, d.tx, d.by, r.ID))
		offer := policy.Offer{Insurer: "甲财险", CoverZH: "三者200万", CompulsoryFen: 95000, Commercial: 290000, ValidUntil: moment("2026-12-01 00:00")}
		_, err := policy.AddInsurer(d.ctx, d.tx, d.by.Store, "甲财险")
		d.must(err)
		_, err = d.room.SendQuote(d.ctx, d.tx, d.by, r.ID, offer)
		d.must(err)
		d.must(policy.DropInsurer(d.ctx, d.tx, d.by.Store, "甲财险"))
		_, err = d.room.SendQuote(d.ctx, d.tx, d.by, r.ID, offer)
		d.fails(err, "insurer_not_approved")
	})
}
