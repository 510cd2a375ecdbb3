package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/google/uuid"
	"github.com/gorilla/websocket"
)

// benchConsole is a console as the server sees one: signed in, on the websocket,
// subscribed to one topic. An agent's signs on by desk phone and accepts the
// proposed result of each call at once.
type benchConsole struct {
	ws      *websocket.Conn
	ready   chan struct{} // closed when the agent is ready for the first time
	signed  bool
	isReady bool
	wrapped map[string]bool

	writing sync.Mutex

	mu    sync.Mutex
	shown map[string]time.Time // by attempt
}

// liveFrame is what console and server send each other.
type liveFrame struct {
	T      string          `json:"t"`
	CSRF   string          `json:"csrf,omitempty"`
	Client string          `json:"client,omitempty"`
	Topic  string          `json:"topic,omitempty"`
	ID     string          `json:"id,omitempty"`
	Name   string          `json:"name,omitempty"`
	Args   any             `json:"args,omitempty"`
	Data   json.RawMessage `json:"data,omitempty"`
	Error  json.RawMessage `json:"error,omitempty"`
}

// deskSeen is the part of a desk that the console acts on.
type deskSeen struct {
	State string `json:"state"`
	Call  *struct {
		AttemptID string `json:"attemptId"`
		State     string `json:"state"`
	} `json:"call"`
	Wrap *struct {
		Proposed string `json:"proposed"`
	} `json:"wrap"`
}

func openConsole(ctx context.Context, o outsideOrders, login, topic string, work *sync.WaitGroup) (*benchConsole, error) {
	cookie, csrf, err := signInAt(o.Console, login, o.Password)
	if err != nil {
		return nil, fmt.Errorf("signing %s in: %w", login, err)
	}
	ws, res, err := websocket.DefaultDialer.DialContext(ctx, "ws://"+o.Console+"/api/v1/live", http.Header{"Cookie": {cookie}})
	if err != nil {
		return nil, fmt.Errorf("opening the console of %s: %w", login, err)
	}
	_ = res.Body.Close()
	c := &benchConsole{ws: ws, ready: make(chan struct{}), wrapped: map[string]bool{}, shown: map[string]time.Time{}}
	c.send(liveFrame{T: "hello", CSRF: csrf, Client: uuid.NewString()})
	c.send(liveFrame{T: "sub", Topic: topic})
	work.Go(c.listen)
	work.Go(func() { c.ping(ctx) })
	return c, nil
}

func signInAt(console, login, password string) (cookie, csrf string, err error) {
	body, err := json.Marshal(map[string]string{"login": login, "password": password})
	if err != nil {
		return "", "", err
	}
	client := http.Client{Timeout: 3 * time.Second} // a server may be held still
	res, err := client.Post("http://"+console+"/api/v1/session", "application/json", bytes.NewReader(body))
	if err != nil {
		return "", "", err
	}
	defer func() { _ = res.Body.Close() }()
	var v struct {
		CSRFToken string `json:"csrfToken"`
	}
	if err := json.NewDecoder(res.Body).Decode(&v); err != nil || len(res.Cookies()) == 0 {
		return "", "", fmt.Errorf("%s: no session (%w)", res.Status, err)
	}
	return res.Cookies()[0].String(), v.CSRFToken, nil
}

func (c *benchConsole) send(f liveFrame) {
	c.writing.Lock()
	defer c.writing.Unlock()
	_ = c.ws.WriteJSON(f)
}

func (c *benchConsole) command(name string, args any) {
	c.send(liveFrame{T: "cmd", ID: uuid.Must(uuid.NewV7()).String(), Name: name, Args: args})
}

// ping keeps the connection, as the page does, and closes it at the end.
func (c *benchConsole) ping(ctx context.Context) {
	t := time.NewTicker(5 * time.Second)
	defer t.Stop()
	for {
		select {
		case <-ctx.Done():
			_ = c.ws.Close()
			return
		case <-t.C:
			c.send(liveFrame{T: "ping"})
		}
	}
}

func (c *benchConsole) listen() {
	for {
		var f liveFrame
		if err := c.ws.ReadJSON(&f); err != nil {
			return
		}
		var d deskSeen
		if f.Topic != "desk" || len(f.Data) == 0 || json.Unmarshal(f.Data, &d) != nil {
			continue
		}
		c.see(d, time.Now())
	}
}

// see does what an agent would do on seeing this.
func (c *benchConsole) see(d deskSeen, now time.Time) {
	switch {
	case d.State == "offline" && !c.signed:
		c.signed = true
		c.command("desk.signOn", map[string]any{"device": "phone"})
	case d.State == "ready" && !c.isReady:
		c.isReady = true
		close(c.ready)
	}
	if d.Call == nil {
		return
	}
	c.note(d.Call.AttemptID, now)
	if d.State == "wrapup" && d.Wrap != nil && !c.wrapped[d.Call.AttemptID] {
		c.wrapped[d.Call.AttemptID] = true
		c.command("desk.wrap", map[string]any{"attemptId": d.Call.AttemptID, "disposition": d.Wrap.Proposed})
	}
}

func (c *benchConsole) note(attempt string, now time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if _, ok := c.shown[attempt]; !ok {
		c.shown[attempt] = now
	}
}

// showed is when the page first showed an attempt.
func (c *benchConsole) showed(attempt string) (at time.Time, ok bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	at, ok = c.shown[attempt]
	return at, ok
}
