package task

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"ringback/crm/customer"
	"ringback/crm/dealer"
	"ringback/crm/workorder"
	"ringback/internal/events"
	"ringback/internal/postgres"
)

// crowd is what the rules know beforehand of the customers whose orders an import
// delivers together, and the tasks they have made of them so far, which are written
// together. It travels in the context of one publication; without it every question
// goes to the database. Only orders that have no task yet, nor their customer's day,
// are looked at with it: then nothing a rule finds can be missing here.
type crowd struct {
	people   map[uuid.UUID]customer.Customer
	facts    map[uuid.UUID]*customer.Facts
	surveyed map[uuid.UUID]bool // a survey is on its way, or was made lately (D-24)
	users    map[string][]uuid.UUID
	keys     map[string]bool    // subjects of tasks: theirs, and those in pending
	open     map[[2]string]bool // kind and subject of open tasks in pending
	pending  []Task
}

type crowdKey struct{}

func crowdOf(ctx context.Context) *crowd {
	c, _ := ctx.Value(crowdKey{}).(*crowd)
	return c
}

func (c *crowd) context(ctx context.Context) context.Context {
	return context.WithValue(ctx, crowdKey{}, c)
}

// delivery is the occasion that an order's hand-over is.
func delivery(o *workorder.Order, c customer.Customer, s dealer.Schedule) occasion {
	return occasion{
		on: orderDelivered, anchor: *o.DeliveredAt, subject: o.CustomerID.String() + "/" + s.Day(*o.DeliveredAt).Format(time.DateOnly),
		customer: c, vehicle: &o.VehicleID, order: o, wish: o.PreferredCallTime,
		about: events.Subjects{"work_order": o.ID, "vehicle": o.VehicleID},
	}
}

// gather reads what the rules will ask about deliveries. had are the orders that have
// tasks already.
func (t *Tasks) gather(ctx context.Context, tx postgres.DB, orders []workorder.Order, s dealer.Schedule, by customer.By) (c *crowd, had map[uuid.UUID]bool, err error) {
	c = &crowd{users: map[string][]uuid.UUID{}, open: map[[2]string]bool{}}
	var who, ids []uuid.UUID
	var keys []string
	for i := range orders {
		o := &orders[i]
		who, ids = append(who, o.CustomerID), append(ids, o.ID)
		d := delivery(o, customer.Customer{}, s)
		keys = append(keys, d.subject, d.subject+safetyTouch, noPhoneKey(o.CustomerID))
	}
	if c.people, err = customer.GetMany(ctx, tx, who); err != nil {
		return nil, nil, err
	}
	if c.facts, err = t.files.FactsOf(ctx, tx, by.Group, who, by.At); err != nil {
		return nil, nil, err
	}
	if c.keys, err = keysTaken(ctx, tx, by.Store, keys); err != nil {
		return nil, nil, err
	}
	if c.surveyed, err = surveyedOf(ctx, tx, who, by.At); err != nil {
		return nil, nil, err
	}
	had, err = ordersWithTasks(ctx, tx, ids, by.At)
	return c, had, err
}

func keysTaken(ctx context.Context, tx postgres.DB, store uuid.UUID, keys []string) (map[string]bool, error) {
	rows, err := tx.Query(ctx, `SELECT DISTINCT subject_key FROM task WHERE store_id = $1 AND subject_key = ANY ($2)`, store, keys)
	if err != nil {
		return nil, fmt.Errorf("looking for earlier tasks: %w", err)
	}
	return setOf[string](rows)
}

func surveyedOf(ctx context.Context, tx postgres.DB, who []uuid.UUID, now time.Time) (map[uuid.UUID]bool, error) {
	rows, err := tx.Query(ctx, `SELECT DISTINCT customer_id FROM task WHERE customer_id = ANY ($1) AND kind = ANY ($2)
		AND (state IN ('pending', 'queued', 'in_progress', 'retry_wait', 'blocked') OR (state = 'completed' AND completed_at > $3))`,
		who, tiringSurveys(), now.AddDate(0, 0, -surveyRest))
	if err != nil {
		return nil, fmt.Errorf("looking for earlier surveys: %w", err)
	}
	return setOf[uuid.UUID](rows)
}

// ordersWithTasks are those of the orders that are in tasks. What was written down at
// this very moment has none yet.
func ordersWithTasks(ctx context.Context, tx postgres.DB, orders []uuid.UUID, now time.Time) (map[uuid.UUID]bool, error) {
	rows, err := tx.Query(ctx, `SELECT DISTINCT o.id FROM work_order o JOIN task k ON k.customer_id = o.customer_id AND o.id = ANY (k.work_order_ids)
		WHERE o.id = ANY ($1) AND o.created_at < $2`, orders, now)
	if err != nil {
		return nil, fmt.Errorf("looking for tasks of orders: %w", err)
	}
	return setOf[uuid.UUID](rows)
}

func setOf[T comparable](rows pgx.Rows) (map[T]bool, error) {
	found, err := pgx.CollectRows(rows, pgx.RowTo[T])
	if err != nil {
		return nil, fmt.Errorf("reading what tasks there are: %w", err)
	}
	out := make(map[T]bool, len(found))
	for _, v := range found {
		out[v] = true
	}
	return out, nil
}

// clean tells that neither the order nor its customer's day has a task.
func (c *crowd) clean(o occasion) bool { return !c.keys[o.subject] && !c.keys[o.subject+safetyTouch] }

// keep takes a new task. Like the index behind insert it refuses a second open one of
// the same kind and subject.
func (c *crowd) keep(k Task) bool {
	if k.State.Open() {
		this := [2]string{k.Kind, k.SubjectKey}
		if c.open[this] {
			return false
		}
		c.open[this] = true
		if slices.Contains(tiringSurveys(), k.Kind) {
			c.surveyed[k.CustomerID] = true
		}
	}
	c.pending, c.keys[k.SubjectKey] = append(c.pending, k), true
	return true
}

// named finds the users of a name, once for a crowd.
func (t *Tasks) named(ctx context.Context, tx postgres.DB, store uuid.UUID, name string) ([]uuid.UUID, error) {
	c := crowdOf(ctx)
	if c == nil {
		return t.users(ctx, tx, store, name)
	}
	found, ok := c.users[name]
	if !ok {
		var err error
		if found, err = t.users(ctx, tx, store, name); err != nil {
			return nil, err
		}
		c.users[name] = found
	}
	return found, nil
}
