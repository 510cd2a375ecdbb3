package main

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"ringback/crm/dealer"
	"ringback/crm/task"
	"ringback/dialer"
	"ringback/internal/clock"
	"ringback/internal/config"
	"ringback/internal/desk"
	"ringback/internal/postgres"
	"ringback/internal/postgres/pgtest"
	"ringback/internal/redis"
	"ringback/internal/seal"
	"ringback/telephony/media"
	"ringback/telephony/siptest"
)

// twoNodes are two nodes of one house in this process. The first leads, claims and
// calls; the second has the agent's console and audio.
type twoNodes struct {
	t       *testing.T
	a, b    *node
	db      *pgtest.DB
	store   dealer.Store
	carrier *siptest.Carrier
	agent   uuid.UUID
	voice   *micAndEar
}

func newTwoNodes(t *testing.T) *twoNodes {
	t.Helper()
	ctx := t.Context()
	h := &twoNodes{t: t, db: pgtest.New(t), voice: &micAndEar{}}
	hot := redis.InMemory()
	t.Cleanup(func() { _ = hot.Close() })
	h.carrier = loopbackCarrier(t, 35000, siptest.CarrierOptions{Seed: 1})
	box, err := seal.New(make([]byte, seal.KeyBytes))
	must(t, err)
	business := clock.New(time.Until(demoDay()))
	for _, n := range []**node{&h.a, &h.b} {
		*n, err = records(ctx, h.db.Pool, box, business, slog.New(slog.DiscardHandler), t.TempDir())
		must(t, err)
		(*n).hot = hot
	}
	var made bool
	h.store, made, err = demoStore(ctx, h.db.Pool, business.Now())
	must(t, err)
	_, err = seedPeople(ctx, h.db.Pool, h.a.people, h.a.ext, h.store, made, business.Now())
	must(t, err)
	must(t, seedTrunk(ctx, h.db.Pool, box, h.store, h.carrier.Addr().String()))
	h.work(h.a, 33000)
	h.work(h.b, 34000)
	return h
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// loopbackCarrier runs a carrier until the test ends; its audio takes the thousand
// ports from rtp.
func loopbackCarrier(t *testing.T, rtp uint16, o siptest.CarrierOptions) *siptest.Carrier {
	t.Helper()
	var err error
	o.Conn, err = net.ListenPacket("udp4", "127.0.0.1:0")
	must(t, err)
	o.Ports, err = media.NewPorts(media.PortOptions{IP: netip.MustParseAddr("127.0.0.1"), From: rtp, To: rtp + 998, Quarantine: -1})
	must(t, err)
	c := siptest.NewCarrier(o)
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- c.Run(ctx) }()
	t.Cleanup(func() { stop(); <-done })
	return c
}

// work runs a node as its roles say: the second one has no dialer, so that every
// call is the first one's.
func (h *twoNodes) work(n *node, rtp int) {
	h.t.Helper()
	cfg := config.Defaults()
	cfg.SIPAddr, cfg.WebRTCAddr, cfg.Data = "127.0.0.1:0", "127.0.0.1:0", h.t.TempDir()
	cfg.RTP = config.PortRange{First: rtp, Last: rtp + 199}
	must(h.t, n.wire(cfg, wireOptions{demo: true}))
	parts := []func(context.Context) error{n.relay.Run, n.calls.Run, quiet(n.player.Run), n.sip.Run, n.desk.Run, n.agents.Run}
	if n == h.a {
		parts = append(parts, n.dialer.Run)
	} else {
		h.db.Exec(h.t, `INSERT INTO node (id, name, started_at, heartbeat_at, sip_addr) VALUES ($1, 'b', $2, $2, $3)`,
			n.id, time.Now(), n.sip.Advertised().String())
		parts = append(parts, h.beats(n.id))
	}
	ctx, stop := context.WithCancel(context.Background())
	var running sync.WaitGroup
	for _, run := range parts {
		running.Go(func() {
			if err := run(ctx); err != nil && !errors.Is(err, context.Canceled) {
				h.t.Errorf("a part of a node ended: %v", err)
			}
		})
	}
	h.t.Cleanup(func() { stop(); running.Wait(); _ = n.browser.Close() })
}

