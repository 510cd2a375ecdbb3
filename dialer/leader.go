package dialer

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"ringback/crm/task"
	"ringback/dialer/pacing"
	"ringback/internal/postgres"
)

const (
	refillEvery = 5 * time.Second
	refillEmpty = 500 * time.Millisecond // when nothing waits
	hopperDepth = 200
	triesAtOnce = 20 // tasks looked at for one campaign in one tick
)

// led is a campaign this node leads, between ticks.
type led struct {
	lease
	filled time.Time // last refill of the hopper
	learns *learner  // of predictive mode; nil until its first tick
	dry    *bool     // as it was last noted; nil: not yet
	open   *bool     // likewise, its call window
}

// leader makes the step of the planning loop: leases every second, and a tick of
// each campaign that this node leads. One goroutine owns the map.
func (d *Dialer) leader() func(context.Context) error {
	campaigns := map[uuid.UUID]*led{}
	var renewed time.Time
	return func(ctx context.Context) error {
		if time.Since(renewed) >= beatEvery {
			if err := d.renew(ctx, campaigns); err != nil {
				return err
			}
			renewed = time.Now()
		}
		var all error
		for _, l := range campaigns {
			began := time.Now()
			all = errors.Join(all, d.tick(ctx, l))
			d.metrics.tick.Observe(time.Since(began).Seconds())
		}
		return all
	}
}

func (d *Dialer) renew(ctx context.Context, campaigns map[uuid.UUID]*led) error {
	leases, err := d.lead(ctx)
	if err != nil {
		return err
	}
	now := map[uuid.UUID]bool{}
	for _, l := range leases {
		now[l.CampaignID] = true
		if have := campaigns[l.CampaignID]; have == nil || have.Epoch != l.Epoch {
			campaigns[l.CampaignID] = &led{lease: l}
			d.recount(l.CampaignID)
		}
	}
	for id := range campaigns {
		if !now[id] {
			delete(campaigns, id)
			d.forget(id)
			_ = d.hopper.Drop(ctx, id) // gone or somebody else's: it is refilled
		}
	}
	return nil
}

// tick decides for one campaign and plans what was decided.
func (d *Dialer) tick(ctx context.Context, l *led) error {
	load, err := d.look(ctx, l)
	if err != nil {
		return err
	}
	d.gauges(load)
	way, hasLine := load.line()
	if load.State != Running || !hasLine {
		d.decided(load, pacing.Output{}, situation{noLine: !hasLine})
		return d.giveWay(ctx, l, load, true)
	}
	waiting, err := d.fill(ctx, l, load)
	if err != nil {
		d.decided(load, pacing.Output{LimitedBy: byRedis}, situation{noRedis: true})
		return fmt.Errorf("filling the hopper of %s: %w", load.Name, err)
	}
	open, next := load.opening()
	if err := d.noteWindow(ctx, l, load, open, next); err != nil {
		return err
	}
	if err := d.giveWay(ctx, l, load, waiting == 0 || !open); err != nil {
		return err
	}
	sit := situation{closed: !open, next: next, now: load.house.Now}
	out, price := pacing.Decide(load.pacing(waiting)), 0.0
	if load.Mode == Predictive {
		dec, err := d.ahead(ctx, l, load, waiting)
		if err != nil {
			return err
		}
		out, price, sit.model = pacing.Output{Open: dec.Open, LimitedBy: dec.LimitedBy}, dec.Price, &dec
	}
	sit.opened, err = d.openLines(ctx, l, way.TrunkID, out.Open, limitOf(open), price)
	if err != nil {
		sit.noRedis = away(err)
	}
	d.decided(load, out, sit)
	return err
}

// byRedis is why nothing is dialed while the hopper is away.
const byRedis pacing.Limit = "redis"

// limitOf: outside the store's windows only agreed call-backs are picked.
func limitOf(open bool) float64 {
	if open {
		return 2 * AgreedBand
	}
	return AgreedBand
}

// look pledges the idle agents of the campaign's list and reads where it stands.
func (d *Dialer) look(ctx context.Context, l *led) (load, error) {
	var out load
	err := d.in(postgres.PlannedOnce(ctx), l.GroupID, l.StoreID, func(ctx context.Context, tx pgx.Tx) (err error) {
		if err = d.pledgeIdle(ctx, tx, l.CampaignID); err != nil {
			return err
		}
		out, err = d.readLoad(ctx, tx, l.CampaignID, d.clock.Now())
		return err
	})
	if err != nil {
		return load{}, fmt.Errorf("looking at a campaign: %w", err)
	}
	return out, nil
}

// fill rebuilds what waits from Postgres every few seconds, and at once when
// nothing is there: also when Redis has lost it.
func (d *Dialer) fill(ctx context.Context, l *led, load load) (int, error) {
	waiting, err := d.hopper.Len(ctx, l.CampaignID)
	if err != nil {
		l.filled = time.Time{}
		return 0, err
	}
	age := time.Since(l.filled)
	if age < refillEmpty || age < refillEvery && waiting > 0 {
		return waiting, nil
	}
	due, err := d.due(ctx, load)
	if err != nil {
		return 0, err
	}
	if err := d.hopper.Fill(ctx, l.CampaignID, due); err != nil {
		return 0, err
	}
	l.filled = time.Now()
	return len(due), nil
}

// due are the tasks to call next, in the order of crm/task.
func (d *Dialer) due(ctx context.Context, load load) ([]Next, error) {
	var next []Next
	err := d.in(ctx, load.GroupID, load.StoreID, func(ctx context.Context, tx pgx.Tx) error {
		list, err := task.Due(ctx, tx, load.StoreID, load.TaskKind, d.clock.Now(), hopperDepth)
		if err != nil {
			return err
		}
		next = make([]Next, len(list))
		for i, t := range list {
			next[i] = Next{Task: t.ID, Score: float64(i)}
			if t.CallbackAt == nil && !t.OwnHours {
				next[i].Score += AgreedBand
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("reading the tasks due: %w", err)
	}
	return next, nil
}

// openLines plans up to n lines with the next tasks.
func (d *Dialer) openLines(ctx context.Context, l *led, trunk uuid.UUID, n int, limit, price float64) (opened int, err error) {
	defer d.wake(ctx, &opened)
	for tries := 0; opened < n && tries < triesAtOnce; tries++ {
		next, err := d.hopper.Pop(ctx, l.CampaignID, 1, limit)
		if err != nil || len(next) == 0 {
			return opened, err
		}
		result, err := d.plan(ctx, l.lease, next[0], price)
		if err != nil {
			return opened, err
		}
		switch result {
		case planOpened:
			opened++
			d.paces.join(trunk)
			d.metrics.opened.WithLabelValues(l.CampaignID.String()).Inc()
		case planFull, planLost:
			l.filled = time.Time{} // the task goes back with the next refill
			return opened, nil
		case planRefused, planTaken:
		}
	}
	return opened, nil
}

// wake tells this node and the others that something can be claimed.
func (d *Dialer) wake(ctx context.Context, opened *int) {
	if *opened > 0 {
		d.planned.ring()
		_ = d.hopper.Wake(ctx) // other nodes poll if it is lost
	}
}
