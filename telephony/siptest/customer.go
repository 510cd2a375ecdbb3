package siptest

import (
	"sync"
	"time"
)

// Customer is one number's script and memory. Scripts read as sentences:
//
//	carrier.Customer("15400001234").Answers(3*time.Second, 0).Says(bursts)
//	carrier.Customer("15400001235").Busy()
type Customer struct {
	c      *Carrier
	number string

	mu       sync.Mutex
	b        Behaviour
	scripted bool
}

func (cu *Customer) behaviour() (Behaviour, bool) {
	cu.mu.Lock()
	defer cu.mu.Unlock()
	return cu.b, cu.scripted
}

func (cu *Customer) set(b Behaviour) *Customer {
	return cu.change(func(old *Behaviour) { *old = b })
}

func (cu *Customer) change(f func(*Behaviour)) *Customer {
	cu.mu.Lock()
	defer cu.mu.Unlock()
	f(&cu.b)
	cu.scripted = true
	return cu
}

// Answers after ringing, talks, and hangs up; talk 0: stays until hung up.
func (cu *Customer) Answers(after, talk time.Duration) *Customer {
	return cu.change(func(b *Behaviour) { *b = Behaviour{Ring: after, Talk: talk, Says: b.Says} })
}

// StaysUntilHungUp never hangs up first.
func (cu *Customer) StaysUntilHungUp() *Customer {
	return cu.change(func(b *Behaviour) { b.Talk = 0 })
}

// Says plays A-law audio over and over, a second apart, instead of conversation.
func (cu *Customer) Says(alaw []byte) *Customer {
	return cu.change(func(b *Behaviour) { b.Says = alaw })
}

// Busy refuses with 486.
func (cu *Customer) Busy() *Customer { return cu.set(refusal(0, 486, "Busy Here", "", 17)) }

// Declines refuses with 603 after ringing.
func (cu *Customer) Declines(after time.Duration) *Customer {
	return cu.set(refusal(after, 603, "Decline", "", 21))
}

// RingsForever is never answered.
func (cu *Customer) RingsForever() *Customer { return cu.set(Behaviour{Forever: true}) }

// Refuses with a status after ringing.
func (cu *Customer) Refuses(after time.Duration, status int, reason string) *Customer {
	return cu.set(refusal(after, status, reason, "", 0))
}

// Calls are the calls to this number, in order.
func (cu *Customer) Calls() []*Call {
	var list []*Call
	for _, call := range cu.c.Calls() {
		if call.Number == cu.number {
			list = append(list, call)
		}
	}
	return list
}

// Last is the latest call to this number, or nil.
func (cu *Customer) Last() *Call {
	if list := cu.Calls(); len(list) > 0 {
		return list[len(list)-1]
	}
	return nil
}

// Hears is the A-law audio the customer heard last, in the latest call.
func (cu *Customer) Hears() []byte {
	if call := cu.Last(); call != nil {
		return call.Hears()
	}
	return nil
}

// HangsUp ends the customer's latest call now.
func (cu *Customer) HangsUp() {
	if call := cu.Last(); call != nil {
		call.HangUp()
	}
}
