package main

import (
	"context"
	"encoding/json"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/google/uuid"
	"github.com/gorilla/websocket"

	"ringback/telephony/media"
	"ringback/telephony/siptest"
)

// crashAgent is an agent with a desk phone registered at every server and one
// console, which goes to another server when its own is gone. It answers the
// script as the desk shows it, keeps what the server called saved, and takes a break
// now and then, after which it may sit down at another server.
type crashAgent struct {
	h      *crashHouse
	i      int
	phones []*siptest.Phone

	cookie, csrf string // of the browser, good at every server
	client       string // its page

	rested time.Time // when the last break began
	rests  int

	mu    sync.Mutex // guards the fields below
	saved []savedAnswer
	wraps []string // attempts whose result was taken
}

// crashThinks is how long an agent takes for a line of the script: somebody who
// answers as fast as the machine does costs three servers a processor.
const crashThinks = 400 * time.Millisecond

// crashRests is how long an agent works between two short breaks.
const crashRests = 20 * time.Second

// savedAnswer is an answer that the console showed as saved.
type savedAnswer struct{ Response, Key string }

// shownDesk is the part of a desk that the agent acts on.
type shownDesk struct {
	State  string `json:"state"`
	Reason string `json:"reason"`
	Audio  string `json:"audio"`
	Call   *struct {
		AttemptID string `json:"attemptId"`
	} `json:"call"`
	Script *struct {
		ResponseID string `json:"responseId"`
		Node       struct {
			ID     string `json:"id"`
			Kind   string `json:"kind"`
			Key    string `json:"key"`
			Answer *struct {
				Type    string `json:"type"`
				Options []struct {
					Value string `json:"value"`
				} `json:"options"`
			} `json:"answer"`
		} `json:"node"`
	} `json:"script"`
	Wrap *struct {
		Proposed string `json:"proposed"`
	} `json:"wrap"`
}

func newCrashAgent(h *crashHouse, i int, ports *media.Ports) (*crashAgent, error) {
	a := &crashAgent{h: h, i: i, client: uuid.NewString()}
	for _, n := range h.nodes {
		conn, err := net.ListenPacket("udp4", "127.0.0.1:0")
		if err != nil {
			return nil, err
		}
		a.phones = append(a.phones, siptest.NewPhone(siptest.PhoneOptions{
			Conn: conn, Registrar: n.sip, User: benchExtension(i), Password: demoPassword, Ports: ports,
		}))
	}
	return a, nil
}

// registerAt tells a server that has come back where the phone is. Calls of the
// server that was killed are over.
func (a *crashAgent) registerAt(node int) {
	for _, c := range a.phones[node].Calls() {
		c.HangUp()
	}
	for range 40 { // a phone asks again: the server may be without its database
		if status, err := a.phones[node].Register(uuid.NewString(), 5*time.Minute); err == nil && status == http.StatusOK {
			return
		}
		pause(250 * time.Millisecond)
	}
}

// work is the agent's shift, at one server after the other.
func (a *crashAgent) work(ctx context.Context) {
	for at := a.i; ctx.Err() == nil; at++ {
		if n := a.h.nodes[at%len(a.h.nodes)]; n.up() {
			a.sit(ctx, n)
		}
		select {
		case <-ctx.Done():
		case <-time.After(200 * time.Millisecond):
		}
	}
}

// sit works at one server until the connection breaks or says nothing for long.
func (a *crashAgent) sit(ctx context.Context, n *crashNode) {
	if a.cookie == "" {
		var err error
		if a.cookie, a.csrf, err = signInAt(n.http, benchLogin(a.i), demoPassword); err != nil {
			return
		}
	}
	dial, cancel := context.WithTimeout(ctx, 3*time.Second)
	defer cancel()
	ws, res, err := websocket.DefaultDialer.DialContext(dial, "ws://"+n.http+"/api/v1/live", http.Header{"Cookie": {a.cookie}})
	if err != nil {
		if res != nil && res.StatusCode == http.StatusUnauthorized {
			a.cookie = ""
		}
		return
	}
	_ = res.Body.Close()
	seat := &crashSeat{a: a, node: n.i, ws: ws, asked: map[string]func(){}}
	defer func() { _ = ws.Close() }()
	quit := context.AfterFunc(ctx, func() { _ = ws.Close() })
	defer quit()
	seat.send(liveFrame{T: "hello", CSRF: a.csrf, Client: a.client})
	seat.send(liveFrame{T: "sub", Topic: "desk"})
	frames := make(chan liveFrame)
	over := make(chan struct{})
	defer close(over)
	go func() {
		defer close(frames)
		for {
			var f liveFrame
			if ws.ReadJSON(&f) != nil {
				return
			}
			select {
			case frames <- f:
			case <-over:
				return
			}
		}
	}()
	tick := time.NewTicker(250 * time.Millisecond)
	defer tick.Stop()
	heard := time.Now()
	for time.Since(heard) < 4*time.Second {
		select {
		case f, ok := <-frames:
			if !ok {
				return
			}
			heard = time.Now()
			seat.take(f)
		case <-tick.C:
			seat.send(liveFrame{T: "ping"})
			seat.act()
		}
	}
}

