package live_test

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/gorilla/websocket"
	"github.com/jackc/pgx/v5"

	"ringback/internal/auth"
	"ringback/internal/errs"
	"ringback/internal/events"
	"ringback/internal/live"
	"ringback/internal/postgres"
	"ringback/internal/postgres/pgtest"
)

// world is a hub over a real outbox with one counter as its topic.
type world struct {
	t            *testing.T
	hub          *live.Hub
	url          string
	pool         *postgres.Pool
	bus          *events.Bus
	group, store uuid.UUID

	mu    sync.Mutex
	count int
	done  map[uuid.UUID]int
	here  []bool
}

func newWorld(t *testing.T) *world {
	t.Helper()
	db := pgtest.New(t)
	w := &world{t: t, pool: db.Pool, bus: events.NewBus(), done: map[uuid.UUID]int{}}
	w.group, w.store = pgtest.Store(t, db)
	relay := events.NewRelay(db.Pool, slog.New(slog.DiscardHandler))
	w.hub = live.New(live.Options{
		Cookie:      "s",
		Resolve:     w.resolve,
		SessionView: func(context.Context, auth.Principal) (any, error) { return map[string]string{"user": "lin"}, nil },
		Subscribe:   relay.Subscribe, BusinessNow: time.Now, Log: slog.New(slog.DiscardHandler),
		CheckOrigin: func(r *http.Request) bool { return r.Header.Get("Origin") != "http://elsewhere.example" },
		Describe:    describe,
	})
	w.hub.Topic("counter", live.Topic{
		May: func(live.Caller) bool { return true },
		Snapshot: func(context.Context, live.Caller, string) (any, error) {
			w.mu.Lock()
			defer w.mu.Unlock()
			return w.count, nil
		},
		Touches: func(e events.Event, _ live.Caller, _ string) bool { return e.Kind == events.TaskChanged },
		Every:   500 * time.Millisecond, // the relay of a test may begin after its first command
	})
	w.hub.Topic("secret", live.Topic{May: func(live.Caller) bool { return false }})
	w.hub.Command("counter.", w.command)
	w.hub.Presence(func(_ live.Caller, here bool) { w.mu.Lock(); defer w.mu.Unlock(); w.here = append(w.here, here) })
	srv := httptest.NewServer(w.hub)
	w.url = "ws" + strings.TrimPrefix(srv.URL, "http")
	ctx, stop := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	wg.Go(func() { _ = relay.Run(ctx) })
	wg.Go(func() { _ = w.hub.Run(ctx) })
	t.Cleanup(func() { stop(); wg.Wait(); srv.Close() })
	return w
}

func describe(err error) *errs.Error {
	if e, ok := errs.Of(err); ok {
		return e
	}
	return errs.New("", "internal", "出错", "error")
}

func (w *world) resolve(_ context.Context, token string) (auth.Principal, error) {
	if token != "good" {
		return auth.Principal{}, errs.New(errs.SignedOut, "signed_out", "", "signed out")
	}
	return auth.Principal{Store: w.store, CSRF: "csrf"}, nil
}

// command counts once per id, as every command must.
func (w *world) command(ctx context.Context, _ live.Caller, id uuid.UUID, name string, _ json.RawMessage) (any, error) {
	if name == "counter.break" {
		return nil, errors.New("broken")
	}
	w.mu.Lock()
	if _, ok := w.done[id]; !ok {
		w.count++
		w.done[id] = w.count
	}
	n := w.done[id]
	w.mu.Unlock()
	return n, w.pool.Scoped(ctx, postgres.Scope{Stores: []uuid.UUID{w.store}}, func(ctx context.Context, tx pgx.Tx) error {
		return w.bus.Publish(ctx, tx, events.Event{Kind: events.TaskChanged, Group: w.group, Store: w.store, At: time.Now()}, nil)
	})
}

type client struct {
	t  *testing.T
	ws *websocket.Conn
}

func (w *world) dial(token, origin string) (*client, *http.Response, error) {
	h := http.Header{"Cookie": {"s=" + token}}
	if origin != "" {
		h.Set("Origin", origin)
	}
	ws, res, err := websocket.DefaultDialer.Dial(w.url, h)
	if err == nil {
		w.t.Cleanup(func() { _ = ws.Close() })
	}
	return &client{w.t, ws}, res, err
}

