package dialer

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/prometheus/client_golang/prometheus"
	"golang.org/x/sync/errgroup"

	"ringback/crm/customer"
	"ringback/crm/dealer"
	"ringback/crm/task"
	"ringback/internal/clock"
	"ringback/internal/events"
	"ringback/internal/postgres"
	"ringback/internal/seal"
	"ringback/telephony/acd"
)

// Options of a dialer. Everything but Relay, Drain, Logger and Registerer is needed.
type Options struct {
	Pool       *postgres.Pool
	Bus        *events.Bus
	Relay      *events.Relay // wakes on agents' moves; without it the dialer polls
	Hopper     hopper
	Clock      *clock.Clock
	Exchange   exchange
	Agents     *acd.Agents
	Tasks      *task.Tasks
	Box        *seal.Box
	Node       uuid.UUID     // a new one for each process
	Name       string        // of the node, for people
	SIPAddr    string        // ip:port at which other nodes call this one; empty: they do not
	Recording  bool          // calls are recorded: without it some kinds may not be made (CG-11)
	Finish     time.Duration // how long live calls may go on when Run ends; 0: they are hung up at once
	Drain      time.Duration // how long Run then waits for hung-up calls; 0: 3 s
	Logger     *slog.Logger
	Registerer prometheus.Registerer
}

// Dialer runs the campaigns that this node leads, claims planned attempts and
// follows this node's calls.
type Dialer struct {
	pool     *postgres.Pool
	bus      *events.Bus
	relay    *events.Relay
	hopper   hopper
	clock    *clock.Clock
	exchange exchange
	agents   *acd.Agents
	tasks    *task.Tasks
	files    *customer.Files
	box      *seal.Box
	node     uuid.UUID
	name     string
	sipAddr  string
	finish   time.Duration
	drain    time.Duration
	handed   chan struct{} // closed when no campaign is this node's any more
	handOne  sync.Once
	wasGone  bool // the heart's: it missed beats, and may hold calls that others ended
	log      *slog.Logger
	zone     *time.Location
	metrics  *metrics

	recording bool

	planned bell // something may be claimed
	moved   bell // an agent or a line moved: waiting calls and leaders look again
	healing bell // something changed that a held task may have waited for
	heals   healer

	paces paceByTrunk
	calls callSet
	plays chan struct{} // a token for each what-if being played

	mu         sync.Mutex // guards the fields below
	decisions  map[uuid.UUID]Decision
	answered   map[uuid.UUID]counted   // by campaign
	packs      map[uuid.UUID]storePack // by store
	calendar   dealer.Calendar
	calendarAt time.Time // real time it was read
}

// New makes a dialer; Run starts it.
func New(o Options) *Dialer {
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.Drain == 0 {
		o.Drain = 3 * time.Second
	}
	return &Dialer{
		pool: o.Pool, bus: o.Bus, relay: o.Relay, hopper: o.Hopper, clock: o.Clock, exchange: o.Exchange, agents: o.Agents, tasks: o.Tasks,
		files: customer.NewFiles(o.Box, o.Bus), box: o.Box, node: o.Node, name: o.Name, sipAddr: o.SIPAddr, finish: o.Finish, drain: o.Drain, handed: make(chan struct{}), log: o.Logger, zone: clock.Shanghai(),
		metrics: newMetrics(o.Registerer), decisions: map[uuid.UUID]Decision{}, answered: map[uuid.UUID]counted{}, packs: map[uuid.UUID]storePack{}, recording: o.Recording,
		plays: make(chan struct{}, playsAtOnce),
	}
}

