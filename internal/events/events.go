// Package events tells rooms what other rooms changed.
//
// A room that changes something publishes an Event in the transaction of the
// change: handlers that must be part of it run then (the task rules), and an
// outbox row is written. After the commit the relay serves subscribers of every
// node from the outbox. It does not decide who may read what; package live does.
package events

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/google/uuid"

	"ringback/internal/postgres"
)

// Kind names what happened: spec 8.2 and DESIGN.md §2.
type Kind string

// Kinds published so far.
const (
	WorkOrderOpened    Kind = "work_order.opened"
	WorkOrderDelivered Kind = "work_order.delivered" // delivered_at became known; also an imported past delivery
	WorkOrderChanged   Kind = "work_order.changed"
	WorkOrderVoided    Kind = "work_order.voided"
	SaleDelivered      Kind = "sale.delivered"          // subjects delivery, vehicle, customer
	PolicySaved        Kind = "policy.saved"            // subjects policy, vehicle, customer
	MileageChanged     Kind = "vehicle.mileage_changed" // subject vehicle: reading, due day or due mileage changed
	CustomerCreated    Kind = "customer.created"
	CustomerMerged     Kind = "customer.merged"   // subjects customer (survivor), merged, merge
	CustomerUnmerged   Kind = "customer.unmerged" // the same subjects
	TaskCreated        Kind = "task.created"
	TaskChanged        Kind = "task.changed"
	CampaignChanged    Kind = "campaign.changed"
	AttemptChanged     Kind = "call.attempt_changed" // every step of an attempt
	AgentChanged       Kind = "agent.state_changed"
	AnswerSaved        Kind = "response.answer_saved"
	ResponseFinished   Kind = "response.finished"
	QuickFormSaved     Kind = "quick_form.saved"
	DNCAdded           Kind = "dnc.added"
	DNCEnded           Kind = "dnc.ended" // subjects dnc, customer
	PhoneInvalidated   Kind = "phone.invalidated"
	ConsentChanged     Kind = "consent.changed"
	ImportChanged      Kind = "import.changed"
	NoticeSent         Kind = "notice.sent"
	SMSHanded          Kind = "sms.handed"          // the gateway took it
	RenewalChanged     Kind = "renewal.changed"     // opened, or another stage, next contact or agent
	AppointmentChanged Kind = "appointment.changed" // booked, or another state
	ChurnSigned        Kind = "churn.signal"
	ClockMoved         Kind = "clock.moved"
)

// Subjects of an event: ids by noun ("task", "attempt", "work_order", …).
type Subjects map[string]uuid.UUID

// Event is one thing that happened. It carries ids and last four digits, no other
// personal data.
type Event struct {
	Seq     int64           `json:"seq"` // outbox order, 0 before the commit
	ID      uuid.UUID       `json:"id"`
	Kind    Kind            `json:"kind"`
	Group   uuid.UUID       `json:"group"`
	Store   uuid.UUID       `json:"store"`
	At      time.Time       `json:"at"`    // business time
	Actor   uuid.UUID       `json:"actor"` // user, or zero for the system
	Subject Subjects        `json:"subject"`
	Data    json.RawMessage `json:"data"`
}

// Handler is run inside the publisher's transaction; its error undoes the change.
type Handler func(ctx context.Context, tx postgres.DB, e Event) error

// ManyHandler is a Handler of all events of one kind that are published together.
type ManyHandler func(ctx context.Context, tx postgres.DB, es []Event) error

// Bus publishes events. Handlers are registered before anything is published.
type Bus struct {
	mu       sync.RWMutex
	handlers map[Kind][]Handler
	many     map[Kind][]ManyHandler
	any      []anyHandler
}

// anyHandler hears of several kinds together.
type anyHandler struct {
	kinds []Kind
	h     ManyHandler
}

// NewBus makes a bus without handlers.
func NewBus() *Bus {
	return &Bus{handlers: map[Kind][]Handler{}, many: map[Kind][]ManyHandler{}}
}

