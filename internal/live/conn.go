package live

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/gorilla/websocket"

	"ringback/internal/errs"
	"ringback/internal/events"
)

const (
	helloWithin = 10 * time.Second
	silentFor   = 45 * time.Second // a console pings every 5 s
	writeWithin = 10 * time.Second
	lastWithin  = 200 * time.Millisecond
	maxFrame    = 256 << 10
	queueFrames = 256
	queueCmds   = 128
	recheck     = time.Minute // that the session still holds
)

// conn is one websocket. Its reader goroutine owns subs' keys; mu guards subs.
type conn struct {
	hub    *Hub
	ws     *websocket.Conn
	caller Caller
	ctx    context.Context
	stop   context.CancelFunc
	out    chan []byte
	cmds   chan Cmd

	wg sync.WaitGroup // all goroutines of this connection

	mu   sync.Mutex
	subs map[string]*watch
}

// ServeHTTP upgrades a console's request and serves it until it ends.
func (h *Hub) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	token := ""
	if c, err := r.Cookie(h.o.Cookie); err == nil {
		token = c.Value
	}
	p, err := h.o.Resolve(r.Context(), token)
	if err != nil {
		http.Error(w, h.o.Describe(err).EN, http.StatusUnauthorized)
		return
	}
	ws, err := h.upgrader.Upgrade(w, r, nil)
	if err != nil {
		return // Upgrade has answered
	}
	ctx, stop := context.WithCancel(context.WithoutCancel(r.Context()))
	c := &conn{
		hub: h, ws: ws, caller: Caller{Principal: p}, ctx: ctx, stop: stop,
		out: make(chan []byte, queueFrames), cmds: make(chan Cmd, queueCmds), subs: map[string]*watch{},
	}
	c.serve(token)
}

// serve runs the connection's goroutines and waits for all of them.
func (c *conn) serve(token string) {
	defer c.wg.Wait()
	defer c.shut()
	c.wg.Go(c.write)
	if !c.hello() || !c.hub.add(c) {
		return
	}
	defer c.hub.remove(c)
	c.hub.presence(c.caller, true)
	defer c.hub.presence(c.caller, false)
	c.wg.Go(c.work)
	c.wg.Go(func() { c.watchSession(token) })
	c.read()
}

// shut ends the connection: the writer says what is queued, then closes.
func (c *conn) shut() { c.stop() }

// hello waits for the first frame: it must carry the session's CSRF token, which
// another site's page cannot know.
func (c *conn) hello() bool {
	c.ws.SetReadLimit(maxFrame)
	_ = c.ws.SetReadDeadline(time.Now().Add(helloWithin))
	var f Hello
	if c.ws.ReadJSON(&f) != nil || f.T != "hello" {
		return false
	}
	if f.CSRF != c.caller.CSRF {
		c.send(Refused{T: "err", Error: Trouble{Code: "csrf", ZH: "页面已过期，请刷新。", EN: "This page is out of date. Reload it."}})
		return false
	}
	c.caller.Client = f.Client
	view, err := c.hub.o.SessionView(c.ctx, c.caller.Principal)
	if err != nil {
		c.refuse(Refused{}, "hello", err)
		return false
	}
	c.send(Welcome{T: "welcome", Session: view, Clocks: c.clocks()})
	return true
}

func (c *conn) clocks() Clocks {
	return Clocks{RealNow: time.Now().UTC(), BusinessNow: c.hub.o.BusinessNow()}
}

func (c *conn) read() {
	for c.ctx.Err() == nil {
		_ = c.ws.SetReadDeadline(time.Now().Add(silentFor))
		_, raw, err := c.ws.ReadMessage()
		if err != nil || !c.take(raw) {
			return
		}
	}
}

// take acts on one frame; false when it is none.
func (c *conn) take(raw []byte) bool {
	var kind struct{ T string }
	if json.Unmarshal(raw, &kind) != nil {
		return false
	}
	switch kind.T {
	case "ping":
		return taken(raw, func(f Ping) { c.send(Pong{T: "pong", At: f.At, Clocks: c.clocks()}) })
	case "sub":
		return taken(raw, c.subscribe)
	case "unsub":
		return taken(raw, func(f Sub) { c.unsubscribe(f.Topic) })
	case "cmd":
		return taken(raw, c.queue)
	}
	return true
}

