package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"path/filepath"
	"sync"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/prometheus/client_golang/prometheus"
	"golang.org/x/sync/errgroup"

	"ringback/crm/appointment"
	"ringback/crm/customer"
	"ringback/crm/dealer"
	"ringback/crm/importer"
	"ringback/crm/policy"
	"ringback/crm/script"
	"ringback/crm/task"
	"ringback/dialer"
	"ringback/internal/auth"
	"ringback/internal/clock"
	"ringback/internal/config"
	"ringback/internal/desk"
	"ringback/internal/events"
	"ringback/internal/httpapi"
	"ringback/internal/obs"
	"ringback/internal/postgres"
	"ringback/internal/redis"
	"ringback/internal/seal"
	"ringback/telephony"
	"ringback/telephony/acd"
	"ringback/telephony/media"
	"ringback/telephony/sip"
	"ringback/telephony/webrtc"
)

// node is one running server: every room, wired by hand.
type node struct {
	cfg      config.Config
	id       uuid.UUID
	log      *slog.Logger
	pool     *postgres.Pool
	hot      *redis.Server
	clock    *clock.Clock
	box      *seal.Box
	bus      *events.Bus
	relay    *events.Relay
	people   *auth.Service
	library  *script.Library
	files    *customer.Files
	tasks    *task.Tasks
	renewals *policy.Renewals
	visits   *appointment.Book
	imports  *importer.Importer
	post     postOffice
	phones   *telephony.Phones
	ext      *telephony.Extensions
	calls    *telephony.Exchange
	agents   *acd.Agents
	dialer   *dialer.Dialer
	desk     *desk.Desk
	sip      *sip.Endpoint
	reg      *sip.Registrar
	browser  *webrtc.Server
	player   *media.Clock
	health   *obs.Health
	metrics  *prometheus.Registry
	web      *httpapi.Server
	listen   net.Listener
	work     context.Context // of jobs begun by requests
	jobs     sync.WaitGroup
}

// records wires the rooms that need the database only, and the data directory dir;
// the tools use these alone.
func records(ctx context.Context, pool *postgres.Pool, box *seal.Box, c *clock.Clock, log *slog.Logger, dir string) (*node, error) {
	n := &node{id: uuid.Must(uuid.NewV7()), log: log, pool: pool, clock: c, box: box, bus: events.NewBus()}
	err := dealer.CheckPacks()
	if err != nil {
		return nil, err
	}
	if n.people, err = auth.New(pool); err != nil {
		return nil, err
	}
	if n.library, err = script.Shipped(); err != nil {
		return nil, err
	}
	for _, lack := range n.library.Runs(desk.Actions()) {
		n.log.Warn("a script is not used: it asks for what the desk does not do", "script", lack.Script, "node", lack.Node, "action", lack.Action)
	}
	if err := pool.AllStores(ctx, func(ctx context.Context, tx pgx.Tx) error { return n.library.Publish(ctx, tx, c.Now()) }); err != nil {
		return nil, err
	}
	n.files = customer.NewFiles(box, n.bus)
	n.ext = telephony.NewExtensions(pool, box)
	n.tasks = task.New(n.files, n.bus, usersNamed)
	n.tasks.UseTemplates(n.library.Templates)
	n.renewals = policy.NewRenewals(n.bus, n.library.Templates.Words)
	n.visits = appointment.NewBook(n.bus)
	n.renewals.Register()
	n.visits.Register()
	n.tasks.Register()
	n.imports = importer.New(importer.Options{Pool: pool, Bus: n.bus, Box: box, Clock: c, Logger: log, Dir: filepath.Join(dir, "imports")})
	return n, nil
}

// background runs work that outlives its request; run waits for it.
func (n *node) background(fn func(ctx context.Context)) {
	n.jobs.Go(func() { fn(n.work) })
}

// run starts every room, calls ready when requests are served, and stops all in
// order when ctx ends: first the door, then the dialer (no new calls), then live
// calls with a spoken goodbye, then the rest.
func (n *node) run(ctx context.Context, ready func() error, beside ...func(context.Context) error) error {
	work, stop := context.WithCancel(context.WithoutCancel(ctx))
	defer stop()
	n.work = work
	late, lateCtx := errgroup.WithContext(work) // stops last
	for _, fn := range append(beside, n.relay.Run, n.calls.Run, quiet(n.player.Run), n.sip.Run, n.reg.Run, n.desk.Run, n.agents.Run, n.web.Hub().Run, n.rules, n.post.Run, n.upkeep) {
		late.Go(func() error { return fn(lateCtx) })
	}
	dialing, dialCtx := errgroup.WithContext(work)
	dialCtx, stopDialing := context.WithCancel(dialCtx)
	defer stopDialing()
	dialing.Go(func() error { return n.dialer.Run(dialCtx) })
	srv := &http.Server{Handler: n.web, ReadHeaderTimeout: 10 * time.Second, ErrorLog: slog.NewLogLogger(n.log.Handler(), slog.LevelDebug)}
	served := make(chan error, 1)
	go func() { served <- srv.Serve(n.listen) }()
	err := ready()
	if err == nil {
		err = n.waitForEnd(ctx, lateCtx, dialCtx, served)
	}
	n.health.Drain()
	n.agents.Stop(work)
	stopDialing()
	<-n.dialer.HandedOver()
	n.drain()
	err = errors.Join(err, dialing.Wait())
	_ = srv.Close()
	stop()
	err = errors.Join(err, late.Wait(), n.browser.Close())
	n.jobs.Wait()
	return err
}

// waitForEnd waits for the order to stop, or for a room that ended by itself.
func (n *node) waitForEnd(ctx, late, dialing context.Context, served <-chan error) error {
	select {
	case <-ctx.Done():
	case <-late.Done():
	case <-dialing.Done():
	case err := <-served:
		if !errors.Is(err, http.ErrServerClosed) {
			return fmt.Errorf("serving the console: %w", err)
		}
	}
	return nil
}

// finishTime is how long the dialer follows live calls when the node stops: the
// exchange has ended them before. 0 lets it hang up at once.
func finishTime(drain time.Duration) time.Duration {
	if drain == 0 {
		return 0
	}
	return drain + telephony.GoodbyeTime + time.Second
}

// drain lets live calls finish, at most the configured time.
func (n *node) drain() {
	ctx, cancel := context.WithTimeout(context.Background(), n.cfg.DrainTime)
	defer cancel()
	n.calls.Drain(ctx)
}

// rules lets the task rules look for what no event told, such as a delivery whose
// day has come, and every minute for who has not come to an appointment. Looking twice
// changes nothing. A server that comes to others, who look themselves, takes up calls first.
func (n *node) rules(ctx context.Context) error {
	t := time.NewTicker(time.Minute)
	defer t.Stop()
	first := 0
	if joins, err := n.dialer.Joins(ctx); err == nil && joins {
		first = 5
	}
	for minute := 0; ; minute++ {
		pass := n.tasks.MinutePass
		if minute%60 == first {
			pass = n.tasks.NightlyPass
		}
		if err := pass(ctx, n.pool, n.clock.Now()); err != nil && ctx.Err() == nil {
			n.log.Warn("the task rules could not look at everything", "error", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-t.C:
		}
	}
}

// quiet drops the error of a loop that only tells that it was stopped.
func quiet(run func(context.Context) error) func(context.Context) error {
	return func(ctx context.Context) error {
		if err := run(ctx); err != nil && ctx.Err() == nil {
			return err
		}
		return nil
	}
}