// Run works until ctx ends. Then it plans and claims nothing more, hands its
// campaigns over (HandedOver), follows its live calls to their end, Options.Finish
// at most, and hangs up what is left. First of all it sets right what an earlier
// life of this node, or a dead node, left.
func (d *Dialer) Run(ctx context.Context) error {
	defer d.handedOver()
	if err := d.begin(ctx); err != nil {
		if ctx.Err() != nil {
			return nil
		}
		return err
	}
	work, stop := context.WithCancel(context.WithoutCancel(ctx))
	defer stop()
	d.calls.begin(work)
	beating, rest := context.WithCancel(work)
	var beats sync.WaitGroup
	beats.Go(func() { _ = d.every(beating, beatEvery, nil, d.beatOnce) })
	defer beats.Wait()
	defer rest()
	g, gctx := errgroup.WithContext(ctx)
	g.Go(func() error { return d.every(gctx, tickEvery, &d.moved, d.leader()) })
	g.Go(func() error { return d.every(gctx, claimEvery, &d.planned, d.claimOnce) })
	g.Go(func() error { return d.every(gctx, reapEvery, nil, d.reapOnce) })
	g.Go(func() error { return d.every(gctx, orphanEvery, nil, d.freeOrphans) })
	g.Go(func() error { return d.every(gctx, healEvery, &d.healing, d.healOnce) })
	g.Go(func() error { return d.listen(gctx) })
	g.Go(func() error { return d.listenHopper(gctx) })
	err := g.Wait()
	d.handOver(work)
	d.finishCalls(work)
	d.hangupAll()
	d.calls.wait(d.drain, stop)
	rest() // the last heartbeat comes before the goodbye
	beats.Wait()
	d.leave(context.WithoutCancel(ctx))
	if errors.Is(err, context.Canceled) {
		return nil
	}
	return err
}

const (
	tickEvery  = 250 * time.Millisecond
	claimEvery = 250 * time.Millisecond
	reapEvery  = time.Second
	beatEvery  = time.Second

	orphanEvery = 10 * time.Second
	breath      = 20 * time.Millisecond // between two steps that bells ask for, and twice what the last one took
)

// begin settles. A database that goes away just then is waited for, as by every loop.
func (d *Dialer) begin(ctx context.Context) error {
	for told := false; ; told = true {
		err := d.settle(ctx)
		if err == nil || ctx.Err() != nil || !away(err) {
			return err
		}
		if !told {
			d.log.Warn("the dialer cannot begin for the moment", "error", err)
		}
		pause(ctx, retryEvery)
	}
}

// every runs step by the ticker and whenever the bell rings. A step that fails
// is told once it fails and once it works again; the loop goes on.
func (d *Dialer) every(ctx context.Context, period time.Duration, b *bell, step func(context.Context) error) error {
	t := time.NewTicker(period)
	defer t.Stop()
	failing := false
	for {
		rung, began := b.rung(), time.Now()
		err := step(ctx)
		took := time.Since(began)
		switch {
		case ctx.Err() != nil:
			return nil
		case err != nil && !failing:
			d.log.Warn("the dialer cannot work for the moment", "error", err)
		case err == nil && failing:
			d.log.Info("the dialer works again")
		}
		failing = err != nil
		select {
		case <-ctx.Done():
			return nil
		case <-t.C:
		case <-rung:
			if b == &d.moved { // moves come in swarms: one look serves them all
				pause(ctx, min(max(breath, 2*took), period))
			}
		}
	}
}

// listen rings the bells on what the relay tells.
func (d *Dialer) listen(ctx context.Context) error {
	for d.relay != nil && ctx.Err() == nil {
		d.listenOnce(ctx)
	}
	return nil
}

func (d *Dialer) listenOnce(ctx context.Context) {
	s := d.relay.Subscribe(512)
	defer s.Cancel()
	for {
		select {
		case <-ctx.Done():
			return
		case e, open := <-s.C:
			if !open {
				pause(ctx, reapEvery)
				return
			}
			if e.Kind == events.AgentChanged || e.Kind == events.CampaignChanged {
				d.moved.ring()
			}
			if mayHeal(e.Kind) {
				d.heals.mark(e.Store)
				d.healing.ring()
			}
		}
	}
}

func (d *Dialer) listenHopper(ctx context.Context) error {
	for ctx.Err() == nil {
		_ = d.hopper.Woken(ctx, d.planned.ring) // a lost Redis is told by the leader
		pause(ctx, reapEvery)
	}
	return nil
}

// in runs fn in a transaction of one store.
func (d *Dialer) in(ctx context.Context, group, store uuid.UUID, fn func(ctx context.Context, tx pgx.Tx) error) error {
	return d.pool.Scoped(ctx, postgres.Scope{Stores: []uuid.UUID{store}, Group: group}, fn)
}

// bell wakes everyone who waits. The zero value works; a nil bell never rings.
type bell struct {
	mu sync.Mutex
	c  chan struct{}
}

// rung is closed at the next ring.
func (b *bell) rung() <-chan struct{} {
	if b == nil {
		return nil
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.c == nil {
		b.c = make(chan struct{})
	}
	return b.c
}

func (b *bell) ring() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.c != nil {
		close(b.c)
		b.c = nil
	}
}

func pause(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
	case <-t.C:
	}
}
