package telephony

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/google/uuid"

	"ringback/internal/postgres"
	"ringback/telephony/media"
)

// contacts knows where registered phones are; telephony/sip's Registrar does it.
type contacts interface {
	Contact(user string) (addr, transport string, ok bool)
}

// Phones keeps agents' desk phones nailed up: rung once at sign-on, then open
// for the shift (DESIGN.md §5). A phone that is hung up leaves its agent without
// audio until it is rung again.
type Phones struct {
	exchange   *Exchange
	placer     Placer
	contacts   contacts
	extensions *Extensions
	domain     string
	log        *slog.Logger

	mu   sync.Mutex
	legs map[uuid.UUID]Leg
}

// NewPhones makes the keeper of desk phones. domain is shown as the caller's host.
func NewPhones(x *Exchange, p Placer, c contacts, e *Extensions, domain string, log *slog.Logger) *Phones {
	return &Phones{exchange: x, placer: p, contacts: c, extensions: e, domain: domain, log: log, legs: map[uuid.UUID]Leg{}}
}

// Extension is the user's extension number and whether a phone is registered on it.
func (p *Phones) Extension(ctx context.Context, tx postgres.DB, user uuid.UUID) (number string, registered bool, err error) {
	number, err = p.extensions.OfUser(ctx, tx, user)
	if err != nil || number == "" {
		return "", false, err
	}
	_, _, registered = p.contacts.Contact(number)
	return number, registered, nil
}

// Ring calls the phone of an extension and attaches its audio to the user when
// it is picked up. on is told true when the audio is open and false when it has
// ended. ErrPhoneAway when no phone is registered.
func (p *Phones) Ring(ctx context.Context, user uuid.UUID, number string, on func(up bool)) error {
	addr, transport, ok := p.contacts.Contact(number)
	if !ok {
		return ErrPhoneAway
	}
	p.HangUp(user)
	l := &phoneLeg{phones: p, user: user, on: on}
	spec := LegSpec{
		CallID: "nail-" + uuid.NewString(), Address: addr, Transport: transport, To: number, From: "ringback",
		Domain: p.domain, RingTimeout: 30 * time.Second, AutoAnswer: true,
	}
	leg, err := p.placer.Place(context.WithoutCancel(ctx), spec, l.event)
	if err != nil {
		return fmt.Errorf("ringing extension %s: %w", number, err)
	}
	p.mu.Lock()
	p.legs[user] = leg
	p.mu.Unlock()
	l.placed(leg)
	return nil
}

// HangUp ends the nailed-up leg of a user, if there is one.
func (p *Phones) HangUp(user uuid.UUID) {
	p.mu.Lock()
	leg := p.legs[user]
	delete(p.legs, user)
	p.mu.Unlock()
	if leg != nil {
		leg.Hangup()
	}
}

// phoneLeg follows one nailed-up leg.
type phoneLeg struct {
	phones *Phones
	user   uuid.UUID
	on     func(up bool)

	mu       sync.Mutex
	leg      Leg
	answered bool
	stream   media.Stream
}

func (l *phoneLeg) placed(leg Leg) {
	l.mu.Lock()
	l.leg = leg
	l.mu.Unlock()
	l.attach()
}

func (l *phoneLeg) event(e LegEvent) {
	switch e.Kind {
	case LegAnswered:
		l.mu.Lock()
		l.answered = true
		l.mu.Unlock()
		l.attach()
	case LegEnded:
		l.detach()
	}
}

// attach opens the audio once the leg is both known and answered.
func (l *phoneLeg) attach() {
	l.mu.Lock()
	if l.leg == nil || !l.answered || l.stream != nil {
		l.mu.Unlock()
		return
	}
	l.stream = l.leg.Media()
	s := l.stream
	l.mu.Unlock()
	l.phones.exchange.AttachAgent(l.user, s)
	l.on(true)
}

func (l *phoneLeg) detach() {
	l.mu.Lock()
	s, leg := l.stream, l.leg
	l.answered, l.stream = false, nil
	l.mu.Unlock()
	l.phones.forget(l.user, leg)
	if s != nil {
		l.phones.exchange.DetachAgent(l.user, s)
	}
	l.on(false)
}

func (p *Phones) forget(user uuid.UUID, leg Leg) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.legs[user] == leg {
		delete(p.legs, user)
	}
}
