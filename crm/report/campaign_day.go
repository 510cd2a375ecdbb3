package report

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"ringback/internal/postgres"
)

// dayStep is how fine a campaign's day is drawn.
const dayStep = 5 * time.Minute

// DayPoint is a campaign in the minutes from At on: means over them, and how many
// calls found nobody.
type DayPoint struct {
	At        time.Time `json:"at" doc:"business time"`
	Lines     float64   `json:"lines" doc:"dialling and ringing"`
	Talking   float64   `json:"talking"`
	Wrapping  float64   `json:"wrapping"`
	Ready     float64   `json:"ready" doc:"agents of its list who waited for a call, of whichever campaign"`
	Answered  int       `json:"answered" doc:"by a person, those who found nobody too: A of the abandon ledger"`
	Abandoned int       `json:"abandoned"`
}

// CampaignDay is a campaign's business day so far.
type CampaignDay struct {
	StepSeconds int        `json:"stepSeconds"`
	Points      []DayPoint `json:"points" doc:"from the first call to now or the last one"`
	Pace        DayPace    `json:"pace"`
}

// daySpan is a call or a state of an agent, in real time; nil ends have not come.
type daySpan struct {
	PlannedAt  time.Time
	BusinessAt time.Time
	State      string
	DialedAt   *time.Time
	AnsweredAt *time.Time
	BridgedAt  *time.Time
	EndedAt    *time.Time
	WrapEnd    *time.Time
}

// stretch is a time between two real moments.
type stretch struct {
	FromAt time.Time
	ToAt   time.Time
}

// CampaignDay draws the business day of now; realNow is the same moment in real time.
func (r *Report) CampaignDay(ctx context.Context, db postgres.DB, campaign uuid.UUID, now, realNow time.Time) (CampaignDay, error) {
	from, to := r.Day(now)
	rows, err := db.Query(ctx, `SELECT a.planned_at, a.business_at, a.state, a.dialed_at, a.answered_at, a.bridged_at, a.ended_at, `+wrapEnded+` AS wrap_end`+
		ofCampaign+` ORDER BY a.planned_at`, campaign, from, to)
	if err != nil {
		return CampaignDay{}, fmt.Errorf("reading a campaign's day: %w", err)
	}
	calls, err := pgx.CollectRows(rows, pgx.RowToStructByName[daySpan])
	if err != nil {
		return CampaignDay{}, fmt.Errorf("reading a campaign's day: %w", err)
	}
	if len(calls) == 0 {
		return CampaignDay{StepSeconds: int(dayStep.Seconds()), Points: []DayPoint{}}, nil
	}
	rows, err = db.Query(ctx, `
		SELECT greatest(l.from_at, $2) AS from_at, coalesce(l.to_at, $3) AS to_at
		FROM campaign_agent m JOIN agent_session s ON s.user_id = m.user_id AND coalesce(s.signed_off_at, $3) > $2
		JOIN agent_state_log l ON l.session_id = s.id AND l.state = 'ready' AND coalesce(l.to_at, $3) > $2 AND l.from_at < $3
		WHERE m.campaign_id = $1`, campaign, calls[0].PlannedAt, realNow)
	if err != nil {
		return CampaignDay{}, fmt.Errorf("reading when a campaign's agents were ready: %w", err)
	}
	ready, err := pgx.CollectRows(rows, pgx.RowToStructByName[stretch])
	if err != nil {
		return CampaignDay{}, fmt.Errorf("reading when a campaign's agents were ready: %w", err)
	}
	rows, err = db.Query(ctx, waits+` SELECT from_at, to_at FROM wait`, campaign, from, to, realNow)
	if err != nil {
		return CampaignDay{}, fmt.Errorf("reading when a campaign's agents waited: %w", err)
	}
	waited, err := pgx.CollectRows(rows, pgx.RowToStructByName[stretch])
	if err != nil {
		return CampaignDay{}, fmt.Errorf("reading when a campaign's agents waited: %w", err)
	}
	out := draw(calls, ready, realNow)
	out.Pace = paceOf(calls, waited, realNow)
	return out, nil
}

