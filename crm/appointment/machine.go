package appointment

import "ringback/internal/errs"

// event is what happens to an appointment.
type event string

const (
	book       event = "book"       // a slot is held
	confirm    event = "confirm"    // customer, parts and bay all said yes
	arrive     event = "arrive"     // the customer is here
	complete   event = "complete"   // the work order is delivered
	miss       event = "miss"       // not here 30 minutes after the slot's start
	reschedule event = "reschedule" // another booking takes its place
	withdraw   event = "withdraw"   // cancelled
)

// next is the whole machine of spec 2.5.6; what is not listed is refused.
func next(from State, e event) (State, bool) {
	switch e {
	case book:
		return Booked, from == Requested
	case confirm:
		return Confirmed, from == Booked
	case arrive:
		return Arrived, from == Booked || from == Confirmed || from == NoShow
	case complete:
		return Completed, from == Arrived
	case miss:
		return NoShow, from == Booked || from == Confirmed
	case reschedule:
		return Rescheduled, from.Ahead() || from == NoShow
	case withdraw:
		return Cancelled, from.Ahead()
	}
	return from, false
}

// move applies an event; errs.Conflict "appointment_state" when the machine refuses.
func (a *Appointment) move(e event) error {
	to, ok := next(a.State, e)
	if !ok {
		return a.refused()
	}
	a.State = to
	return nil
}

func (a *Appointment) refused() error {
	return errs.New(errs.Conflict, "appointment_state",
		"预约状态已变化（当前："+string(a.State)+"），本次操作没有执行。请刷新后再试。",
		"The appointment has moved on (now: "+string(a.State)+"); nothing was done. Refresh and try again.")
}
