package report

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"ringback/internal/postgres"
)

// CallSums are what a group of dialled calls came to. Durations are in milliseconds
// of real time; a call that is not over yet adds none.
type CallSums struct {
	Dialed    int   `json:"dialed"`
	Counted   int   `json:"counted" doc:"dialed, without what the agent took back and the trunk failed (K-08)"`
	Answered  int   `json:"answered" doc:"by a person, those who found nobody too"`
	Talked    int   `json:"talked" doc:"of those, put through to an agent"`
	Abandoned int   `json:"abandoned" doc:"of those, let go without one"`
	TalkMS    int64 `json:"talkMs"`
	WrapMS    int64 `json:"wrapMs"`
	WaitMS    int64 `json:"waitMs" doc:"agents on duty without a customer; talk share is talk and wrap-up of all three"`
}

// ResultSums are the calls of one line result or disposition.
type ResultSums struct {
	Word
	N      int   `json:"n"`
	TalkMS int64 `json:"talkMs"`
}

// HourSums are the calls of one hour of the day, summed over the period's days.
type HourSums struct {
	Hour int `json:"hour" doc:"0 to 23 in the store's zone"`
	CallSums
}

// AgentSums are one agent's calls; without an agent those that nobody got.
type AgentSums struct {
	Agent *Ref `json:"agent,omitempty"`
	CallSums
}

// CampaignResults are a campaign's calls of a period, grouped three ways. Each group
// adds up to Total.
type CampaignResults struct {
	Total        CallSums     `json:"total"`
	Lines        []ResultSums `json:"lines" doc:"by line result; code empty: still under way"`
	Dispositions []ResultSums `json:"dispositions" doc:"of the calls that were put through; code none: not recorded yet"`
	Hours        []HourSums   `json:"hours" doc:"from the first hour with a call to the last"`
	Agents       []AgentSums  `json:"agents"`
}

// hourOf is the hour of the business day at which attempt a was made: the one grid of
// hours, whatever zone the database or the browser is in.
const hourOf = `extract(hour FROM a.business_at AT TIME ZONE 'Asia/Shanghai')::int`

const callSums = `
	count(*)::int AS dialed, (count(*) FILTER (WHERE ` + wasCounted + `))::int AS counted, (count(*) FILTER (WHERE ` + wasAnswered + `))::int AS answered,
	(count(*) FILTER (WHERE ` + wasTalked + `))::int AS talked, (count(*) FILTER (WHERE ` + wasAbandoned + `))::int AS abandoned,
	coalesce(sum(extract(epoch FROM a.ended_at - a.bridged_at) * 1000), 0)::bigint AS talk_ms,
	coalesce(sum(extract(epoch FROM ` + wrapEnded + ` - a.ended_at) * 1000) FILTER (WHERE ` + wasTalked + `), 0)::bigint AS wrap_ms`

// wrapEnded is when the wrap-up of call a was over, null while it goes on: an agent
// who let its time run out was paused then, however late they closed it.
const wrapEnded = `CASE WHEN a.state <> 'wrap' THEN least(a.wrapped_at, (SELECT o.wrap_until FROM call_outcome o WHERE o.attempt_id = a.id)) END`

// ofCampaign are the dialled calls of campaign $1 in [$2, $3).
const ofCampaign = ` FROM attempt a WHERE a.campaign_id = $1 AND a.business_at >= $2 AND a.business_at < $3 AND ` + wasDialed

// hourSums is what an agent's calls of one hour of the day came to.
type hourSums struct {
	Hour      int
	AgentID   *uuid.UUID
	AgentName string
	CallSums
}

// CampaignResults reads what a campaign's calls of a period came to; now is real time.
func (r *Report) CampaignResults(ctx context.Context, db postgres.DB, campaign uuid.UUID, p Period, now time.Time) (out CampaignResults, err error) {
	calls, err := sumsByHour(ctx, db, campaign, p)
	if err != nil {
		return out, err
	}
	waiting, err := waitsByHour(ctx, db, campaign, p, now)
	if err != nil {
		return out, err
	}
	out.add(append(calls, waiting...))
	if out.Lines, err = lineSums(ctx, db, campaign, p); err != nil {
		return out, err
	}
	out.Dispositions, err = dispositionSums(ctx, db, campaign, p)
	return out, err
}

func sumsByHour(ctx context.Context, db postgres.DB, campaign uuid.UUID, p Period) ([]hourSums, error) {
	rows, err := db.Query(ctx, `SELECT x.*, coalesce(u.name_zh, '') AS agent_name FROM (
		SELECT `+hourOf+` AS hour, a.agent_id, `+callSums+`, 0::bigint AS wait_ms`+ofCampaign+` GROUP BY 1, 2) x
		LEFT JOIN app_user u ON u.id = x.agent_id`, campaign, p.From, p.To)
	return hoursOf(rows, err, "calls")
}