// beats is the heartbeat of a node without a dialer.
func (h *twoNodes) beats(node uuid.UUID) func(context.Context) error {
	return func(ctx context.Context) error {
		tick := time.NewTicker(time.Second)
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				return nil
			case <-tick.C:
				_ = h.db.Pool.AllStores(ctx, func(ctx context.Context, tx pgx.Tx) error {
					_, err := tx.Exec(ctx, `UPDATE node SET heartbeat_at = $2 WHERE id = $1`, node, time.Now())
					return err
				})
			}
		}
	}
}

// orders make follow-ups to call, one for each number.
func (h *twoNodes) orders(n int) {
	h.t.Helper()
	batch, err := h.a.imports.Upload(h.t.Context(), h.scope(), "orders.csv", strings.NewReader(benchOrders(n)))
	must(h.t, err)
	_, err = h.a.imports.Commit(h.t.Context(), h.scope(), batch.ID, func(int, int) {})
	must(h.t, err)
}

func (h *twoNodes) scope() postgres.Scope {
	return postgres.Scope{Stores: []uuid.UUID{h.store.ID}, Group: h.store.GroupID, User: h.agent}
}

func (h *twoNodes) in(fn func(ctx context.Context, tx pgx.Tx) error) {
	h.t.Helper()
	must(h.t, h.db.Pool.Scoped(h.t.Context(), h.scope(), fn))
}

// signOn opens the agent's desk and audio at the second node.
func (h *twoNodes) signOn() {
	h.t.Helper()
	h.in(func(ctx context.Context, tx pgx.Tx) (err error) {
		h.agent, err = h.b.people.UserID(ctx, tx, "agent1")
		return err
	})
	h.do("desk.signOn", map[string]any{"device": "browser"})
	h.b.calls.AttachAgent(h.agent, h.voice)
	h.in(func(ctx context.Context, tx pgx.Tx) error { return h.b.agents.Audio(ctx, tx, h.agent, true) })
}

func (h *twoNodes) caller() desk.Caller {
	return desk.Caller{Scope: h.scope(), User: h.agent, Client: "page"}
}

// do is a command of the agent's page, at the second node.
func (h *twoNodes) do(name string, args any) {
	h.t.Helper()
	raw, err := json.Marshal(args)
	must(h.t, err)
	if _, err := h.b.desk.Do(h.t.Context(), h.caller(), uuid.Must(uuid.NewV7()), name, raw); err != nil {
		h.t.Fatalf("%s: %v", name, err)
	}
}

func (h *twoNodes) page() desk.View {
	h.t.Helper()
	v, err := h.b.desk.Snapshot(h.t.Context(), h.caller())
	must(h.t, err)
	return v
}

func (h *twoNodes) until(what string, cond func() bool) {
	h.t.Helper()
	deadline, tick := time.NewTimer(20*time.Second), time.NewTicker(10*time.Millisecond)
	defer deadline.Stop()
	defer tick.Stop()
	for !cond() {
		select {
		case <-tick.C:
		case <-deadline.C:
			h.t.Fatalf("waited in vain for: %s\n%+v", what, h.page().State)
		}
	}
}

// text asks the database.
func (h *twoNodes) text(sql string, args ...any) (s string) {
	h.t.Helper()
	h.in(func(ctx context.Context, tx pgx.Tx) error { return tx.QueryRow(ctx, sql, args...).Scan(&s) })
	return s
}

func (h *twoNodes) call() *siptest.Call {
	calls := h.carrier.Calls()
	if len(calls) == 0 {
		return nil
	}
	return calls[len(calls)-1]
}

