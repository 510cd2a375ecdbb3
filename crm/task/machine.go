package task

import "ringback/internal/errs"

// State of a task (spec 2.4.5).
type State string

// States.
const (
	Pending    State = "pending"
	Queued     State = "queued"
	InProgress State = "in_progress"
	RetryWait  State = "retry_wait"
	Blocked    State = "blocked"
	Completed  State = "completed"
	Exhausted  State = "exhausted"
	Refused    State = "refused"
	Excluded   State = "excluded"
	Cancelled  State = "cancelled"
)

// Open tells whether the task may still lead to a call.
func (s State) Open() bool {
	switch s {
	case Pending, Queued, InProgress, RetryWait, Blocked:
		return true
	}
	return false
}

// event is what happens to a task.
type event string

const (
	ripen    event = "ripen"    // not_before is reached
	take     event = "take"     // an agent or the dialer takes it
	complete event = "complete" // closing disposition that reached its purpose
	refuse   event = "refuse"   // the customer refuses
	exclude  event = "exclude"  // never to be called
	retry    event = "retry"    // try again later
	exhaust  event = "exhaust"  // tries or days are used up
	release  event = "release"  // taken, not called
	block    event = "block"    // may heal
	heal     event = "heal"
	cancel   event = "cancel"
	reopen   event = "reopen"
)

// next is the whole machine of spec 2.5.1; what is not listed is refused.
func next(from State, e event) (State, bool) {
	switch e {
	case ripen:
		return Queued, from == Pending
	case take:
		return InProgress, from == Queued || from == RetryWait
	case complete:
		return Completed, from == InProgress
	case refuse:
		return Refused, from == InProgress
	case exclude:
		return Excluded, from.Open()
	case retry:
		return RetryWait, from == InProgress
	case exhaust:
		return Exhausted, from.Open()
	case release:
		return Queued, from == InProgress
	case block:
		return Blocked, from.Open()
	case heal:
		return Queued, from == Blocked
	case cancel:
		return Cancelled, from.Open()
	case reopen:
		return Queued, from == Completed || from == Exhausted || from == Refused
	}
	return from, false
}

// move applies an event; errs.Conflict "task_state" when the machine refuses.
func (k *Task) move(e event) error {
	to, ok := next(k.State, e)
	if !ok {
		return k.refused()
	}
	k.State = to
	return nil
}

func (k *Task) refused() error {
	return errs.New(errs.Conflict, "task_state",
		"任务状态已变化（当前："+string(k.State)+"），本次操作没有执行。请刷新后再试。",
		"The task has moved on (now: "+string(k.State)+"); nothing was done. Refresh and try again.")
}

// closing is the event that ends a task in state s.
func closing(s State) event {
	switch s {
	case Completed:
		return complete
	case Refused:
		return refuse
	case Exhausted:
		return exhaust
	}
	return exclude
}
