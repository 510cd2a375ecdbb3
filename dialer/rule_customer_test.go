package dialer

import (
	"testing"
	"time"

	"ringback/crm/customer"
)

func TestCG05DoNotCall(t *testing.T) {
	dnc := func(kind, class string, scopes ...customer.Scope) func(*Facts) {
		return func(f *Facts) {
			f.Kind, f.Class = kind, class
			for _, s := range scopes {
				f.DNC = append(f.DNC, ban{scope: s, from: day(-9, 0, 0)})
			}
		}
	}
	ending := func(until ...time.Time) func(*Facts) {
		return func(f *Facts) {
			for _, u := range until {
				f.DNC = append(f.DNC, ban{scope: "all", from: day(-9, 0, 0), until: u})
			}
		}
	}
	agreed := func(at time.Time) func(*Facts) {
		return func(f *Facts) { ending(time.Time{})(f); f.Agreed, f.AgreedAt = true, at }
	}
	recall := func(f *Facts) { dnc("notice", "service", "all")(f); f.Reason = "TR-81" }
	runCases(t, []ruleCase{
		{name: "all", with: dnc("complaint_progress", "service", "all"), rule: "CG-05", out: OutcomeStop, cause: ByFile},
		{name: "survey stops a survey", with: dnc("followup_3d", "service", "survey"), rule: "CG-05", out: OutcomeStop},
		{name: "survey leaves a service call", with: dnc("appt_confirm", "service", "survey")},
		{name: "commercial stops a reminder", with: dnc("first_service", "reminder", "commercial"), rule: "CG-05", out: OutcomeStop},
		{name: "commercial leaves a survey", with: dnc("followup_3d", "service", "commercial")},
		{name: "sms is no call", with: dnc("followup_3d", "service", "sms")},
		{name: "a recall passes", with: recall},
		{name: "another notice does not", with: dnc("notice", "service", "all"), rule: "CG-05", out: OutcomeStop},
		{name: "a technician's call-back passes", with: dnc("tech_callback", "service", "all")},
		{name: "a call-back agreed on after the entry passes", with: agreed(day(0, 9, 0))},
		{name: "one agreed on before it does not", with: agreed(day(-10, 9, 0)), rule: "CG-05", out: OutcomeStop},
		{name: "an entry that ends", with: ending(day(4, 16, 0)), rule: "CG-05", out: OutcomeWait, until: day(4, 16, 0)},
		{name: "the longest of two", with: ending(day(4, 16, 0), day(5, 11, 0)), rule: "CG-05", out: OutcomeWait, until: day(5, 11, 0)},
		{name: "one of two for ever", with: ending(day(4, 16, 0), time.Time{}), rule: "CG-05", out: OutcomeStop},
		{name: "an entry that has ended", with: ending(day(0, 10, 30))},
		{name: "an entry that ends this second", with: ending(day(0, 10, 30).Add(time.Second)), rule: "CG-05", out: OutcomeWait, until: day(0, 10, 30).Add(time.Second)},
		{name: "an entry of tomorrow", with: func(f *Facts) { f.DNC = []ban{{scope: "all", from: day(1, 0, 0)}} }},
	})
}

func TestCG06Consent(t *testing.T) {
	consent := func(class, purpose, state string, registered bool) func(*Facts) {
		return func(f *Facts) {
			f.Kind, f.Class, f.Registered = "event_invite", class, registered
			f.Consent = map[string]string{purpose: state}
		}
	}
	runCases(t, []ruleCase{
		{name: "a work order counts as registration", with: consent("service", "", "", true)},
		{name: "nothing on file", with: consent("service", "", "", false), rule: "CG-06", out: OutcomeStop, cause: ByFile},
		{name: "given, without a work order", with: consent("service", "service_call", "given", false)},
		{name: "refused in spite of a work order", with: consent("service", "service_call", "refused", true), rule: "CG-06", out: OutcomeStop, cause: ByFile},
		{name: "withdrawn", with: consent("reminder", "service_call", "withdrawn", true), rule: "CG-06", out: OutcomeStop},
		{name: "a registration is no marketing consent", with: consent("commercial", "service_call", "given", true), rule: "CG-06", out: OutcomeStop},
		{name: "marketing given", with: consent("commercial", "marketing", "given", false)},
		{name: "marketing refused", with: consent("commercial", "marketing", "refused", true), rule: "CG-06", out: OutcomeStop},
		{name: "marketing refused leaves service calls", with: consent("service", "marketing", "refused", true)},
		{name: "the customer asked for this call", with: func(f *Facts) { consent("commercial", "", "", false)(f); f.Agreed = true }},
		{name: "and withdrew since", with: func(f *Facts) { consent("commercial", "marketing", "withdrawn", true)(f); f.Agreed = true }, rule: "CG-06", out: OutcomeStop},
		{name: "a class the pack does not know", with: consent("lottery", "", "", true), rule: "CG-06", out: OutcomeStop},
	})
}