func (w *world) console() *client {
	w.t.Helper()
	c, _, err := w.dial("good", "")
	if err != nil {
		w.t.Fatal(err)
	}
	c.say(`{"t":"hello","csrf":"csrf","client":"tab"}`)
	if f := c.hear(); f["t"] != "welcome" || f["realNow"] == nil {
		w.t.Fatalf("got %v", f)
	}
	return c
}

func (c *client) say(text string) {
	c.t.Helper()
	if err := c.ws.WriteMessage(websocket.TextMessage, []byte(text)); err != nil {
		c.t.Fatal(err)
	}
}

func (c *client) hear() map[string]any {
	c.t.Helper()
	_ = c.ws.SetReadDeadline(time.Now().Add(10 * time.Second))
	var f map[string]any
	if err := c.ws.ReadJSON(&f); err != nil {
		c.t.Fatal(err)
	}
	return f
}

func (c *client) hearKind(kind string) map[string]any {
	c.t.Helper()
	for {
		if f := c.hear(); f["t"] == kind {
			return f
		}
	}
}

func TestATopicSendsASnapshotAndThenNumberedChanges(t *testing.T) {
	c := newWorld(t).console()
	c.say(`{"t":"sub","topic":"counter"}`)
	if f := c.hearKind("snap"); f["seq"] != 1.0 || f["data"] != 0.0 {
		t.Fatalf("got %v", f)
	}
	for n := 1.0; n <= 3; n++ {
		c.say(`{"t":"cmd","id":"` + uuid.NewString() + `","name":"counter.up"}`)
		if f := c.hearKind("chg"); f["seq"] != n+1 || f["data"] != n {
			t.Fatalf("change %v: %v", n, f)
		}
	}
}

func TestARepeatedCommandGetsTheFirstAnswer(t *testing.T) {
	c := newWorld(t).console()
	cmd := `{"t":"cmd","id":"` + uuid.NewString() + `","name":"counter.up"}`
	for range 3 {
		c.say(cmd)
		if f := c.hearKind("ok"); f["result"] != 1.0 {
			t.Fatalf("got %v", f)
		}
	}
}

func TestTroubleIsToldInBothLanguagesAndNeverInside(t *testing.T) {
	c := newWorld(t).console()
	for _, say := range []struct{ frame, code string }{
		{`{"t":"cmd","id":"` + uuid.NewString() + `","name":"counter.break"}`, "internal"},
		{`{"t":"cmd","id":"` + uuid.NewString() + `","name":"other.thing"}`, "command_unknown"},
		{`{"t":"cmd","name":"counter.up"}`, "command_id"},
		{`{"t":"sub","topic":"secret"}`, "topic_forbidden"},
		{`{"t":"sub","topic":"nothing"}`, "topic_forbidden"},
	} {
		c.say(say.frame)
		e, _ := c.hearKind("err")["error"].(map[string]any)
		if e["code"] != say.code || e["zh"] == "" || strings.Contains(e["en"].(string), "broken") {
			t.Errorf("%s: got %v", say.frame, e)
		}
	}
}

func TestAStrangerAndAForeignPageAndAWrongTokenAreTurnedAway(t *testing.T) {
	w := newWorld(t)
	if _, res, err := w.dial("bad", ""); err == nil || res.StatusCode != http.StatusUnauthorized {
		t.Errorf("a stranger: %v", err)
	}
	if _, _, err := w.dial("good", "http://elsewhere.example"); err == nil {
		t.Error("a foreign page was let in")
	}
	c, _, err := w.dial("good", "")
	if err != nil {
		t.Fatal(err)
	}
	c.say(`{"t":"hello","csrf":"guess"}`)
	if f := c.hear(); f["t"] != "err" {
		t.Fatalf("a wrong CSRF token: %v", f)
	}
	if _, _, err := c.ws.ReadMessage(); err == nil {
		t.Fatal("the connection goes on after a wrong CSRF token")
	}
}

func TestATabThatGoesIsNoticed(t *testing.T) {
	w := newWorld(t)
	_ = w.console().ws.Close()
	deadline := time.After(10 * time.Second)
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for {
		w.mu.Lock()
		n := len(w.here)
		w.mu.Unlock()
		if n == 2 {
			return
		}
		select {
		case <-deadline:
			t.Fatalf("presence told %d times", n)
		case <-tick.C:
		}
	}
}
