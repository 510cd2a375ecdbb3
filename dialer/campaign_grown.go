package dialer

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/google/uuid"

	"ringback/crm/task"
	"ringback/internal/events"
	"ringback/internal/postgres"
)

// grownTogether is how long new tasks of one person, or of the system, are one entry
// of a campaign's log: an import of hundreds is one line.
const grownTogether = 10 * time.Minute

// growth counts new tasks of one kind.
type growth struct {
	store, actor uuid.UUID
	kind         string
}

// onTasksCreated notes in the logs of the campaigns that call them that their lists
// have grown.
func (d *Dialer) onTasksCreated(ctx context.Context, tx postgres.DB, es []events.Event) error {
	grown := map[growth]int{}
	for _, e := range es {
		var is struct{ Kind, State string }
		if err := json.Unmarshal(e.Data, &is); err != nil {
			return fmt.Errorf("reading what became of a task: %w", err)
		}
		if s := task.State(is.State); s == task.Pending || s == task.Queued {
			grown[growth{e.Store, e.Actor, is.Kind}]++
		}
	}
	for g, n := range grown {
		if err := noteGrown(ctx, tx, g, n, es[0].At); err != nil {
			return err
		}
	}
	return nil
}

// noteGrown adds to the newest entry of the same person, or writes one. An entry that
// another transaction adds to is left alone: nobody waits for a log, so that no order
// in which tasks are made can end in a deadlock.
func noteGrown(ctx context.Context, tx postgres.DB, g growth, n int, now time.Time) error {
	_, err := tx.Exec(ctx, `
		WITH grown AS (SELECT c.id, c.store_id, l.id AS entry FROM campaign c
			LEFT JOIN LATERAL (SELECT l.id FROM campaign_log l WHERE l.campaign_id = c.id AND l.what = 'grown' AND l.at > $5 AND l.at <= $4
				AND l.user_id IS NOT DISTINCT FROM $3 ORDER BY l.at DESC LIMIT 1 FOR UPDATE SKIP LOCKED) l ON true
			WHERE c.store_id = $1 AND c.task_kind = $2 AND c.state IN ('draft', 'running', 'paused')),
		added AS (UPDATE campaign_log l SET detail = jsonb_set(l.detail, '{n}', to_jsonb((l.detail ->> 'n')::int + $6)) FROM grown WHERE grown.entry = l.id)
		INSERT INTO campaign_log (id, campaign_id, store_id, at, user_id, what, detail)
		SELECT gen_random_uuid(), grown.id, grown.store_id, $4, $3, 'grown', jsonb_build_object('n', $6::int) FROM grown WHERE grown.entry IS NULL`,
		g.store, g.kind, orNull(g.actor), now, now.Add(-grownTogether), n)
	if err != nil {
		return fmt.Errorf("noting that a list has grown: %w", err)
	}
	return nil
}
