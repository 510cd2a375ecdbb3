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

// line is the way out of a campaign: a caller number on a trunk.
type line struct {
	CallerNumberID uuid.UUID
	Number         string
	State          string
	TrunkID        uuid.UUID
	MaxChannels    int
	IsSimulator    bool
}

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
	CallerNumberID *uuid.UUID
	CallerNumber   *string
	TrunkID        *uuid.UUID
	MaxChannels    *int
	IsSimulator    *bool
	Busy           int // channels of the trunk in use or planned
	Planned        int
	Ringing        int // dialing, ringing, checking
	Talking        int
	Lines          int // r of PACING.md: unresolved, no agent of their own
	Waiting        int // w
	Ready          int // i
	Leaving        int
}

func readLoad(ctx context.Context, db postgres.DB, campaign uuid.UUID) (load, error) {
	rows, err := db.Query(ctx, `
		SELECT c.id, c.group_id, c.store_id, c.name, c.task_kind, c.mode, c.state, c.state_reason, c.ring_seconds,
			s.call_windows, s.call_days, n.id AS caller_number_id, n.number AS caller_number, t.id AS trunk_id, t.max_channels, t.is_simulator,
			(SELECT count(*) FROM attempt b WHERE b.trunk_id = t.id AND b.state IN ('planned','dialing','ringing','checking','answered','bridged')) AS busy,
			coalesce(a.planned, 0) AS planned, coalesce(a.ringing, 0) AS ringing, coalesce(a.talking, 0) AS talking,
			coalesce(a.lines, 0) AS lines, coalesce(a.waiting, 0) AS waiting, coalesce(g.ready, 0) AS ready, coalesce(g.leaving, 0) AS leaving
		FROM campaign c JOIN store s ON s.id = c.store_id
		LEFT JOIN caller_number n ON n.id = c.caller_number_id AND n.state <> 'stopped'
		LEFT JOIN trunk t ON t.id = n.trunk_id AND t.active
		LEFT JOIN LATERAL (SELECT
				count(*) FILTER (WHERE state = 'planned') AS planned,
				count(*) FILTER (WHERE state IN ('dialing','ringing','checking')) AS ringing,
				count(*) FILTER (WHERE state IN ('answered','bridged')) AS talking,
				count(*) FILTER (WHERE state IN ('planned','dialing','ringing','checking') AND agent_id IS NULL) AS lines,
				count(*) FILTER (WHERE state = 'answered' AND agent_id IS NULL) AS waiting
			FROM attempt WHERE campaign_id = c.id AND state IN ('planned','dialing','ringing','checking','answered','bridged')) a ON true
		LEFT JOIN LATERAL (SELECT count(*) AS ready, count(*) FILTER (WHERE wants <> '') AS leaving
			FROM agent_session WHERE campaign_id = c.id AND signed_off_at IS NULL AND state = 'ready') g ON true
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

// line is not ok when the campaign has no usable caller number.
func (l load) line() (line, bool) {
	if l.CallerNumberID == nil || l.TrunkID == nil {
		return line{}, false
	}
	return line{CallerNumberID: *l.CallerNumberID, Number: *l.CallerNumber, TrunkID: *l.TrunkID, MaxChannels: *l.MaxChannels, IsSimulator: *l.IsSimulator}, true
}

// pacing is what Decide looks at, with so many tasks at hand.
func (l load) pacing(tasks int) pacing.Input {
	in := pacing.Input{Ready: l.Ready, Leaving: l.Leaving, Lines: l.Lines, Waiting: l.Waiting, Hopper: tasks}
	if way, ok := l.line(); ok {
		in.Trunk = way.MaxChannels - l.Busy
	}
	return in
}

// opening is whether the store's windows are open now, and when they open next.
func (l load) opening(now time.Time, zone *time.Location) (open bool, next time.Time, err error) {
	h, err := readHours(l.CallWindows, l.CallDays)
	if err != nil {
		return false, time.Time{}, err
	}
	next, found := h.inside(hardWall()).next(now, zone)
	return found && next.Equal(now), next, nil
}
