package customer

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"

	"ringback/internal/cn"
	"ringback/internal/events"
	"ringback/internal/postgres"
	"ringback/internal/seal"
)

// Sighting is a person, and perhaps a vehicle, as one row of a file shows them.
type Sighting struct {
	Name      cn.Name
	Phones    []cn.Phone
	IDNumber  string // 18 valid characters or empty
	Vehicle   VehicleSeen
	Second    bool // the file shows this vehicle with two customers (W-DUP-VIN)
	Shared    bool // the file shows the number with many customers: it joins nobody (W-SHARED)
	Source    string
	Synthetic bool
	Details   Details
}

// Details fill blanks of a file; they never overwrite (D-18).
type Details struct {
	Honorific   string
	Birthday    string
	AddressZH   string
	Postcode    string
	Email       string
	ClubLevel   string
	AdvisorName string
	Tags        []string
}

// Seen is who and what a sighting turned out to be.
type Seen struct {
	Customer uuid.UUID
	Vehicle  uuid.UUID // zero when the row names none
	New      bool      // a customer file was opened
	Codes    []cn.Code // W-SAME-PLATE, W-STAFF, W-SHARED
}

// See finds or makes the vehicle and the customer of a row (spec 7.5), adds
// numbers that are new, and opens reviews where 7.5 wants one. Two rows of one
// person give the same customer; a person is never found by name alone.
func (f *Files) See(ctx context.Context, db postgres.DB, by By, s Sighting) (Seen, error) {
	var out Seen
	var err error
	if s.Vehicle.Known() {
		if out.Vehicle, out.Codes, err = f.seeVehicle(ctx, db, by, s.Vehicle); err != nil {
			return Seen{}, err
		}
	}
	cands, owned, err := f.candidates(ctx, db, by, s, out.Vehicle)
	if err != nil {
		return Seen{}, err
	}
	d := decide(s.Name, cands, owned, s.Second)
	if out.Customer = d.same; out.Customer == uuid.Nil {
		out.New = true
		if out.Customer, err = f.open(ctx, db, by, s, d.role); err != nil {
			return Seen{}, err
		}
	} else if err := f.fill(ctx, db, by, out.Customer, s); err != nil {
		return Seen{}, err
	}
	return out, f.settle(ctx, db, by, s, d, owned, &out)
}

// settle writes what follows from the decision: numbers, the role at the vehicle,
// the review.
func (f *Files) settle(ctx context.Context, db postgres.DB, by By, s Sighting, d decision, owned bool, out *Seen) error {
	for _, p := range s.Phones {
		status, err := f.AddPhone(ctx, db, by, out.Customer, p, phoneRole(s, d))
		if err != nil {
			return err
		}
		switch status {
		case StaffNo:
			out.Codes = addCode(out.Codes, WStaff)
		case Shared:
			out.Codes = addCode(out.Codes, WShared)
		}
	}
	if out.Vehicle != uuid.Nil {
		r := d.role
		if r == "" {
			r = newcomer(owned, s.Second)
		}
		if err := link(ctx, db, by, out.Vehicle, out.Customer, r, s.Vehicle.On); err != nil {
			return err
		}
	}
	if d.review == uuid.Nil || d.review == out.Customer {
		return nil
	}
	return f.OpenReview(ctx, db, by, Review{Kind: "same_person", Customer: out.Customer, Other: d.review, Vehicle: out.Vehicle})
}

func addCode(codes []cn.Code, c cn.Code) []cn.Code {
	for _, have := range codes {
		if have == c {
			return codes
		}
	}
	return append(codes, c)
}

func phoneRole(s Sighting, d decision) string {
	switch {
	case d.role == bringer:
		return "bringer"
	case s.Name.Company:
		return "company"
	}
	return "owner"
}

