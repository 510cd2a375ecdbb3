package desk

import (
	"context"

	"github.com/google/uuid"

	"ringback/crm/script"
	"ringback/crm/task"
	"ringback/internal/postgres"
)

// FileCard is a customer's card outside a call, for those who may see files: as
// on the desk, with nothing covered and the newest visit as this one.
func (d *Desk) FileCard(ctx context.Context, tx postgres.DB, id uuid.UUID) (*Card, error) {
	a := act{ctx: ctx, tx: tx, now: d.o.Clock.Now()}
	full, err := d.o.Customers.Card(ctx, tx, id, a.now)
	if err != nil {
		return nil, err
	}
	c := full.Customer
	v := &Card{
		ID: c.ID.String(), Name: c.NameZH, Surname: c.SurnameZH, Honorific: c.Honorific, CallName: script.CallName(c.SurnameZH, c.Honorific),
		Tags: tagsOf(c, full.DNC, a.now), Phones: phonesOf(full.Phones, task.Task{}, nil), PreferredTime: c.PreferredTime, Confirmed: true, Visits: []PastVisit{},
	}
	s := subject{customer: c}
	if len(full.Vehicles) > 0 {
		s.vehicle = &full.Vehicles[0]
	}
	v.OtherVehicles = others(full.Vehicles, s.vehicle)
	if v.Calls, err = pastCalls(a, id, nil); err != nil {
		return nil, err
	}
	return v, d.uncover(v, a, s)
}
