package dialer

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
)

// freeOrphans gives tasks back that nobody holds any more: taken, but with no
// attempt open and in no agent's hand. A console that died in its preview, signed
// off since, leaves such a task.
func (d *Dialer) freeOrphans(ctx context.Context) error {
	type orphan struct{ ID, GroupID, StoreID uuid.UUID }
	var found []orphan
	err := d.pool.AllStores(ctx, func(ctx context.Context, tx pgx.Tx) error {
		rows, err := tx.Query(ctx, `
			SELECT t.id, t.group_id, t.store_id FROM task t WHERE t.state = 'in_progress'
				AND NOT EXISTS (SELECT FROM attempt a WHERE a.task_id = t.id AND a.state IN
					('planned','dialing','ringing','checking','answered','bridged','wrap','wrap_overdue'))
				AND NOT EXISTS (SELECT FROM agent_session s WHERE s.task_id = t.id AND s.signed_off_at IS NULL)`)
		if err != nil {
			return err
		}
		found, err = pgx.CollectRows(rows, pgx.RowToStructByName[orphan])
		return err
	})
	if err != nil {
		return fmt.Errorf("looking for tasks that nobody holds: %w", err)
	}
	for _, o := range found {
		err := d.in(ctx, o.GroupID, o.StoreID, func(ctx context.Context, tx pgx.Tx) error {
			by := Attempt{GroupID: o.GroupID, StoreID: o.StoreID}.by(d.clock.Now())
			_, err := d.tasks.Release(ctx, tx, o.ID, time.Time{}, by)
			return err
		})
		if err != nil && !conflict(err) {
			return fmt.Errorf("freeing task %s: %w", o.ID, err)
		}
	}
	return nil
}
