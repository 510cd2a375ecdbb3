package dialer

import (
	"context"
	"fmt"
	"math"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"ringback/internal/postgres"
)

// LeavingView is an agent who asked to pause or to sign off and has to wait for it.
type LeavingView struct {
	UserID  uuid.UUID `json:"userId"`
	Name    string    `json:"name"`
	Wants   string    `json:"wants" enum:"paused,offline"`
	Reason  string    `json:"reason" doc:"of the pause"`
	Busy    bool      `json:"busy" doc:"in a call or its wrap-up: they leave when it is over"`
	Seconds int       `json:"seconds" doc:"until the lines that count on them are over at the latest; 0 when busy"`
}

// leavingOf are a campaign's agents who asked to leave, in the order in which they
// will be let go.
func (d *Dialer) leavingOf(ctx context.Context, db postgres.DB, l load, now time.Time) ([]LeavingView, error) {
	rows, err := db.Query(ctx, `
		SELECT g.user_id, u.name_zh AS name, g.wants, g.wants_reason AS reason, g.state <> 'ready' AS busy, 0 AS seconds
		FROM agent_session g JOIN app_user u ON u.id = g.user_id
		WHERE g.campaign_id = $1 AND g.signed_off_at IS NULL AND g.wants <> '' AND g.state NOT IN ('paused', 'lost')
		ORDER BY g.state <> 'ready', g.since`, l.ID)
	if err != nil {
		return nil, fmt.Errorf("reading who asked to leave: %w", err)
	}
	out, err := pgx.CollectRows(rows, pgx.RowToStructByName[LeavingView])
	if err != nil || len(out) == 0 || out[0].Busy {
		return out, err
	}
	ages, err := lineAges(ctx, db, l.ID, now)
	if err != nil {
		return nil, err
	}
	account := l.proof()
	for i := range out {
		if out[i].Busy {
			break
		}
		out[i].Seconds = int(math.Ceil(account.LeaveIn(ages, l.leadTime().Seconds())))
		account.Ready, account.Leaving = account.Ready-1, account.Leaving-1
	}
	return out, nil
}

// lineAges are the seconds since each open line without an agent was dialled; one
// that is only planned has begun now.
func lineAges(ctx context.Context, db postgres.DB, campaign uuid.UUID, now time.Time) ([]float64, error) {
	rows, err := db.Query(ctx, `SELECT greatest(0, extract(epoch FROM $2 - coalesce(dialed_at, $2)))::float8 FROM attempt
		WHERE campaign_id = $1 AND state IN ('planned','dialing','ringing','checking') AND agent_id IS NULL`, campaign, now)
	if err != nil {
		return nil, fmt.Errorf("reading how old the lines are: %w", err)
	}
	ages, err := pgx.CollectRows(rows, pgx.RowTo[float64])
	if err != nil {
		return nil, fmt.Errorf("reading how old the lines are: %w", err)
	}
	return ages, nil
}

// LeavesIn is how many seconds a ready agent of a campaign who asked to leave waits at
// most; 0 when nothing keeps them.
func (d *Dialer) LeavesIn(ctx context.Context, db postgres.DB, campaign, user uuid.UUID) (int, error) {
	l, err := d.readLoad(ctx, db, campaign, d.clock.Now())
	if err != nil {
		return 0, err
	}
	leaving, err := d.leavingOf(ctx, db, l, realNow())
	if err != nil {
		return 0, err
	}
	for _, who := range leaving {
		if who.UserID == user {
			return who.Seconds, nil
		}
	}
	return 0, nil
}
