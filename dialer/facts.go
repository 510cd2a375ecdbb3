package dialer

import (
	"fmt"
	"time"

	"github.com/google/uuid"

	"ringback/crm/customer"
	"ringback/crm/dealer"
	"ringback/dialer/pacing"
	"ringback/internal/seal"
)

// Facts are what the rules look at: one task, its customer and number, and where
// the dial would happen. They are a value: the rules look at nothing else.
type Facts struct {
	Now      time.Time
	Zone     *time.Location
	Rules    dealer.RulePack // the country's, made stricter by the store
	Calendar dealer.Calendar

	Kind     string
	Class    string
	Reason   string // the rule that made the task
	Mode     Mode   // empty: any automatic one
	Due      time.Time
	Attempts int
	Max      int
	Agreed   bool // the customer agreed to this call-back
	AgreedAt time.Time

	Synthetic   bool // the customer is
	Registered  bool // with an order or a vehicle, or known from a visit, a sale or a call
	Consent     map[string]string
	Deceased    bool
	LegalHold   string
	FreezeUntil time.Time
	Preferred   *span

	Number      string // empty: no number to call
	PhoneStatus string
	DNC         []ban       // of any number of the customer
	Calls       []contact   // to any number of the customer in 31 days, oldest first
	Surveys     []time.Time // of any number of the customer in a year, oldest first

	Hours       hours       // the store's
	Lines       []line      // caller numbers in order of preference; nil: none is chosen yet
	BlockedFrom []string    // caller numbers by which the task was blocked on its way (RP-BLOCK)
	Recording   bool        // calls can be recorded
	NotUsers    []uuid.UUID // advisor, handler
	Unskilled   []uuid.UUID // who lack Skill
	Skill       string
	Agents      []seat    // of the campaign; empty: not known
	Agent       uuid.UUID // fixed before the dial; zero: whoever is free
	Pace        *Pace     // the ledger's answer; nil: not asked
}

// Pace is what dialer/pacing answered and why.
type Pace struct {
	Open      int // lines that may be opened now
	Ready     int
	Lines     int
	Waiting   int
	LimitedBy pacing.Limit
}

// setting is where a dial would happen: what facts are about beside the task.
type setting struct {
	mode  Mode
	lines []line
	seats []seat
	agent uuid.UUID
	pace  *Pace
}

// facts opens the number and puts the rules' view together.
func (d *Dialer) facts(t taskFacts, s setting, now time.Time) (Facts, error) {
	h, err := readHours(t.CallWindows, t.CallDays)
	if err != nil {
		return Facts{}, err
	}
	rules, err := d.rulesOf(t.StoreID, t.Settings)
	if err != nil {
		return Facts{}, err
	}
	f := Facts{
		Now: now, Zone: rules.Zone(), Rules: rules, Calendar: t.calendar,
		Kind: t.Kind, Class: t.Class, Reason: t.Reason, Mode: s.mode, Due: t.DueAt, Attempts: t.Attempts, Max: t.MaxAttempts, Agreed: t.agreed(),
		Synthetic: t.Synthetic, Registered: t.Registered, Consent: map[string]string{}, Deceased: t.DeceasedAt != nil, LegalHold: t.LegalHold,
		Surveys: t.Surveys, Hours: h, Lines: s.lines, BlockedFrom: t.BlockedFrom, Recording: d.recording, NotUsers: t.NotUserIDs, Unskilled: t.Unskilled, Skill: t.Skill,
		Agents: s.seats, Agent: s.agent, Pace: s.pace,
	}
	f.AgreedAt, f.FreezeUntil = timeOf(t.AgreedAt), timeOf(t.FreezeUntil)
	for purpose, state := range map[string]*string{customer.PurposeService: t.ConsentService, customer.PurposeMarketing: t.ConsentMarketing} {
		if state != nil {
			f.Consent[purpose] = *state
		}
	}
	if t.PreferredFrom != nil && t.PreferredTo != nil && *t.PreferredFrom < *t.PreferredTo {
		f.Preferred = &span{*t.PreferredFrom, *t.PreferredTo}
	}
	f.DNC, f.Calls = t.bans(), t.contacts()
	if t.PhoneID == nil {
		return f, nil
	}
	number, err := d.box.Open(seal.Phone, t.PhoneEnc)
	if err != nil {
		return Facts{}, fmt.Errorf("opening the number of task %s: %w", t.TaskID, err)
	}
	f.Number, f.PhoneStatus = string(number), *t.PhoneStatus
	return f, nil
}

func timeOf(t *time.Time) time.Time {
	if t == nil {
		return time.Time{}
	}
	return *t
}

// agreed: the customer named a time for this call (C02).
func (t taskFacts) agreed() bool { return t.CallbackAt != nil }

func (t taskFacts) bans() []ban {
	out := make([]ban, len(t.DNCScopes))
	for i, scope := range t.DNCScopes {
		out[i] = ban{scope: customer.Scope(scope), from: t.DNCFrom[i], until: timeOf(t.DNCUntil[i])}
	}
	return out
}

func (t taskFacts) contacts() []contact {
	out := make([]contact, len(t.CalledAt))
	for i, at := range t.CalledAt {
		out[i] = contact{At: at, Own: t.CalledOwn[i], Answered: t.CalledAnswered[i], Agreed: t.CalledAgreed[i], Class: t.CalledClass[i]}
	}
	return out
}

// rulesOf is a store's rule pack. It is parsed once for each text of its settings.
func (d *Dialer) rulesOf(store uuid.UUID, settings string) (dealer.RulePack, error) {
	d.mu.Lock()
	known, ok := d.packs[store]
	d.mu.Unlock()
	if ok && known.settings == settings {
		return known.pack, nil
	}
	p, err := dealer.ReadStoreRules([]byte(settings))
	if err != nil {
		return dealer.RulePack{}, fmt.Errorf("reading the rules of store %s: %w", store, err)
	}
	d.mu.Lock()
	d.packs[store] = storePack{settings: settings, pack: p}
	d.mu.Unlock()
	return p, nil
}

// storePack is a parsed pack with the settings it came from.
type storePack struct {
	settings string
	pack     dealer.RulePack
}
