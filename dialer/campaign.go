package dialer

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"ringback/internal/errs"
	"ringback/internal/postgres"
)

// CampaignState is where a campaign stands; the package comment draws it.
type CampaignState string

// States of a campaign (spec 2.5.3 without approval).
const (
	Draft     CampaignState = "draft"
	Running   CampaignState = "running"
	Paused    CampaignState = "paused"
	Draining  CampaignState = "draining"
	Completed CampaignState = "completed"
	Cancelled CampaignState = "cancelled"
)

// Reasons of a campaign's state.
const (
	ReasonByUser     = "user"
	ReasonTrunkFault = "trunk_fault"
	ReasonNoCaller   = "no_caller_number"
	ReasonListDone   = "list_finished"
)

// Campaign is one round of calls over the tasks of a kind.
type Campaign struct {
	ID             uuid.UUID
	GroupID        uuid.UUID
	StoreID        uuid.UUID
	Name           string
	TaskKind       string
	Mode           Mode
	State          CampaignState
	StateReason    string
	CallerNumberID *uuid.UUID
	RingSeconds    int
	CapBP          int `db:"cap_bp"`
	Priority       int
	Weight         int
	Version        int
	CreatedAt      time.Time
	StartedAt      *time.Time
}

const campaignColumns = `c.id, c.group_id, c.store_id, c.name, c.task_kind, c.mode, c.state, c.state_reason, c.caller_number_id,
	c.ring_seconds, c.cap_bp, c.priority, c.weight, c.version, c.created_at, c.started_at`

func noCampaign() *errs.Error {
	return errs.New(errs.NotFound, "campaign_not_found", "没有这个外呼活动，或它属于别的门店。", "There is no such campaign, or it belongs to another store.")
}

func noTask() *errs.Error {
	return errs.New(errs.NotFound, "task_not_found", "没有这个任务。", "There is no such task.")
}

func wrongState(c Campaign) *errs.Error {
	return errs.New(errs.Conflict, "campaign_state",
		"活动当前是“"+stateZH(c.State)+"”，不能这样操作。请刷新后再试。",
		"The campaign is "+string(c.State)+" and cannot do this. Refresh and try again.")
}

func stateZH(s CampaignState) string {
	return map[CampaignState]string{Draft: "草稿", Running: "运行中", Paused: "已暂停", Draining: "收尾中", Completed: "已完成", Cancelled: "已取消"}[s]
}

func oneCampaign(ctx context.Context, db postgres.DB, sql string, args ...any) (Campaign, error) {
	rows, err := db.Query(ctx, sql, args...)
	if err != nil {
		return Campaign{}, fmt.Errorf("reading a campaign: %w", err)
	}
	c, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[Campaign])
	if errors.Is(err, pgx.ErrNoRows) {
		return Campaign{}, noCampaign()
	}
	if err != nil {
		return Campaign{}, fmt.Errorf("reading a campaign: %w", err)
	}
	return c, nil
}

// moveCampaign is the one mover: errs.NotFound when the campaign is in none of
// the states it may come from.
func moveCampaign(ctx context.Context, tx postgres.DB, id uuid.UUID, from []CampaignState, to CampaignState, reason string) (Campaign, error) {
	return oneCampaign(ctx, tx, `
		UPDATE campaign c SET state = $3, state_reason = $4, version = version + 1
		WHERE c.id = $1 AND c.state = ANY($2) RETURNING `+campaignColumns, id, from, string(to), reason)
}

// NewCampaign is what a supervisor fills in.
type NewCampaign struct {
	Name           string
	TaskKind       string
	Mode           Mode
	CallerNumberID uuid.UUID // zero: none yet
	RingSeconds    int       // 0: 30; 20 to 35
	CapBP          *int      // abandoned over answered, basis points; nil: the store's default
	Priority       *int      // 1 takes agents first, 9 last; nil: 5
	Weight         *int      // share of the agents among campaigns of one priority, 1 to 100; nil: 10
	AgentIDs       []uuid.UUID
}

