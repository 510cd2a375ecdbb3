package dialer

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"ringback/dialer/sim"
	"ringback/internal/errs"
	"ringback/internal/postgres"
)

// How much of the past a simulation is made of.
const (
	tracedCalls     = 20_000 // of the campaign, newest first
	tracedKindCalls = 4000
	tracedKindDays  = 30
)

// Traces are what a campaign of the scope has left behind, and how it is set now:
// what sim makes a scenario of. errs.NotFound campaign_not_found; errs.Conflict
// campaign_no_calls when it has not dialed yet.
func (d *Dialer) Traces(ctx context.Context, db postgres.DB, campaign uuid.UUID) (sim.Traces, error) {
	c, err := d.Get(ctx, db, campaign)
	if err != nil {
		return sim.Traces{}, err
	}
	out, err := d.traceSettings(ctx, db, c)
	if err != nil {
		return sim.Traces{}, err
	}
	zone := d.zone.String()
	if out.Own, err = ownCalls(ctx, db, campaign, zone); err != nil {
		return sim.Traces{}, err
	}
	if len(out.Own) == 0 {
		return sim.Traces{}, errs.New(errs.Conflict, "campaign_no_calls",
			"这个活动还没有打过电话，没有可以用来推算的记录。请先让它拨一些电话，再回来看。",
			"This campaign has made no calls yet, so there is nothing to work out a what-if from. Let it dial for a while and come back.")
	}
	if out.Kind, err = kindCalls(ctx, db, c, zone, realNow()); err != nil {
		return sim.Traces{}, err
	}
	out.Team, err = teamOf(ctx, db, campaign, zone)
	return out, err
}

// traceSettings are the campaign's, its store's and its trunk's.
func (d *Dialer) traceSettings(ctx context.Context, db postgres.DB, c Campaign) (sim.Traces, error) {
	var windows []byte
	var days []int32
	var settings string
	var perSecond, listed int
	err := db.QueryRow(ctx, `
		SELECT s.call_windows, s.call_days, s.settings::text, (SELECT count(*) FROM campaign_agent g WHERE g.campaign_id = $2),
			coalesce((SELECT t.max_cps FROM caller_number n JOIN trunk t ON t.id = n.trunk_id WHERE n.id = $3), 0)
		FROM store s WHERE s.id = $1`, c.StoreID, c.ID, c.CallerNumberID).Scan(&windows, &days, &settings, &listed, &perSecond)
	if err != nil {
		return sim.Traces{}, fmt.Errorf("reading the settings of a campaign's store: %w", err)
	}
	rules, err := d.rulesOf(c.StoreID, settings)
	if err != nil {
		return sim.Traces{}, err
	}
	h, err := readHours(windows, days)
	if err != nil {
		return sim.Traces{}, err
	}
	out := sim.Traces{
		Listed: listed, Mode: playable(c.Mode), Reads: c.Mode == Preview, Cap: float64(c.CapBP) / 10_000, PackLimit: float64(rules.Dialing.Abandon.MostBP) / 10_000,
		Ring: sim.Seconds(c.RingSeconds), Grace: sim.Seconds(rules.Dialing.Abandon.AgentWithin.Std().Seconds()), PerSecond: float64(perSecond),
	}
	for _, s := range h.inside((Facts{Rules: rules}).wall()).spans {
		out.Day = append(out.Day, sim.Span{From: s.from, To: s.to})
	}
	return out, nil
}

// playable is the simulator's mode nearest to a campaign's: it plays no agents who
// read before they dial.
func playable(m Mode) string {
	if m == Predictive {
		return string(Predictive)
	}
	return string(Progressive)
}

// traced are the columns of a sim.Call; a fault of our own or the trunk's says
// nothing about customers.
const traced = `
	(extract(hour FROM a.business_at AT TIME ZONE $1) * 60 + extract(minute FROM a.business_at AT TIME ZONE $1))::int AS minute,
	extract(epoch FROM coalesce(a.answered_at, a.ended_at) - a.dialed_at)::float8 AS ring,
	(a.answered_at IS NOT NULL AND a.line_result <> 'answered_machine' AND a.state <> 'machine') AS person,
	(a.line_result = 'answered_machine' OR a.state = 'machine') AS machine,
	coalesce(extract(epoch FROM a.ended_at - a.bridged_at), 0)::float8 AS talk,
	coalesce(extract(epoch FROM a.wrapped_at - a.ended_at), 0)::float8 AS wrap`

