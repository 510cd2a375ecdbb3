package dialer

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"ringback/internal/events"
	"ringback/internal/postgres"
)

const (
	healEvery = 5 * time.Second
	healAll   = 5 * time.Minute // every store is looked at so often, for what no event told
	healStep  = 500
)

// healer knows which stores may have tasks whose refusal has ended.
type healer struct {
	mu     sync.Mutex
	dirty  map[uuid.UUID]bool
	looked map[uuid.UUID]time.Time // real time
}

// mark has a store looked at soon.
func (h *healer) mark(store uuid.UUID) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.dirty == nil {
		h.dirty = map[uuid.UUID]bool{}
	}
	h.dirty[store] = true
}

// due takes the stores out that are to be looked at now.
func (h *healer) due(held []heldStore, now time.Time) []heldStore {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.looked == nil {
		h.looked = map[uuid.UUID]time.Time{}
	}
	out := slices.DeleteFunc(slices.Clone(held), func(s heldStore) bool { return !h.dirty[s.StoreID] && now.Sub(h.looked[s.StoreID]) < healAll })
	for _, s := range out {
		h.looked[s.StoreID] = now
	}
	h.dirty = nil
	return out
}

// mayHeal tells whether an event may end a refusal: of the customer's file, of a
// campaign, of the store's day.
func mayHeal(k events.Kind) bool {
	switch k {
	case events.ConsentChanged, events.CampaignChanged, events.CustomerMerged, events.CustomerUnmerged, events.ImportChanged, events.ClockMoved:
		return true
	}
	return false
}

// heldStore is a store with tasks that a stop holds.
type heldStore struct {
	GroupID uuid.UUID
	StoreID uuid.UUID
}

// healOnce looks again at the tasks that a stop holds, where something changed or
// five minutes have gone by: whose cause has ended goes back to the queue.
func (d *Dialer) healOnce(ctx context.Context) error {
	var held []heldStore
	err := d.pool.AllStores(ctx, func(ctx context.Context, tx pgx.Tx) error {
		rows, err := tx.Query(ctx, `
			SELECT DISTINCT r.group_id, r.store_id FROM refusal r JOIN task t ON t.id = r.task_id
			WHERE r.ended_at IS NULL AND r.cause IN ('file', 'house') AND t.state IN ('pending', 'queued', 'retry_wait', 'blocked')`)
		if err != nil {
			return err
		}
		held, err = pgx.CollectRows(rows, pgx.RowToStructByName[heldStore])
		return err
	})
	if err != nil {
		return fmt.Errorf("looking for tasks that are held: %w", err)
	}
	for _, s := range d.heals.due(held, realNow()) {
		for after := uuid.Nil; ctx.Err() == nil; {
			var more bool
			err := d.in(ctx, s.GroupID, s.StoreID, func(ctx context.Context, tx pgx.Tx) (err error) {
				after, more, err = d.healBatch(ctx, tx, after)
				return err
			})
			if err != nil {
				return fmt.Errorf("looking again at held tasks of store %s: %w", s.StoreID, err)
			}
			if !more {
				break
			}
		}
	}
	return nil
}

// healBatch judges the store's held tasks after one again, on the line of any
// campaign that could call them.
func (d *Dialer) healBatch(ctx context.Context, tx postgres.DB, after uuid.UUID) (last uuid.UUID, more bool, err error) {
	rows, err := tx.Query(ctx, `
		SELECT t.id FROM task t WHERE t.id > $1 AND t.state IN ('pending', 'queued', 'retry_wait', 'blocked')
			AND EXISTS (SELECT FROM refusal r WHERE r.task_id = t.id AND r.ended_at IS NULL AND r.cause IN ('file', 'house'))
		ORDER BY t.id LIMIT $2`, after, healStep)
	if err != nil {
		return after, false, fmt.Errorf("listing held tasks: %w", err)
	}
	ids, err := pgx.CollectRows(rows, pgx.RowTo[uuid.UUID])
	if err != nil || len(ids) == 0 {
		return after, false, err
	}
	now := d.clock.Now()
	found, err := d.readFacts(ctx, tx, ids, now)
	if err != nil {
		return after, false, err
	}
	places, err := d.places(ctx, tx, now)
	if err != nil {
		return after, false, err
	}
	for _, t := range found {
		if err := d.reconsider(ctx, tx, t, places[t.Kind], now); err != nil {
			return after, false, err
		}
	}
	return ids[len(ids)-1], len(ids) == healStep, nil
}

// places are the settings of the store's running campaigns, by kind of task.
func (d *Dialer) places(ctx context.Context, tx postgres.DB, now time.Time) (map[string][]setting, error) {
	rows, err := tx.Query(ctx, `SELECT id FROM campaign WHERE state = 'running' ORDER BY id`)
	if err != nil {
		return nil, fmt.Errorf("listing running campaigns: %w", err)
	}
	ids, err := pgx.CollectRows(rows, pgx.RowTo[uuid.UUID])
	if err != nil {
		return nil, fmt.Errorf("listing running campaigns: %w", err)
	}
	out := map[string][]setting{}
	for _, id := range ids {
		l, err := d.readLoad(ctx, tx, id, now)
		if err != nil {
			return nil, err
		}
		seats, err := seatsOf(ctx, tx, id)
		if err != nil {
			return nil, err
		}
		out[l.TaskKind] = append(out[l.TaskKind], l.setting(seats))
	}
	return out, nil
}

// reconsider frees a held task when no stop is left for it anywhere.
func (d *Dialer) reconsider(ctx context.Context, tx postgres.DB, t taskFacts, places []setting, now time.Time) error {
	if len(places) == 0 {
		places = []setting{{}}
	}
	best := Verdict{Outcome: OutcomeStop}
	for _, p := range places {
		f, err := d.facts(t, p, now)
		if err != nil {
			return err
		}
		if _, v := judge(f, rules()); best.Outcome == OutcomeStop || v.Outcome == OutcomeOK {
			best = v
		}
	}
	if best.Outcome == OutcomeStop {
		return nil
	}
	return d.free(ctx, tx, t, best, now)
}

// free gives a held task back: at once, or when the wait that is left ends.
func (d *Dialer) free(ctx context.Context, tx postgres.DB, t taskFacts, v Verdict, now time.Time) error {
	if _, err := tx.Exec(ctx, `UPDATE refusal SET ended_at = $2 WHERE task_id = $1 AND ended_at IS NULL`, t.TaskID, now); err != nil {
		return fmt.Errorf("ending the refusals of a task: %w", err)
	}
	at := now
	if v.Outcome == OutcomeWait && v.Until.After(now) {
		at = v.Until
	}
	d.moved.ring()
	return d.tasks.Wait(ctx, tx, t.TaskID, at, t.by(now))
}

// LookAgain has a store's held tasks judged again soon: something changed that no
// event tells, such as a caller number or the store's settings.
func (d *Dialer) LookAgain(store uuid.UUID) {
	d.heals.mark(store)
	d.healing.ring()
}