// On adds a handler that is part of every transaction publishing kind.
func (b *Bus) On(kind Kind, h Handler) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.handlers[kind] = append(b.handlers[kind], h)
}

// OnMany is On for a handler that takes all events of one publication together: an
// import publishes hundreds at once.
func (b *Bus) OnMany(kind Kind, h ManyHandler) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.many[kind] = append(b.many[kind], h)
}

// OnAny is OnMany of several kinds at once: the handler is told all their events of one
// publication together, after every handler of a single kind.
func (b *Bus) OnAny(h ManyHandler, kinds ...Kind) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.any = append(b.any, anyHandler{kinds, h})
}

// Publish runs the handlers of e.Kind and writes the outbox row, all in tx. It
// fills ID, and Data from data when that is not nil.
func (b *Bus) Publish(ctx context.Context, tx postgres.DB, e Event, data any) error {
	if data != nil {
		raw, err := json.Marshal(data)
		if err != nil {
			return fmt.Errorf("encoding event %s: %w", e.Kind, err)
		}
		e.Data = raw
	}
	return b.PublishAll(ctx, tx, []Event{e})
}

// PublishAll is Publish of several events of one transaction, in their order: first
// the handlers of each event, then the outbox rows, written together. A handler of
// many is told all events of its kind at once, after those that take one by one.
func (b *Bus) PublishAll(ctx context.Context, tx postgres.DB, es []Event) error {
	if len(es) == 0 {
		return nil
	}
	if h, ok := ctx.Value(heldKey{}).(*held); ok && h.bus == b {
		h.events = append(h.events, es...)
		return nil
	}
	for i := range es {
		es[i].ID = uuid.Must(uuid.NewV7())
		if err := b.handle(ctx, tx, es[i]); err != nil {
			return err
		}
	}
	if err := b.handleMany(ctx, tx, es); err != nil {
		return err
	}
	return insert(ctx, tx, es)
}

type heldKey struct{}

type held struct {
	bus    *Bus
	events []Event
}

// Held runs do with a context under which publications wait; they become one when do
// is through. Handlers of many then look once, at all that do has written. Inside do
// nothing that a handler would have done is there yet.
func (b *Bus) Held(ctx context.Context, tx postgres.DB, do func(ctx context.Context) error) error {
	h := &held{bus: b}
	if err := do(context.WithValue(ctx, heldKey{}, h)); err != nil {
		return err
	}
	return b.PublishAll(ctx, tx, h.events)
}

func (b *Bus) handle(ctx context.Context, tx postgres.DB, e Event) error {
	b.mu.RLock()
	hs := b.handlers[e.Kind]
	b.mu.RUnlock()
	for _, h := range hs {
		if err := h(ctx, tx, e); err != nil {
			return fmt.Errorf("handling %s: %w", e.Kind, err)
		}
	}
	return nil
}

func (b *Bus) handleMany(ctx context.Context, tx postgres.DB, es []Event) error {
	b.mu.RLock()
	defer b.mu.RUnlock()
	if len(b.many) == 0 && len(b.any) == 0 {
		return nil
	}
	byKind := map[Kind][]Event{}
	var kinds []Kind
	for _, e := range es {
		if byKind[e.Kind] == nil {
			kinds = append(kinds, e.Kind)
		}
		byKind[e.Kind] = append(byKind[e.Kind], e)
	}
	for _, k := range kinds {
		for _, h := range b.many[k] {
			if err := h(ctx, tx, byKind[k]); err != nil {
				return fmt.Errorf("handling %s: %w", k, err)
			}
		}
	}
	for _, a := range b.any {
		other := func(e Event) bool { return !slices.Contains(a.kinds, e.Kind) }
		if some := slices.DeleteFunc(slices.Clone(es), other); len(some) > 0 {
			if err := a.h(ctx, tx, some); err != nil {
				return fmt.Errorf("handling %s: %w", some[0].Kind, err)
			}
		}
	}
	return nil
}
