package pacing

import "fmt"

// Kind is what happened to a line or an agent.
type Kind string

// Kinds of events, and which fields of Event they need beyond At.
const (
	LineLive     Kind = "line_live"     // Age: a person answered, without detection; Price
	LineOver     Kind = "line_over"     // Age: ended before any answer
	LineAnswered Kind = "line_answered" // Age: detection begins
	CheckPerson  Kind = "check_person"  // Ring, Age: detection found a person; Price
	CheckOther   Kind = "check_other"   // Ring, Age: a machine, or hung up meanwhile
	CallLost     Kind = "call_lost"     // Price: a live call was let go without an agent
	TalkOver     Kind = "talk_over"     // Age: an agent's talk ended
	WrapOver     Kind = "wrap_over"     // Age: an agent's wrap-up ended
)

// Event is one thing that the model learns from.
type Event struct {
	At    float64 `json:"at"` // seconds on the campaign's own axis; never falls
	Kind  Kind    `json:"kind"`
	Age   float64 `json:"age,omitempty"`   // of the stage that ended, seconds
	Ring  float64 `json:"ring,omitempty"`  // of the line when it was answered, seconds
	Price float64 `json:"price,omitempty"` // θ when the call was dialed
}

// Observe learns from one event. Events come in the order of their time, between
// decisions; an unknown kind is a programmer's mistake and panics.
func (m *Model) Observe(e Event) {
	from := m.unbooked(e.At, e.Age)
	switch e.Kind {
	case LineLive:
		m.ring(from, e.Age)
		m.live.end(e.Age)
		m.price.live(e.Price)
	case LineOver:
		m.ring(from, e.Age)
		m.other.end(e.Age)
	case LineAnswered:
		m.ring(from, e.Age)
	case CheckPerson:
		m.check(from, e.Age)
		m.person.end(e.Age)
		m.live.end(e.Ring)
		m.price.live(e.Price)
	case CheckOther:
		m.check(from, e.Age)
		m.machine.end(e.Age)
		m.other.end(e.Ring)
	case CallLost:
		m.price.lost(e.Price)
	case TalkOver:
		m.talk.run(from, e.Age)
		m.talk.end(e.Age)
	case WrapOver:
		m.wrap.run(from, e.Age)
		m.wrap.end(e.Age)
	default:
		panic(fmt.Sprintf("pacing: unknown event %q", e.Kind))
	}
}

// unbooked is the age up to which something that is now age old has had its
// exposure booked: everything that ran at the last booking was booked then.
func (m *Model) unbooked(at, age float64) float64 { return max(0, age-max(0, at-m.booked)) }

func (m *Model) ring(from, to float64) {
	m.live.run(from, to)
	m.other.run(from, to)
}

func (m *Model) check(from, to float64) {
	m.person.run(from, to)
	m.machine.run(from, to)
}

// book books what still runs up to now.
func (m *Model) book(s State) {
	for _, age := range s.Ringing {
		m.ring(m.unbooked(s.At, age), age)
	}
	for _, age := range s.Checking {
		m.check(m.unbooked(s.At, age), age)
	}
	for _, age := range s.Talking {
		m.talk.run(m.unbooked(s.At, age), age)
	}
	for _, age := range s.Wrapping {
		m.wrap.run(m.unbooked(s.At, age), age)
	}
	m.booked = s.At
}
