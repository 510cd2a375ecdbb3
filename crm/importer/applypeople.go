package importer

import (
	"context"
	"slices"

	"github.com/google/uuid"

	"ringback/crm/customer"
	"ringback/crm/dealer"
	"ringback/crm/workorder"
)

// deliveries writes new vehicles handed over. A row without a possible day brings
// customer and vehicle, but no delivery: that needs its day (E-DATE).
func (w *writer) deliveries(ctx context.Context) error {
	var rows []*Row
	var read []deliveryRow
	var sightings []customer.Sighting
	for i, r := range w.recs {
		d, bad := readDelivery(r)
		if bad != nil {
			w.rows[i].reject(*bad)
			continue
		}
		rows, read, sightings = append(rows, &w.rows[i]), append(read, d), append(sightings, d.who)
	}
	seen, err := w.im.files.SeeAll(ctx, w.tx, w.by, sightings)
	if err != nil {
		return err
	}
	var dated []int
	var list []workorder.Delivery
	var fills []customer.VehicleFill
	for i, d := range read {
		d.fill.Vehicle = seen[i].Vehicle
		fills = append(fills, d.fill)
		rows[i].settle(Created, seen[i].Vehicle, seen[i].Codes...)
		if !d.delivery.DeliveredDay.IsZero() {
			o := d.delivery
			o.GroupID, o.StoreID, o.CustomerID, o.VehicleID, o.ImportBatchID = w.by.Group, w.by.Store, seen[i].Customer, seen[i].Vehicle, &w.batch
			dated, list = append(dated, i), append(list, o)
		}
	}
	if err := customer.FillVehicles(ctx, w.tx, w.by.At, fills); err != nil {
		return err
	}
	results, err := w.im.book.SaveDeliveries(ctx, w.tx, list, w.by.At, w.by.Actor)
	for n, r := range results {
		rows[dated[n]].settle(saved(r.How), r.ID)
	}
	return err
}

// customers writes customer files, or club members, with their consent.
func (w *writer) customers(ctx context.Context, read func(*record) (customerRow, *trouble)) error {
	var rows []*Row
	var list []customerRow
	var sightings []customer.Sighting
	for i, r := range w.recs {
		c, bad := read(r)
		if bad != nil {
			w.rows[i].reject(*bad)
			continue
		}
		c.who.Shared = slices.Contains(w.rows[i].Codes, "W-SHARED")
		rows, list, sightings = append(rows, &w.rows[i]), append(list, c), append(sightings, c.who)
	}
	seen, err := w.im.files.SeeAll(ctx, w.tx, w.by, sightings)
	if err != nil {
		return err
	}
	var consents []customer.Consent
	for i, c := range list {
		if c.marketing != "" {
			consents = append(consents, customer.Consent{
				Customer: seen[i].Customer, Purpose: customer.PurposeMarketing, State: c.marketing, Channel: "import", Evidence: "import " + w.batch.String(),
			})
		}
		outcome := Merged
		if seen[i].New {
			outcome = Created
		}
		rows[i].settle(outcome, seen[i].Customer, seen[i].Codes...)
	}
	return w.im.files.RecordConsents(ctx, w.tx, w.by, consents)
}

// vehicles writes vehicle files, with their owners when the file names them.
func (w *writer) vehicles(ctx context.Context) error {
	var rows []*Row
	var sightings []customer.Sighting
	var fills []customer.VehicleFill
	var readings []customer.Reading
	for i, r := range w.recs {
		v, bad := readVehicle(r)
		if bad != nil {
			w.rows[i].reject(*bad)
			continue
		}
		rows, sightings = append(rows, &w.rows[i]), append(sightings, v.who)
		fills, readings = append(fills, v.fill), append(readings, v.reading)
	}
	seen, err := w.im.files.SeeAll(ctx, w.tx, w.by, sightings)
	if err != nil {
		return err
	}
	for i, s := range seen {
		fills[i].Vehicle, readings[i].Vehicle = s.Vehicle, s.Vehicle
	}
	if err := customer.FillVehicles(ctx, w.tx, w.by.At, fills); err != nil {
		return err
	}
	falls, err := w.im.files.NoteReadings(ctx, w.tx, w.by, readings)
	if err != nil {
		return err
	}
	for i, row := range rows {
		outcome := Merged
		if seen[i].NewVehicle {
			outcome = Created
		}
		row.settle(outcome, seen[i].Vehicle, append(seen[i].Codes, falls[i])...)
	}
	return nil
}

func (w *writer) staff(ctx context.Context) error {
	for i, r := range w.recs {
		row := &w.rows[i]
		s, bad := readStaff(r)
		if bad != nil {
			row.reject(*bad)
			continue
		}
		id, how, err := dealer.SaveStaff(ctx, w.tx, w.im.o.Box, w.by.Group, w.by.Store, s, w.by.At)
		if err != nil {
			return err
		}
		if s.Mobile != "" && how != dealer.Same {
			if err := w.im.files.MarkStaff(ctx, w.tx, w.by, s.Mobile); err != nil {
				return err
			}
		}
		row.settle(saved(how), id)
	}
	return nil
}

func (w *writer) dnc(ctx context.Context) error {
	for i, r := range w.recs {
		row := &w.rows[i]
		d, bad := readDNC(r)
		if bad != nil {
			row.reject(*bad)
			continue
		}
		outcome := Same
		for _, entry := range d.entries(w.batch) {
			added, err := w.im.files.AddDNC(ctx, w.tx, w.by, entry)
			if err != nil {
				return err
			}
			if added {
				outcome = Created
			}
		}
		row.settle(outcome, uuid.Nil)
	}
	return nil
}
