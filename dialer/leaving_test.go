package dialer_test

import (
	"context"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"ringback/dialer"
)

func TestWhoAsksToLeaveIsToldUntilWhenLinesCountOnThem(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for n := range 2 {
		w.task(number(n + 1))
	}
	w.exchange.answers = func(string) behaviour { return behaviour{after: time.Hour} }
	d, _ := w.dialer()
	li, han := w.agent("李雷"), w.agent("韩梅梅")
	c := w.campaign(d, dialer.Progressive, li, han)
	w.run(d)
	w.until("both lines to ring", func() bool { return w.count(`SELECT count(*) FROM attempt WHERE state = 'ringing'`) == 2 })
	w.in(func(ctx context.Context, tx pgx.Tx) error {
		granted, err := w.agents.Pause(ctx, tx, li, "meal")
		if granted {
			t.Error("a pause was granted while a line counts on the agent")
		}
		return err
	})
	w.in(func(ctx context.Context, tx pgx.Tx) error {
		v, err := d.Detail(ctx, tx, c.ID)
		if err != nil {
			return err
		}
		if len(v.Leaving) != 1 || v.Leaving[0].UserID != li || v.Leaving[0].Name != "李雷" || v.Leaving[0].Wants != "paused" || v.Leaving[0].Reason != "meal" || v.Leaving[0].Busy {
			t.Fatalf("leaving: %+v", v.Leaving)
		}
		if s := v.Leaving[0].Seconds; s < 1 || s > 32 {
			t.Errorf("%d seconds at the latest, of 30 s ring time and 2 s detection", s)
		}
		theirs, err := d.LeavesIn(ctx, tx, c.ID, li)
		if err != nil || theirs < 1 || theirs > v.Leaving[0].Seconds {
			t.Errorf("the desk says %d, %v", theirs, err)
		}
		others, err := d.LeavesIn(ctx, tx, c.ID, han)
		if others != 0 {
			t.Errorf("who did not ask waits %d seconds", others)
		}
		return err
	})
}