// crashSeat is the console at one server.
type crashSeat struct {
	a     *crashAgent
	node  int
	ws    *websocket.Conn
	desk  shownDesk
	asked map[string]func() // by command id: what holds once the server says ok
	open  string            // the command that waits for its answer
	since time.Time
	spoke time.Time // when the script went on last
}

func (s *crashSeat) send(f liveFrame) {
	_ = s.ws.SetWriteDeadline(time.Now().Add(2 * time.Second))
	_ = s.ws.WriteJSON(f)
}

// command sends one command at a time, as somebody who waits for the page.
func (s *crashSeat) command(name string, args any, then func()) {
	if s.open != "" && time.Since(s.since) < 2*time.Second {
		return
	}
	id := uuid.Must(uuid.NewV7()).String()
	s.open, s.since, s.asked[id] = id, time.Now(), then
	s.send(liveFrame{T: "cmd", ID: id, Name: name, Args: args})
}

func (s *crashSeat) take(f liveFrame) {
	if f.ID != "" && f.ID == s.open {
		s.open = ""
	}
	if then := s.asked[f.ID]; f.T == "ok" && then != nil {
		then()
	}
	delete(s.asked, f.ID)
	var d shownDesk
	if f.Topic == "desk" && len(f.Data) > 0 && json.Unmarshal(f.Data, &d) == nil {
		s.desk = d
		s.act()
	}
}

// act does what an agent would do on seeing this desk.
func (s *crashSeat) act() {
	d := s.desk
	switch {
	case d.State == "":
	case (d.State == "wrapup" || d.State == "paused") && d.Wrap != nil && d.Call != nil:
		s.a.h.steps.happened("wrapup", s.node)
		attempt := d.Call.AttemptID
		s.command("desk.wrap", map[string]any{"attemptId": attempt, "disposition": d.Wrap.Proposed}, func() { s.a.wrapped(attempt, s.node) })
	case d.State == "offline" || d.State == "lost" || d.Audio == "down":
		s.command("desk.signOn", map[string]any{"device": "phone", "takeOver": true}, nil)
	case d.State == "paused" && d.Audio == "up":
		s.command("desk.ready", nil, nil)
	case d.State == "ready" && time.Since(s.a.rested) > crashRests:
		s.command("desk.pause", map[string]any{"reason": "break"}, s.rest)
	case d.State == "talking" && d.Script != nil && time.Since(s.spoke) >= crashThinks:
		s.spoke = time.Now()
		s.talk()
	}
}

// rest begins a break; after every other one the console is opened at the next server,
// while the one it leaves lives on.
func (s *crashSeat) rest() {
	s.a.rested = time.Now()
	if s.a.rests++; s.a.rests%2 == 0 {
		_ = s.ws.Close()
	}
}

// talk reads the line or answers the question that the script stands at.
func (s *crashSeat) talk() {
	sc := s.desk.Script
	n := sc.Node
	switch {
	case n.Answer != nil && n.Key != "":
		args := map[string]any{"responseId": sc.ResponseID, "node": n.ID, "key": n.Key}
		switch {
		case n.Answer.Type == "score10" || n.Answer.Type == "nps":
			args["value"] = 9
		case n.Answer.Type == "score5" || n.Answer.Type == "number":
			args["value"] = 5
		case len(n.Answer.Options) > 0:
			args["value"] = n.Answer.Options[0].Value
		case n.Answer.Type == "yesno":
			args["value"] = "yes"
		default:
			args["skipped"] = "none"
		}
		s.command("desk.answer", args, func() { s.a.answered(savedAnswer{sc.ResponseID, n.Key}, s.node) })
	case n.Kind != "end":
		s.command("desk.next", map[string]any{"responseId": sc.ResponseID, "node": n.ID}, nil)
	}
}

func (a *crashAgent) answered(s savedAnswer, node int) {
	a.mu.Lock()
	a.saved = append(a.saved, s)
	a.mu.Unlock()
	a.h.steps.happened("answer saved", node)
}

func (a *crashAgent) wrapped(attempt string, node int) {
	a.mu.Lock()
	a.wraps = append(a.wraps, attempt)
	a.mu.Unlock()
	a.h.steps.happened("result saved", node)
}

func (a *crashAgent) kept() (saved []savedAnswer, wraps []string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	return append(saved, a.saved...), append(wraps, a.wraps...)
}
