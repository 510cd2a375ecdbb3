package main

import (
	"context"
	"sync"
	"time"

	"github.com/google/uuid"

	"ringback/internal/postgres"
	"ringback/telephony"
	"ringback/telephony/media"
	"ringback/telephony/webrtc"
)

// voice opens and closes agents' audio: it joins browser legs and desk phones to
// the exchange, and tells the desk when an agent's audio comes and goes.
type voice struct {
	browser  *webrtc.Server
	phones   *telephony.Phones
	exchange *telephony.Exchange

	mu    sync.Mutex
	legs  map[uuid.UUID]*browserLeg // the newest of each agent
	tests map[uuid.UUID]*webrtc.Peer
}

func newVoice(b *webrtc.Server, p *telephony.Phones, x *telephony.Exchange) *voice {
	return &voice{browser: b, phones: p, exchange: x, legs: map[uuid.UUID]*browserLeg{}, tests: map[uuid.UUID]*webrtc.Peer{}}
}

// browserLeg follows one peer connection of an agent.
type browserLeg struct {
	voice *voice
	user  uuid.UUID
	on    func(up bool)

	telling sync.Mutex // one word to the desk at a time

	mu       sync.Mutex
	peer     *webrtc.Peer
	state    webrtc.State
	attached bool
	replaced bool // a newer leg speaks for the agent
}

// Browser answers an offer with a leg that takes the place of an earlier one.
func (v *voice) Browser(user uuid.UUID, offer string, on func(up bool)) (string, error) {
	v.EndEcho(user)
	l := &browserLeg{voice: v, user: user, on: on}
	peer, answer, err := v.browser.Accept(offer, l.moved)
	if err != nil {
		return "", err
	}
	v.mu.Lock()
	old := v.legs[user]
	v.legs[user] = l
	v.mu.Unlock()
	if old != nil {
		old.replace()
	}
	l.mu.Lock()
	l.peer = peer
	l.mu.Unlock()
	l.settle()
	return answer, nil
}

// moved is told each state of the peer, in order.
func (l *browserLeg) moved(s webrtc.State) {
	l.mu.Lock()
	l.state = s
	l.mu.Unlock()
	l.settle()
}

// settle attaches or detaches the audio as the state says. Attach and detach
// happen under the lock so that two moves cannot cross.
func (l *browserLeg) settle() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.peer == nil || l.replaced {
		return
	}
	up := l.state == webrtc.StateConnected
	if up == l.attached {
		return
	}
	l.attached = up
	if up {
		l.voice.exchange.AttachAgent(l.user, l.peer)
	} else {
		l.voice.exchange.DetachAgent(l.user, l.peer)
	}
	go l.tell() // the desk writes to the database; the peer's goroutine does not wait
}

// tell says how the audio stands when its turn comes, so that the last word is true.
func (l *browserLeg) tell() {
	l.telling.Lock()
	defer l.telling.Unlock()
	l.mu.Lock()
	up, replaced := l.attached, l.replaced
	l.mu.Unlock()
	if !replaced {
		l.on(up)
	}
}

// replace silences a leg that a newer one has taken over from.
func (l *browserLeg) replace() {
	l.mu.Lock()
	peer, attached := l.peer, l.attached
	l.replaced = true
	l.mu.Unlock()
	if attached {
		l.voice.exchange.DetachAgent(l.user, peer)
	}
	_ = peer.Close()
}

// Echo answers an offer with a leg that plays back what it hears.
func (v *voice) Echo(user uuid.UUID, offer string) (string, error) {
	v.EndEcho(user)
	peer, answer, err := v.browser.Accept(offer, func(webrtc.State) {})
	if err != nil {
		return "", err
	}
	media.EchoDelayed(peer, 600*time.Millisecond)
	v.mu.Lock()
	v.tests[user] = peer
	v.mu.Unlock()
	return answer, nil
}

// EndEcho ends the microphone test of a user.
func (v *voice) EndEcho(user uuid.UUID) {
	v.mu.Lock()
	peer := v.tests[user]
	delete(v.tests, user)
	v.mu.Unlock()
	if peer != nil {
		_ = peer.Close()
	}
}

// Extension is the user's desk phone.
func (v *voice) Extension(ctx context.Context, tx postgres.DB, user uuid.UUID) (string, bool, error) {
	return v.phones.Extension(ctx, tx, user)
}

// Ring calls the user's desk phone.
func (v *voice) Ring(ctx context.Context, user uuid.UUID, number string, on func(up bool)) error {
	return v.phones.Ring(ctx, user, number, func(up bool) { go on(up) })
}

// Close ends the user's audio of either kind.
func (v *voice) Close(user uuid.UUID) {
	v.EndEcho(user)
	v.phones.HangUp(user)
	v.mu.Lock()
	l := v.legs[user]
	delete(v.legs, user)
	v.mu.Unlock()
	if l != nil {
		l.replace()
		go l.on(false)
	}
}

// Levels are the loudest samples of late, from the agent and from the customer.
func (v *voice) Levels(user uuid.UUID) (in, out uint8, ok bool) {
	st, ok := v.exchange.AgentAudio(user)
	return st.PeakIn, 0, ok
}