const resolved = `a.dialed_at IS NOT NULL AND a.ended_at IS NOT NULL AND a.cancel_at IS NULL AND a.state NOT IN ('void', 'refused', 'unknown')
	AND a.line_result NOT IN ('trunk_fault', 'caller_cancel', 'compliance_stop')`

func ownCalls(ctx context.Context, db postgres.DB, campaign uuid.UUID, zone string) ([]sim.Call, error) {
	rows, err := db.Query(ctx, `SELECT `+traced+` FROM attempt a WHERE a.campaign_id = $2 AND `+resolved+` ORDER BY a.planned_at DESC, a.id LIMIT $3`,
		zone, campaign, tracedCalls)
	return collectCalls(rows, err)
}

func kindCalls(ctx context.Context, db postgres.DB, c Campaign, zone string, now time.Time) ([]sim.Call, error) {
	rows, err := db.Query(ctx, `SELECT `+traced+` FROM campaign k JOIN attempt a ON a.campaign_id = k.id
		WHERE k.store_id = $2 AND k.task_kind = $3 AND a.planned_at > $4 AND `+resolved+` ORDER BY a.planned_at DESC, a.id LIMIT $5`,
		zone, c.StoreID, c.TaskKind, now.AddDate(0, 0, -tracedKindDays), tracedKindCalls)
	return collectCalls(rows, err)
}

func collectCalls(rows pgx.Rows, err error) ([]sim.Call, error) {
	if err != nil {
		return nil, fmt.Errorf("reading the calls of a campaign: %w", err)
	}
	calls, err := pgx.CollectRows(rows, pgx.RowToStructByName[sim.Call])
	if err != nil {
		return nil, fmt.Errorf("reading the calls of a campaign: %w", err)
	}
	return calls, nil
}

// teamOf counts, hour by hour of business time in which the campaign dialed, the
// time of agents who took a call of it in that hour. Nobody is counted longer than
// from the hour's first dial to its last wrap-up.
func teamOf(ctx context.Context, db postgres.DB, campaign uuid.UUID, zone string) (sim.Team, error) {
	rows, err := db.Query(ctx, `
		WITH mine AS (
			SELECT a.agent_id, a.dialed_at, a.bridged_at, date_trunc('hour', a.business_at AT TIME ZONE $2) AS hour, a.line_result,
				least(coalesce(a.wrapped_at, a.ended_at), a.ended_at + interval '15 min') AS over_at
			FROM attempt a WHERE a.campaign_id = $1 AND a.dialed_at IS NOT NULL AND a.ended_at IS NOT NULL
			ORDER BY a.planned_at DESC LIMIT $3),
		dialed AS (
			SELECT hour, min(dialed_at) AS from_at, max(over_at) AS to_at,
				sum(extract(epoch FROM over_at - bridged_at)) FILTER (WHERE line_result <> 'answered_machine') AS busy
			FROM mine GROUP BY hour),
		took AS (SELECT DISTINCT hour, agent_id FROM mine WHERE agent_id IS NOT NULL)
		SELECT coalesce(sum(extract(epoch FROM d.to_at - d.from_at)), 0)::float8 AS dialing, coalesce(sum(d.busy), 0)::float8 AS busy,
			coalesce(sum(s.signed), 0)::float8 AS signed
		FROM dialed d LEFT JOIN LATERAL (
			SELECT sum(extract(epoch FROM least(coalesce(g.to_at, d.to_at), d.to_at) - greatest(g.from_at, d.from_at))) AS signed
			FROM took t JOIN agent_state_log g ON g.user_id = t.agent_id
			WHERE t.hour = d.hour AND g.state NOT IN ('paused', 'lost') AND g.from_at < d.to_at AND coalesce(g.to_at, d.to_at) > d.from_at) s ON true`,
		campaign, zone, tracedCalls)
	if err != nil {
		return sim.Team{}, fmt.Errorf("counting the agents of a campaign: %w", err)
	}
	team, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[sim.Team])
	if err != nil {
		return sim.Team{}, fmt.Errorf("counting the agents of a campaign: %w", err)
	}
	return team, nil
}