// Create makes a draft in the caller's store.
func (d *Dialer) Create(ctx context.Context, tx postgres.DB, scope postgres.Scope, in NewCampaign) (Campaign, error) {
	rules, err := d.dialing(ctx, tx, scope.Stores[0])
	if err != nil {
		return Campaign{}, err
	}
	if err := in.check(rules); err != nil {
		return Campaign{}, err
	}
	if err := checkNumber(ctx, tx, in.CallerNumberID); err != nil {
		return Campaign{}, err
	}
	now := d.clock.Now()
	c, err := oneCampaign(ctx, tx, `
		INSERT INTO campaign AS c (id, group_id, store_id, name, task_kind, mode, state, caller_number_id, ring_seconds, created_by, created_at, cap_bp, priority, weight)
		VALUES ($1, $2, $3, $4, $5, $6, 'draft', $7, $8, $9, $10, $11, $12, $13) RETURNING `+campaignColumns,
		uuid.Must(uuid.NewV7()), scope.Group, scope.Stores[0], in.Name, in.TaskKind, string(in.Mode), orNull(in.CallerNumberID), in.RingSeconds,
		orNull(scope.User), now, *in.CapBP, *in.Priority, *in.Weight)
	if err != nil {
		return Campaign{}, explain(err)
	}
	if err := setAgents(ctx, tx, c, in.AgentIDs); err != nil {
		return Campaign{}, err
	}
	return c, d.changed(ctx, tx, c, scope.User, "created", logDetail{}, now)
}

// explain turns the database's word into one for a person.
func explain(err error) error {
	var pg *pgconn.PgError
	if errors.As(err, &pg) && pg.Code == "23505" {
		return errs.New(errs.Conflict, "campaign_name_taken", "已经有同名的外呼活动，请换一个名称。", "There is a campaign of this name already; choose another name.").At("/name").Because(err)
	}
	return err
}

// CampaignChange holds what to change; nil leaves a field alone.
type CampaignChange struct {
	Name           *string
	Mode           *Mode
	RingSeconds    *int
	CapBP          *int
	Priority       *int
	Weight         *int
	CallerNumberID *uuid.UUID
	AgentIDs       *[]uuid.UUID
	Version        int // as it was read; another one is a conflict
}

// Update changes a campaign that is not over. Mode and cap of a running one hold
// from the next line on: the lease lock keeps a line from being opened meanwhile.
func (d *Dialer) Update(ctx context.Context, tx postgres.DB, scope postgres.Scope, id uuid.UUID, ch CampaignChange) (Campaign, error) {
	c, err := d.Get(ctx, tx, id)
	if err != nil {
		return Campaign{}, err
	}
	switch {
	case ch.Version != c.Version:
		return Campaign{}, errs.New(errs.Conflict, "campaign_changed", "别人刚刚修改过这个活动。请刷新后重新修改。", "Somebody else has just changed this campaign. Refresh and make your change again.")
	case c.State != Draft && c.State != Running && c.State != Paused:
		return Campaign{}, wrongState(c)
	}
	rules, err := d.dialing(ctx, tx, c.StoreID)
	if err != nil {
		return Campaign{}, err
	}
	if err := lockLease(ctx, tx, id); err != nil {
		return Campaign{}, err
	}
	in := ch.over(c)
	if err := in.check(rules); err != nil {
		return Campaign{}, err
	}
	if err := checkNumber(ctx, tx, in.CallerNumberID); err != nil {
		return Campaign{}, err
	}
	said, err := in.differences(ctx, tx, c)
	if err != nil {
		return Campaign{}, err
	}
	if ch.AgentIDs != nil {
		agents, err := changeAgents(ctx, tx, c, *ch.AgentIDs)
		if err != nil {
			return Campaign{}, err
		}
		said = append(said, agents...)
	}
	if len(said) == 0 {
		return c, nil // nobody's next change is in conflict with a save that changed nothing
	}
	c, err = oneCampaign(ctx, tx, `
		UPDATE campaign c SET name = $3, mode = $4, ring_seconds = $5, caller_number_id = $6, cap_bp = $7, priority = $8, weight = $9, version = version + 1
		WHERE c.id = $1 AND c.version = $2 RETURNING `+campaignColumns,
		id, ch.Version, in.Name, string(in.Mode), in.RingSeconds, orNull(in.CallerNumberID), *in.CapBP, *in.Priority, *in.Weight)
	if err != nil {
		return Campaign{}, explain(err)
	}
	return c, d.changed(ctx, tx, c, scope.User, "changed", logDetail{Changes: said}, d.clock.Now())
}

