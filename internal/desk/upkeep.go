package desk

import (
	"ringback/crm/customer"
	"ringback/crm/satisfaction"
	"ringback/crm/script"
)

// noteMileage keeps what the customer read off the odometer; the vehicle's due day
// follows (T-D5).
func (d *Desk) noteMileage(t *talk, due script.Due) error {
	g, ok := t.given(due, "from_key")
	if !ok || g.Num == nil {
		return nil
	}
	s, err := d.matter(t)
	if err != nil || s.vehicle == nil {
		return err
	}
	km := int(*g.Num)
	_, err = d.o.Customers.NoteReading(t.ctx, t.tx, t.by(), s.vehicle.ID, customer.Reading{Km: &km, On: d.today(t.now)})
	return err
}

// replan looks at the vehicle's maintenance again: it is not due yet (M05).
func (d *Desk) replan(t *talk, _ script.Due) error {
	s, err := d.matter(t)
	if err != nil || s.vehicle == nil {
		return err
	}
	return d.o.Tasks.Replan(t.ctx, t.tx, t.by(), s.vehicle.ID)
}

// churnReason keeps why the customer goes elsewhere or does not come.
func (d *Desk) churnReason(t *talk, due script.Due) error {
	said := satisfaction.Cause{Customer: t.resp.CustomerID, Task: t.resp.TaskID, Code: due.Effect.Params["value"]}
	if g, ok := t.given(due, "key"); ok {
		said.Code, said.Words = g.Code, g.Verbatim
	}
	if said.Code == "" && said.Words == "" {
		return nil
	}
	s, err := d.matter(t)
	if err != nil {
		return err
	}
	if s.vehicle != nil {
		said.Vehicle = &s.vehicle.ID
	}
	return satisfaction.NoteCause(t.ctx, t.tx, t.by(), said)
}
