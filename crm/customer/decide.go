package customer

import (
	"slices"

	"github.com/google/uuid"

	"ringback/internal/cn"
)

// candidate is a customer who could be the person of a file's row.
type candidate struct {
	id         uuid.UUID
	name       string
	names      []string // that files of a merge went by
	surname    string
	company    bool
	byExternal bool // has the dealer system's number of the row
	byPhone    bool // has one of the row's numbers, neither shared nor staff
	byMobile   bool // … and it is a mobile
	byVehicle  bool // drives or owns the row's vehicle
	byID       bool // has the row's ID number
	byCompany  bool // a company of the same name (7.5 #8)
}

// role is how a person stands to the row's vehicle.
type role string

const (
	owner   role = "owner"
	user    role = "user"
	bringer role = "bringer"
)

// decision is who the row's person is. A zero same means someone new.
type decision struct {
	same   uuid.UUID
	role   role      // for someone new
	review uuid.UUID // an existing file to compare with; zero: no question
	rule   string    // of 7.5, which asks
}

// decide applies spec 7.5 in the order of data/dms rule 5: the dealer system's own
// number, equal ID number, equal
// number and name, equal mobile and vehicle with the same surname, equal vehicle
// and name, company name. owned tells whether the vehicle has an owner already,
// second that the file shows the vehicle with two customers (W-DUP-VIN).
func decide(n cn.Name, cands []candidate, owned, second bool) decision {
	if c, ok := first(cands, func(c candidate) bool { return c.byExternal }); ok {
		return decision{same: c.id}
	}
	if c, ok := first(cands, func(c candidate) bool { return c.byID }); ok {
		if c.named(n) || n.Full == "" {
			return decision{same: c.id}
		}
		return decision{same: c.id, review: c.id, rule: "7"}
	}
	for _, same := range []func(candidate) bool{
		func(c candidate) bool { return c.byPhone && c.named(n) },
		func(c candidate) bool { return c.byMobile && c.byVehicle && n.Surname != "" && c.surname == n.Surname },
		func(c candidate) bool { return c.byVehicle && c.named(n) },
		func(c candidate) bool { return n.Company && c.byCompany },
	} {
		if c, ok := first(cands, same); ok && n.Full != "" {
			return decision{same: c.id}
		}
	}
	if n.Full == "" { // nobody is named: whose number it is, else who stands to the vehicle
		for _, same := range []func(candidate) bool{func(c candidate) bool { return c.byPhone }, func(c candidate) bool { return c.byVehicle }} {
			if c, ok := first(cands, same); ok {
				return decision{same: c.id}
			}
		}
	}
	if c, ok := first(cands, func(c candidate) bool { return c.byMobile }); ok {
		d := decision{role: newcomer(owned || c.byVehicle, second), review: c.id, rule: "4"}
		if c.byVehicle {
			d.rule = "3"
		}
		return d
	}
	return decision{role: newcomer(owned, second)}
}

// named tells whether the file goes by a name: a dealer's system goes on writing the
// name of a file that was merged away.
func (c candidate) named(n cn.Name) bool { return c.name == n.Full || slices.Contains(c.names, n.Full) }

func newcomer(owned, second bool) role {
	switch {
	case second && owned:
		return user
	case owned:
		return bringer
	}
	return owner
}

func first(cands []candidate, is func(candidate) bool) (candidate, bool) {
	for _, c := range cands {
		if is(c) {
			return c, true
		}
	}
	return candidate{}, false
}