func taken[F any](raw []byte, do func(F)) bool {
	var f F
	if json.Unmarshal(raw, &f) != nil {
		return false
	}
	do(f)
	return true
}

// queue keeps commands in the order sent: they are carried out one after the other.
func (c *conn) queue(f Cmd) {
	select {
	case c.cmds <- f:
	case <-c.ctx.Done():
	}
}

// work carries out commands in order.
func (c *conn) work() {
	for {
		select {
		case <-c.ctx.Done():
			return
		case f := <-c.cmds:
			c.command(f)
		}
	}
}

func (c *conn) command(f Cmd) {
	to := Refused{ID: f.ID}
	if f.ID == nil {
		c.refuse(to, f.Name, errs.New(errs.Invalid, "command_id", "指令缺少编号。", "The command has no id."))
		return
	}
	for _, r := range c.hub.commands {
		if strings.HasPrefix(f.Name, r.prefix) {
			// The effect is finished even when the browser goes away meanwhile.
			ctx, cancel := context.WithTimeout(context.WithoutCancel(c.ctx), 20*time.Second)
			result, err := r.do(ctx, c.caller, *f.ID, f.Name, f.Args)
			cancel()
			if err != nil {
				c.refuse(to, f.Name, err)
				return
			}
			c.send(Done{T: "ok", ID: f.ID, Result: result})
			return
		}
	}
	c.refuse(to, f.Name, errs.New(errs.NotFound, "command_unknown", "页面和服务器版本不一致，请刷新。", "Page and server differ in version. Reload the page."))
}

// refuse tells why; to says which command or topic it is about. What no room
// explains is logged here.
func (c *conn) refuse(to Refused, doing string, err error) {
	e := c.hub.o.Describe(err)
	if errs.KindOf(err) == "" {
		c.hub.o.Log.Error("console command", "command", doing, "user", c.caller.User.ID, "error", err)
	}
	to.T, to.Error = "err", Trouble{Code: e.Code, ZH: e.ZH, EN: e.EN, Field: e.Field}
	c.send(to)
}

// send queues a frame; a full queue means a reader that is too slow.
func (c *conn) send(f any) {
	raw, err := json.Marshal(f)
	if err != nil {
		c.hub.o.Log.Error("encoding a live frame", "type", fmt.Sprintf("%T", f), "error", err)
		return
	}
	select {
	case c.out <- raw:
	default:
		c.hub.cut.Inc()
		c.shut()
	}
}

func (c *conn) write() {
	defer func() { _ = c.ws.Close() }()
	for {
		select {
		case raw := <-c.out:
			if c.put(raw, writeWithin) != nil {
				c.shut()
				return
			}
		case <-c.ctx.Done():
			for len(c.out) > 0 { // what was said before the end is still told
				if c.put(<-c.out, lastWithin) != nil {
					return
				}
			}
			return
		}
	}
}

func (c *conn) put(raw []byte, within time.Duration) error {
	_ = c.ws.SetWriteDeadline(time.Now().Add(within))
	return c.ws.WriteMessage(websocket.TextMessage, raw)
}

// watchSession ends the connection when the session no longer holds.
func (c *conn) watchSession(token string) {
	t := time.NewTicker(recheck)
	defer t.Stop()
	for {
		select {
		case <-c.ctx.Done():
			return
		case <-t.C:
			if _, err := c.hub.o.Resolve(c.ctx, token); errs.KindOf(err) == errs.SignedOut {
				c.send(Bye{T: "bye"})
				c.shut()
			}
		}
	}
}

func (c *conn) touch(e events.Event) {
	if e.Store != c.caller.Store {
		return
	}
	for _, w := range c.watches() {
		if w.topic.Touches(e, c.caller, w.arg) {
			w.dirty()
		}
	}
}

func (c *conn) touchAll() {
	for _, w := range c.watches() {
		w.dirty()
	}
}

func (c *conn) watches() []*watch {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Collect(maps.Values(c.subs))
}

func (c *conn) poke(topic string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if w, ok := c.subs[topic]; ok {
		w.dirty()
	}
}
