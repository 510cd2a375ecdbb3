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
	Ahead bool   `json:"ahead" doc:"may be dialed predictively (D-21)"`
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
	CapBP         int            `json:"capBp" doc:"the abandon cap a campaign begins with, basis points"`
	MostBP        int            `json:"mostBp" doc:"the highest cap that the rule pack allows"`
}

// Options lists what the scope's store offers for a campaign.
func (d *Dialer) Options(ctx context.Context, db postgres.DB, store uuid.UUID) (Choices, error) {
	kinds, err := kindChoices(ctx, db, store)
	if err != nil {
		return Choices{}, err
	}
	rules, err := d.dialing(ctx, db, store)
	if err != nil {
		return Choices{}, err
	}
	out := Choices{TaskKinds: kinds, CapBP: rules.Abandon.DefaultBP, MostBP: rules.Abandon.MostBP}
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
		out = append(out, KindChoice{Kind: k.Code, ZH: k.ZH, EN: k.EN, Class: k.Class, Open: open[k.Code], Ahead: ahead(k)})
	}
	return out, nil
}
