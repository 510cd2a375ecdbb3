package dialer

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"ringback/internal/postgres"
	"ringback/internal/seal"
	"ringback/telephony"
)

const (
	voidAfter = 10 * time.Second // a planned attempt older than this is never dialed
	slideOver = time.Second      // calls per second are counted in any second that slides
	slideWide = slideOver + 2*slotLate
	slotLate  = 50 * time.Millisecond // an INVITE leaves so long after dialed_at, which others count by
)

// claimed is an attempt that this node may dial, with what the INVITE needs.
type claimed struct {
	attempt Attempt
	spec    telephony.CallSpec
	maxCPS  int

	patience time.Duration // answer → agent
}

var errTrunkFull = errors.New("the trunk has no free channel or call per second")

// claimOnce dials planned attempts until none is left, or no trunk has room.
func (d *Dialer) claimOnce(ctx context.Context) error {
	if err := d.doAsked(ctx); err != nil {
		return err
	}
	var full []uuid.UUID
	for ctx.Err() == nil {
		c, err := d.claimWhole(ctx, full)
		var f trunkFull
		switch {
		case errors.As(err, &f):
			full = append(full, f.trunk)
			continue
		case err != nil:
			return err
		case c == nil:
			return nil
		}
		d.dial(context.WithoutCancel(ctx), *c)
	}
	return nil
}

// claimWhole is claim, finished also when the node stops in the middle of it: a
// claim is never taken back, so one that was committed is dialed.
func (d *Dialer) claimWhole(ctx context.Context, full []uuid.UUID) (*claimed, error) {
	ctx, cancel := context.WithTimeout(postgres.PlannedOnce(context.WithoutCancel(ctx)), voidAfter)
	defer cancel()
	return d.claim(ctx, full)
}

type trunkFull struct{ trunk uuid.UUID }

func (trunkFull) Error() string { return errTrunkFull.Error() }

// way is the trunk of a planned attempt, its row locked.
type trunkRow struct {
	ID          uuid.UUID
	Name        string
	Address     string
	Transport   string
	Username    string
	PasswordEnc []byte
	MaxCPS      int `db:"max_cps"`
	MaxChannels int
	IsSimulator bool
	Busy        int
	Recent      int
	Waiting     int // planned, of all campaigns
}