func (f *Files) open(ctx context.Context, db postgres.DB, by By, s Sighting, r role) (uuid.UUID, error) {
	id, kind := uuid.Must(uuid.NewV7()), "person"
	if s.Name.Company {
		kind = "company"
	}
	var idEnc []byte
	if s.IDNumber != "" {
		idEnc = f.box.Seal(seal.IDNumber, []byte(s.IDNumber))
	}
	d := s.Details
	if d.Tags == nil {
		d.Tags = []string{}
	}
	_, err := db.Exec(ctx, `
		INSERT INTO customer (id, group_id, store_id, kind, name_zh, surname_zh, honorific, id_no_enc, id_no_hash, birthday, address_zh,
			postcode, email, club_member, club_level, advisor_name, source, bringer_only, no_phone, tags, is_synthetic, created_at, updated_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14 <> '', $14, $15, $16, $17, $18, $19, $20, $21, $21)`,
		id, by.Group, by.Store, kind, s.Name.Full, s.Name.Surname, honorific(s), idEnc, f.idHash(s.IDNumber), d.Birthday, d.AddressZH,
		d.Postcode, d.Email, d.ClubLevel, d.AdvisorName, s.Source, r == bringer, len(s.Phones) == 0, d.Tags, s.Synthetic, by.At)
	if err != nil {
		return uuid.Nil, fmt.Errorf("opening a customer file: %w", err)
	}
	return id, f.publish(ctx, db, by, events.CustomerCreated, events.Subjects{"customer": id}, nil)
}

func honorific(s Sighting) string {
	if s.Name.Honorific != "" {
		return s.Name.Honorific
	}
	return s.Details.Honorific
}

// fill completes blanks of a known file: 王先生 becomes 王华磊, a missing address
// is added. Nothing that is filled changes.
func (f *Files) fill(ctx context.Context, db postgres.DB, by By, id uuid.UUID, s Sighting) error {
	d := s.Details
	_, err := db.Exec(ctx, `
		UPDATE customer SET
			name_zh = CASE WHEN kind = 'person' AND name_zh = surname_zh AND surname_zh = $3 AND $2 <> '' THEN $2 ELSE name_zh END,
			honorific = CASE WHEN honorific = '' THEN $4 ELSE honorific END,
			birthday = CASE WHEN birthday = '' THEN $5 ELSE birthday END,
			address_zh = CASE WHEN address_zh = '' THEN $6 ELSE address_zh END,
			postcode = CASE WHEN postcode = '' THEN $7 ELSE postcode END,
			id_no_enc = CASE WHEN id_no_hash IS NULL THEN $8 ELSE id_no_enc END,
			id_no_hash = coalesce(id_no_hash, $9),
			advisor_name = CASE WHEN advisor_name = '' THEN $10 ELSE advisor_name END, no_phone = no_phone AND $12,
			updated_at = $11, version = version + 1
		WHERE id = $1`,
		id, s.Name.Full, s.Name.Surname, honorific(s), d.Birthday, d.AddressZH, d.Postcode, f.sealID(s.IDNumber), f.idHash(s.IDNumber), d.AdvisorName, by.At, len(s.Phones) == 0)
	if err != nil {
		return fmt.Errorf("filling customer %s: %w", id, err)
	}
	return nil
}

func (f *Files) sealID(id string) []byte {
	if id == "" {
		return nil
	}
	return f.box.Seal(seal.IDNumber, []byte(id))
}

// link writes how a customer stands to a vehicle, unless something is known.
func link(ctx context.Context, db postgres.DB, by By, vehicle, customer uuid.UUID, r role, on time.Time) error {
	var from *time.Time
	if !on.IsZero() {
		from = &on
	}
	_, err := db.Exec(ctx, `
		INSERT INTO ownership (id, store_id, vehicle_id, customer_id, role, from_day)
		SELECT $1, $2, $3, $4, $5, $6
		WHERE NOT EXISTS (SELECT 1 FROM ownership WHERE vehicle_id = $3 AND customer_id = $4 AND to_day IS NULL)
		ON CONFLICT (vehicle_id, customer_id, role) DO NOTHING`,
		uuid.Must(uuid.NewV7()), by.Store, vehicle, customer, string(r), from)
	if err != nil {
		return fmt.Errorf("linking customer %s to vehicle %s: %w", customer, vehicle, err)
	}
	return nil
}
