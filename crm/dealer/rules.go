package dealer

import (
	"regexp"
	"slices"
	"time"
)

// RulePack is what one country allows: windows, caps, ring times and the rest of
// the figures of spec 2.6. It is data (packs/<country>.yaml), the same shape for
// every country; [StoreRules] make it stricter for one store.
type RulePack struct {
	Country   string         `yaml:"country"`
	ZoneName  string         `yaml:"zone"`
	Numbers   NumberRules    `yaml:"numbers"`
	Hours     HourRules      `yaml:"hours"`
	Days      DayRules       `yaml:"days"`
	DNC       DNCRules       `yaml:"do_not_call"`
	Consent   []ConsentRule  `yaml:"consent"`
	Freeze    FreezeRules    `yaml:"freeze"`
	Frequency []Cap          `yaml:"frequency"`
	Fatigue   FatigueRules   `yaml:"fatigue"`
	Attempts  AttemptRules   `yaml:"attempts"`
	Recording RecordingRules `yaml:"recording"`
	Caller    CallerRules    `yaml:"caller"`
	Dialing   DialingRules   `yaml:"dialing"`

	zone          *time.Location
	allowed, test []*regexp.Regexp
}

// NumberRules are the forms of numbers, as regular expressions over all digits.
type NumberRules struct {
	Allowed []string `yaml:"allowed"` // what may leave by a real trunk
	Test    []string `yaml:"test"`    // what only a simulated trunk gets
}

// HourRules are spans of a day in the store's zone.
type HourRules struct {
	Wall    Window   `yaml:"wall"`
	Windows []Window `yaml:"windows"`
	Agreed  Window   `yaml:"agreed"`
}

// Openness is what a special day leaves open for a class of call.
type Openness string

// Opennesses.
const (
	Open       Openness = "open"   // as on any day
	AgreedOnly Openness = "agreed" // only agreed call-backs
	Closed     Openness = "closed" // no call at all
)

// DayRules tell, by class of call, what quiet days and legal holidays leave open.
type DayRules struct {
	Quiet   map[string]Openness `yaml:"quiet"`
	Holiday map[string]Openness `yaml:"holiday"`
	// Shut is a store's own: it does not open on legal holidays, not even for
	// agreed call-backs.
	Shut bool `yaml:"-"`
}

// DNCRules name the tasks that a do-not-call entry of scope all does not stop.
type DNCRules struct {
	Through []TaskRef `yaml:"through"`
}

// TaskRef is a kind of task, or the tasks of a kind that one rule made.
type TaskRef struct {
	Kind string `yaml:"kind"`
	Rule string `yaml:"rule"`
}

// ConsentRule is what a class of call needs.
type ConsentRule struct {
	Class              string `yaml:"class"`
	Purpose            string `yaml:"purpose"`
	RegistrationCounts bool   `yaml:"registration_counts"`
}

// FreezeRules are what an open complaint silences.
type FreezeRules struct {
	Classes   []string `yaml:"classes"`
	Surveys   bool     `yaml:"surveys"`
	DaysAfter int      `yaml:"days_after"`
}

// Cap is at most so many calls in so many days of the calendar, or in a span that
// slides with the clock (one of Days and Within is set).
type Cap struct {
	Calls    int      `yaml:"calls" json:"calls"`
	Days     int      `yaml:"days" json:"days,omitempty"`
	Within   Duration `yaml:"within" json:"-"`
	Class    string   `yaml:"class" json:"class,omitempty"`       // only calls of this class; empty: all
	Answered bool     `yaml:"answered" json:"answered,omitempty"` // only answered ones nobody had agreed to
	Mode     string   `yaml:"mode" json:"mode,omitempty"`         // only for dials of this mode; empty: all
	Always   bool     `yaml:"always" json:"-"`                    // for agreed call-backs too
}

