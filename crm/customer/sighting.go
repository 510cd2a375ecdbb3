package customer

import (
	"context"
	"time"

	"github.com/google/uuid"

	"ringback/internal/cn"
	"ringback/internal/postgres"
)

// Sighting is a person, and perhaps a vehicle, as one row of a file shows them.
type Sighting struct {
	Name       cn.Name
	Phones     []cn.Phone
	IDNumber   string // 18 valid characters or empty
	ExternalNo string // the dealer system's own number of the file, or empty
	Masked     string // last four digits of a masked number (E-MASK): kept, never dialled
	Vehicle    VehicleSeen
	Nobody     bool       // only the vehicle was seen
	Visit      *time.Time // when the customer had the vehicle back, where the row is a visit
	Second     bool       // the file shows this vehicle with two customers (W-DUP-VIN)
	Shared     bool       // the file shows the number with many customers: it joins nobody (W-SHARED)
	Source     string
	Synthetic  bool
	Details    Details
}

// Details fill blanks of a file; they never overwrite (D-18).
type Details struct {
	Honorific   string
	Birthday    string
	AddressZH   string
	Postcode    string
	Email       string
	ClubLevel   string
	ClubNo      string
	AdvisorName string
	Tags        []string
}

// Seen is who and what a sighting turned out to be.
type Seen struct {
	Customer   uuid.UUID
	Vehicle    uuid.UUID // zero when the row names none
	New        bool      // a customer file was opened
	NewVehicle bool      // … or a vehicle's
	Bringer    bool      // known at the vehicle as its bringer
	Codes      []cn.Code // W-SAME-PLATE, W-STAFF, W-SHARED
}

// See is SeeAll of one sighting.
func (f *Files) See(ctx context.Context, db postgres.DB, by By, s Sighting) (Seen, error) {
	seen, err := f.SeeAll(ctx, db, by, []Sighting{s})
	if err != nil {
		return Seen{}, err
	}
	return seen[0], nil
}

// SeeAll finds or makes the vehicle and the customer of each row (spec 7.5) in
// order, adds numbers that are new, and opens reviews where 7.5 wants one. Two rows
// of one person give the same customer; a person is never found by name alone. The
// sightings are written together: customer.created and phone.invalidated are
// published after all of them.
func (f *Files) SeeAll(ctx context.Context, db postgres.DB, by By, sightings []Sighting) ([]Seen, error) {
	s, err := f.readScene(ctx, db, by, sightings)
	if err != nil {
		return nil, err
	}
	out := make([]Seen, len(sightings))
	for i, g := range sightings {
		out[i] = s.see(g)
	}
	return out, s.write(ctx, db)
}
