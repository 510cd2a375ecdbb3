package importer

import (
	"bytes"
	"context"
	"slices"

	"github.com/google/uuid"

	"ringback/crm/customer"
	"ringback/crm/policy"
	"ringback/crm/workorder"
	"ringback/internal/cn"
)

// pending is an order of the chunk that must be written, with the place of its
// sighting.
type pending struct {
	row   *Row
	order orderRow
	seen  int
}

// orders writes work orders: who came and with what, the orders, the readings.
func (w *writer) orders(ctx context.Context) error {
	known, err := workorder.KnownOrders(ctx, w.tx, w.by.Store, w.numbers("ro_no"))
	if err != nil {
		return err
	}
	var list []pending
	for i, r := range w.recs {
		row := &w.rows[i]
		o, bad := readOrder(r)
		if bad != nil {
			row.reject(*bad)
			continue
		}
		k, isKnown := known[o.order.RoNo]
		if isKnown && bytes.Equal(k.ContentHash, o.order.ContentHash) {
			row.settle(Same, k.ID)
			continue
		}
		if isKnown && !o.who.Vehicle.Named() {
			o.who.Vehicle.ID = k.VehicleID
		}
		o.who.Visit = o.order.Visit()
		o.who.Second, o.who.Shared = slices.Contains(row.Codes, "W-DUP-VIN"), slices.Contains(row.Codes, "W-SHARED")
		list = append(list, pending{row: row, order: o})
	}
	// by day, whichever end the file begins at: the newest order's customer is the current
	// user, a plate stands on the vehicle that had it last, and mileages grow
	slices.SortStableFunc(list, func(a, b pending) int { return a.order.who.Vehicle.On.Compare(b.order.who.Vehicle.On) })
	sightings := sightingsOf(list)
	seen, err := w.im.files.SeeAll(ctx, w.tx, w.by, sightings)
	if err != nil {
		return err
	}
	return w.saveOrders(ctx, list, seen)
}

// sightingsOf are the people of the orders, the owner before the bringer, and note in
// the orders which of them came.
func sightingsOf(list []pending) (out []customer.Sighting) {
	for i := range list {
		o := &list[i].order
		if o.owner.Full != "" {
			out = append(out, customer.Sighting{
				Name: o.owner, Phones: o.ownerPhones, Vehicle: o.who.Vehicle, Source: "work_order", Synthetic: o.who.Synthetic,
			})
			o.who.Vehicle.Nameless = false
		}
		out = append(out, o.who)
		list[i].seen = len(out) - 1
	}
	return out
}

func (w *writer) saveOrders(ctx context.Context, list []pending, seen []customer.Seen) error {
	orders, readings := make([]workorder.Order, len(list)), make([]customer.Reading, len(list))
	for i, p := range list {
		who, o := seen[p.seen], p.order.order
		if who.Vehicle == uuid.Nil { // the owner's sighting made the nameless vehicle
			who.Vehicle = seen[p.seen-1].Vehicle
		}
		o.GroupID, o.StoreID, o.CustomerID, o.VehicleID, o.ImportBatchID = w.by.Group, w.by.Store, who.Customer, who.Vehicle, &w.batch
		orders[i] = o
		readings[i] = customer.Reading{Vehicle: who.Vehicle, Km: o.MileageIn, On: p.order.who.Vehicle.On, NextDueDate: o.NextDueDate, NextDueKm: o.NextDueKm, Visit: o.Visit()}
	}
	var results []workorder.Result
	var falls []cn.Code
	err := w.im.o.Bus.Held(ctx, w.tx, func(ctx context.Context) (err error) {
		if falls, err = w.im.files.NoteReadings(ctx, w.tx, w.by, readings); err != nil {
			return err
		}
		results, err = w.im.book.UpsertAll(ctx, w.tx, orders, w.by.At, w.by.Actor)
		return err
	})
	if err != nil {
		return err
	}
	for i, p := range list {
		p.row.settle(saved(results[i].How), results[i].ID, append(seen[p.seen].Codes, falls[i])...)
	}
	return w.askOwners(ctx, list, seen)
}

// askOwners asks whose a vehicle is when the same bringer came twice in a row (7.5 #6).
func (w *writer) askOwners(ctx context.Context, list []pending, seen []customer.Seen) error {
	bringers := map[uuid.UUID]uuid.UUID{}
	var vehicles []uuid.UUID
	for _, p := range list {
		if s := seen[p.seen]; s.Bringer {
			if _, have := bringers[s.Vehicle]; !have {
				vehicles = append(vehicles, s.Vehicle)
			}
			bringers[s.Vehicle] = s.Customer
		}
	}
	if len(vehicles) == 0 {
		return nil
	}
	last, err := workorder.LastCustomers(ctx, w.tx, vehicles)
	if err != nil {
		return err
	}
	for _, v := range vehicles {
		if c := last[v]; len(c) == 2 && c[0] == bringers[v] && c[1] == bringers[v] {
			if err := w.im.files.OpenReview(ctx, w.tx, w.by, customer.Review{
				Kind: "ownership", Customer: bringers[v], Vehicle: v, Evidence: customer.Evidence{Rule: "6"},
			}); err != nil {
				return err
			}
		}
	}
	return nil
}

// numbers are the rows' own numbers: of orders or policies.
func (w *writer) numbers(field string) []string {
	out := make([]string, len(w.recs))
	for i, r := range w.recs {
		out[i] = number(r.text(field))
	}
	return out
}

// policies writes policies with the insured and the vehicle.
func (w *writer) policies(ctx context.Context) error {
	known, err := policy.KnownPolicies(ctx, w.tx, w.by.Store, w.numbers("policy_no"))
	if err != nil {
		return err
	}
	var rows []*Row
	var list []policy.Policy
	var sightings []customer.Sighting
	for i, r := range w.recs {
		p, bad := readPolicy(r)
		if bad != nil {
			w.rows[i].reject(*bad)
			continue
		}
		if k, ok := known[p.policy.PolicyNo]; ok && bytes.Equal(k.ContentHash, p.policy.ContentHash) {
			w.rows[i].settle(Same, k.ID)
			continue
		}
		rows, list, sightings = append(rows, &w.rows[i]), append(list, p.policy), append(sightings, p.who)
	}
	seen, err := w.im.files.SeeAll(ctx, w.tx, w.by, sightings)
	if err != nil {
		return err
	}
	for i := range list {
		p := &list[i]
		p.GroupID, p.StoreID, p.CustomerID, p.VehicleID, p.ImportBatchID = w.by.Group, w.by.Store, seen[i].Customer, seen[i].Vehicle, &w.batch
	}
	results, err := w.im.cover.SaveAll(ctx, w.tx, list, w.by.At, w.by.Actor)
	if err != nil {
		return err
	}
	for i, row := range rows {
		row.settle(saved(results[i].How), results[i].ID, seen[i].Codes...)
	}
	return nil
}
