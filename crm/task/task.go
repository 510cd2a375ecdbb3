// Package task keeps the promises to call: whom, why, not before, due, by which
// script, how often tried. Rules fed by events create tasks; retry policies by
// line result and disposition move them; one table holds them all.
//
// It does not dial (package dialer), converse (package desk) or decide whether a
// call is lawful at a moment (the dialer's gate); it decides whether there is
// anything to call about. States of spec 2.5.1, moved only by next in machine.go:
//
//	             ┌────────── heal ──────────┐
//	             ▼                          │
//	pending ─▶ queued ─ take ─▶ in_progress ├─▶ completed │ refused │ excluded
//	   │         │ ▲                │  │    │
//	   └─ block ─┴─┼─▶ blocked ─────┼──┼────┴─▶ excluded (due + 14 days)
//	               │                │  └─ retry ─▶ retry_wait ─ take ─▶ in_progress
//	               └── release ─────┘      │
//	                                       └─▶ exhausted (tries used up, due + 4 days)
//	any open ─▶ cancelled;   completed, exhausted, refused ─ reopen ─▶ queued
package task

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"
	"time"

	"github.com/google/uuid"

	"ringback/crm/appointment"
	"ringback/crm/customer"
	"ringback/crm/dealer"
	"ringback/crm/message"
	"ringback/crm/policy"
	"ringback/crm/script"
	"ringback/internal/events"
	"ringback/internal/postgres"
)

// Task is one promise to call a customer.
type Task struct {
	ID              uuid.UUID   `json:"id"`
	GroupID         uuid.UUID   `json:"-"`
	StoreID         uuid.UUID   `json:"store_id"`
	Kind            string      `json:"kind"`
	Class           string      `json:"class"`
	State           State       `json:"state"`
	CustomerID      uuid.UUID   `json:"customer_id"`
	VehicleID       *uuid.UUID  `json:"vehicle_id"`
	WorkOrderIDs    []uuid.UUID `json:"work_order_ids" db:"work_order_ids"`
	SubjectKey      string      `json:"-"`
	Reason          string      `json:"reason"` // rule id
	CampaignID      *uuid.UUID  `json:"campaign_id"`
	ScriptID        string      `json:"script_id"`
	ScriptVersion   int         `json:"script_version"`
	Priority        int         `json:"priority"`
	NotBefore       time.Time   `json:"not_before"`
	DueAt           time.Time   `json:"due_at"`
	Channel         Channel     `json:"channel"`
	DialMode        string      `json:"dial_mode"` // preview: never dialed before an agent has read it; empty: as the campaign dials
	PhoneID         *uuid.UUID  `json:"phone_id"`
	AssigneeID      *uuid.UUID  `json:"assignee_id"`                    // the customer's own agent, or who took it
	Pool            Pool        `json:"pool"`                           // whose work it is when nobody is named
	NotUserIDs      []uuid.UUID `json:"not_user_ids" db:"not_user_ids"` // CG-13
	Skill           string      `json:"skill"`
	Attempts        int         `json:"attempts"`
	MaxAttempts     int         `json:"max_attempts"`
	NextAttemptAt   *time.Time  `json:"next_attempt_at"`
	CallbackAt      *time.Time  `json:"callback_at"`
	CallbackUserID  *uuid.UUID  `json:"callback_user_id"` // who agreed on it
	Wish            string      `json:"wish"`             // when the customer wants to be called, in their words (T-B3)
	WindowDays      []int32     `json:"-"`
	WindowFrom      *int        `json:"-"` // minutes of the day
	WindowTo        *int        `json:"-"`
	TriedAt         []time.Time `json:"-"` // counted attempts
	RenewalID       *uuid.UUID  `json:"renewal_id"`
	AppointmentID   *uuid.UUID  `json:"appointment_id"`
	PhoneFixID      *uuid.UUID  `json:"phone_fix_id"` // TR-80: the number to correct
	Note            string      `json:"note"`
	LastLineResult  string      `json:"last_line_result"`
	LastDisposition string      `json:"last_disposition"`
	BlockedReason   string      `json:"blocked_reason"` // also why excluded or cancelled
	HealsAt         *time.Time  `json:"heals_at"`       // when a block ends by itself
	CompletedAt     *time.Time  `json:"completed_at"`
	CreatedAt       time.Time   `json:"created_at"`
	Version         int         `json:"version"`
}