// An agent's page and audio are at one node, the customer's leg at another: the
// page shows the call, mutes, sends keys, hangs up and wraps up as ever.
func TestAPageServesACallOfAnotherNode(t *testing.T) {
	t.Parallel()
	h := newTwoNodes(t)
	h.orders(3)
	h.signOn()
	customer := siptest.Behaviour{Ring: 100 * time.Millisecond, Says: media.Bursts(media.VoicePitches(1), 0, 0)}
	for _, n := range []string{"15400000000", "15400000001", "15400000002"} {
		h.carrier.Set(n, customer)
	}
	var campaign dialer.Campaign
	h.in(func(ctx context.Context, tx pgx.Tx) (err error) {
		var number uuid.UUID
		if err := tx.QueryRow(ctx, `SELECT id FROM caller_number`).Scan(&number); err != nil {
			return err
		}
		campaign, err = h.a.dialer.Create(ctx, tx, h.scope(), dialer.NewCampaign{
			Name: "三日回访", TaskKind: task.Followup3D, Mode: dialer.Progressive, CallerNumberID: number, RingSeconds: 30, AgentIDs: []uuid.UUID{h.agent},
		})
		if err != nil {
			return err
		}
		campaign, err = h.a.dialer.Start(ctx, tx, h.scope(), campaign.ID)
		return err
	})
	h.until("the page to show the call", func() bool { v := h.page(); return v.State == "talking" && v.Call != nil && v.Script != nil })
	first := h.text(`SELECT id::text FROM attempt WHERE state = 'bridged'`)
	if at := h.text(`SELECT node_id::text FROM attempt WHERE id = $1`, first); at != h.a.id.String() || len(h.b.calls.Live()) != 0 {
		t.Fatalf("the call is at node %s, want the first", at)
	}
	h.until("the agent to hear the customer", func() bool { return h.voice.heard() > 20 })
	h.do("desk.dtmf", map[string]any{"digit": "5"})
	h.until("the customer to get the key", func() bool { return h.call().Keys() == "5" })
	h.do("desk.mute", map[string]any{"on": true})
	if !h.page().Muted {
		t.Error("the page does not show the mute")
	}
	h.do("desk.mute", map[string]any{"on": false})
	h.do("desk.hangup", map[string]any{"earlyReason": "customer_busy"})
	h.until("the wrap-up", func() bool { return h.page().Wrap != nil })
	if by := h.text(`SELECT hangup_by || ' ' || line_result FROM attempt WHERE id = $1`, first); by != "agent answered_human" {
		t.Errorf("ended by %q", by)
	}
	h.until("the customer to be hung up on", func() bool { return h.call().HungUpByCaller() })
	h.in(func(ctx context.Context, tx pgx.Tx) error {
		_, err := h.a.dialer.Stop(ctx, tx, h.scope(), campaign.ID)
		return err
	})
	h.wrap()
	h.callByHand()
}

// wrap closes the call with a result.
func (h *twoNodes) wrap() {
	h.t.Helper()
	v := h.page()
	h.do("desk.wrap", map[string]any{"attemptId": v.Call.AttemptID, "disposition": v.Wrap.Proposed})
	h.until("the agent to be free", func() bool { return h.page().State == "ready" })
}

// callByHand dials a task of the agent's choice; another node claims it, and the
// agent gives up while it rings.
func (h *twoNodes) callByHand() {
	h.t.Helper()
	for _, n := range []string{"15400000000", "15400000001", "15400000002"} {
		h.carrier.Set(n, siptest.Behaviour{Ring: time.Minute})
	}
	h.do("desk.call", map[string]any{"taskId": h.text(`SELECT id::text FROM task WHERE state = 'queued' LIMIT 1`)})
	h.until("the phone to ring", func() bool {
		return h.text(`SELECT coalesce(max(state), '') FROM attempt WHERE mode = 'manual'`) == "ringing"
	})
	h.do("desk.hangup", map[string]any{})
	h.until("the attempt to end", func() bool { return h.text(`SELECT state FROM attempt WHERE mode = 'manual'`) == "failed" })
	if got := h.text(`SELECT line_result || ' ' || hangup_by FROM attempt WHERE mode = 'manual'`); got != "caller_cancel agent" {
		h.t.Errorf("ended as %q", got)
	}
	h.until("the agent to be free again", func() bool { return h.page().State == "ready" })
}

// micAndEar is an agent's audio without a browser.
type micAndEar struct {
	mu    sync.Mutex
	sink  media.Sink
	count int
}

func (m *micAndEar) WriteFrame(media.Frame) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.count++
}

func (m *micAndEar) heard() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.count
}

func (m *micAndEar) Codec() media.Codec                  { return media.PCMA }
func (m *micAndEar) SetSink(s media.Sink)                { m.mu.Lock(); defer m.mu.Unlock(); m.sink = s }
func (m *micAndEar) OnDigit(func(media.Digit))           {}
func (m *micAndEar) SendDigit(byte, time.Duration) error { return nil }
func (m *micAndEar) Stats() media.Stats                  { return media.Stats{} }
func (m *micAndEar) Close() error                        { return nil }
