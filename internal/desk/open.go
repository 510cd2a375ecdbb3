package desk

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/google/uuid"

	"ringback/crm/script"
	"ringback/crm/task"
	"ringback/internal/events"
	"ringback/internal/postgres"
)

// wrapTime is how long an agent has for the result of a call (2.5.2), and
// moreTime what one press of + adds.
const (
	wrapTime = 120 * time.Second
	moreTime = 30 * time.Second
)

// onAttempt is part of every step of a call: the bridge opens the response, the
// hang-up starts the wrap-up's clock.
func (d *Desk) onAttempt(ctx context.Context, tx postgres.DB, e events.Event) error {
	var step struct {
		State string `json:"state"`
	}
	if err := json.Unmarshal(e.Data, &step); err != nil {
		return fmt.Errorf("reading a step of a call: %w", err)
	}
	switch step.State {
	case "bridged":
		return d.open(ctx, tx, e.Subject["attempt"])
	case "wrap":
		return d.beginWrap(ctx, tx, e.Subject["attempt"])
	}
	return nil
}

// open writes the response of a call. A call whose script is not known goes on
// without one: the agent still talks and chooses a result.
func (d *Desk) open(ctx context.Context, tx postgres.DB, id uuid.UUID) error {
	at, err := attemptByID(ctx, tx, id)
	if err != nil || at.AgentID == nil {
		return err
	}
	k, err := task.Get(ctx, tx, at.TaskID)
	if err != nil {
		return err
	}
	s := d.scriptOf(k)
	if s == nil {
		d.o.Logger.Error("the script of a task is not in the library, or asks for what is not run", "script", k.ScriptID, "version", k.ScriptVersion, "attempt", id)
		return nil
	}
	vars, err := d.variables(ctx, tx, at, k)
	if err != nil {
		return err
	}
	return d.openWith(ctx, tx, at, s, vars)
}

func (d *Desk) openWith(ctx context.Context, tx postgres.DB, at attempt, s *script.Script, vars map[string]any) error {
	r := script.Response{
		ID: uuid.Must(uuid.NewV7()), GroupID: at.GroupID, StoreID: at.StoreID, TaskID: at.TaskID, AttemptID: at.ID, CustomerID: at.CustomerID,
		ScriptID: s.ID, ScriptVersion: s.Version, Variables: vars, StartedAt: d.o.Clock.Now(),
	}
	carried, err := script.Carried(ctx, tx, r)
	if err != nil {
		return err
	}
	w, _, err := d.o.Scripts.Begin(s, vars, carried, time.Now().UTC())
	if err != nil {
		return err
	}
	r.Node, r.Path, r.Outcome = w.Node, w.Path, w.Outcome()
	return script.Open(ctx, tx, r)
}

// scriptOf is the version the task was made with, else the newest of that id,
// else the one for its kind; of those whose effects are all run.
func (d *Desk) scriptOf(k task.Task) *script.Script {
	for _, s := range []*script.Script{d.o.Scripts.Version(k.ScriptID, k.ScriptVersion), d.o.Scripts.Latest(k.ScriptID)} {
		if s != nil && d.o.Scripts.Usable(s) {
			return s
		}
	}
	return d.o.Scripts.For(k.Kind)
}

func (d *Desk) beginWrap(ctx context.Context, tx postgres.DB, id uuid.UUID) error {
	at, err := attemptByID(ctx, tx, id)
	if err != nil || at.AgentID == nil {
		return err
	}
	until := time.Now().UTC().Add(wrapTime)
	return saveOutcome(ctx, tx, at, *at.AgentID, outcome{WrapUntil: &until}, d.o.Clock.Now())
}
