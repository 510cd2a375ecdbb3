package policy

import (
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"
)

func stages() []Stage {
	return []Stage{Listed, Confirmed, Notified, Contacting, Interested, Quoted, Following, Committed, Bound, Lost, Lapsed, Invalid}
}

func TestTheRenewalMovesOnlyAsDrawn(t *testing.T) { // spec 2.5.4
	open := []Stage{Listed, Confirmed, Notified, Contacting, Interested, Quoted, Following, Committed, Lapsed}
	talking := []Stage{Contacting, Interested, Quoted, Following, Committed}
	allowed := map[step][]Stage{
		confirm: {Listed}, notify: {Listed, Confirmed}, contact: {Listed, Confirmed, Notified},
		interest: {Listed, Confirmed, Notified, Contacting, Interested, Following, Lapsed},
		quoteOut: append(slices.Clone(talking), Lapsed), follow: append(slices.Clone(talking), Lapsed), commit: talking,
		bind: append(slices.Clone(open), Lost), lose: open, void: open, lapse: open[:8], giveUp: {Lapsed}, reopen: {Lost},
	}
	for e, from := range allowed {
		for _, s := range stages() {
			if _, ok := next(s, e); ok != slices.Contains(from, s) {
				t.Errorf("%s in %s: allowed %v", e, s, ok)
			}
		}
	}
}

func day(s string) time.Time {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		panic(err)
	}
	return t
}

func cover(kind Kind, start, end string) Policy {
	return Policy{ID: uuid.New(), Kind: kind, StartDay: day(start), EndDay: day(end), CustomerID: uuid.New()}
}

func TestWhichExpiryIsAChance(t *testing.T) {
	now := day("2026-11-20")
	for name, c := range map[string]struct {
		policies []Policy
		want     string
		bound    bool
	}{
		"a commercial policy that ends soon":           {[]Policy{cover(Commercial, "2026-01-05", "2027-01-04")}, "2027-01-04", false},
		"too far ahead":                                {[]Policy{cover(Commercial, "2026-03-01", "2027-02-28")}, "", false},
		"expired 30 days ago":                          {[]Policy{cover(Commercial, "2025-10-21", "2026-10-21")}, "2026-10-21", false},
		"expired 31 days ago":                          {[]Policy{cover(Commercial, "2025-10-20", "2026-10-20")}, "", false},
		"commercial first":                             {[]Policy{cover(Commercial, "2026-01-05", "2027-01-04"), cover(Compulsory, "2025-12-01", "2026-11-30")}, "2027-01-04", false},
		"else compulsory":                              {[]Policy{cover(Compulsory, "2025-12-01", "2026-11-30")}, "2026-11-30", false},
		"an old commercial policy does not decide":     {[]Policy{cover(Commercial, "2024-08-25", "2025-08-24"), cover(Compulsory, "2025-12-01", "2026-11-30")}, "2026-11-30", false},
		"T-E8 a following policy binds":                {[]Policy{cover(Commercial, "2025-12-01", "2026-11-30"), cover(Commercial, "2026-12-01", "2027-11-30")}, "2026-11-30", true},
		"it may start 90 days early":                   {[]Policy{cover(Commercial, "2025-12-01", "2026-11-30"), cover(Commercial, "2026-09-01", "2027-08-31")}, "2026-11-30", true},
		"or 30 days late":                              {[]Policy{cover(Commercial, "2025-10-26", "2026-10-25"), cover(Commercial, "2026-11-24", "2027-11-23")}, "2026-10-25", true},
		"a compulsory policy renews no commercial one": {[]Policy{cover(Commercial, "2025-12-01", "2026-11-30"), cover(Compulsory, "2026-12-01", "2027-11-30")}, "2026-11-30", false},
	} {
		got := chances(c.policies, now)
		switch {
		case c.want == "" && len(got) == 0:
		case len(got) != 1 || !got[0].expiry.Equal(day(c.want)) || len(got[0].following) > 0 != c.bound:
			t.Errorf("%s: %+v", name, got)
		}
	}
}

func TestYuanIsWrittenAsPeopleWriteIt(t *testing.T) {
	for fen, want := range map[int64]string{0: "0", 95000: "950", 441050: "4,410.5", 123456789: "1,234,567.89"} {
		if got := Yuan(fen); got != want {
			t.Errorf("%d fen: %s, want %s", fen, got, want)
		}
	}
}
