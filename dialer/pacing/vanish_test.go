package pacing

import (
	"slices"
	"testing"
)

func TestCancel(t *testing.T) {
	cases := []struct {
		name      string
		l         Ledger
		ringing   []float64
		cancelled int
		want      []int
	}{
		{"nothing while the inequality holds", Ledger{Lines: 2, Ready: 2}, []float64{25, 30}, 0, nil},
		{"the youngest past the least ring time", Ledger{Lines: 4, Ready: 3}, []float64{28, 5, 21, 24}, 0, []int{2}},
		{"as many as are too many", Ledger{Lines: 4, Ready: 2}, []float64{28, 5, 21, 24}, 0, []int{2, 3}},
		{"never a younger one", Ledger{Lines: 3, Ready: 0}, []float64{19.9, 20, 3}, 0, []int{1}},
		{"those on their way out count", Ledger{Lines: 4, Ready: 2}, []float64{28, 5, 21}, 1, []int{2}},
		{"credit pays for one", Ledger{Lines: 4, Ready: 2, CapBP: 300, Answered: 40}, []float64{28, 21}, 0, []int{1}},
		{"waiting calls use the credit up", Ledger{Lines: 4, Ready: 2, CapBP: 300, Answered: 40, Waiting: 1}, []float64{28, 21}, 0, []int{1, 0}},
		{"a cap that was broken before asks for no more than one line an agent", Ledger{Lines: 3, Ready: 2, Abandoned: 5}, []float64{28, 21, 22}, 0, []int{1}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			got := c.l.Cancel([]int{}, c.ringing, c.cancelled, 20)
			if !slices.Equal(got, c.want) {
				t.Errorf("got %v, want %v", got, c.want)
			}
		})
	}
}

func TestLeaveIn(t *testing.T) {
	cases := []struct {
		name string
		l    Ledger
		ages []float64
		want float64
	}{
		{"at once when nothing counts on them", Ledger{Ready: 1, Leaving: 1}, nil, 0},
		{"at once when the others are enough", Ledger{Ready: 3, Leaving: 1, Lines: 2}, []float64{1, 2}, 0},
		{"when the oldest line is over", Ledger{Ready: 2, Leaving: 1, Lines: 2}, []float64{1, 12}, 18},
		{"when both lines are over", Ledger{Ready: 1, Leaving: 1, Lines: 2}, []float64{10, 12}, 20},
		{"credit lets them go sooner", Ledger{Ready: 1, Leaving: 1, Lines: 2, CapBP: 300, Answered: 40}, []float64{10, 12}, 18},
		{"not before a window's end", Ledger{Ready: 1, Leaving: 1, Lines: 2, CapBP: 300, Answered: 40, Closing: true}, []float64{10, 12}, 20},
		{"never less than nothing", Ledger{Ready: 1, Leaving: 1, Lines: 1}, []float64{44}, 0},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if got := c.l.LeaveIn(c.ages, 30); got != c.want {
				t.Errorf("got %v s, want %v s", got, c.want)
			}
		})
	}
}
