package customer

import (
	"time"

	"github.com/google/uuid"

	"ringback/internal/cn"
)

// Codes this package adds to a row (spec 7.4).
const (
	WSamePlate cn.Code = "W-SAME-PLATE"
	WStaff     cn.Code = "W-STAFF"
	WShared    cn.Code = "W-SHARED"
)

// VehicleSeen is a vehicle as a file's row shows it.
type VehicleSeen struct {
	ID        uuid.UUID // of a vehicle that is known already; zero: found by what follows
	No        cn.VehicleNo
	Plate     string
	Card      string // purchase card number of an e-bike
	Nameless  bool   // a vehicle without any number of its own: always a new one
	Brand     string
	Series    string
	Model     string
	On        time.Time // day the plate was seen on the vehicle; zero: unknown
	Synthetic bool
}

// Known tells whether there is anything a vehicle could be found or made by.
func (v VehicleSeen) Known() bool {
	return v.Named() || v.Nameless || v.ID != uuid.Nil
}

// Named tells whether the row gives a number that a vehicle is known by.
func (v VehicleSeen) Named() bool {
	return v.No.VIN != "" || v.No.Frame != "" || v.No.Last8 != "" || v.Plate != "" || v.Card != ""
}

func (v VehicleSeen) kind() string {
	if v.No.Frame != "" || v.Card != "" {
		return "ebike"
	}
	return "car"
}

// MaskedPlate shows 苏B**345: who is called may be told it before they have said who
// they are.
func (v Vehicle) MaskedPlate() string { return cn.MaskPlate(v.Plate) }
