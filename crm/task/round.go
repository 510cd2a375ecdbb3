package task

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"ringback/crm/appointment"
	"ringback/crm/customer"
	"ringback/crm/dealer"
	"ringback/crm/workorder"
	"ringback/internal/postgres"
)

// round is what the maintenance rules know of all the vehicles they look at together,
// so that they do not ask the database about each: imports bring hundreds at once,
// the nightly pass every vehicle of a store.
type round struct {
	plans    []workorder.Plan
	open     map[uuid.UUID][]Task // open reminders by vehicle
	coming   map[uuid.UUID]bool   // vehicles expected in the workshop
	declined map[string]bool      // cycles that the customer ended
	called   map[string]bool      // cycles with a call now or lately
	crowd    *crowd
}

func (r round) planOf(u workorder.Upkeep) workorder.Plan {
	return workorder.PlanFor(r.plans, u.VehicleKind, u.Model)
}

// look reads a round. Appointments, refusals and people are read of those vehicles
// only that somebody may be reminded of.
func (t *Tasks) look(ctx context.Context, tx postgres.DB, known []workorder.Upkeep, plans []workorder.Plan, s dealer.Schedule, by customer.By) (r round, err error) {
	r = round{plans: plans}
	if r.open, err = t.openReminders(ctx, tx, known); err != nil {
		return r, err
	}
	var vehicles, warranties, people []uuid.UUID
	var bases, keys []string
	for _, u := range known {
		if ends, ok := warrantyOf(u, s, by.At); ok {
			warranties, people, keys = append(warranties, u.VehicleID), append(people, *u.CustomerID), append(keys, warrantyKey(u, ends))
		}
		p := r.planOf(u)
		c, due := p.Next(u, s.Zone())
		if over(u, c, due, p, by.At) == "" && !tooSoon(c, by.At) {
			vehicles, people, bases = append(vehicles, u.VehicleID), append(people, *u.CustomerID), append(bases, cycleKey(u, c))
		}
	}
	touches := touchKeys(bases...)
	if r.crowd, err = t.gather(ctx, tx, people, append(keys, touches...), by); err != nil {
		return r, err
	}
	for _, id := range append(warranties, vehicles...) {
		r.crowd.vehicles[id] = true
	}
	if len(vehicles) == 0 {
		return r, nil
	}
	if r.coming, err = appointment.AheadOf(ctx, tx, vehicles); err != nil {
		return r, err
	}
	if r.declined, err = declined(ctx, tx, by.Store, touches); err != nil {
		return r, err
	}
	r.called, err = called(ctx, tx, by.Store, touches, by.At)
	return r, err
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

// cycleTouches are the touches that a maintenance cycle may have tasks of. Their keys
// are listed where a pattern would do, because a pattern finds no index under
// row-level security.
func cycleTouches() []string {
	var out []string
	for _, r := range rules() {
		if r.kind != "" && (r.on == firstDue || r.on == periodicDue || r.on == dueSooner) {
			out = append(out, r.touch)
		}
	}
	return out
}

func touchKeys(bases ...string) []string {
	var out []string
	for _, base := range bases {
		for _, touch := range cycleTouches() {
			out = append(out, base+"/"+touch)
		}
	}
	return out
}

// declined are the cycles of some tasks, by their keys, that the customer ended: by two
// refusals (T-D6), or by one word that the vehicle is done or does not need it.
func declined(ctx context.Context, tx postgres.DB, store uuid.UUID, keys []string) (map[string]bool, error) {
	type said struct {
		SubjectKey      string
		LastDisposition string
	}
	rows, err := tx.Query(ctx, `SELECT subject_key, last_disposition FROM task
		WHERE store_id = $1 AND subject_key = ANY ($2) AND last_disposition = ANY ($3)`, store, keys, append(endsCycle(), refusesCycle))
	if err != nil {
		return nil, fmt.Errorf("reading what was said of maintenance: %w", err)
	}
	found, err := pgx.CollectRows(rows, pgx.RowToStructByName[said])
	if err != nil {
		return nil, fmt.Errorf("reading what was said of maintenance: %w", err)
	}
	out, refusals := map[string]bool{}, map[string]int{}
	for _, f := range found {
		base := f.SubjectKey[:strings.LastIndexByte(f.SubjectKey, '/')]
		if f.LastDisposition == refusesCycle {
			refusals[base]++
		}
		if f.LastDisposition != refusesCycle || refusals[base] >= 2 {
			out[base] = true
		}
	}
	return out, nil
}

// refusesCycle ends a cycle when it is said twice.
const refusesCycle = "M07"

// endsCycle: already serviced here or elsewhere, out of use, refused, sold.
func endsCycle() []string { return []string{"M03", "M04", "M08", "C04", "C09", "C14"} }

// called are the cycles of some reminders, by their keys, that have a call which is
// open now, or was made in the last two weeks.
func called(ctx context.Context, tx postgres.DB, store uuid.UUID, keys []string, now time.Time) (map[string]bool, error) {
	rows, err := tx.Query(ctx, `SELECT DISTINCT subject_key FROM task WHERE store_id = $1 AND subject_key = ANY ($2) AND kind = ANY ($3) AND (completed_at > $5
			OR not_before <= $4 AND state IN ('pending', 'queued', 'in_progress', 'retry_wait', 'blocked'))`,
		store, keys, maintenanceKinds(), now, now.AddDate(0, 0, -14))
	if err != nil {
		return nil, fmt.Errorf("looking for calls about maintenance: %w", err)
	}
	found, err := setOf[string](rows)
	if err != nil {
		return nil, err
	}
	out := map[string]bool{}
	for key := range found {
		out[key[:strings.LastIndexByte(key, '/')]] = true
	}
	return out, nil
}
