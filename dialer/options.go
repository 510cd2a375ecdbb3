package dialer

import (
	"context"
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"ringback/crm/task"
	"ringback/internal/postgres"
)

// KindChoice is a kind of task with what waits in it.
type KindChoice struct {
	Kind  string `json:"kind"`
	ZH    string `json:"zh"`
	EN    string `json:"en"`
	Class string `json:"class"`
	Open  int    `json:"open"`
}

// NumberChoice is a caller number of the store.
type NumberChoice struct {
	ID     uuid.UUID `json:"id"`
	Number string    `json:"number"`
	Trunk  string    `json:"trunk"`
	State  string    `json:"state"`
}

// AgentChoice is somebody who may take calls.
type AgentChoice struct {
	ID         uuid.UUID `json:"id"`
	Name       string    `json:"name"`
	EmployeeNo string    `json:"employeeNo"`
	Online     bool      `json:"online"`
}

// Choices are what a campaign can be made of in a store.
type Choices struct {
	TaskKinds     []KindChoice   `json:"taskKinds"`
	CallerNumbers []NumberChoice `json:"callerNumbers"`
	Agents        []AgentChoice  `json:"agents"`
}

// Options lists what the scope's store offers for a campaign.
func (d *Dialer) Options(ctx context.Context, db postgres.DB, store uuid.UUID) (Choices, error) {
	kinds, err := kindChoices(ctx, db, store)
	if err != nil {
		return Choices{}, err
	}
	out := Choices{TaskKinds: kinds}
	rows, err := db.Query(ctx, `
		SELECT n.id, n.number, t.name AS trunk, CASE WHEN t.active THEN n.state ELSE 'stopped' END AS state
		FROM caller_number n JOIN trunk t ON t.id = n.trunk_id WHERE n.store_id = $1 ORDER BY n.number`, store)
	if err != nil {
		return Choices{}, fmt.Errorf("listing caller numbers: %w", err)
	}
	if out.CallerNumbers, err = pgx.CollectRows(rows, pgx.RowToStructByName[NumberChoice]); err != nil {
		return Choices{}, fmt.Errorf("listing caller numbers: %w", err)
	}
	rows, err = db.Query(ctx, `
		SELECT u.id, u.name_zh AS name, u.employee_no, EXISTS (SELECT FROM agent_session s WHERE s.user_id = u.id AND s.signed_off_at IS NULL) AS online
		FROM app_user u WHERE u.active AND EXISTS (SELECT FROM user_role r WHERE r.user_id = u.id AND r.store_id = $1
			AND r.role IN ('cs_agent', 'info_clerk', 'supervisor', 'cs_manager')) ORDER BY u.employee_no, u.name_zh`, store)
	if err != nil {
		return Choices{}, fmt.Errorf("listing agents: %w", err)
	}
	if out.Agents, err = pgx.CollectRows(rows, pgx.RowToStructByName[AgentChoice]); err != nil {
		return Choices{}, fmt.Errorf("listing agents: %w", err)
	}
	return out, nil
}

func kindChoices(ctx context.Context, db postgres.DB, store uuid.UUID) ([]KindChoice, error) {
	rows, err := db.Query(ctx, `SELECT kind, count(*) FROM task WHERE store_id = $1
		AND state IN ('pending','queued','in_progress','retry_wait') GROUP BY kind`, store)
	if err != nil {
		return nil, fmt.Errorf("counting tasks by kind: %w", err)
	}
	open := map[string]int{}
	var kind string
	var n int
	if _, err := pgx.ForEachRow(rows, []any{&kind, &n}, func() error { open[kind] = n; return nil }); err != nil {
		return nil, fmt.Errorf("counting tasks by kind: %w", err)
	}
	var out []KindChoice
	for _, k := range task.Kinds() {
		out = append(out, KindChoice{Kind: k.Code, ZH: k.ZH, EN: k.EN, Class: k.Class, Open: open[k.Code]})
	}
	return out, nil
}

// ReasonCount is why so many tasks are not called now.
type ReasonCount struct {
	Rule     string `json:"rule"`
	Count    int    `json:"count"`
	ReasonZH string `json:"reasonZh"`
	ReasonEN string `json:"reasonEn"`
}

// Counts is what a campaign over a kind would find.
type Counts struct {
	Total       int           `json:"total"`
	CallableNow int           `json:"callableNow"`
	Waiting     []ReasonCount `json:"waiting"`
	Stopped     []ReasonCount `json:"stopped"`
}

// countLimit is how many tasks a preview asks the gate about.
const countLimit = 5000

// Preview asks the gate about every open task of a kind in the store, and
// changes nothing. number is the caller number chosen so far, zero for none.
func (d *Dialer) Preview(ctx context.Context, db postgres.DB, store uuid.UUID, kind string, number uuid.UUID) (Counts, error) {
	now := d.clock.Now()
	var place setting
	if number != uuid.Nil {
		lines, err := linesOf(ctx, db, number, midnight(now, 0, d.zone))
		if err != nil {
			return Counts{}, err
		}
		place.lines = lines
	}
	rows, err := db.Query(ctx, `SELECT id FROM task WHERE store_id = $1 AND kind = $2
		AND state IN ('pending','queued','retry_wait') ORDER BY id LIMIT $3`, store, kind, countLimit)
	if err != nil {
		return Counts{}, fmt.Errorf("listing the tasks to count: %w", err)
	}
	ids, err := pgx.CollectRows(rows, pgx.RowTo[uuid.UUID])
	if err != nil {
		return Counts{}, fmt.Errorf("listing the tasks to count: %w", err)
	}
	found, err := d.readFacts(ctx, db, ids, now)
	if err != nil {
		return Counts{}, err
	}
	out := Counts{Total: len(found), Waiting: []ReasonCount{}, Stopped: []ReasonCount{}}
	for _, t := range found {
		f, err := d.facts(t, place, now)
		if err != nil {
			return Counts{}, err
		}
		out.add(t, f)
	}
	return out, nil
}

func (c *Counts) add(t taskFacts, f Facts) {
	checks, v := judge(f, rules())
	switch {
	case v.Outcome == OutcomeStop:
		c.Stopped = counted(c.Stopped, v.Rule, checks)
	case !t.waiting(f.Now):
		c.Waiting = counted(c.Waiting, "TIME", []Check{{Rule: "TIME", ReasonZH: "还没到任务的拨打时间", ReasonEN: "The task is not due to be called yet"}})
	case v.Outcome == OutcomeWait:
		c.Waiting = counted(c.Waiting, v.Rule, checks)
	default:
		c.CallableNow++
	}
}

func counted(list []ReasonCount, rule string, checks []Check) []ReasonCount {
	for i := range list {
		if list[i].Rule == rule {
			list[i].Count++
			return list
		}
	}
	for _, c := range checks {
		if c.Rule == rule {
			return append(list, ReasonCount{Rule: rule, Count: 1, ReasonZH: c.ReasonZH, ReasonEN: c.ReasonEN})
		}
	}
	return list
}
