package desk

import (
	"slices"
	"testing"

	"github.com/google/uuid"
)

func TestOnlyPagesWithOldWordsAreLookedAtAgain(t *testing.T) {
	busy, quiet := id(), id()
	now := map[uuid.UUID]string{busy: "3 线振铃", quiet: "名单已拨完"}
	words := func(campaign uuid.UUID) (zh, en string) { return now[campaign], "" }
	var w waits
	old, fresh, calm, gone := id(), id(), id(), id()
	w.show(old, wait{busy, "2 线振铃"})
	w.show(fresh, wait{busy, "3 线振铃"})
	w.show(calm, wait{quiet, "名单已拨完"})
	w.show(gone, wait{busy, "2 线振铃"})
	w.forget(gone)
	if got := w.stale(words); !slices.Equal(got, []uuid.UUID{old}) {
		t.Errorf("looked at again: %v, want %v", got, old)
	}
	now[quiet] = "1 线振铃"
	if got := w.stale(words); !slices.Contains(got, calm) || len(got) != 2 {
		t.Errorf("after the words changed: %v", got)
	}
}

func TestTheDayIsShownBetweenCallsOnly(t *testing.T) {
	t.Parallel()
	w := newWorld(t).bridged()
	if v := w.view(); v.Call == nil || v.DialerZH != "" || v.LastCall != nil || v.NextCallbacks == nil {
		t.Errorf("in the call: %q, %+v, %v", v.DialerZH, v.LastCall, v.NextCallbacks)
	}
	var asked []uuid.UUID
	w.desk.o.Changed = func(user uuid.UUID) { asked = append(asked, user) }
	if w.desk.refreshOnce(); len(asked) != 0 {
		t.Errorf("a page in a call is looked at again for the dialer's words")
	}
}
