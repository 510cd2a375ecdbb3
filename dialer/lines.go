package dialer

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"ringback/crm/task"
	"ringback/internal/postgres"
)

// readLoad reads a campaign with its ways out, as they are now.
func (d *Dialer) readLoad(ctx context.Context, db postgres.DB, campaign uuid.UUID, now time.Time) (load, error) {
	l, err := readLoad(ctx, db, campaign)
	if err != nil {
		return load{}, err
	}
	h, err := readHours(l.CallWindows, l.CallDays)
	if err != nil {
		return load{}, err
	}
	rules, err := d.rulesOf(l.StoreID, l.Settings)
	if err != nil {
		return load{}, err
	}
	days, err := d.days(ctx, db)
	if err != nil {
		return load{}, err
	}
	l.house = Facts{Now: now, Zone: rules.Zone(), Rules: rules, Calendar: days, Hours: h, Kind: l.TaskKind, Class: classOf(l.TaskKind), Mode: l.Mode}
	if l.Mode == Predictive {
		if err := d.countWindow(ctx, db, &l, realNow()); err != nil {
			return load{}, err
		}
	}
	if l.CallerNumberID != nil {
		l.house.Lines, err = linesOf(ctx, db, *l.CallerNumberID, midnight(now, 0, rules.Zone()))
	}
	if way, ok := l.line(); ok {
		l.traffic = d.paces.traffic(way.TrunkID, time.Now())
	}
	return l, err
}

func classOf(kind string) string {
	k, _ := task.FindKind(kind)
	return k.Class
}

// linesOf are a caller number and the others of its store that may stand in for
// it: on trunks of the same kind, real or simulated. today is the midnight from
// which their calls are counted.
func linesOf(ctx context.Context, db postgres.DB, preferred uuid.UUID, today time.Time) ([]line, error) {
	rows, err := db.Query(ctx, `
		WITH live AS MATERIALIZED (SELECT trunk_id, count(*) AS n FROM attempt WHERE state IN ('planned','dialing','ringing','checking','answered','bridged') GROUP BY trunk_id)
		SELECT n.id AS caller_number_id, n.number, n.state, n.classes, n.daily_cap, n.cooling_until,
			t.id AS trunk_id, t.active AS trunk_active, t.max_channels, t.max_cps, t.is_simulator,
			(SELECT count(*) FROM attempt a WHERE a.store_id = n.store_id AND a.caller_number = n.number AND a.business_at >= $2
				AND a.state NOT IN ('void', 'refused')) AS used,
			coalesce(live.n, 0) AS busy
		FROM caller_number f JOIN trunk ft ON ft.id = f.trunk_id JOIN caller_number n ON n.store_id = f.store_id
		JOIN trunk t ON t.id = n.trunk_id AND t.is_simulator = ft.is_simulator LEFT JOIN live ON live.trunk_id = t.id
		WHERE f.id = $1 ORDER BY n.id <> f.id, n.number`, preferred, today)
	if err != nil {
		return nil, fmt.Errorf("reading caller numbers: %w", err)
	}
	found, err := pgx.CollectRows(rows, pgx.RowToStructByName[line])
	if err != nil {
		return nil, fmt.Errorf("reading caller numbers: %w", err)
	}
	for i := range found {
		found[i].today = today
	}
	return found, nil
}

// storeLines are the ways out of a call without a campaign: the store's caller
// numbers on trunks of one kind, real or simulated. Empty, not nil, when it has none.
func storeLines(ctx context.Context, db postgres.DB, store uuid.UUID, simulated bool, today time.Time) ([]line, error) {
	var first uuid.UUID
	err := db.QueryRow(ctx, `SELECT n.id FROM caller_number n JOIN trunk t ON t.id = n.trunk_id
		WHERE n.store_id = $1 AND t.is_simulator = $2 ORDER BY n.state <> 'ok', n.number LIMIT 1`, store, simulated).Scan(&first)
	if errors.Is(err, pgx.ErrNoRows) {
		return []line{}, nil
	}
	if err != nil {
		return nil, fmt.Errorf("reading the store's caller numbers: %w", err)
	}
	return linesOf(ctx, db, first, today)
}

// seatsOf are the agents pledged to a campaign.
func seatsOf(ctx context.Context, db postgres.DB, campaign uuid.UUID) ([]seat, error) {
	rows, err := db.Query(ctx, `
		SELECT u.id, u.name_zh AS name FROM agent_session g JOIN app_user u ON u.id = g.user_id
		WHERE g.campaign_id = $1 AND g.signed_off_at IS NULL ORDER BY u.id`, campaign)
	if err != nil {
		return nil, fmt.Errorf("reading who is pledged: %w", err)
	}
	found, err := pgx.CollectRows(rows, pgx.RowToStructByName[seat])
	if err != nil {
		return nil, fmt.Errorf("reading who is pledged: %w", err)
	}
	return found, nil
}
