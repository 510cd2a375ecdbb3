package sip_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/uuid"

	"ringback/internal/seal"
	"ringback/telephony"
	"ringback/telephony/media"
	"ringback/telephony/sip"
	"ringback/telephony/siptest"
)

// line is a customer, called by a node.
type line struct {
	voice
	on   func(telephony.LegEvent)
	once sync.Once
	up   sync.Mutex
	open bool
}

func (l *line) Media() media.Stream {
	l.up.Lock()
	defer l.up.Unlock()
	if !l.open {
		return nil
	}
	return &l.voice
}

func (l *line) Hangup() { go l.ends(telephony.EndLocalBye) }

func (l *line) ends(cause telephony.EndCause) {
	l.once.Do(func() { l.on(telephony.LegEvent{Kind: telephony.LegEnded, At: time.Now(), Cause: cause}) })
}

func (l *line) answers() {
	l.up.Lock()
	l.open = true
	l.up.Unlock()
	l.on(telephony.LegEvent{Kind: telephony.LegAnswered, At: time.Now(), Code: 200})
}

// host is one node: its exchange, its endpoint and the customers it calls.
type host struct {
	ip   string
	node uuid.UUID
	e    *sip.Endpoint
	x    *telephony.Exchange
	key  *telephony.Tokens
	stop context.CancelFunc

	mu    sync.Mutex
	lines []*line
	told  []telephony.CallEvent
}

// Place calls customers in memory, and other nodes by SIP.
func (h *host) Place(ctx context.Context, spec telephony.LegSpec, on func(telephony.LegEvent)) (telephony.Leg, error) {
	if spec.To == "desk" {
		return h.e.Place(ctx, spec, on)
	}
	l := &line{on: on}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.lines = append(h.lines, l)
	return l, nil
}

func (h *host) observe(ev telephony.CallEvent) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.told = append(h.told, ev)
}

// town is several nodes on a network in memory, in virtual time.
type town struct {
	*testing.T
	net   *siptest.Net
	air   *air
	box   *seal.Box
	hosts []*host
	agent uuid.UUID
	voice *voice

	mu    sync.Mutex
	place map[uuid.UUID]*host // of agents
	wire  [][]byte            // datagrams between nodes
}

const voiceByte = 0x2a // loud enough to tell from silence

func inTown(t *testing.T, nodes int, test func(*town)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		box, err := seal.New(make([]byte, seal.KeyBytes))
		if err != nil {
			t.Fatal(err)
		}
		w := &town{
			T: t, net: siptest.NewNet(), air: &air{ends: map[netip.AddrPort]*voice{}, cut: map[netip.Addr]bool{}}, box: box,
			agent: uuid.New(), voice: &voice{}, place: map[uuid.UUID]*host{},
		}
		w.net.Lose(func(from, to netip.AddrPort, data []byte) bool {
			w.mu.Lock()
			w.wire = append(w.wire, bytes.Clone(data))
			w.mu.Unlock()
			w.air.mu.Lock()
			defer w.air.mu.Unlock()
			return w.air.cut[from.Addr()] || w.air.cut[to.Addr()]
		})
		var running sync.WaitGroup
		defer running.Wait()
		for i := range nodes {
			h := w.build(i, &running)
			defer h.stop()
		}
		synctest.Wait()
		test(w)
	})
}

func (w *town) build(i int, running *sync.WaitGroup) *host {
	w.Helper()
	h := &host{ip: fmt.Sprintf("10.0.0.%d", i+1), node: uuid.New()}
	h.key = telephony.NewTokens(w.box, h.node)
	var err error
	h.e, err = sip.New(sip.Options{
		PacketConn: w.net.Listen(h.ip + ":5060"), OpenAudio: func() (sip.Audio, error) { return w.air.open(h.ip) },
		Invited: func(inv telephony.Invitation) (telephony.Welcome, bool) { return h.x.Invited(inv) },
	})
	if err != nil {
		w.Fatal(err)
	}
	player := media.NewClock()
	h.x = telephony.NewExchange(telephony.Options{
		Placer: h, Player: player, Node: h.node,
		Nodes: &telephony.Nodes{Tokens: h.key, Where: w.where, Address: w.address},
	})
	ctx, stop := context.WithCancel(w.Context())
	h.stop = stop
	for _, run := range []func(context.Context) error{player.Run, h.x.Run, h.e.Run} {
		running.Go(func() { _ = run(ctx) })
	}
	w.hosts = append(w.hosts, h)
	return h
}

