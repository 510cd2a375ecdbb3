// Package smstest is a message gateway to test and demo with: HTTP on loopback,
// receipts and replies sent back as a carrier's would.
//
// What becomes of a message is decided by the number's last four digits, in the
// manner of spec 6.2, so that every outcome can be had on purpose:
//
//	0404  taken, then failed (EMPTY)        0482  taken, then failed (SUSPENDED)
//	0607  refused for good (BLACKLIST)      0503  refused the first time (BUSY), then taken
//	0603  delivered, and the customer replies R      others  delivered
package smstest

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"
)

// Token is what both sides show each other.
const Token = "simulated-gateway"

// Message is one that was taken.
type Message struct {
	ID, To, Text, Class, Callback string
}

// Gateway is the simulated carrier; Run must be started.
type Gateway struct {
	listen net.Listener
	back   chan outcome
	client *http.Client

	mu    sync.Mutex
	taken map[string]Message // by idempotency key
	order []string
	tries map[string]int
}

// outcome goes back to the sender's callback.
type outcome struct {
	m     Message
	state string
	code  string
	reply string
}

// New listens on a free loopback port.
func New() (*Gateway, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("opening the simulated message gateway: %w", err)
	}
	return &Gateway{
		listen: l, back: make(chan outcome, 1000), client: &http.Client{Timeout: 5 * time.Second},
		taken: map[string]Message{}, tries: map[string]int{},
	}, nil
}

// URL is where it takes messages.
func (g *Gateway) URL() string { return "http://" + g.listen.Addr().String() }

// Taken are the messages it took, in their order.
func (g *Gateway) Taken() []Message {
	g.mu.Lock()
	defer g.mu.Unlock()
	out := make([]Message, len(g.order))
	for i, id := range g.order {
		out[i] = g.taken[id]
	}
	return out
}

// Run serves until ctx ends.
func (g *Gateway) Run(ctx context.Context) error {
	srv := &http.Server{Handler: http.HandlerFunc(g.take), ReadHeaderTimeout: 5 * time.Second}
	both, ctx := errgroup.WithContext(ctx)
	both.Go(func() error {
		if err := srv.Serve(g.listen); !errors.Is(err, http.ErrServerClosed) {
			return fmt.Errorf("serving the simulated message gateway: %w", err)
		}
		return nil
	})
	both.Go(func() error {
		defer func() { _ = srv.Close() }()
		g.report(ctx)
		return nil
	})
	return both.Wait()
}

func (g *Gateway) take(w http.ResponseWriter, r *http.Request) {
	if r.Header.Get("Authorization") != "Bearer "+Token {
		answer(w, http.StatusUnauthorized, map[string]any{"code": "TOKEN"})
		return
	}
	m := Message{ID: r.Header.Get("Idempotency-Key")}
	var in map[string]string
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, 1<<16)).Decode(&in); err != nil || m.ID == "" {
		answer(w, http.StatusBadRequest, map[string]any{"code": "BODY"})
		return
	}
	m.To, m.Text, m.Class, m.Callback = in["to"], in["text"], in["class"], in["callback"]
	status, body := g.decide(m)
	answer(w, status, body)
}

func answer(w http.ResponseWriter, status int, body map[string]any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body)
}

func (g *Gateway) decide(m Message) (int, map[string]any) {
	g.mu.Lock()
	defer g.mu.Unlock()
	yes := map[string]any{"gateway_id": "sim-" + m.ID, "segments": 1}
	if _, known := g.taken[m.ID]; known {
		return http.StatusOK, yes
	}
	g.tries[m.ID]++
	switch last4 := m.To[max(0, len(m.To)-4):]; {
	case last4 == "0607":
		return http.StatusUnprocessableEntity, map[string]any{"code": "BLACKLIST"}
	case last4 == "0503" && g.tries[m.ID] == 1:
		return http.StatusServiceUnavailable, map[string]any{"code": "BUSY"}
	}
	g.taken[m.ID] = m
	g.order = append(g.order, m.ID)
	select {
	case g.back <- fate(m):
	default: // a receipt that is lost is lost, as with a real carrier
	}
	return http.StatusAccepted, yes
}

func fate(m Message) outcome {
	switch {
	case strings.HasSuffix(m.To, "0404"):
		return outcome{m, "failed", "EMPTY", ""}
	case strings.HasSuffix(m.To, "0482"):
		return outcome{m, "failed", "SUSPENDED", ""}
	case strings.HasSuffix(m.To, "0603"):
		return outcome{m, "delivered", "", "R"}
	}
	return outcome{m, "delivered", "", ""}
}

// report sends receipts and replies back until ctx ends.
func (g *Gateway) report(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case o := <-g.back:
			g.tell(ctx, o)
		}
	}
}

// tell tries a few times: the sender's own transaction may not be over yet.
func (g *Gateway) tell(ctx context.Context, o outcome) {
	if o.m.Callback == "" {
		return
	}
	body := map[string]any{"receipts": []map[string]string{{"gateway_id": "sim-" + o.m.ID, "state": o.state, "code": o.code}}}
	if o.reply != "" {
		body["replies"] = []map[string]string{{"gateway_id": "sim-reply-" + o.m.ID, "from": o.m.To, "text": o.reply}}
	}
	raw, err := json.Marshal(body)
	if err != nil {
		return
	}
	for range 3 {
		select {
		case <-ctx.Done():
			return
		case <-time.After(time.Second):
		}
		req, err := http.NewRequestWithContext(ctx, http.MethodPost, o.m.Callback, bytes.NewReader(raw))
		if err != nil {
			return
		}
		req.Header.Set("Authorization", "Bearer "+Token)
		res, err := g.client.Do(req)
		if err != nil {
			continue
		}
		_ = res.Body.Close()
		if res.StatusCode == http.StatusNoContent {
			return
		}
	}
}