// draw puts calls and readiness onto the day's grid. Business time may have been
// moved during the day (a demo's): what happened is placed by how far it was ahead at
// the last call before.
func draw(calls []daySpan, ready []stretch, realNow time.Time) CampaignDay {
	ahead := func(t time.Time) time.Duration {
		later, _ := slices.BinarySearchFunc(calls, t, func(c daySpan, t time.Time) int { return c.PlannedAt.Compare(t) })
		c := calls[max(0, later-1)]
		return c.BusinessAt.Sub(c.PlannedAt)
	}
	g := grid{from: calls[0].BusinessAt.Truncate(dayStep)}
	for _, c := range calls {
		a := c.BusinessAt.Sub(c.PlannedAt)
		over := c.over(realNow)
		ringing := over
		if c.AnsweredAt != nil {
			ringing = *c.AnsweredAt
		}
		g.add(*c.DialedAt, ringing, a, func(p *DayPoint) *float64 { return &p.Lines })
		if c.BridgedAt != nil {
			g.add(*c.BridgedAt, over, a, func(p *DayPoint) *float64 { return &p.Talking })
			g.add(over, wrapEnd(c, over, realNow), a, func(p *DayPoint) *float64 { return &p.Wrapping })
		}
		if c.live() {
			g.at(c.BusinessAt).Answered++
		}
		if c.State == "abandoned" {
			g.at(c.BusinessAt).Abandoned++
		}
	}
	for _, s := range ready {
		g.add(s.FromAt, s.ToAt, ahead(s.FromAt), func(p *DayPoint) *float64 { return &p.Ready })
	}
	g.soFar(realNow.Add(ahead(realNow)))
	return CampaignDay{StepSeconds: int(dayStep.Seconds()), Points: g.points}
}

// soFar makes the means of the step that now is in those of the time it has had.
func (g *grid) soFar(now time.Time) {
	p := g.at(g.from.Add(time.Duration(len(g.points)-1) * dayStep))
	had := now.Sub(p.At)
	if had < time.Second || had >= dayStep {
		return
	}
	for _, mean := range []*float64{&p.Lines, &p.Talking, &p.Wrapping, &p.Ready} {
		*mean *= dayStep.Seconds() / had.Seconds()
	}
}

// over is when the call ended, now while it goes on.
func (c daySpan) over(realNow time.Time) time.Time {
	switch {
	case c.EndedAt != nil:
		return *c.EndedAt
	case onTheWay(c.State):
		return realNow
	}
	return c.PlannedAt // its node died
}

// live tells whether the ledger counts the call as answered by a person.
func (c daySpan) live() bool {
	return c.AnsweredAt != nil && slices.Contains([]string{"answered", "bridged", "wrap", "wrap_overdue", "done", "abandoned"}, c.State)
}

func onTheWay(state string) bool {
	return slices.Contains([]string{"dialing", "ringing", "checking", "answered", "bridged"}, state)
}

func wrapEnd(c daySpan, over, realNow time.Time) time.Time {
	switch {
	case c.WrapEnd != nil:
		return *c.WrapEnd
	case c.State == "wrap":
		return realNow
	}
	return over
}

// grid is a day in steps; it grows as far as something happened.
type grid struct {
	from   time.Time
	points []DayPoint
}

func (g *grid) at(t time.Time) *DayPoint {
	i := max(0, int(t.Sub(g.from)/dayStep))
	for len(g.points) <= i {
		g.points = append(g.points, DayPoint{At: g.from.Add(time.Duration(len(g.points)) * dayStep)})
	}
	return &g.points[i]
}

// add spreads a stretch of real time, so much behind business time, over the steps.
func (g *grid) add(from, to time.Time, ahead time.Duration, of func(p *DayPoint) *float64) {
	from, to = from.Add(ahead), to.Add(ahead)
	if from.Before(g.from) {
		from = g.from
	}
	for from.Before(to) {
		p := g.at(from)
		end := p.At.Add(dayStep)
		if to.Before(end) {
			end = to
		}
		*of(p) += end.Sub(from).Seconds() / dayStep.Seconds()
		from = end
	}
}