// FatigueRules are how often a customer is surveyed and talked to (D-24).
type FatigueRules struct {
	Surveys  []Cap `yaml:"surveys"`
	Answered []Cap `yaml:"answered"`
}

// AttemptRules limit the tries of one task.
type AttemptRules struct {
	Most int `yaml:"most"`
}

// RecordingRules name the kinds of task that need a recording.
type RecordingRules struct {
	Kinds []string `yaml:"kinds"`
}

// CallerRules keep a caller number healthy.
type CallerRules struct {
	DailyCalls int      `yaml:"daily_calls"`
	BlockedBP  int      `yaml:"blocked_bp"` // basis points of OfCalls
	OfCalls    int      `yaml:"of_calls"`
	Rests      Duration `yaml:"rests"`
}

// DialingRules are the figures of PACING.md that a country sets.
type DialingRules struct {
	Ring struct {
		Least   Duration `yaml:"least"`
		Most    Duration `yaml:"most"`
		Default Duration `yaml:"default"`
	} `yaml:"ring"`
	CancelAfter   Duration `yaml:"cancel_after"`
	CancelYounger bool     `yaml:"cancel_younger"`
	Abandon       struct {
		DefaultBP      int      `yaml:"default_bp"`
		MostBP         int      `yaml:"most_bp"`
		WindowDays     int      `yaml:"window_days"`
		AgentWithin    Duration `yaml:"agent_within"`
		AfterDetection Duration `yaml:"after_detection"`
	} `yaml:"abandon"`
}

// Zone is the zone of the country's stores.
func (p RulePack) Zone() *time.Location { return p.zone }

// Allowed tells whether a number may leave by a real trunk.
func (p RulePack) Allowed(digits string) bool { return matchesAny(p.allowed, digits) }

// Test tells whether a number is of a range no carrier has assigned.
func (p RulePack) Test(digits string) bool { return matchesAny(p.test, digits) }

func matchesAny(forms []*regexp.Regexp, digits string) bool {
	return slices.ContainsFunc(forms, func(r *regexp.Regexp) bool { return r.MatchString(digits) })
}

// Needs is what a class of call needs the customer's consent for.
func (p RulePack) Needs(class string) (ConsentRule, bool) {
	i := slices.IndexFunc(p.Consent, func(c ConsentRule) bool { return c.Class == class })
	if i < 0 {
		return ConsentRule{}, false
	}
	return p.Consent[i], true
}

// PassesDNC tells whether a task of a kind, made by a rule, is one that even "no
// calls at all" lets through.
func (p RulePack) PassesDNC(kind, rule string) bool {
	return slices.ContainsFunc(p.DNC.Through, func(t TaskRef) bool { return t.Kind == kind && (t.Rule == "" || t.Rule == rule) })
}

// Freezes tells whether an open complaint silences a call.
func (p RulePack) Freezes(class string, survey bool) bool {
	return survey && p.Freeze.Surveys || slices.Contains(p.Freeze.Classes, class)
}

// MustRecord tells whether a kind of task may not be called unrecorded.
func (p RulePack) MustRecord(kind string) bool { return slices.Contains(p.Recording.Kinds, kind) }

// On is what a day leaves open for a class of call: the strictest of what quiet
// days and holidays say.
func (d DayRules) On(c Calendar, day time.Time, class string) Openness {
	out := Open
	if c.IsQuiet(day) {
		out = stricter(out, of(d.Quiet, class))
	}
	if c.IsHoliday(day) {
		out = stricter(out, of(d.Holiday, class))
		if d.Shut {
			out = Closed
		}
	}
	return out
}

// of: a class that the pack does not name is not called on special days.
func of(m map[string]Openness, class string) Openness {
	if o, ok := m[class]; ok {
		return o
	}
	return Closed
}

func stricter(a, b Openness) Openness {
	order := []Openness{Open, AgreedOnly, Closed}
	if slices.Index(order, b) > slices.Index(order, a) {
		return b
	}
	return a
}
