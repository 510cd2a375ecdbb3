package task

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"ringback/crm/appointment"
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

// lookAtVehicles plans the maintenance of every vehicle of the store.
func (t *Tasks) lookAtVehicles(ctx context.Context, tx postgres.DB, by customer.By) (int, error) {
	all, err := workorder.UpkeepOf(ctx, tx, by.Store, nil, by.At)
	if err != nil {
		return 0, err
	}
	made, err := t.plan(ctx, tx, all, by)
	if err != nil {
		return made, err
	}
	_, err = t.overtaken(ctx, tx, by)
	return made, err
}

// Replan looks at one vehicle's maintenance again: the customer said that it is not
// due yet, or in use again.
func (t *Tasks) Replan(ctx context.Context, tx postgres.DB, by customer.By, vehicle uuid.UUID) error {
	known, err := workorder.UpkeepOf(ctx, tx, by.Store, []uuid.UUID{vehicle}, by.At)
	if err != nil {
		return err
	}
	_, err = t.plan(ctx, tx, known, by)
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
	open, err := t.openReminders(ctx, tx, known)
	if err != nil {
		return 0, err
	}
	for _, u := range known {
		p := workorder.PlanFor(plans, u.VehicleKind, u.Model)
		n, err := t.planOne(ctx, tx, u, p, open[u.VehicleID], s, by)
		if err != nil {
			return made, fmt.Errorf("maintenance of vehicle %s: %w", u.VehicleID, err)
		}
		made += n
	}
	return made, nil
}

func (t *Tasks) openReminders(ctx context.Context, tx postgres.DB, known []workorder.Upkeep) (map[uuid.UUID][]Task, error) {
	ids := make([]uuid.UUID, len(known))
	for i, u := range known {
		ids[i] = u.VehicleID
	}
	found, err := many(ctx, tx, `SELECT `+columns+` FROM task WHERE vehicle_id = ANY ($1) AND kind = ANY ($2) AND `+waiting+` ORDER BY id FOR UPDATE`,
		ids, maintenanceKinds())
	if err != nil {
		return nil, err
	}
	out := map[uuid.UUID][]Task{}
	for _, k := range found {
		out[*k.VehicleID] = append(out[*k.VehicleID], k)
	}
	return out, nil
}