// UsersNamed finds the users of a store with a name: an order's advisor may not
// survey it (D-03, CG-13). Package auth owns users; cmd wires it in.
type UsersNamed func(ctx context.Context, db postgres.DB, store uuid.UUID, name string) ([]uuid.UUID, error)

// Tasks creates and moves tasks.
type Tasks struct {
	files *customer.Files
	bus   *events.Bus
	users UsersNamed
	box   *message.Box
	// Renewals and appointments move with the calls about them.
	renewals *policy.Renewals
	visits   *appointment.Book

	mu        sync.Mutex        // guards what follows
	memo      opened            // the schedule asked for last
	templates *script.Templates // of messages and letters; loaded when first needed
}

// opened is the schedule of a store at one business time: the rows of an import's
// chunk share both.
type opened struct {
	store    uuid.UUID
	at       time.Time
	schedule dealer.Schedule
}

func (t *Tasks) schedule(ctx context.Context, db postgres.DB, store uuid.UUID, at time.Time) (dealer.Schedule, error) {
	t.mu.Lock()
	last := t.memo
	t.mu.Unlock()
	if last.store == store && last.at.Equal(at) {
		return last.schedule, nil
	}
	s, err := dealer.LoadSchedule(ctx, db, store)
	if err != nil {
		return dealer.Schedule{}, err
	}
	t.mu.Lock()
	t.memo = opened{store: store, at: at, schedule: s}
	t.mu.Unlock()
	return s, nil
}

// New makes the room. users may be nil: then nobody is kept from an order.
func New(files *customer.Files, bus *events.Bus, users UsersNamed) *Tasks {
	if users == nil {
		users = func(context.Context, postgres.DB, uuid.UUID, string) ([]uuid.UUID, error) { return nil, nil }
	}
	return &Tasks{files: files, bus: bus, users: users, box: message.NewBox(bus), renewals: policy.NewRenewals(bus, nil), visits: appointment.NewBook(bus)}
}

// Register makes the rules part of every transaction that publishes what they
// live on. Call it once, before anything is published.
func (t *Tasks) Register() {
	t.bus.OnMany(events.WorkOrderDelivered, t.onDelivered)
	t.bus.On(events.WorkOrderVoided, t.onVoided)
	t.bus.OnMany(events.WorkOrderChanged, t.onOrders)
	t.bus.On(events.DNCAdded, t.onDNC)
	t.bus.On(events.ConsentChanged, t.onConsent)
	t.bus.On(events.PhoneInvalidated, t.onPhoneInvalid)
	t.bus.On(events.RenewalChanged, t.onRenewal)
	t.bus.On(events.SMSHanded, t.onHanded)
	t.bus.On(events.AppointmentChanged, t.onAppointment)
	t.bus.On(events.ResponseFinished, t.onFinished)
	t.bus.On(events.QuickFormSaved, t.onForm)
	t.bus.On(events.CustomerMerged, t.onMerged)
	t.bus.On(events.CustomerUnmerged, t.onUnmerged)
	t.bus.OnAny(t.onVehicles, events.SaleDelivered, events.WorkOrderOpened, events.WorkOrderDelivered, events.MileageChanged)
}

func (t *Tasks) publish(ctx context.Context, db postgres.DB, kind events.Kind, k Task, by customer.By) error {
	e, err := k.event(kind, by)
	if err != nil {
		return err
	}
	return t.bus.Publish(ctx, db, e, nil)
}

func (k Task) event(kind events.Kind, by customer.By) (events.Event, error) {
	data, err := json.Marshal(map[string]any{"kind": k.Kind, "state": k.State, "reason": k.BlockedReason})
	if err != nil {
		return events.Event{}, fmt.Errorf("encoding the event of task %s: %w", k.ID, err)
	}
	return events.Event{
		Kind: kind, Group: k.GroupID, Store: k.StoreID, At: by.At, Actor: by.Actor, Data: data,
		Subject: events.Subjects{"task": k.ID, "customer": k.CustomerID},
	}, nil
}