// waits are the times in which agents waited for the calls of campaign $1 in [$2, $3):
// on the days on which they had one, in the hours in which it dialled, ready or on the
// way into a call of it. Hours are of business days, waiting is real time, now $4: an
// hour's stretch is from its first call to the end of its last or to the next hour's
// first.
const waits = `
	WITH called AS (SELECT a.*, a.business_at AT TIME ZONE 'Asia/Shanghai' AS local, ` + wrapEnded + ` AS wrap_end` + ofCampaign + `),
	ran AS (SELECT date_trunc('hour', c.local) AS hour, min(c.planned_at) AS from_at, max(coalesce(c.wrap_end, c.ended_at,
			CASE WHEN c.state IN ('dialing', 'ringing', 'checking', 'answered', 'bridged') THEN $4 ELSE c.planned_at END)) AS to_at FROM called c GROUP BY 1),
	stretch AS (SELECT n.hour, n.from_at, least(n.to_at, lead(n.from_at) OVER (ORDER BY n.from_at)) AS to_at FROM ran n),
	worked AS (SELECT DISTINCT c.agent_id, c.local::date AS day FROM called c WHERE c.agent_id IS NOT NULL),
	wait AS (SELECT h.hour, w.agent_id, greatest(l.from_at, h.from_at) AS from_at, least(coalesce(l.to_at, $4), h.to_at) AS to_at
		FROM stretch h JOIN worked w ON w.day = h.hour::date
		JOIN agent_session s ON s.user_id = w.agent_id AND s.signed_on_at < h.to_at AND coalesce(s.signed_off_at, $4) > h.from_at
		JOIN agent_state_log l ON l.session_id = s.id AND l.from_at < h.to_at AND coalesce(l.to_at, $4) > h.from_at
			AND l.state IN ('ready', 'reserved', 'preview', 'dialing', 'ringing')
			AND NOT EXISTS (SELECT FROM attempt o WHERE o.id = l.attempt_id AND o.campaign_id IS DISTINCT FROM $1))`

// waitsByHour sums waits; now is real time.
func waitsByHour(ctx context.Context, db postgres.DB, campaign uuid.UUID, p Period, now time.Time) ([]hourSums, error) {
	rows, err := db.Query(ctx, waits+`
		SELECT extract(hour FROM w.hour)::int AS hour, w.agent_id, u.name_zh AS agent_name,
			0 AS dialed, 0 AS counted, 0 AS answered, 0 AS talked, 0 AS abandoned, 0::bigint AS talk_ms, 0::bigint AS wrap_ms,
			sum(extract(epoch FROM w.to_at - w.from_at) * 1000)::bigint AS wait_ms
		FROM wait w JOIN app_user u ON u.id = w.agent_id GROUP BY 1, 2, 3`, campaign, p.From, p.To, now)
	return hoursOf(rows, err, "waiting")
}

func hoursOf(rows pgx.Rows, err error, what string) ([]hourSums, error) {
	if err != nil {
		return nil, fmt.Errorf("summing a campaign's %s: %w", what, err)
	}
	out, err := pgx.CollectRows(rows, pgx.RowToStructByName[hourSums])
	if err != nil {
		return nil, fmt.Errorf("summing a campaign's %s: %w", what, err)
	}
	return out, nil
}

func (s CallSums) plus(o CallSums) CallSums {
	return CallSums{
		s.Dialed + o.Dialed, s.Counted + o.Counted, s.Answered + o.Answered, s.Talked + o.Talked, s.Abandoned + o.Abandoned,
		s.TalkMS + o.TalkMS, s.WrapMS + o.WrapMS, s.WaitMS + o.WaitMS,
	}
}

// add fills Total, Hours and Agents, agents by their calls, those nobody got last.
func (c *CampaignResults) add(all []hourSums) {
	c.Hours, c.Agents = []HourSums{}, []AgentSums{}
	hours, agents := map[int]CallSums{}, map[uuid.UUID]AgentSums{}
	for _, x := range all {
		c.Total = c.Total.plus(x.CallSums)
		hours[x.Hour] = hours[x.Hour].plus(x.CallSums)
		a, id := AgentSums{}, uuid.Nil
		if x.AgentID != nil {
			id = *x.AgentID
			a.Agent = &Ref{ID: id, Name: x.AgentName}
		}
		a.CallSums = agents[id].plus(x.CallSums)
		agents[id] = a
	}
	if len(hours) > 0 {
		has := slices.Sorted(maps.Keys(hours))
		for h := has[0]; h <= has[len(has)-1]; h++ {
			c.Hours = append(c.Hours, HourSums{h, hours[h]})
		}
	}
	c.Agents = slices.SortedFunc(maps.Values(agents), func(a, b AgentSums) int {
		switch {
		case a.Agent == nil || b.Agent == nil:
			return cmp.Compare(flag(a.Agent == nil), flag(b.Agent == nil))
		case a.Talked != b.Talked:
			return b.Talked - a.Talked
		}
		return cmp.Or(cmp.Compare(a.Agent.Name, b.Agent.Name), bytes.Compare(a.Agent.ID[:], b.Agent.ID[:]))
	})
}

func flag(yes bool) int {
	if yes {
		return 1
	}
	return 0
}
