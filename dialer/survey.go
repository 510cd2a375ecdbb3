package dialer

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"ringback/crm/customer"
	"ringback/crm/task"
	"ringback/internal/events"
	"ringback/internal/postgres"
	"ringback/telephony/acd"
)

// Register makes what the dialer keeps about numbers part of the transactions of
// other rooms. Call it once, before anything is published.
func (d *Dialer) Register() {
	d.bus.On(events.TaskChanged, d.onTaskChanged)
	d.bus.On(events.AgentChanged, d.onAgentChanged)
	d.bus.OnMany(events.TaskCreated, d.onTasksCreated)
}

// onAgentChanged: an agent vanished who was ready or about to get a customer
// (PACING.md §2.2).
func (d *Dialer) onAgentChanged(ctx context.Context, tx postgres.DB, e events.Event) error {
	var is struct{ State, From acd.State }
	if err := json.Unmarshal(e.Data, &is); err != nil {
		return fmt.Errorf("reading what became of an agent: %w", err)
	}
	campaign, pledged := e.Subject["campaign"]
	if !pledged || is.State != acd.Lost || is.From != acd.Ready && is.From != acd.Reserved {
		return nil
	}
	return noteVanished(ctx, tx, campaign, e.Store, e.Subject["user"])
}

// onTaskChanged: a survey that was given counts against the number it was given
// on, in all stores of the group (CG-09).
func (d *Dialer) onTaskChanged(ctx context.Context, tx postgres.DB, e events.Event) error {
	var is struct{ Kind, State string }
	if err := json.Unmarshal(e.Data, &is); err != nil {
		return fmt.Errorf("reading what became of a task: %w", err)
	}
	if task.State(is.State) != task.Completed || !task.IsSurvey(is.Kind) {
		return nil
	}
	id := e.Subject["task"]
	var hash []byte
	err := tx.QueryRow(ctx, `SELECT phone_hash FROM attempt WHERE task_id = $1 AND answered_at IS NOT NULL ORDER BY answered_at DESC LIMIT 1`, id).Scan(&hash)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil // closed without a call
	}
	if err != nil {
		return fmt.Errorf("looking for the survey's call: %w", err)
	}
	return d.files.Surveyed(ctx, tx, customer.By{Group: e.Group, Store: e.Store, Actor: e.Actor, At: e.At}, hash, id)
}
