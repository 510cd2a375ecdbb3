package customer

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"ringback/internal/postgres/pgtest"
)

func TestEveryTableThatNamesACustomerIsMerged(t *testing.T) {
	db := pgtest.New(t)
	_, store := pgtest.Store(t, db)
	known := map[string]bool{ // the history of merges itself, and what follow keeps
		"customer_merge.survivor_id": true, "customer_merge.merged_id": true, "customer.merged_into": true,
	}
	for _, h := range holdings() {
		known[h.table+"."+h.idColumn()] = true
	}
	db.Scoped(t, store, func(ctx context.Context, tx pgx.Tx) error {
		type column struct {
			Name     string
			Followed bool
		}
		found, err := collect[column](ctx, tx, `SELECT c.relname || '.' || a.attname AS name,
				EXISTS (SELECT FROM pg_trigger g WHERE g.tgrelid = c.oid AND g.tgname = 'merge_followed') AS followed
			FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = 'public' JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0
			WHERE c.relkind = 'r' AND (a.attname LIKE '%customer\_id' OR EXISTS (SELECT FROM pg_constraint k
				WHERE k.contype = 'f' AND k.conrelid = c.oid AND k.confrelid = 'customer'::regclass AND a.attnum = ANY (k.conkey)))`)
		if err != nil {
			return err
		}
		if len(found) < 20 {
			t.Errorf("only %d columns were found", len(found))
		}
		for _, c := range found {
			if !known[c.Name] {
				t.Errorf("%s names a customer: add it to holdings, with what a merge does with it", c.Name)
			}
			if c.Name[len(c.Name)-len("customer_id"):] == "customer_id" && !c.Followed {
				t.Errorf("%s: a row written for a merged file must go to the survivor (trigger merge_followed)", c.Name)
			}
			delete(known, c.Name)
		}
		for name := range known {
			t.Errorf("%s is not in the database", name)
		}
		return nil
	})
}

func at(day, hour int) time.Time { return time.Date(2026, 11, day, hour, 0, 0, 0, time.UTC) }

func TestWhoSurvives(t *testing.T) {
	old, young := &file{ID: uuid.New(), CreatedAt: at(1, 0)}, &file{ID: uuid.New(), CreatedAt: at(2, 0)}
	for _, c := range []struct {
		name            string
		first, second   int // orders of the older and the younger
		wantOlderToStay bool
	}{{"the older file", 0, 0, true}, {"the one with more orders", 1, 2, false}, {"older with more orders", 2, 1, true}, {"as many orders", 3, 3, true}} {
		old.Orders, young.Orders = c.first, c.second
		for _, pair := range [][2]*file{{old, young}, {young, old}} {
			s, m := survives(pair[0], pair[1])
			if (s == old) != c.wantOlderToStay || s == m {
				t.Errorf("%s: not kept", c.name)
			}
		}
	}
}

func TestOneValueOfEachFieldHolds(t *testing.T) {
	proof := []byte{1}
	for _, c := range []struct {
		name   string
		field  string
		s, m   file
		picks  map[string]Side
		winner Side
	}{
		{"a blank is filled", "email", file{UpdatedAt: at(9, 0)}, file{Email: "a@example.com", UpdatedAt: at(1, 0)}, nil, OfMerged},
		{"nothing never wins", "email", file{Email: "a@example.com", UpdatedAt: at(1, 0)}, file{UpdatedAt: at(9, 0)}, map[string]Side{"email": OfMerged}, OfSurvivor},
		{"the newer file wins", "address", file{AddressZH: "甲", UpdatedAt: at(1, 0)}, file{AddressZH: "乙", UpdatedAt: at(2, 0)}, nil, OfMerged},
		{"the older file loses", "address", file{AddressZH: "甲", UpdatedAt: at(2, 0)}, file{AddressZH: "乙", UpdatedAt: at(1, 0)}, nil, OfSurvivor},
		{"a person's choice holds", "address", file{AddressZH: "甲", UpdatedAt: at(1, 0)}, file{AddressZH: "乙", UpdatedAt: at(2, 0)}, map[string]Side{"address": OfSurvivor}, OfSurvivor},
		{"an ID number proves a name", "name", file{NameZH: "王华磊", IDNoHash: proof, UpdatedAt: at(1, 0)}, file{NameZH: "王花磊", UpdatedAt: at(2, 0)}, nil, OfSurvivor},
		{"a whole name beats a surname", "name", file{NameZH: "王华磊", SurnameZH: "王", UpdatedAt: at(1, 0)}, file{NameZH: "王", SurnameZH: "王", UpdatedAt: at(2, 0)}, nil, OfSurvivor},
	} {
		i := slices.IndexFunc(fields(), func(d field) bool { return d.code == c.field })
		if got := fields()[i].holds(&c.s, &c.m, c.picks); got != c.winner {
			t.Errorf("%s: %s", c.name, got)
		}
	}
}

