// Package desk is an agent's working session: it joins the call with the
// customer, the script and the outcome.
//
// It owns applied command ids, the outcome of a call (call_outcome) and which
// page holds an agent's desk. It does not place calls (dialer), move agents
// (telephony/acd), know who called whom (telephony) or keep answers (crm/script):
// it calls those rooms in one transaction per command.
//
// A call on the desk:
//
//	preview ─dial─▶ dialing ─▶ ringing ─▶ bridged ─hang-up─▶ wrap ─result─▶ done
//	  └─skip─▶ next                        │                  └─ 120 s ─▶ wrap_overdue ─result─▶ done
//	                                       └ response opens in the transaction of the bridge
//
// A page holds a desk until another one takes it over:
//
//	free ─first command─▶ held ─other page, take over─▶ held by the other
//	held ─socket gone 10 s─▶ free; the agent is lost if the audio is gone too
package desk

import (
	"context"
	"encoding/json"
	"log/slog"
	"sync"
	"time"

	"github.com/google/uuid"

	"ringback/crm/appointment"
	"ringback/crm/complaint"
	"ringback/crm/customer"
	"ringback/crm/message"
	"ringback/crm/policy"
	"ringback/crm/report"
	"ringback/crm/script"
	"ringback/crm/task"
	"ringback/internal/clock"
	"ringback/internal/events"
	"ringback/internal/postgres"
)

// agents moves agents: telephony/acd.
type agents interface {
	SignOn(ctx context.Context, tx postgres.DB, in SignOn) error
	// Audio tells that the agent's audio came up or went down. The first one of a
	// shift makes the agent ready.
	Audio(ctx context.Context, tx postgres.DB, user uuid.UUID, up bool) error
	// Ready, Pause and SignOff may be granted later: then granted is false and
	// the session's wants is set.
	Ready(ctx context.Context, tx postgres.DB, user uuid.UUID) (granted bool, err error)
	Pause(ctx context.Context, tx postgres.DB, user uuid.UUID, reason string) (granted bool, err error)
	SignOff(ctx context.Context, tx postgres.DB, user uuid.UUID) (granted bool, err error)
	// Done ends the wrap-up: ready, or what the agent wants.
	Done(ctx context.Context, tx postgres.DB, user uuid.UUID) error
	// Mute keeps whether the agent is muted in this call.
	Mute(ctx context.Context, tx postgres.DB, user uuid.UUID, on bool) error
	// Left is for an agent whose page and audio are gone from this node.
	Left(ctx context.Context, tx postgres.DB, user uuid.UUID) error
	// Arrived makes a page the holder of the desk, among those of all nodes. Without
	// take it is false when another page holds it.
	Arrived(ctx context.Context, tx postgres.DB, user uuid.UUID, client string, take bool) (holds bool, err error)
	// PageLeft is false when the desk is held at another node.
	PageLeft(ctx context.Context, tx postgres.DB, user uuid.UUID) (was bool, err error)
	Back(ctx context.Context, tx postgres.DB, user uuid.UUID) error
}

// SignOn is who begins a shift, where and on which device.
type SignOn struct {
	User, Group, Store uuid.UUID
	Device             string // browser or phone
	TakeOver           bool
}

// dialer places and ends calls and moves attempts: package dialer.
type dialer interface {
	DialPreview(ctx context.Context, s postgres.Scope, user uuid.UUID) error
	// DialTask places the call of a task that the user chose by hand.
	DialTask(ctx context.Context, s postgres.Scope, user, task uuid.UUID) error
	SkipPreview(ctx context.Context, s postgres.Scope, user uuid.UUID, reason string) error
	Hangup(ctx context.Context, s postgres.Scope, user uuid.UUID, early string) error
	// Press sends a key to the customer in the user's call.
	Press(ctx context.Context, s postgres.Scope, user uuid.UUID, key byte) error
	// Wrapped ends the wrap-up of an attempt: wrap or wrap_overdue to done.
	Wrapped(ctx context.Context, tx postgres.DB, attempt uuid.UUID, disposition string) error
	// Overdue moves an attempt from wrap to wrap_overdue; false when it is not in wrap.
	Overdue(ctx context.Context, tx postgres.DB, attempt uuid.UUID) (bool, error)
}