func TestCG07FreezeHoldAndDeath(t *testing.T) {
	frozen := func(kind, class string, until time.Time) func(*Facts) {
		return func(f *Facts) {
			f.Kind, f.Class, f.FreezeUntil, f.Recording = kind, class, until, true
			f.Consent = map[string]string{"marketing": "given"}
		}
	}
	runCases(t, []ruleCase{
		{name: "a survey rests", with: frozen("followup_3d", "service", day(3, 11, 0)), rule: "CG-07", out: OutcomeWait, until: day(3, 11, 0)},
		{name: "a commercial call rests", with: frozen("event_invite", "commercial", day(3, 19, 0)), rule: "CG-07", out: OutcomeWait, until: day(4, 10, 0)},
		{name: "the complaint's own second call does not", with: frozen("complaint_second", "service", day(3, 11, 0))},
		{name: "an appointment's confirmation does not", with: frozen("appt_confirm", "service", day(3, 11, 0))},
		{name: "an agreed call-back does not", with: func(f *Facts) { frozen("followup_3d", "service", day(3, 11, 0))(f); f.Agreed = true }},
		{name: "a freeze of yesterday", with: frozen("followup_3d", "service", day(-1, 11, 0))},
		{name: "legal hold", with: func(f *Facts) { f.LegalHold = "(2026)沪01民初1号" }, rule: "CG-07", out: OutcomeStop, cause: ByFile},
		{name: "deceased", with: func(f *Facts) { f.Deceased = true }, rule: "CG-07", out: OutcomeStop, cause: ByFile},
	})
}

func TestCG09Fatigue(t *testing.T) {
	surveyed := func(at ...time.Time) func(*Facts) {
		return func(f *Facts) { f.Surveys, f.Due = at, day(90, 18, 0) }
	}
	talked := func(class string, agreed bool, ago ...int) func(*Facts) {
		return func(f *Facts) {
			f.Kind, f.Class, f.Consent, f.Due = "event_invite", "commercial", map[string]string{"marketing": "given"}, day(60, 18, 0)
			f.Agreed = agreed
			for _, d := range ago {
				f.Calls = append(f.Calls, contact{At: day(-d, 11, 0), Answered: true, Class: class})
			}
		}
	}
	six := []time.Time{day(-300, 11, 0), day(-250, 11, 0), day(-200, 11, 0), day(-150, 11, 0), day(-100, 11, 0), day(-50, 11, 0)}
	runCases(t, []ruleCase{
		{name: "surveyed 30 days ago", with: surveyed(day(-30, 11, 0))},
		{name: "surveyed 29 days ago", with: surveyed(day(-29, 11, 0)), rule: "CG-09", out: OutcomeWait, until: day(1, 10, 0)},
		{name: "six in a year", with: surveyed(six...), rule: "CG-09", out: OutcomeWait, until: day(65, 10, 0)},
		{name: "five in a year", with: surveyed(six[1:]...)},
		{name: "the task is out of date by then", with: func(f *Facts) { f.Surveys = []time.Time{day(-10, 11, 0)} }, rule: "CG-09", out: OutcomeStop, cause: Never, until: time.Time{}},
		{name: "the second call after a complaint is exempt", with: func(f *Facts) { f.Kind, f.Recording, f.Surveys = "complaint_second", true, []time.Time{day(-1, 11, 0)} }},
		{name: "four commercial conversations in 30 days", with: talked("commercial", false, 29, 20, 10, 2), rule: "CG-09", out: OutcomeWait, until: day(1, 10, 0)},
		{name: "three", with: talked("commercial", false, 20, 10, 2)},
		{name: "four of another class", with: talked("service", false, 29, 20, 10, 2)},
		{name: "the customer asked for a fifth", with: talked("commercial", true, 29, 20, 10, 2)},
	})
}
