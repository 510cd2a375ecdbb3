package policy

import (
	"slices"
	"time"

	"github.com/google/uuid"

	"ringback/crm/message"
	"ringback/internal/errs"
	"ringback/internal/events"
)

// Stage of a renewal opportunity (续保阶段, spec 2.4.15). Moved only by next:
//
//	listed ─▶ confirmed ─▶ notified ─▶ contacting ─▶ interested ─▶ quoted ─▶ following ─▶ committed
//	   └──────────┴────────────┴───────────▲             └────────────┴──────────┴─ any to following
//	any open ─▶ bound │ lost │ invalid │ lapsed (expired);  lapsed ─▶ bound │ lost (30 days later)
//	lost ─▶ bound (issued here within 60 days) │ following (a manager reopens)
type Stage string

// Stages.
const (
	Listed     Stage = "listed"
	Confirmed  Stage = "confirmed"
	Notified   Stage = "notified"
	Contacting Stage = "contacting"
	Interested Stage = "interested"
	Quoted     Stage = "quoted"
	Following  Stage = "following"
	Committed  Stage = "committed"
	Bound      Stage = "bound"
	Lost       Stage = "lost"
	Lapsed     Stage = "lapsed"
	Invalid    Stage = "invalid"
)

// Open tells whether the renewal may still be won by calling.
func (s Stage) Open() bool { return !slices.Contains([]Stage{Bound, Lost, Invalid}, s) }

// step is what happens to a renewal.
type step string

const (
	confirm  step = "confirm"  // on the month's confirmed list
	notify   step = "notify"   // the introduction SMS went out
	contact  step = "contact"  // the first call is taken
	interest step = "interest" // I01, I08
	quoteOut step = "quote"    // the gateway took the quote
	follow   step = "follow"   // I03, or a change
	commit   step = "commit"   // I04
	bind     step = "bind"     // a policy follows
	lose     step = "lose"     // I06
	void     step = "void"     // sold, scrapped, total loss
	lapse    step = "lapse"    // the expiry has passed
	giveUp   step = "give_up"  // 30 days after it
	reopen   step = "reopen"   // by a manager
)

// next is the whole machine of spec 2.5.4; what is not listed is refused. Talks may
// go back and forth between interested, quoted, following and committed.
func next(from Stage, e step) (Stage, bool) {
	in := func(stages ...Stage) bool { return slices.Contains(stages, from) }
	switch e {
	case confirm:
		return Confirmed, in(Listed)
	case notify:
		return Notified, in(Listed, Confirmed)
	case contact:
		return Contacting, in(Listed, Confirmed, Notified)
	case interest:
		return Interested, in(Listed, Confirmed, Notified, Contacting, Interested, Following, Lapsed)
	case quoteOut:
		return Quoted, in(Contacting, Interested, Quoted, Following, Committed, Lapsed)
	case follow:
		return Following, in(Contacting, Interested, Quoted, Following, Committed, Lapsed)
	case commit:
		return Committed, in(Contacting, Interested, Quoted, Following, Committed)
	case bind:
		return Bound, from.Open() || from == Lost
	case lose:
		return Lost, from.Open()
	case void:
		return Invalid, from.Open()
	case lapse:
		return Lapsed, from.Open() && from != Lapsed
	case giveUp:
		return Lost, in(Lapsed)
	case reopen:
		return Following, in(Lost)
	}
	return from, false
}

// Renewal is one renewal opportunity of a vehicle (spec 2.2.26). Amounts are fen.
type Renewal struct {
	ID                 uuid.UUID   `json:"id"`
	GroupID            uuid.UUID   `json:"-"`
	StoreID            uuid.UUID   `json:"store_id"`
	VehicleID          uuid.UUID   `json:"vehicle_id"`
	CustomerID         uuid.UUID   `json:"customer_id"`
	PolicyIDs          []uuid.UUID `json:"policy_ids" db:"policy_ids"`
	Expiry             time.Time   `json:"expiry"`     // last day of cover
	YearIndex          int         `json:"year_index"` // 1: the first renewal after a new car
	Stage              Stage       `json:"stage"`
	AgentID            *uuid.UUID  `json:"agent_id"`
	ConfirmedAt        *time.Time  `json:"confirmed_at"`
	NextContactAt      *time.Time  `json:"next_contact_at"`
	NextContactWay     string      `json:"next_contact_way"`
	LastContactAt      *time.Time  `json:"last_contact_at"`
	Intention          string      `json:"intention"`
	Competitor         string      `json:"competitor"`
	CompetitorPriceFen *int64      `json:"competitor_price_fen"`
	LostReason         string      `json:"lost_reason"`
	LostWords          string      `json:"lost_words"`
	LostAt             *time.Time  `json:"lost_at"`
	LostConfirmedAt    *time.Time  `json:"lost_confirmed_at"`
	InvalidReason      string      `json:"invalid_reason"`
	BoundPolicyIDs     []uuid.UUID `json:"bound_policy_ids" db:"bound_policy_ids"`
	BoundAt            *time.Time  `json:"bound_at"`
	PremiumBeforeFen   int64       `json:"premium_before_fen"`
	PremiumAfterFen    int64       `json:"premium_after_fen"`
	CreatedAt          time.Time   `json:"created_at"`
	Version            int         `json:"version"`
}

// move applies a step; errs.Conflict "renewal_stage" when the machine refuses.
func (r *Renewal) move(e step) error {
	to, ok := next(r.Stage, e)
	if !ok {
		return errs.New(errs.Conflict, "renewal_stage",
			"续保阶段已变化（当前："+string(r.Stage)+"），本次操作没有执行。请刷新后再试。",
			"The renewal has moved on (now: "+string(r.Stage)+"); nothing was done. Refresh and try again.")
	}
	r.Stage = to
	return nil
}

// Texts fills a message template of the script library: its class and words.
type Texts func(template string, vars map[string]any) (class, text string, err error)

// Renewals keeps renewal opportunities and quotes.
type Renewals struct {
	bus   *events.Bus
	box   *message.Box
	texts Texts
}

// NewRenewals makes the room. texts may be nil: then quotes cannot be sent.
func NewRenewals(bus *events.Bus, texts Texts) *Renewals {
	return &Renewals{bus: bus, box: message.NewBox(bus), texts: texts}
}

// Register makes opportunities follow from policies and messages, in their
// transactions. Call it once, before anything is published.
func (n *Renewals) Register() {
	n.bus.OnMany(events.PolicySaved, n.onPolicies)
	n.bus.On(events.SMSHanded, n.onHanded)
}
