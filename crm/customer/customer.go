// Package customer owns customer files (客户档案): customers and their numbers,
// vehicles and who drives them, consent, do-not-call, and the questions a clerk
// must answer (merge cases).
//
// Numbers are sealed; they are found by keyed hash and leave this package clear
// only through [Files.Dialable]. It does not know work orders (package workorder
// adds those to the card) nor tasks.
//
// Who is who follows spec 7.5, decided purely in decide.go:
//
//	a file's row ─▶ vehicle (VIN, frame, last 8, plate) ─▶ same person | bringer | user | someone new (+ review)
package customer

import (
	"time"

	"github.com/google/uuid"

	"ringback/internal/events"
	"ringback/internal/seal"
)

// Files gives access to customer files under one key.
type Files struct {
	box *seal.Box
	bus *events.Bus
}

// NewFiles makes the access; changes are published on bus.
func NewFiles(box *seal.Box, bus *events.Bus) *Files { return &Files{box: box, bus: bus} }

// By says who changes something, when (business time) and for which store.
type By struct {
	Group, Store uuid.UUID
	Actor        uuid.UUID // zero: the system
	At           time.Time
}

// Status of a number (spec 2.2.6).
type Status string

// Statuses of a number. Only ok and unknown are dialled.
const (
	OK        Status = "ok"
	Wrong     Status = "wrong"     // reaches somebody else
	Empty     Status = "empty"     // 空号
	Suspended Status = "suspended" // 停机
	StaffNo   Status = "staff"     // an employee's: never surveyed
	Shared    Status = "shared"    // five customers or more
	Fake      Status = "fake"      // placeholder
	Unknown   Status = "unknown"
)

// Callable tells whether a number of this status may be dialled by the system.
func (s Status) Callable() bool { return s == OK || s == Unknown }

// SharedFrom is the number of customers from which a number is shared (W-SHARED).
const SharedFrom = 5

// Customer is a person or company.
type Customer struct {
	ID            uuid.UUID  `json:"id"`
	GroupID       uuid.UUID  `json:"-"`
	StoreID       uuid.UUID  `json:"store_id"`
	Kind          string     `json:"kind"` // person, company
	NameZH        string     `json:"name_zh"`
	SurnameZH     string     `json:"surname_zh"`
	Honorific     string     `json:"honorific"` // 先生, 女士 or empty
	Birthday      string     `json:"birthday"`
	AddressZH     string     `json:"address_zh"`
	Segment       string     `json:"segment"`
	ClubMember    bool       `json:"club_member"`
	ClubLevel     string     `json:"club_level"`
	IsVIP         bool       `json:"is_vip" db:"is_vip"`
	PreferredTime string     `json:"preferred_time"`
	AdvisorName   string     `json:"advisor_name"`
	BringerOnly   bool       `json:"bringer_only"`
	NoPhone       bool       `json:"no_phone"`
	Tags          []string   `json:"tags"`
	FreezeUntil   *time.Time `json:"freeze_until"`
	Version       int        `json:"version"`
}

// Phone is a number as everyone may see it.
type Phone struct {
	ID       uuid.UUID `json:"id"`
	Masked   string    `json:"masked"`
	Last4    string    `json:"last4"`
	Kind     string    `json:"kind"`
	Ext      string    `json:"ext"`
	Role     string    `json:"role"`
	Priority int       `json:"priority"`
	Status   Status    `json:"status"`
	Hash     []byte    `json:"-"`
}

// Vehicle is a car or e-bike.
type Vehicle struct {
	ID          uuid.UUID  `json:"id"`
	Kind        string     `json:"kind"`
	VIN         *string    `json:"vin" db:"vin"`
	VINValid    bool       `json:"vin_valid" db:"vin_valid"`
	FrameNo     *string    `json:"frame_no"`
	Plate       string     `json:"plate"`
	Brand       string     `json:"brand"`
	Series      string     `json:"series"`
	Model       string     `json:"model"`
	SaleDate    *time.Time `json:"sale_date"`
	WarrantyEnd *time.Time `json:"warranty_end_date" db:"warranty_end_date"`
	MileageLast *int       `json:"mileage_last"`
	MileageAt   *time.Time `json:"mileage_at"`
	NextDueDate *time.Time `json:"next_due_date"`
	NextDueKm   *int       `json:"next_due_km"`
	Status      string     `json:"status"`
	OwnerID     *uuid.UUID `json:"owner_id"`
	OwnerName   string     `json:"owner_name"`
}
