package task

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"ringback/crm/customer"
	"ringback/crm/dealer"
	"ringback/crm/workorder"
	"ringback/internal/events"
	"ringback/internal/postgres"
)

// crowd is what the rules know beforehand of the customers that one publication is
// about, and what they have done so far: new tasks are written together. It travels in
// the context; without it every question goes to the database. An import brings
// hundreds of orders at once.
type crowd struct {
	people   map[uuid.UUID]customer.Customer
	vehicles map[uuid.UUID]bool // what the occasions are about
	tellable *tellable          // read when the first message is written
	facts    map[uuid.UUID]*customer.Facts
	surveyed map[uuid.UUID]bool // a survey is on its way, or was made lately (D-24)
	users    map[string][]uuid.UUID
	written  map[string]bool     // subjects of tasks in the database, of all that the rules may ask for
	there    map[[2]string]*Task // kind and subject of tasks in the database that orders may join
	joined   []*Task             // those of them that an order has joined
	at       map[[2]string]int   // kind and subject of a pending task to its place
	plans    map[string]bool     // what comes before the last slash of pending subjects
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

// withoutCrowd is for what a crowd does not know: what follows from a task's end.
func withoutCrowd(ctx context.Context) context.Context {
	return context.WithValue(ctx, crowdKey{}, (*crowd)(nil))
}

// delivery is the occasion that an order's hand-over is.
func delivery(o *workorder.Order, c customer.Customer, s dealer.Schedule) occasion {
	return occasion{
		on: orderDelivered, anchor: *o.DeliveredAt, subject: o.CustomerID.String() + "/" + s.Day(*o.DeliveredAt).Format(time.DateOnly),
		customer: c, vehicle: &o.VehicleID, order: o, wish: o.PreferredCallTime,
		about: events.Subjects{"work_order": o.ID, "vehicle": o.VehicleID},
	}
}

// gatherOrders reads what the rules will ask about deliveries. had are the orders that
// are in tasks already, whatever these are called now.
func (t *Tasks) gatherOrders(ctx context.Context, tx postgres.DB, orders []workorder.Order, s dealer.Schedule, by customer.By) (c *crowd, had map[uuid.UUID]bool, err error) {
	var who, ids []uuid.UUID
	var days, keys []string
	for i := range orders {
		o := &orders[i]
		day := delivery(o, customer.Customer{}, s).subject
		who, ids = append(who, o.CustomerID), append(ids, o.ID)
		days, keys = append(days, day), append(keys, day, day+safetyTouch)
	}
	if c, err = t.gather(ctx, tx, who, keys, by); err != nil {
		return nil, nil, err
	}
	for i := range orders {
		c.vehicles[orders[i].VehicleID] = true
	}
	if c.surveyed, err = surveyedOf(ctx, tx, who, by.At); err != nil {
		return nil, nil, err
	}
	found, err := many(ctx, tx, `SELECT `+columns+` FROM task WHERE store_id = $1 AND subject_key = ANY ($2) AND kind = ANY ($3)
		ORDER BY created_at DESC, id FOR UPDATE`, by.Store, days, []string{Followup3D, Followup7D})
	if err != nil {
		return nil, nil, err
	}
	for i, k := range found { // the oldest stays
		c.there[[2]string{k.Kind, k.SubjectKey}] = &found[i]
	}
	had, err = ordersWithTasks(ctx, tx, ids, by.At)
	return c, had, err
}

// gather reads what the rules will ask about customers and subjects.
func (t *Tasks) gather(ctx context.Context, tx postgres.DB, who []uuid.UUID, keys []string, by customer.By) (c *crowd, err error) {
	c = &crowd{vehicles: map[uuid.UUID]bool{}, users: map[string][]uuid.UUID{}, there: map[[2]string]*Task{}, at: map[[2]string]int{}, plans: map[string]bool{}, surveyed: map[uuid.UUID]bool{}}
	for _, id := range who {
		keys = append(keys, noPhoneKey(id))
	}
	if c.people, err = customer.GetMany(ctx, tx, who); err != nil {
		return nil, err
	}
	if c.facts, err = t.files.FactsOf(ctx, tx, by.Group, who, by.At); err != nil {
		return nil, err
	}
	c.written, err = keysTaken(ctx, tx, by.Store, keys)
	return c, err
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

// before is Tasks.before without the database.
func (c *crowd) before(r rule, o occasion, not []uuid.UUID) bool {
	this := [2]string{r.kind, keyOf(r, o)}
	i, pending := c.at[this]
	switch {
	case !r.mergesOrders():
		return pending || c.written[this[1]]
	case pending:
		c.pending[i].join(o, priority(r, o), not)
		return true
	}
	k := c.there[this]
	if k != nil && k.join(o, priority(r, o), not) && !slices.Contains(c.joined, k) {
		c.joined = append(c.joined, k)
	}
	return k != nil
}

// keep takes a new task. Like the index behind insert it refuses a second open one of
// the same kind and subject.
func (c *crowd) keep(k Task) bool {
	this := [2]string{k.Kind, k.SubjectKey}
	if i, twice := c.at[this]; twice && c.pending[i].State.Open() && k.State.Open() {
		return false
	}
	if k.State.Open() && slices.Contains(tiringSurveys(), k.Kind) {
		c.surveyed[k.CustomerID] = true
	}
	c.at[this], c.plans[planKey(k.SubjectKey)] = len(c.pending), true
	c.pending = append(c.pending, k)
	return true
}

// planned tells whether a plan has tasks, of which one may have to give way to a
// later touch.
func (c *crowd) planned(plan string) bool {
	if c.plans[plan] || c.written[plan+safetyTouch] {
		return true
	}
	return slices.ContainsFunc(touchKeys(plan), func(key string) bool { return c.written[key] })
}

// planKey is what the touches of a plan share in their subjects.
func planKey(subject string) string { return subject[:max(0, strings.LastIndexByte(subject, '/'))] }

// settle forgets what has been written.
func (c *crowd) settle() {
	for _, k := range c.pending {
		c.written[k.SubjectKey] = true
	}
	c.pending, c.joined = nil, nil
	clear(c.at)
	clear(c.plans)
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
