// Package appointment keeps workshop bookings (预约) and the half-hour slots they
// take up.
//
// It says what is free, holds a slot for a booking and follows it to the visit. It
// does not decide who is called about it: the task rules follow from
// appointment.changed. States of spec 2.5.6, moved only by next in machine.go:
//
//	requested ─▶ booked ─▶ confirmed ─▶ arrived ─▶ completed
//	   │           │  │        │  │        ▲
//	   │           │  └────────┴──┼─▶ no_show ─┘ (late, the same day)
//	   │           │              │      └─▶ rescheduled (within 7 days)
//	   └─ cancelled ◀─────────────┴─▶ rescheduled (a new booking takes its place)
package appointment

import (
	"time"

	"github.com/google/uuid"

	"ringback/internal/events"
)

// State of an appointment (spec 2.4.19).
type State string

// States.
const (
	Requested   State = "requested"
	Booked      State = "booked"
	Confirmed   State = "confirmed"
	Arrived     State = "arrived"
	Completed   State = "completed"
	NoShow      State = "no_show"
	Rescheduled State = "rescheduled"
	Cancelled   State = "cancelled"
)

// Ahead tells whether the customer is still expected.
func (s State) Ahead() bool { return s == Requested || s == Booked || s == Confirmed }

// Appointment is one booking.
type Appointment struct {
	ID           uuid.UUID  `json:"id"`
	GroupID      uuid.UUID  `json:"-"`
	StoreID      uuid.UUID  `json:"store_id"`
	CustomerID   uuid.UUID  `json:"customer_id"`
	VehicleID    *uuid.UUID `json:"vehicle_id"`
	SlotID       *uuid.UUID `json:"slot_id"`
	StartsAt     time.Time  `json:"starts_at"`
	Kind         string     `json:"kind"`   // bay: fast, general, body
	Reason       string     `json:"reason"` // first, periodic, repair, …
	ItemsZH      string     `json:"items_zh" db:"items_zh"`
	Source       string     `json:"source"` // in, out, advisor, online, rework
	State        State      `json:"state"`
	Late         bool       `json:"late"` // came after the no-show
	AdvisorName  string     `json:"advisor_name"`
	PartsOK      bool       `json:"parts_ok" db:"parts_ok"`
	BayOK        bool       `json:"bay_ok" db:"bay_ok"`
	CustomerOK   bool       `json:"customer_ok" db:"customer_ok"`
	ArrivedAt    *time.Time `json:"arrived_at"`
	WorkOrderID  *uuid.UUID `json:"work_order_id"`
	ClosedReason string     `json:"closed_reason"`
	FromTaskID   *uuid.UUID `json:"from_task_id"`
	ReplacesID   *uuid.UUID `json:"replaces_id"`
	CreatedAt    time.Time  `json:"created_at"`
	Version      int        `json:"version"`
}

// HeldFor is how long a slot is kept for a customer who is late; then it is a
// no-show (2.5.6).
const HeldFor = 30 * time.Minute

// Book writes appointments and publishes what changed.
type Book struct{ bus *events.Bus }

// NewBook makes a book that publishes on bus.
func NewBook(bus *events.Bus) *Book { return &Book{bus: bus} }

// Register lets arriving and delivered work orders move the appointments they
// belong to. Call it once, before anything is published.
func (b *Book) Register() {
	b.bus.OnMany(events.WorkOrderOpened, b.onOrders)
	b.bus.OnMany(events.WorkOrderChanged, b.onOrders)
	b.bus.OnMany(events.WorkOrderDelivered, b.onOrders)
}