func (t *Tasks) planOne(ctx context.Context, tx postgres.DB, u workorder.Upkeep, p workorder.Plan, open []Task, s dealer.Schedule, by customer.By) (int, error) {
	c, due := p.Next(u, s.Zone())
	base := cycleKey(u, c)
	if reason := over(u, c, due, p, by.At); reason != "" {
		return 0, t.stopReminders(ctx, tx, u.VehicleID, open, "", reason, by)
	}
	if err := t.stopReminders(ctx, tx, u.VehicleID, open, base, ReasonVisited, by); err != nil {
		return 0, err
	}
	if err := t.moveReminders(ctx, tx, base, c, open, s, by); err != nil {
		return 0, err
	}
	made, err := t.warranty(ctx, tx, u, s, by)
	if err != nil || c.Due.After(by.At.AddDate(0, 0, firstTouch)) {
		return made, err
	}
	n, err := t.remind(ctx, tx, u, c, base, s, by)
	return made + n, err
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

// stopReminders ends open touches that belong to another cycle than base.
func (t *Tasks) stopReminders(ctx context.Context, tx postgres.DB, vehicle uuid.UUID, open []Task, base, reason string, by customer.By) error {
	var ids []uuid.UUID
	for _, k := range open {
		mine := base != "" && strings.HasPrefix(k.SubjectKey, base+"/")
		if !mine && !strings.HasSuffix(k.SubjectKey, safetyTouch) {
			ids = append(ids, k.ID)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	if _, err := t.end(ctx, tx, by, cancel, reason, `id = ANY ($1)`, ids); err != nil {
		return err
	}
	return t.box.Revoke(ctx, tx, "upkeep", vehicle, "", reason)
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

// remind lets the rules of the cycle look at it, unless the customer is coming anyway
// or has said no twice.
func (t *Tasks) remind(ctx context.Context, tx postgres.DB, u workorder.Upkeep, c workorder.Cycle, base string, s dealer.Schedule, by customer.By) (int, error) {
	if coming, err := appointment.AheadOf(ctx, tx, u.VehicleID); err != nil || coming {
		return 0, err
	}
	if said, err := declined(ctx, tx, by.Store, base); err != nil || said {
		return 0, err
	}
	who, err := t.files.Get(ctx, tx, *u.CustomerID)
	if err != nil {
		return 0, err
	}
	o := occasion{
		on: periodicDue, anchor: c.Due, subject: base, customer: who, vehicle: &u.VehicleID,
		about: events.Subjects{"upkeep": u.VehicleID, "vehicle": u.VehicleID}, useless: c.Due.AddDate(0, 0, 1), words: dueWords(c),
	}
	if c.First {
		o.on = firstDue
	}
	made, err := t.apply(ctx, tx, o, by)
	if err != nil || c.First || !c.Forecast || c.Due.After(by.At.AddDate(0, 0, 14)) {
		return made, err
	}
	if busy, err := called(ctx, tx, by.Store, base, by.At); err != nil || busy {
		return made, err
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

// declines that end a cycle: two refusals (T-D6), or one word that the vehicle is
// done or does not need it.
func declined(ctx context.Context, tx postgres.DB, store uuid.UUID, base string) (yes bool, err error) {
	err = tx.QueryRow(ctx, `
		SELECT count(*) FILTER (WHERE last_disposition = 'M07') >= 2 OR bool_or(last_disposition = ANY ($3)) IS TRUE
		FROM task WHERE store_id = $1 AND subject_key LIKE $2`, store, base+"/%", endsCycle()).Scan(&yes)
	if err != nil {
		return false, fmt.Errorf("reading what was said in cycle %s: %w", base, err)
	}
	return yes, nil
}

// endsCycle: already serviced here or elsewhere, out of use, refused, sold.
func endsCycle() []string { return []string{"M03", "M04", "M08", "C04", "C09", "C14"} }

// called tells whether the cycle has a call that is open now, or was made in the last
// two weeks.
func called(ctx context.Context, tx postgres.DB, store uuid.UUID, base string, now time.Time) (yes bool, err error) {
	err = tx.QueryRow(ctx, `SELECT EXISTS (SELECT FROM task WHERE store_id = $1 AND subject_key LIKE $2 AND kind = ANY ($3) AND (completed_at > $5
			OR not_before <= $4 AND state IN ('pending', 'queued', 'in_progress', 'retry_wait', 'blocked')))`,
		store, base+"/%", maintenanceKinds(), now, now.AddDate(0, 0, -14)).Scan(&yes)
	if err != nil {
		return false, fmt.Errorf("looking for calls of cycle %s: %w", base, err)
	}
	return yes, nil
}

// warranty is TR-17: a month before the warranty ends.
func (t *Tasks) warranty(ctx context.Context, tx postgres.DB, u workorder.Upkeep, s dealer.Schedule, by customer.By) (int, error) {
	if u.WarrantyEnd == nil || u.CustomerID == nil {
		return 0, nil
	}
	y, m, d := u.WarrantyEnd.Date()
	ends := time.Date(y, m, d, 0, 0, 0, 0, s.Zone())
	if !anyRipe(warrantyEnds, ends, s, by.At) {
		return 0, nil
	}
	who, err := t.files.Get(ctx, tx, *u.CustomerID)
	if err != nil {
		return 0, err
	}
	return t.apply(ctx, tx, occasion{
		on: warrantyEnds, anchor: ends, subject: u.VehicleID.String() + "/warranty/" + ends.Format(time.DateOnly), customer: who, vehicle: &u.VehicleID,
		about: events.Subjects{"vehicle": u.VehicleID}, useless: ends, note: "质保 " + ends.Format("2006-01-02") + " 到期",
	}, by)
}
