package task

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"ringback/crm/customer"
	"ringback/crm/dealer"
	"ringback/crm/workorder"
	"ringback/internal/events"
	"ringback/internal/postgres"
)

func maintenanceKinds() []string { return []string{FirstService, PeriodicService} }

// firstTouch is how many days before a vehicle is due the first touch may be written
// down.
const firstTouch = 30

// safetyTouch marks the task about a declined safety item (TR-18): it belongs to an
// order, not to a cycle, and a later visit ends it.
const safetyTouch = "/safety"

// onVehicles plans the maintenance of the vehicles that sales, visits and readings
// are about, all of one publication together.
func (t *Tasks) onVehicles(ctx context.Context, tx postgres.DB, es []events.Event) error {
	byStore := map[uuid.UUID][]uuid.UUID{}
	for _, e := range es {
		if v, ok := e.Subject["vehicle"]; ok && !slices.Contains(byStore[e.Store], v) {
			byStore[e.Store] = append(byStore[e.Store], v)
		}
	}
	for store, vehicles := range byStore {
		by := byOf(es[0])
		by.Store = store
		known, err := workorder.UpkeepOf(ctx, tx, store, vehicles, by.At)
		if err != nil {
			return err
		}
		if _, err := t.plan(ctx, tx, known, by); err != nil {
			return err
		}
	}
	return nil
}

// lookAtVehicles plans the maintenance of some vehicles.
func (t *Tasks) lookAtVehicles(ctx context.Context, tx postgres.DB, by customer.By, ids []uuid.UUID) (int, error) {
	known, err := workorder.UpkeepOf(ctx, tx, by.Store, ids, by.At)
	if err != nil {
		return 0, err
	}
	return t.plan(ctx, tx, known, by)
}

// Replan looks at one vehicle's maintenance again: the customer said that it is not
// due yet, or in use again.
func (t *Tasks) Replan(ctx context.Context, tx postgres.DB, by customer.By, vehicle uuid.UUID) error {
	_, err := t.lookAtVehicles(ctx, tx, by, []uuid.UUID{vehicle})
	return err
}

// plan brings the open reminders of vehicles in line with when they are due now.
func (t *Tasks) plan(ctx context.Context, tx postgres.DB, known []workorder.Upkeep, by customer.By) (made int, err error) {
	s, err := t.schedule(ctx, tx, by.Store, by.At)
	if err != nil {
		return 0, err
	}
	plans, err := workorder.Plans(ctx, tx, by.Store)
	if err != nil {
		return 0, err
	}
	round, err := t.look(ctx, tx, known, plans, s, by)
	if err != nil {
		return 0, err
	}
	if err := t.stopAll(ctx, tx, known, round, s, by); err != nil {
		return 0, err
	}
	for _, u := range known {
		n, err := t.planOne(ctx, tx, u, round, s, by)
		if err != nil {
			return made, fmt.Errorf("maintenance of vehicle %s: %w", u.VehicleID, err)
		}
		made += n
	}
	return made, t.insertAll(ctx, tx, round.crowd, by)
}

func (t *Tasks) planOne(ctx context.Context, tx postgres.DB, u workorder.Upkeep, r round, s dealer.Schedule, by customer.By) (int, error) {
	p, open := r.planOf(u), r.open[u.VehicleID]
	c, due := p.Next(u, s.Zone())
	base := cycleKey(u, c)
	if over(u, c, due, p, by.At) != "" {
		return 0, nil
	}
	if err := t.moveReminders(ctx, tx, base, c, open, s, by); err != nil {
		return 0, err
	}
	ctx = r.crowd.context(ctx) // of the vehicles that somebody may be reminded of
	made, err := t.warranty(ctx, tx, u, s, by)
	if err != nil || tooSoon(c, by.At) || r.coming[u.VehicleID] || r.declined[base] {
		return made, err
	}
	n, err := t.remind(ctx, tx, u, c, base, r, by)
	return made + n, err
}

// tooSoon tells that no touch of a cycle may be written down yet.
func tooSoon(c workorder.Cycle, now time.Time) bool {
	return c.Due.After(now.AddDate(0, 0, firstTouch))
}

// over is why nobody is reminded of this vehicle now, empty when somebody may be.
func over(u workorder.Upkeep, c workorder.Cycle, due bool, p workorder.Plan, now time.Time) string {
	stop := c.Due.AddDate(0, 0, p.StopAfterDays)
	if c.First {
		stop = dealer.AddMonths(c.From, 12) // from here on it is a lost customer's matter (TR-60)
	}
	switch {
	case u.InWorkshop:
		return ReasonVisited
	case !due || u.CustomerID == nil || now.After(stop):
		return ReasonTooLate
	}
	return ""
}

// cycleKey is what the touches of one cycle share: the vehicle and the visit it counts
// from, so that a due date that moves keeps its touches.
func cycleKey(u workorder.Upkeep, c workorder.Cycle) string {
	if c.First {
		return u.VehicleID.String() + "/first"
	}
	return u.VehicleID.String() + "/" + c.Anchor.String()
}