func TestRestrictionsAddUp(t *testing.T) {
	day := at(20, 0)
	s := file{NameZH: "王华磊", Tags: []string{"VIP"}, NoPhone: true, AddressZH: "甲", BringerOnly: true, Extra: map[string]any{"masked": []any{"0001"}}}
	m := file{NameZH: "王花磊", Tags: []string{"VIP", "车队"}, Postcode: "214000", IsVIP: true, FreezeUntil: &day, LegalHold: "诉讼", Extra: map[string]any{"masked": []any{"0002"}}}
	out := joined(&s, &m, nil)
	if !slices.Equal(out.Tags, []string{"VIP", "车队"}) || out.NoPhone || out.BringerOnly || !out.IsVIP || out.FreezeUntil != &day || out.LegalHold != "诉讼" ||
		out.Postcode != "214000" || out.AddressZH != "甲" {
		t.Errorf("%+v", out)
	}
	if !slices.Equal(out.Extra["masked"].([]string), []string{"0001", "0002"}) || !slices.Equal(out.Extra["names"].([]string), []string{"王华磊", "王花磊"}) {
		t.Errorf("%v", out.Extra)
	}
}

func TestARefusalOutweighsAGrantOfTheSameOrAnOlderDay(t *testing.T) {
	for _, c := range []struct {
		name    string
		no, yes time.Time
		again   bool // the refusal must be written again
	}{
		{"refused later: it is the newer row anyway", at(21, 0), at(20, 0), false},
		{"refused in the morning, granted in the afternoon", at(20, 1), at(20, 8), true},
		{"at the same moment", at(20, 1), at(20, 1), true},
		{"granted a day later", at(20, 1), at(21, 1), false},
		{"a day later in Shanghai", at(20, 15), at(20, 17), false},
	} {
		no, yes := said{Purpose: "marketing", State: "refused", At: c.no}, said{Purpose: "marketing", State: "given", At: c.yes}
		if no.outweighs(yes) != c.again || yes.outweighs(no) {
			t.Errorf("%s", c.name)
		}
	}
}

func TestEveryNumberIsUnderEveryScope(t *testing.T) {
	end, later := at(25, 0), at(28, 0)
	a, b := joinedNumber{[]byte("a"), "0001"}, joinedNumber{[]byte("b"), "0002"}
	there := []numberStop{
		{PhoneHash: a.PhoneHash, Last4: "0001", Scope: ScopeCommercial, Source: "customer", ToAt: &end},
		{PhoneHash: b.PhoneHash, Last4: "0002", Scope: ScopeCommercial, Source: "court", ToAt: &later},
		{PhoneHash: b.PhoneHash, Last4: "0002", Scope: ScopeAll, Source: "customer"},
	}
	got := missingStops([]joinedNumber{a, b}, there, there)
	if len(got) != 2 || got[0].Last4 != "0001" || got[0].Scope != ScopeCommercial || got[0].Source != "court" || got[0].ToAt != &later ||
		got[1].Last4 != "0001" || got[1].Scope != ScopeAll || got[1].ToAt != nil {
		t.Errorf("%+v", got)
	}
}
