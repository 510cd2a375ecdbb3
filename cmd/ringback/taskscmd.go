package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"ringback/crm/task"
	"ringback/internal/clock"
	"ringback/internal/errs"
)

// tasksCmd lists the promises of a store.
type tasksCmd struct {
	Data  string `default:"./var" help:"Data directory of a demo; not used when RINGBACK_DATABASE_URL is set."`
	Store string `help:"Code of the store; not needed when there is only one."`
	Kind  string `help:"Only tasks of this kind, e.g. followup_3d."`
	State string `help:"Only tasks in this state; open is pending, queued, in_progress and retry_wait."`
	JSON  bool   `help:"Print the list as JSON."`
}

// Run prints the tasks by due date.
func (c *tasksCmd) Run(e *env) (err error) {
	if c.Kind != "" {
		if _, known := task.FindKind(c.Kind); !known {
			return errs.New(errs.Invalid, "task_kind", "没有“"+c.Kind+"”这种任务。可选："+strings.Join(kindCodes(), "、")+"。",
				"There is no kind of task \""+c.Kind+"\". Choose one of: "+strings.Join(kindCodes(), ", ")+".")
		}
	}
	states, err := task.StatesNamed(c.State)
	if err != nil {
		return err
	}
	t, err := openRecords(e, c.Data)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, t.close()) }()
	scope, err := storeScope(e.ctx, t.pool, c.Store)
	if err != nil {
		return err
	}
	var lines []task.Line
	err = t.pool.Scoped(e.ctx, scope, func(ctx context.Context, tx pgx.Tx) (err error) {
		lines, err = task.Lines(ctx, tx, scope.Stores[0], c.Kind, states)
		return err
	})
	if err != nil {
		return err
	}
	return c.print(e, lines)
}

func kindCodes() []string {
	var out []string
	for _, k := range task.Kinds() {
		out = append(out, k.Code)
	}
	return out
}

func (c *tasksCmd) print(e *env, lines []task.Line) error {
	for i := range lines {
		lines[i].DueAt = lines[i].DueAt.In(clock.Shanghai())
	}
	if c.JSON {
		raw, err := json.MarshalIndent(lines, "", "  ")
		if err != nil {
			return fmt.Errorf("printing tasks: %w", err)
		}
		fmt.Fprintf(e.out, "%s\n", raw)
		return nil
	}
	for _, l := range lines {
		fmt.Fprintf(e.out, "%-18s %-12s %s  %-28s %s\n", l.Kind, l.State, l.DueAt.Format(time.DateTime), l.Reason, strings.Join(l.RoNos, " "))
	}
	fmt.Fprintf(e.out, "%d tasks\n", len(lines))
	return nil
}