func (w *town) where(_ context.Context, agent uuid.UUID) (telephony.Place, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	h := w.place[agent]
	if h == nil {
		return telephony.Place{}, nil
	}
	return telephony.Place{Node: h.node, Address: h.e.Advertised()}, nil
}

func (w *town) address(_ context.Context, node uuid.UUID) (netip.AddrPort, error) {
	for _, h := range w.hosts {
		if h.node == node {
			return h.e.Advertised(), nil
		}
	}
	return netip.AddrPort{}, errors.New("no such node")
}

// sits puts the agent's audio at a node.
func (w *town) sits(h *host, v *voice) {
	w.mu.Lock()
	w.place[w.agent] = h
	w.mu.Unlock()
	h.x.AttachAgent(w.agent, v)
	synctest.Wait()
}

// dies is kill -9: nothing of the host is heard any more.
func (w *town) dies(h *host) {
	w.air.mu.Lock()
	defer w.air.mu.Unlock()
	w.air.cut[netip.MustParseAddr(h.ip)] = true
}

// conversation is a customer of h who has answered.
func (w *town) answered(h *host, fixed uuid.UUID) (uuid.UUID, *line) {
	w.Helper()
	id := uuid.New()
	spec := telephony.CallSpec{ID: id, Number: "15400000001", Ring: 30 * time.Second, Routes: []telephony.Route{{TrunkID: uuid.New(), Address: "carrier:5060"}}, Agent: fixed}
	if err := h.x.Dial(w.Context(), spec, h.observe); err != nil {
		w.Fatal(err)
	}
	synctest.Wait()
	h.mu.Lock()
	l := h.lines[len(h.lines)-1]
	h.mu.Unlock()
	l.answers()
	synctest.Wait()
	return id, l
}

// bridged is a customer of the first node in conversation with the agent at the second.
func (w *town) bridged() (uuid.UUID, *line) {
	w.Helper()
	w.sits(w.hosts[1], w.voice)
	id, customer := w.answered(w.hosts[0], uuid.Nil)
	if err := w.hosts[0].x.Bridge(id, w.agent); err != nil {
		w.Fatal(err)
	}
	time.Sleep(time.Second) // for the tone
	customer.got()
	w.voice.got()
	return id, customer
}

// talks checks that both hear each other, unchanged.
func (w *town) talks(customer *line, agent *voice) {
	w.Helper()
	synctest.Wait()
	customer.got()
	agent.got()
	customer.says(voiceByte)
	agent.says(voiceByte + 1)
	if got := agent.got(); len(got) != 1 || got[0][0] != voiceByte || len(got[0]) != media.FrameBytes {
		w.Errorf("the agent hears %d frames", len(got))
	}
	if got := customer.got(); len(got) != 1 || got[0][0] != voiceByte+1 {
		w.Errorf("the customer hears %d frames", len(got))
	}
}

// music says whether the customer hears music now.
func (w *town) music(customer *line) bool {
	customer.got()
	time.Sleep(time.Second)
	return len(customer.got()) > 45
}

func (w *town) kinds(h *host) (all []telephony.CallEventKind) {
	synctest.Wait()
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, ev := range h.told {
		all = append(all, ev.Kind)
	}
	return all
}

func (w *town) wantKinds(h *host, want ...telephony.CallEventKind) {
	w.Helper()
	if got := w.kinds(h); !slices.Equal(got, want) {
		w.Errorf("told %v, want %v", got, want)
	}
}

// wantEnd checks how h's call ended, and that nothing of it is left anywhere.
func (w *town) wantEnd(h *host, result, by string) {
	w.Helper()
	time.Sleep(time.Second)
	synctest.Wait()
	h.mu.Lock()
	last := h.told[len(h.told)-1]
	h.mu.Unlock()
	if last.Kind != telephony.CallEnded || last.LineResult != result || last.HangupBy != by {
		w.Errorf("last %+v, want ended %s by %s", last, result, by)
	}
	w.nothingLeft()
}

// nothingLeft: no leg, and the agent's seat is free for a call of their own node.
func (w *town) nothingLeft() {
	w.Helper()
	synctest.Wait()
	for _, h := range w.hosts {
		if n := h.e.Legs(); n != 0 {
			w.Errorf("%d legs left at %s", n, h.ip)
		}
	}
	w.air.mu.Lock()
	defer w.air.mu.Unlock()
	if n := len(w.air.ends); n != 0 {
		w.Errorf("%d ports left", n)
	}
}
