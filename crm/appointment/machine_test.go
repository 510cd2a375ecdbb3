package appointment

import (
	"slices"
	"testing"
)

func TestTheMachineMovesOnlyAsDrawn(t *testing.T) { // spec 2.5.6
	states := []State{Requested, Booked, Confirmed, Arrived, Completed, NoShow, Rescheduled, Cancelled}
	allowed := map[event][]State{
		book: {Requested}, confirm: {Booked}, arrive: {Booked, Confirmed, NoShow}, complete: {Arrived}, miss: {Booked, Confirmed},
		reschedule: {Requested, Booked, Confirmed, NoShow}, withdraw: {Requested, Booked, Confirmed},
	}
	for e, from := range allowed {
		for _, s := range states {
			if _, ok := next(s, e); ok != slices.Contains(from, s) {
				t.Errorf("%s in %s: allowed %v", e, s, ok)
			}
		}
	}
}