// stopAll ends the open touches of vehicles that nobody is reminded of now, and those
// of another cycle than the one that runs; all of one reason together.
func (t *Tasks) stopAll(ctx context.Context, tx postgres.DB, known []workorder.Upkeep, r round, s dealer.Schedule, by customer.By) error {
	touches, vehicles := map[string][]uuid.UUID{}, map[string][]uuid.UUID{}
	for _, u := range known {
		p := r.planOf(u)
		c, due := p.Next(u, s.Zone())
		base, reason := cycleKey(u, c)+"/", over(u, c, due, p, by.At)
		if reason == "" {
			reason = ReasonVisited
		} else {
			base = "none"
		}
		if old := ofOtherCycles(r.open[u.VehicleID], base); len(old) > 0 {
			touches[reason], vehicles[reason] = append(touches[reason], old...), append(vehicles[reason], u.VehicleID)
		}
	}
	for _, reason := range slices.Sorted(maps.Keys(touches)) {
		if _, err := t.end(ctx, tx, by, cancel, reason, `id = ANY ($1)`, touches[reason]); err != nil {
			return err
		}
		if err := t.box.RevokeAll(ctx, tx, "upkeep", vehicles[reason], "", reason); err != nil {
			return err
		}
	}
	return nil
}

func ofOtherCycles(open []Task, base string) (ids []uuid.UUID) {
	for _, k := range open {
		if !strings.HasPrefix(k.SubjectKey, base) && !strings.HasSuffix(k.SubjectKey, safetyTouch) {
			ids = append(ids, k.ID)
		}
	}
	return ids
}

// moveReminders gives untouched reminders the days of a due date that has moved
// (T-D5).
func (t *Tasks) moveReminders(ctx context.Context, tx postgres.DB, base string, c workorder.Cycle, open []Task, s dealer.Schedule, by customer.By) error {
	for _, k := range open {
		if k.Attempts > 0 || k.CallbackAt != nil || !strings.HasPrefix(k.SubjectKey, base+"/") {
			continue
		}
		for _, r := range rules() {
			if r.id != k.Reason || r.touch == "" || k.SubjectKey != base+"/"+r.touch || r.on != firstDue && r.on != periodicDue {
				continue
			}
			from, due := r.from(s, c.Due, by.At), r.due(s, c.Due, by.At)
			if due.Equal(k.DueAt) {
				continue
			}
			k.NotBefore, k.DueAt, k.NextAttemptAt = from, due, nil
			if from.After(by.At) {
				k.NextAttemptAt = &from
			}
			if err := t.save(ctx, tx, k, by); err != nil {
				return err
			}
		}
	}
	return nil
}

// remind lets the rules of the cycle look at it.
func (t *Tasks) remind(ctx context.Context, tx postgres.DB, u workorder.Upkeep, c workorder.Cycle, base string, r round, by customer.By) (int, error) {
	o := occasion{
		on: periodicDue, anchor: c.Due, subject: base, customer: r.crowd.people[*u.CustomerID], vehicle: &u.VehicleID,
		about: events.Subjects{"upkeep": u.VehicleID, "vehicle": u.VehicleID}, useless: c.Due.AddDate(0, 0, 1), words: dueWords(c),
	}
	if c.First {
		o.on = firstDue
	}
	made, err := t.apply(ctx, tx, o, by)
	if err != nil || c.First || !c.Forecast || c.Due.After(by.At.AddDate(0, 0, 14)) || r.called[base] {
		return made, err
	}
	if made > 0 { // what was just written down may be a call of today
		if err := t.insertAll(ctx, tx, r.crowd, by); err != nil {
			return made, err
		}
		if busy, err := called(ctx, tx, by.Store, touchKeys(base), by.At); err != nil || busy[base] {
			return made, err
		}
	}
	o.on = dueSooner
	n, err := t.apply(ctx, tx, o, by)
	return made + n, err
}

func dueWords(c workorder.Cycle) map[string]string {
	words := map[string]string{"first_due_date_zh": c.Due.Format("1月2日"), "next_due_date_zh": c.Due.Format("1月2日")}
	words["next_due_km"] = "保养手册规定的" // …公里
	if c.DueKm > 0 {
		words["next_due_km"] = strconv.Itoa(c.DueKm)
	}
	words["first_due_km"] = words["next_due_km"]
	return words
}

// warranty is TR-17: a month before the warranty ends.
func (t *Tasks) warranty(ctx context.Context, tx postgres.DB, u workorder.Upkeep, s dealer.Schedule, by customer.By) (int, error) {
	ends, ok := warrantyOf(u, s, by.At)
	if !ok {
		return 0, nil
	}
	who, err := t.person(ctx, tx, *u.CustomerID)
	if err != nil {
		return 0, err
	}
	return t.apply(ctx, tx, occasion{
		on: warrantyEnds, anchor: ends, subject: warrantyKey(u, ends), customer: who, vehicle: &u.VehicleID,
		about: events.Subjects{"vehicle": u.VehicleID}, useless: ends, note: "质保 " + ends.Format("2006-01-02") + " 到期",
	}, by)
}

// warrantyOf is the last day of a warranty that somebody is to be told of now.
func warrantyOf(u workorder.Upkeep, s dealer.Schedule, now time.Time) (ends time.Time, ok bool) {
	if u.WarrantyEnd == nil || u.CustomerID == nil {
		return ends, false
	}
	y, m, d := u.WarrantyEnd.Date()
	ends = time.Date(y, m, d, 0, 0, 0, 0, s.Zone())
	return ends, anyRipe(warrantyEnds, ends, s, now)
}

func warrantyKey(u workorder.Upkeep, ends time.Time) string {
	return u.VehicleID.String() + "/warranty/" + ends.Format(time.DateOnly)
}