// exchange acts on a call that is up: telephony.Exchange.
type exchange interface {
	Mute(agent uuid.UUID, on bool)
}

// Voice opens and closes agents' audio. cmd joins telephony/webrtc,
// telephony.Phones and the exchange under it.
type Voice interface {
	// Browser answers an offer, in place of an earlier one of the user, and
	// attaches its audio to the exchange when it is connected. on is told of up
	// and down, on any goroutine.
	Browser(user uuid.UUID, offer string, on func(up bool)) (answer string, err error)
	// Echo answers an offer with a leg that plays back what it hears; EndEcho ends it.
	Echo(user uuid.UUID, offer string) (answer string, err error)
	EndEcho(user uuid.UUID)
	// Extension of the user's desk phone, empty when there is none.
	Extension(ctx context.Context, tx postgres.DB, user uuid.UUID) (number string, registered bool, err error)
	// Ring calls the user's desk phone and attaches it when it is picked up.
	Ring(ctx context.Context, user uuid.UUID, number string, on func(up bool)) error
	// Close ends the user's audio of either kind.
	Close(user uuid.UUID)
	// Levels are the loudest samples of late, 0–255: from the agent and from the
	// customer. Not ok when there is no audio.
	Levels(user uuid.UUID) (in, out uint8, ok bool)
}

// Person is a user as the desk names one.
type Person struct {
	Name       string
	EmployeeNo string
}

// Options wire a Desk. Changed, Words, LeavesIn and Logger may be left out.
type Options struct {
	Pool       *postgres.Pool
	Bus        *events.Bus
	Clock      *clock.Clock
	Node       uuid.UUID
	Agents     agents
	Dialer     dialer
	Exchange   exchange
	Voice      Voice
	Scripts    *script.Library
	Tasks      *task.Tasks
	Customers  *customer.Files
	Complaints *complaint.Forms
	Messages   *message.Box
	Renewals   *policy.Renewals
	Visits     *appointment.Book
	// Users names a user: package auth's.
	Users func(ctx context.Context, db postgres.DB, user uuid.UUID) (Person, error)
	// Words says what the dialer is doing for a campaign.
	Words func(campaign uuid.UUID) (zh, en string)
	// LeavesIn is how many seconds a ready agent who asked to leave waits at most.
	LeavesIn func(ctx context.Context, db postgres.DB, campaign, user uuid.UUID) (int, error)
	// Changed is told when a desk changed without an event: mute, audio, take-over.
	Changed func(user uuid.UUID)
	Logger  *slog.Logger
}

// Desk serves every agent's desk on this node.
type Desk struct {
	o        Options
	zone     *time.Location
	report   *report.Report
	commands map[string]command
	consoles consoles
	waits    waits

	mu    sync.Mutex           // guards audio
	audio map[uuid.UUID]string // "connecting" or "up"; absent: down
}

// New makes a desk and hooks it into the bus: a bridged call opens its response
// in the same transaction. Call it before anything is published.
func New(o Options) *Desk {
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.Changed == nil {
		o.Changed = func(uuid.UUID) {}
	}
	if o.Words == nil {
		o.Words = func(uuid.UUID) (string, string) { return "", "" }
	}
	d := &Desk{o: o, zone: clock.Shanghai(), report: report.New(), audio: map[uuid.UUID]string{}}
	d.consoles.held, d.consoles.leave = map[uuid.UUID]*console{}, d.left
	d.commands = table()
	o.Bus.On(events.AttemptChanged, d.onAttempt)
	return d
}

// Caller is who sends a command, and from which page.
type Caller struct {
	Scope  postgres.Scope
	User   uuid.UUID
	Client string // one per page
}

// store is the active store: the only one of the scope.
func (c Caller) store() uuid.UUID {
	if len(c.Scope.Stores) == 0 {
		return uuid.Nil
	}
	return c.Scope.Stores[0]
}

// act is one command at work, in its transaction.
type act struct {
	Caller
	ctx  context.Context
	tx   postgres.DB
	now  time.Time // business time
	args json.RawMessage
	then *func() error // set by what must wait for the commit; nil outside a transaction
}

// by says to the rooms below who changes something.
func (a act) by() customer.By {
	return customer.By{Group: a.Scope.Group, Store: a.store(), Actor: a.User, At: a.now}
}