// changeAgents replaces the campaign's list and tells who came and who left.
func changeAgents(ctx context.Context, tx postgres.DB, c Campaign, users []uuid.UUID) ([]changedField, error) {
	was, err := agentsOf(ctx, tx, c.ID)
	if err != nil {
		return nil, err
	}
	if err := setAgents(ctx, tx, c, users); err != nil {
		return nil, err
	}
	is, err := agentsOf(ctx, tx, c.ID)
	if err != nil {
		return nil, err
	}
	return differingAgents(ctx, tx, was, is)
}

func (ch CampaignChange) over(c Campaign) *NewCampaign {
	in := &NewCampaign{Name: c.Name, TaskKind: c.TaskKind, Mode: c.Mode, RingSeconds: c.RingSeconds, CapBP: &c.CapBP, Priority: &c.Priority, Weight: &c.Weight}
	if c.CallerNumberID != nil {
		in.CallerNumberID = *c.CallerNumberID
	}
	if ch.Name != nil {
		in.Name = *ch.Name
	}
	if ch.Mode != nil {
		in.Mode = *ch.Mode
	}
	if ch.CapBP != nil {
		in.CapBP = ch.CapBP
	}
	if ch.RingSeconds != nil {
		in.RingSeconds = *ch.RingSeconds
	}
	in.Priority, in.Weight = cmp.Or(ch.Priority, in.Priority), cmp.Or(ch.Weight, in.Weight)
	if ch.CallerNumberID != nil {
		in.CallerNumberID = *ch.CallerNumberID
	}
	return in
}

// Get is one campaign of the scope.
func (d *Dialer) Get(ctx context.Context, db postgres.DB, id uuid.UUID) (Campaign, error) {
	return oneCampaign(ctx, db, `SELECT `+campaignColumns+` FROM campaign c WHERE c.id = $1`, id)
}

// setAgents replaces the campaign's list. Who leaves it while pledged is let go
// by settleCampaigns as soon as no line counts on them.
func setAgents(ctx context.Context, tx postgres.DB, c Campaign, users []uuid.UUID) error {
	if _, err := tx.Exec(ctx, `DELETE FROM campaign_agent WHERE campaign_id = $1 AND NOT (user_id = ANY($2))`, c.ID, orEmpty(users)); err != nil {
		return fmt.Errorf("writing the campaign's agents: %w", err)
	}
	if _, err := tx.Exec(ctx, `
		INSERT INTO campaign_agent (campaign_id, store_id, user_id)
		SELECT $1, $2, u FROM unnest($3::uuid[]) u WHERE EXISTS (SELECT FROM user_role r WHERE r.user_id = u AND r.store_id = $2)
		ON CONFLICT DO NOTHING`, c.ID, c.StoreID, orEmpty(users)); err != nil {
		return fmt.Errorf("writing the campaign's agents: %w", err)
	}
	return nil
}

func agentsOf(ctx context.Context, db postgres.DB, campaign uuid.UUID) ([]uuid.UUID, error) {
	rows, err := db.Query(ctx, `SELECT user_id FROM campaign_agent WHERE campaign_id = $1 ORDER BY user_id`, campaign)
	if err != nil {
		return nil, fmt.Errorf("reading the campaign's agents: %w", err)
	}
	users, err := pgx.CollectRows(rows, pgx.RowTo[uuid.UUID])
	if err != nil {
		return nil, fmt.Errorf("reading the campaign's agents: %w", err)
	}
	return users, nil
}
