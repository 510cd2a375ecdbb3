package dialer

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"ringback/dialer/pacing"
	"ringback/internal/postgres"
)

// load is a campaign at one moment, read in one statement so that lines and
// agents belong together.
type load struct {
	ID             uuid.UUID
	GroupID        uuid.UUID
	StoreID        uuid.UUID
	Name           string
	TaskKind       string
	Mode           Mode
	State          CampaignState
	StateReason    string
	RingSeconds    int
	CallWindows    []byte
	CallDays       []int32
	Settings       string
	CallerNumberID *uuid.UUID // chosen for it
	Planned        int
	Ringing        int // dialing, ringing, checking
	Talking        int
	Lines          int // r of PACING.md: unresolved, no agent of their own
	Waiting        int // w
	Ready          int // i
	Leaving        int
	OnDuty         int        // pledged agents who are signed on, the busy ones included
	CapBP          int        `db:"cap_bp"`
	WindowFrom     *time.Time // real time of the first start

	traffic traffic // of its trunk; set by readLoad
	account account // of predictive mode; set by readLoad
	house   Facts   // what the rules about caller numbers look at; set by look
}

func readLoad(ctx context.Context, db postgres.DB, campaign uuid.UUID) (load, error) {
	rows, err := db.Query(ctx, `
		SELECT c.id, c.group_id, c.store_id, c.name, c.task_kind, c.mode, c.state, c.state_reason, c.ring_seconds, c.cap_bp, c.window_from,
			s.call_windows, s.call_days, s.settings::text AS settings, c.caller_number_id,
			coalesce(a.planned, 0) AS planned, coalesce(a.ringing, 0) AS ringing, coalesce(a.talking, 0) AS talking,
			coalesce(a.lines, 0) AS lines, coalesce(a.waiting, 0) AS waiting, coalesce(g.ready, 0) AS ready, coalesce(g.leaving, 0) AS leaving,
			coalesce(g.on_duty, 0) AS on_duty
		FROM campaign c JOIN store s ON s.id = c.store_id
		LEFT JOIN LATERAL (SELECT
				count(*) FILTER (WHERE state = 'planned') AS planned,
				count(*) FILTER (WHERE state IN ('dialing','ringing','checking')) AS ringing,
				count(*) FILTER (WHERE state IN ('answered','bridged')) AS talking,
				count(*) FILTER (WHERE state IN ('planned','dialing','ringing','checking') AND agent_id IS NULL) AS lines,
				count(*) FILTER (WHERE state = 'answered' AND agent_id IS NULL) AS waiting
			FROM attempt WHERE campaign_id = c.id AND state IN ('planned','dialing','ringing','checking','answered','bridged')) a ON true
		LEFT JOIN LATERAL (SELECT count(*) FILTER (WHERE state = 'ready') AS ready, count(*) FILTER (WHERE state = 'ready' AND wants <> '') AS leaving,
				count(*) FILTER (WHERE state NOT IN ('paused', 'lost')) AS on_duty
			FROM agent_session WHERE campaign_id = c.id AND signed_off_at IS NULL) g ON true
		WHERE c.id = $1`, campaign)
	if err != nil {
		return load{}, fmt.Errorf("reading a campaign's lines: %w", err)
	}
	l, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[load])
	if errors.Is(err, pgx.ErrNoRows) {
		return load{}, noCampaign()
	}
	if err != nil {
		return load{}, fmt.Errorf("reading a campaign's lines: %w", err)
	}
	return l, nil
}

// line is the caller number that its calls go out by; not ok when none may be
// used now.
func (l load) line() (line, bool) { return l.house.way() }

// lineless says why there is no line, and whether there will be one by itself.
func (l load) lineless() Check {
	if c := callerRule(l.house); c.Outcome != OutcomeOK {
		return c
	}
	return stop(ByHouse, "没有可用的主叫号码，暂停拨号。请在活动设置里选择主叫号码。",
		"No usable caller number: nothing is dialed. Choose one in the campaign's settings.", nil)
}

// setting is where its calls are made.
func (l load) setting(seats []seat) setting {
	return setting{mode: l.Mode, lines: l.house.Lines, seats: seats}
}

// pacing is what Decide looks at, with so many tasks at hand.
func (l load) pacing(tasks int) pacing.Input {
	return pacing.Input{Ready: l.Ready, Leaving: l.Leaving, Lines: l.Lines, Waiting: l.Waiting, Hopper: tasks, Trunk: l.trunk()}
}

// room is how many lines ledger and trunk allow now; the ledger of other modes than
// predictive has no credit.
func (l load) room() int { return min(l.ledger().Room(), l.trunk()) }

// trunk is how many channels are free on the way out, to other stores too. What it
// cannot dial within a second is not planned yet: it would wait, count as a line and
// be void in the end.
func (l load) trunk() int {
	way, ok := l.line()
	if !ok {
		return 0
	}
	return min(way.MaxChannels-max(way.Busy, l.traffic.channels), max(0, way.MaxCPS-l.traffic.queued))
}

// pace is what the ledger says to one more task.
func (l load) pace() *Pace {
	out := pacing.Decide(l.pacing(1))
	return &Pace{Open: l.room(), Ready: l.Ready, Lines: l.Lines, Waiting: l.Waiting, LimitedBy: out.LimitedBy}
}

// opening is whether calls of its class may be made now, and from when else.
func (l load) opening() (open bool, next time.Time) {
	next, found := l.house.opens(l.house.Now)
	return found && next.Equal(l.house.Now), next
}