// claim takes the oldest planned attempt for this node: planned → dialing in one
// transaction that asks campaign, window, do-not-call and number once more. nil
// when there is none. A claim is never taken back.
func (d *Dialer) claim(ctx context.Context, full []uuid.UUID) (*claimed, error) {
	var out *claimed
	err := d.pool.AllStores(ctx, func(ctx context.Context, tx pgx.Tx) error {
		for out = nil; out == nil; {
			a, err := oneAttempt(ctx, tx, `
				SELECT `+attemptColumns+` FROM attempt a
				WHERE a.state = 'planned' AND a.planned_at > $1 AND NOT (a.trunk_id = ANY($2))
				ORDER BY (a.agent_id IS NULL), a.planned_at LIMIT 1 FOR UPDATE SKIP LOCKED`, realNow().Add(-voidAfter), orEmpty(full))
			if isMissing(err) {
				return nil
			}
			if err != nil {
				return err
			}
			if out, err = d.claimIn(ctx, tx, a); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("claiming an attempt: %w", err)
	}
	return out, nil
}

// claimIn is nil when the attempt was refused or voided instead.
func (d *Dialer) claimIn(ctx context.Context, tx pgx.Tx, a Attempt) (*claimed, error) {
	now := d.clock.Now()
	trunk, err := lockTrunk(ctx, tx, *a.TrunkID)
	if err != nil {
		return nil, err
	}
	d.paces.saw(trunk.ID, traffic{queued: trunk.Waiting, channels: trunk.Busy + trunk.Waiting, at: time.Now()})
	if trunk.Busy >= trunk.MaxChannels || trunk.Recent >= trunk.MaxCPS {
		return nil, trunkFull{trunk.ID}
	}
	found, err := d.readFacts(ctx, tx, []uuid.UUID{a.TaskID}, now)
	if err != nil || len(found) == 0 {
		return nil, fmt.Errorf("reading the task of attempt %s: %w", a.ID, err)
	}
	t := found[0]
	f, err := d.facts(t, setting{mode: a.Mode, lines: []line{{IsSimulator: trunk.IsSimulator}}}, now)
	if err != nil {
		return nil, err
	}
	if checks, v := judge(f, claimRules()); v.Outcome != OutcomeOK {
		return nil, d.refuseClaim(ctx, tx, a, t, checks, v, now)
	}
	ring, runs, err := stillRuns(ctx, tx, a, f.Rules.Dialing.Ring.Default.Std())
	if err != nil {
		return nil, err
	}
	if !runs {
		return nil, d.void(ctx, tx, a)
	}
	a, err = d.move(ctx, tx, a.ID, evClaim, change{Node: d.node, Dialed: realNow()})
	if err != nil {
		return nil, err
	}
	if err := d.countCall(ctx, tx, a, f, now); err != nil {
		return nil, err
	}
	return d.claimedWith(a, f, trunk, ring)
}

func lockTrunk(ctx context.Context, tx pgx.Tx, id uuid.UUID) (trunkRow, error) {
	if _, err := tx.Exec(ctx, `SELECT FROM trunk WHERE id = $1 FOR UPDATE`, id); err != nil {
		return trunkRow{}, fmt.Errorf("locking the trunk: %w", err)
	}
	// A fresh statement, so that what the last holder of the lock claimed is seen.
	now := realNow()
	rows, err := tx.Query(ctx, `
		SELECT t.id, t.name, t.address, t.transport, t.username, t.password_enc, t.max_cps, t.max_channels, t.is_simulator,
			(SELECT count(*) FROM attempt a WHERE a.trunk_id = t.id AND a.state IN ('dialing','ringing','checking','answered','bridged')) AS busy,
			(SELECT count(*) FROM (SELECT FROM attempt a WHERE a.trunk_id = t.id AND a.dialed_at BETWEEN $2 AND $3
				ORDER BY a.dialed_at DESC LIMIT t.max_cps + 1) newest) AS recent,
			(SELECT count(*) FROM attempt a WHERE a.trunk_id = t.id AND a.state = 'planned') AS waiting
		FROM trunk t WHERE t.id = $1`, id, now.Add(-slideWide), now.Add(telephony.ClockAhead))
	if err != nil {
		return trunkRow{}, fmt.Errorf("reading the trunk: %w", err)
	}
	t, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[trunkRow])
	if err != nil {
		return trunkRow{}, fmt.Errorf("reading the trunk: %w", err)
	}
	return t, nil
}

// stillRuns asks for the campaign once more and gives its ring time. A call
// without a campaign rings for the default.
func stillRuns(ctx context.Context, tx pgx.Tx, a Attempt, usual time.Duration) (ring time.Duration, runs bool, err error) {
	if a.CampaignID == nil {
		return usual, true, nil
	}
	var seconds int
	err = tx.QueryRow(ctx, `SELECT ring_seconds, state = 'running' FROM campaign WHERE id = $1 FOR SHARE`, *a.CampaignID).Scan(&seconds, &runs)
	if err != nil {
		return 0, false, fmt.Errorf("looking whether the campaign runs: %w", err)
	}
	return time.Duration(seconds) * time.Second, runs, nil
}

// countCall writes what the number goes through (CG-08). It is written with the
// claim, so that a crash after the INVITE never loses it; a call that a trunk
// fault or ourselves ended before it rang is taken out again.
func (d *Dialer) countCall(ctx context.Context, tx pgx.Tx, a Attempt, f Facts, now time.Time) error {
	_, err := tx.Exec(ctx, `INSERT INTO number_attempt (group_id, phone_hash, attempt_id, at, class, agreed) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING`,
		a.GroupID, a.PhoneHash, a.ID, now, f.Class, f.Agreed)
	if err != nil {
		return fmt.Errorf("counting the call to the number: %w", err)
	}
	return nil
}

func (d *Dialer) claimedWith(a Attempt, f Facts, t trunkRow, ring time.Duration) (*claimed, error) {
	route := telephony.Route{TrunkID: t.ID, Name: t.Name, Address: t.Address, Transport: t.Transport, Username: t.Username, IsSimulator: t.IsSimulator}
	if len(t.PasswordEnc) > 0 {
		secret, err := d.box.Open(seal.Secret, t.PasswordEnc)
		if err != nil {
			return nil, fmt.Errorf("opening the password of trunk %s: %w", t.Name, err)
		}
		route.Password = string(secret)
	}
	spec := telephony.CallSpec{
		ID: a.ID, Group: a.GroupID, Store: a.StoreID, Routes: []telephony.Route{route}, Number: f.Number,
		CallerNumber: a.CallerNumber, Ring: ring,
	}
	if a.AgentID != nil {
		spec.Agent = *a.AgentID
	}
	return &claimed{attempt: a, spec: spec, maxCPS: t.MaxCPS, patience: f.Rules.Dialing.Abandon.AgentWithin.Std()}, nil
}

// dial sends the INVITE in its slot. When it cannot have one in time the call is
// taken for cancelled: nobody's phone has rung.
func (d *Dialer) dial(ctx context.Context, c claimed) {
	call := d.calls.add(d, c.attempt, c.patience)
	result := telephony.ResultTrunkFault
	err := d.slot(ctx, c)
	if err != nil {
		result = telephony.ResultCallerCancel
	} else {
		err = d.exchange.Dial(context.WithoutCancel(ctx), c.spec, call.observe)
	}
	if err != nil {
		d.log.Warn("a call could not be placed", "attempt", c.attempt.ID, "error", err)
		call.observe(telephony.CallEvent{
			Call: c.attempt.ID, Kind: telephony.CallEnded, At: realNow(), LineResult: result, HangupBy: "system", Detail: "not_placed",
		})
	}
}
