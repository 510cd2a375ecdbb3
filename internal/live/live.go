// Package live is the console's one websocket: commands in, topics out.
//
// A client says hello, subscribes to topics and sends commands with ids of its
// own. A topic sends a snapshot, then the whole new value with a sequence number
// one higher whenever it changed; a client that finds a gap subscribes again. A
// reader that falls behind is cut off and starts again from a snapshot: nobody
// waits for it. What a topic shows, who may read it and what a command does is
// registered by package httpapi; this package knows no noun.
package live

import (
	"context"
	"encoding/json"
	"log/slog"
	"maps"
	"net/http"
	"reflect"
	"slices"
	"sync"
	"time"

	"github.com/google/uuid"
	"github.com/gorilla/websocket"
	"github.com/prometheus/client_golang/prometheus"

	"ringback/internal/auth"
	"ringback/internal/errs"
	"ringback/internal/events"
)

// Caller is the person and the browser tab a frame came from.
type Caller struct {
	auth.Principal
	Client string // the tab's own id
}

// Topic is something a console can watch.
type Topic struct {
	// May says who may subscribe.
	May func(c Caller) bool
	// Snapshot is the whole value now. arg is what follows the colon in "campaign:<id>".
	Snapshot func(ctx context.Context, c Caller, arg string) (any, error)
	// Shape is the type of Snapshot's value, for the API's description.
	Shape reflect.Type
	// Touches says whether an event may have changed the value.
	Touches func(e events.Event, c Caller, arg string) bool
	// Gap is the least time between two changes sent; events in it are joined.
	Gap time.Duration
	// Every asks for a look without an event; zero: never. Unchanged values are not sent.
	Every time.Duration
}

// Command carries out one command. A repeated id must give the first answer
// again without doing it twice.
type Command func(ctx context.Context, c Caller, id uuid.UUID, name string, args json.RawMessage) (any, error)

// Presence is told when a tab's connection opens and closes.
type Presence func(c Caller, here bool)

// Options of the hub.
type Options struct {
	Resolve     func(ctx context.Context, token string) (auth.Principal, error)
	Cookie      string // name of the session cookie
	SessionView func(ctx context.Context, p auth.Principal) (any, error)
	Subscribe   func(buffer int) *events.Subscription
	BusinessNow func() time.Time
	CheckOrigin func(*http.Request) bool
	Describe    func(error) *errs.Error // what a person is told of an error
	Log         *slog.Logger
	Registerer  prometheus.Registerer
}

// Hub serves all websocket connections of this node.
type Hub struct {
	o        Options
	topics   map[string]Topic
	commands []route
	presence Presence
	upgrader websocket.Upgrader
	open     prometheus.Gauge
	cut      prometheus.Counter

	mu    sync.Mutex
	conns map[*conn]struct{}
	done  bool
}

type route struct {
	prefix string
	do     Command
}

// New makes a hub. Topics and commands are registered before it serves.
func New(o Options) *Hub {
	h := &Hub{
		o: o, topics: map[string]Topic{}, conns: map[*conn]struct{}{},
		presence: func(Caller, bool) {},
		upgrader: websocket.Upgrader{CheckOrigin: o.CheckOrigin, EnableCompression: true},
		open:     prometheus.NewGauge(prometheus.GaugeOpts{Name: "ringback_live_connections", Help: "Open console websockets."}),
		cut:      prometheus.NewCounter(prometheus.CounterOpts{Name: "ringback_live_cut_total", Help: "Consoles cut off because they read too slowly."}),
	}
	if o.Registerer != nil {
		o.Registerer.MustRegister(h.open, h.cut)
	}
	return h
}

// Topic registers a topic by its name before the colon.
func (h *Hub) Topic(name string, t Topic) { h.topics[name] = t }

// Topics are those registered.
func (h *Hub) Topics() map[string]Topic { return h.topics }

// Command registers who carries out commands whose name begins with prefix.
func (h *Hub) Command(prefix string, do Command) { h.commands = append(h.commands, route{prefix, do}) }

// Presence registers who is told of tabs coming and going.
func (h *Hub) Presence(p Presence) { h.presence = p }

// Run hands events to the connections until ctx ends, then closes them all.
func (h *Hub) Run(ctx context.Context) error {
	for ctx.Err() == nil {
		h.pump(ctx)
	}
	h.closeAll()
	return nil
}

func (h *Hub) pump(ctx context.Context) {
	sub := h.o.Subscribe(1024)
	defer sub.Cancel()
	for {
		select {
		case <-ctx.Done():
			return
		case e, ok := <-sub.C:
			if !ok { // we fell behind: everything may have changed
				h.each(func(c *conn) { c.touchAll() })
				return
			}
			h.each(func(c *conn) { c.touch(e) })
		}
	}
}

// each calls fn for every connection, without the lock: fn may ask other rooms,
// which may be on their way to ask us.
func (h *Hub) each(fn func(*conn)) {
	h.mu.Lock()
	all := slices.Collect(maps.Keys(h.conns))
	h.mu.Unlock()
	for _, c := range all {
		fn(c)
	}
}

func (h *Hub) closeAll() {
	h.mu.Lock()
	h.done = true
	h.mu.Unlock()
	h.each(func(c *conn) { c.shut() })
}

func (h *Hub) add(c *conn) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.done {
		return false
	}
	h.conns[c] = struct{}{}
	h.open.Set(float64(len(h.conns)))
	return true
}

func (h *Hub) remove(c *conn) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.conns, c)
	h.open.Set(float64(len(h.conns)))
}

// Poke makes the hub look at a user's topic again: for changes that have no event.
func (h *Hub) Poke(topic string, user uuid.UUID) {
	h.each(func(c *conn) {
		if c.caller.User.ID == user {
			c.poke(topic)
		}
	})
}
