package dealer_test

import (
	"os"
	"strings"
	"testing"
	"time"

	"ringback/crm/dealer"
	"ringback/internal/errs"
)

func cn(t *testing.T) dealer.RulePack {
	t.Helper()
	p, err := dealer.Rules("")
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestTheShippedPackHoldsTheFiguresOfTheSpec(t *testing.T) {
	if err := dealer.CheckPacks(); err != nil {
		t.Fatal(err)
	}
	p := cn(t)
	if p.Country != "cn" || p.Zone().String() != "Asia/Shanghai" {
		t.Errorf("country %q in %v", p.Country, p.Zone())
	}
	if p.Hours.Wall != (dealer.Window{From: "08:00", To: "21:00"}) || len(p.Hours.Windows) != 2 || p.Hours.Agreed != (dealer.Window{From: "08:30", To: "20:30"}) {
		t.Errorf("hours %+v", p.Hours) // D-04
	}
	r := p.Dialing.Ring
	if r.Least.Std() != 20*time.Second || r.Most.Std() != 35*time.Second || r.Default.Std() != 30*time.Second {
		t.Errorf("ring times %+v", r) // 2.8
	}
	a := p.Dialing.Abandon
	if a.DefaultBP != 150 || a.MostBP != 300 || a.WindowDays != 30 || a.AgentWithin.Std() != 2*time.Second || a.AfterDetection.Std() != 1200*time.Millisecond {
		t.Errorf("abandoned calls %+v", a) // D-22
	}
	for digits, want := range map[string][2]bool{ // allowed, test
		"13800000000": {true, false}, "15400000001": {true, true}, "057188881234": {true, false}, "057108881234": {false, true},
		"110": {}, "10086": {}, "4008001234": {}, "95588": {}, "008613800000000": {}, "1380000000": {}, "1380000000013": {},
	} {
		if got := [2]bool{p.Allowed(digits), p.Test(digits)}; got != want {
			t.Errorf("%s: allowed and test %v, want %v", digits, got, want)
		}
	}
	if !p.MustRecord("renewal_first") || !p.MustRecord("complaint_second") || p.MustRecord("followup_3d") {
		t.Error("which calls need a recording (CG-11)")
	}
	if !p.PassesDNC("notice", "TR-81") || p.PassesDNC("notice", "TR-55") || !p.PassesDNC("tech_callback", "TR-40") || p.PassesDNC("followup_3d", "TR-01") {
		t.Error("what passes a do-not-call entry of scope all (2.4.22)")
	}
}

func TestASpecialDayLeavesOpenWhatThePackSays(t *testing.T) {
	p, c := cn(t), shipped(t)
	for _, row := range []struct {
		day, class string
		want       dealer.Openness
	}{
		{"2026-11-20", "commercial", dealer.Open},
		{"2026-10-03", "service", dealer.Open},         // holiday
		{"2026-10-03", "commercial", dealer.Closed},    // holiday
		{"2026-10-01", "service", dealer.AgreedOnly},   // holiday and quiet
		{"2026-10-01", "commercial", dealer.Closed},    // holiday and quiet
		{"2026-10-10", "commercial", dealer.Open},      // make-up working Saturday
		{"2026-10-03", "no such class", dealer.Closed}, // unknown: the safe side
	} {
		if got := p.Days.On(c, at(row.day+" 10:00"), row.class); got != row.want {
			t.Errorf("%s on %s: %s, want %s", row.class, row.day, got, row.want)
		}
	}
	shut, err := p.With(dealer.StoreRules{ClosedOnHolidays: true})
	if err != nil || shut.Days.On(c, at("2026-10-03 10:00"), "service") != dealer.Closed {
		t.Errorf("a store that shuts on holidays: %v", err)
	}
}

func TestAStoreMayOnlyBeStricter(t *testing.T) {
	for settings, want := range map[string]string{
		``:                                     "",
		`{}`:                                   "",
		`{"rules":{"calls_per_day":1}}`:        "",
		`{"rules":{"calls_per_day":3}}`:        "store_rules",
		`{"rules":{"survey_every_days":60}}`:   "",
		`{"rules":{"survey_every_days":7}}`:    "store_rules",
		`{"rules":{"abandon_most_bp":100}}`:    "",
		`{"rules":{"abandon_most_bp":301}}`:    "store_rules",
		`{"rules":{"most_attempts":-1}}`:       "store_rules",
		`{"rules":{"caller_calls_per_day":9}}`: "",
	} {
		_, err := dealer.ReadStoreRules([]byte(settings))
		e, ok := errs.Of(err)
		switch {
		case want == "" && err != nil:
			t.Errorf("%s: %v", settings, err)
		case want != "" && (!ok || e.Code != want || e.ZH == "" || e.EN == ""):
			t.Errorf("%s: %v, want %s", settings, err, want)
		}
	}
	if _, err := dealer.ReadStoreRules([]byte(`{"rules":{"country":"atlantis"}}`)); err == nil || !strings.Contains(err.Error(), "atlantis") {
		t.Errorf("a country without a pack: %v", err)
	}
	p, err := dealer.ReadStoreRules([]byte(`{"rules":{"abandon_most_bp":100,"calls_per_day":1,"reminders_need_consent":true}}`))
	if err != nil || p.Dialing.Abandon.MostBP != 100 || p.Dialing.Abandon.DefaultBP != 100 {
		t.Errorf("a lower cap: %+v, %v", p.Dialing.Abandon, err)
	}
	if need, _ := p.Needs("reminder"); need.RegistrationCounts {
		t.Error("a registration still counts for reminders")
	}
	again := cn(t)
	if need, _ := again.Needs("reminder"); !need.RegistrationCounts || len(again.Frequency) == len(p.Frequency) {
		t.Error("a store's rules have changed the country's pack")
	}
}

func TestAPackThatMakesNoSenseIsRefused(t *testing.T) {
	raw, err := os.ReadFile("packs/cn.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string][2]string{
		"a misspelt field":             {"frequency:", "frequenzy:"},
		"a window outside the wall":    {`{from: "10:00", to: "12:00"}`, `{from: "07:00", to: "12:00"}`},
		"overlapping windows":          {`{from: "15:00", to: "18:00"}`, `{from: "11:00", to: "18:00"}`},
		"a cap with two spans":         {"{calls: 2, days: 1}", "{calls: 2, days: 1, within: 1h}"},
		"a cap without a span":         {"{calls: 2, days: 1}", "{calls: 2}"},
		"an unknown openness":          {"service: open", "service: maybe"},
		"a class without consent":      {"class: care, purpose", "class: carre, purpose"},
		"ring times out of order":      {"least: 20s", "least: 40s"},
		"a default above the cap":      {"default_bp: 150", "default_bp: 400"},
		"a zone that does not exist":   {"Asia/Shanghai", "Asia/Nowhere"},
		"a number form that is broken": {`1[3-9]\d{9}`, `1[3-9`},
	} {
		wrong := strings.Replace(string(raw), change[0], change[1], 1)
		if wrong == string(raw) {
			t.Errorf("%s: the pack does not hold %q any more", name, change[0])
			continue
		}
		if _, err := dealer.ParseRules([]byte(wrong)); err == nil {
			t.Errorf("%s was accepted", name)
		}
	}
}
