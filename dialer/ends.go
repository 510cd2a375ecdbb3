package dialer

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"ringback/internal/postgres"
)

// Ends is when a campaign's list ends at today's rate, or why that cannot be told.
type Ends struct {
	Code  string     `json:"code" enum:"rate,due,far,early,none,still,empty,closed"`
	At    *time.Time `json:"at,omitempty" doc:"business time; of rate and due"`
	ZH    string     `json:"zh" doc:"in a few words"`
	EN    string     `json:"en"`
	WhyZH string     `json:"whyZh" doc:"what it was told from, or what is missing"`
	WhyEN string     `json:"whyEn"`
}

// progress is how far a campaign came today.
type progress struct {
	Open     int        // tasks that may still be called
	LastDue  *time.Time // when the last of them may be called first
	Finished int        // tasks that its calls of today brought to an end
	Seconds  float64    // in which it dialed today
}

const (
	pauseOf     = 10 * time.Minute // without a dial is no dialing
	leastDialed = 15 * time.Minute // less says nothing about a rate
	leastEnded  = 5                // tasks, likewise
)

// Ends foretells the end of a campaign's list.
func (d *Dialer) Ends(ctx context.Context, db postgres.DB, id uuid.UUID) (Ends, error) {
	now := d.clock.Now()
	l, err := d.readLoad(ctx, db, id, now)
	if err != nil {
		return Ends{}, err
	}
	p, err := progressOf(ctx, db, l, now, midnight(now, 0, d.zone))
	if err != nil {
		return Ends{}, err
	}
	return p.ends(l.State, l.house.windowOnDays(), now, d.zone), nil
}

func progressOf(ctx context.Context, db postgres.DB, l load, now, today time.Time) (progress, error) {
	rows, err := db.Query(ctx, `
		WITH dial AS MATERIALIZED (SELECT a.task_id, a.business_at, lead(a.business_at, 1, $4::timestamptz) OVER (ORDER BY a.business_at) AS next_at
			FROM attempt a WHERE a.campaign_id = $1 AND a.business_at >= $5 AND a.dialed_at IS NOT NULL)
		SELECT o.open, o.last_due,
			(SELECT count(DISTINCT t.id) FROM dial JOIN task t ON t.id = dial.task_id WHERE t.state NOT IN ('pending','queued','in_progress','retry_wait','blocked')) AS finished,
			(SELECT coalesce(sum(greatest(0, least(extract(epoch FROM next_at - business_at), $6::float8))), 0)::float8 FROM dial) AS seconds
		FROM (SELECT count(*) AS open, max(coalesce(t.next_attempt_at, t.not_before)) AS last_due FROM task t
			WHERE t.store_id = $2 AND t.kind = $3 AND t.state IN ('pending','queued','in_progress','retry_wait')) o`,
		l.ID, l.StoreID, l.TaskKind, now, today, pauseOf.Seconds())
	if err != nil {
		return progress{}, fmt.Errorf("reading how far a campaign came: %w", err)
	}
	p, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[progress])
	if err != nil {
		return progress{}, fmt.Errorf("reading how far a campaign came: %w", err)
	}
	return p, nil
}

// ends supposes that the list shrinks inside the windows h as fast as it did today,
// and that nothing is added to it.
func (p progress) ends(state CampaignState, h hours, now time.Time, zone *time.Location) Ends {
	untold := func(code, whyZH, whyEN string) Ends {
		return Ends{Code: code, ZH: "估不出", EN: "cannot tell", WhyZH: whyZH, WhyEN: whyEN}
	}
	dialed := time.Duration(p.Seconds * float64(time.Second))
	_, opens := h.next(now, zone)
	switch {
	case p.Open == 0:
		return Ends{Code: "empty", ZH: "名单已空", EN: "list empty", WhyZH: "没有待拨的任务。", WhyEN: "No task is left to call."}
	case state != Running:
		return untold("still", "活动没有在拨，开始后再估。", "The campaign does not dial; it can be told once it does.")
	case !opens:
		return untold("closed", "门店没有设置可用的拨打时段。", "The store has no call window.")
	case dialed < leastDialed:
		return untold("early", fmt.Sprintf("今天才拨了 %d 分钟，满 %d 分钟再估。", minutes(dialed), minutes(leastDialed)),
			fmt.Sprintf("It has dialed for %d min today; %d are needed.", minutes(dialed), minutes(leastDialed)))
	case p.Finished < leastEnded:
		return untold("none", fmt.Sprintf("今天拨了 %d 分钟，只结束了 %d 个任务（其余要重拨），看不出速度。", minutes(dialed), p.Finished),
			fmt.Sprintf("In %d min of dialing today %d tasks came to an end (the others are called again): no rate to go by.", minutes(dialed), p.Finished))
	}
	perHour := float64(p.Finished) / dialed.Hours()
	rateZH := fmt.Sprintf("今天每小时结束 %.0f 个任务，还剩 %d 个", perHour, p.Open)
	rateEN := fmt.Sprintf("%.0f tasks an hour come to an end today, %d are left", perHour, p.Open)
	end, found := h.after(now, time.Duration(float64(p.Open)/perHour*float64(time.Hour)), zone)
	if !found {
		return Ends{Code: "far", ZH: "两个月以后", EN: "in over two months", WhyZH: rateZH + "：请加座席，或换个时段。", WhyEN: rateEN + ": add agents or call at other hours."}
	}
	if p.LastDue != nil && p.LastDue.After(end) {
		if last, ok := h.next(*p.LastDue, zone); ok {
			return Ends{
				Code: "due", At: &last, ZH: whenZH(last, now, zone), EN: whenEN(last, now, zone),
				WhyZH: rateZH + "：" + whenZH(end, now, zone) + " 就够，但有任务要等到那时才能拨。", WhyEN: rateEN + ": enough until " + whenEN(end, now, zone) + ", but some may not be called before.",
			}
		}
	}
	return Ends{Code: "rate", At: &end, ZH: "约 " + whenZH(end, now, zone), EN: "about " + whenEN(end, now, zone), WhyZH: rateZH + "。", WhyEN: rateEN + "."}
}

func minutes(d time.Duration) int { return int(d / time.Minute) }
