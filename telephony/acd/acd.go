// Package acd decides which agent gets which call.
//
// It owns agent sessions, their states, their log, and pledges (this ready agent
// counts for that campaign). It does not place or bridge calls (package
// telephony), does not know customers (package desk), and does not judge whether
// a campaign can spare an agent (package dialer, by MayLeave).
//
// Postgres decides: a pick holds when its conditional update does. Redis only
// lists who is ready, for those who look; without it nothing changes here.
// Moves, all by move and its one table next (spec 2.5.8):
//
//	           audio up, asked                    picked            bridged
//	offline ─▶ paused ◀──────────▶ ready ──────▶ reserved ────────▶ talking ⇄ holding, consult
//	           ▲   ▲               │ │ ▲ ▲           │ call died      │ ▲
//	           │   └─ missed ringing ◀┘ │ └───────────┘               │ │
//	  wants    │        └───────────────┼─────────────────────────────┼─┤
//	           │                        │       ┌─ preview ─▶ dialing ┼─┘
//	           └──── wrapup ────────────┘       │  │ skipped   │      │
//	                  ▲  ▲     ready ───────────┘  └─▶ ready ◀─┘      │
//	                  └──┴────────────────────────────────────────────┘
//	any ─▶ lost ─▶ the state before, which other moves may have changed meanwhile
//	ready, paused, lost ─▶ offline; others when they are done (wants)
//	ready ─▶ talking: lost between pick and bridge, while the call was joined
//
// A session's log has neither gaps nor overlaps: each move ends one row and
// begins the next in the same transaction, with real time.
package acd

import (
	"context"
	"errors"
	"log/slog"
	"sync/atomic"
	"time"

	"github.com/google/uuid"
	goredis "github.com/redis/go-redis/v9"

	"ringback/internal/clock"
	"ringback/internal/errs"
	"ringback/internal/events"
	"ringback/internal/postgres"
)

// Errors of this room.
var (
	// ErrNobody is returned at once when no ready agent may take the call.
	ErrNobody = errors.New("no agent is ready")

	ErrElsewhere    = errs.New(errs.Conflict, "desk_elsewhere", "您已在另一处签入，是否接管到这里？", "You are signed on elsewhere. Take over here?")
	ErrNotSignedOn  = errs.New(errs.Conflict, "not_signed_on", "您还没有签入。", "You are not signed on.")
	ErrAgentState   = errs.New(errs.Conflict, "agent_state", "当前状态不能这样操作，请按屏幕上的状态继续。", "This cannot be done in the present state; go on from what the screen shows.")
	ErrAudioMissing = errs.New(errs.Conflict, "agent_no_audio", "语音没有接通，请先连接耳机或话机。", "Your audio is not connected; connect the headset or phone first.")

	errRaced = errors.New("the agent moved meanwhile")
)

// Reasons that acd itself writes.
const (
	ReasonSigningOn = "signing_on" // paused until the first audio
	ReasonAudio     = "audio"      // lost: no voice
	ReasonConsole   = "console"    // lost: no page
	ReasonServer    = "server"     // lost: the node stopped
)

// Options wire Agents. Pool, Bus and Clock are required.
type Options struct {
	Pool  *postgres.Pool
	Bus   *events.Bus
	Redis *goredis.Client // nil: no index
	Clock *clock.Clock    // for the time of events; sessions live in real time
	Node  uuid.UUID
	// MayLeave says whether a ready, pledged agent may leave now. It is asked
	// before the session's row is touched, because it locks the campaign's lease.
	// nil: always.
	MayLeave func(ctx context.Context, tx postgres.DB, user uuid.UUID) (bool, error)
	// Present says whether the user's console is open on this node: whoever is
	// there is not lost when the node of their old audio is. nil: nobody's is known.
	Present func(user uuid.UUID) bool
	Logger  *slog.Logger
}

// Agents moves agents.
type Agents struct {
	o        Options
	moved    chan struct{} // wakes the index
	stopping atomic.Bool   // this node stops
}

// New makes Agents.
func New(o Options) *Agents {
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.MayLeave == nil {
		o.MayLeave = func(context.Context, postgres.DB, uuid.UUID) (bool, error) { return true, nil }
	}
	if o.Present == nil {
		o.Present = func(uuid.UUID) bool { return false }
	}
	return &Agents{o: o, moved: make(chan struct{}, 1)}
}

// Session is one agent's shift.
type Session struct {
	ID          uuid.UUID
	GroupID     uuid.UUID
	StoreID     uuid.UUID
	UserID      uuid.UUID
	NodeID      uuid.UUID  // of their audio
	PageNodeID  *uuid.UUID // of the page that holds their desk; nil: none does
	PageClient  string     // which page that is
	Device      string     // browser or phone
	State       State
	Reason      string    // of a pause or a loss
	Since       time.Time // real time of the last move
	BeforeLost  State     // where a lost agent comes back to
	Wants       State     // paused or offline: asked to leave, not granted yet
	WantsReason string
	CampaignID  *uuid.UUID // the pledge
	TaskID      *uuid.UUID // in hand
	AttemptID   *uuid.UUID // in hand
	Muted       bool
	AudioUp     bool
	SignedOnAt  time.Time
	SignedOffAt *time.Time
}

// change is what a move sets besides the state; nil leaves things as they are.
type change struct {
	reason        string
	task, attempt *uuid.UUID
}

// Move moves a signed-on user by e; it is under all the methods below. A lost
// agent's move happens to the state they will come back to. Rooms use the named
// methods; supervisors' forced moves use this.
func (a *Agents) Move(ctx context.Context, tx postgres.DB, user uuid.UUID, e Event, reason string) error {
	return a.move(ctx, tx, user, e, change{reason: reason})
}

// tries is how often a move that lost a race begins again.
const tries = 4

func (a *Agents) move(ctx context.Context, tx postgres.DB, user uuid.UUID, e Event, c change) error {
	return again(func() error {
		s, err := a.ByUser(ctx, tx, user)
		if err != nil {
			return err
		}
		return a.step(ctx, tx, s, e, c)
	})
}

func again(fn func() error) error {
	for n := 1; ; n++ {
		if err := fn(); !errors.Is(err, errRaced) || n == tries {
			return err
		}
	}
}

// step takes one session through the table.
func (a *Agents) step(ctx context.Context, tx postgres.DB, s Session, e Event, c change) error {
	to, ok := stepped(s, e, c, time.Now())
	if !ok {
		return ErrAgentState
	}
	return a.save(ctx, tx, s, to)
}
