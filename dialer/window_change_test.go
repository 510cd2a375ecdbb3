package dialer_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"ringback/crm/dealer"
	"ringback/dialer"
	"ringback/telephony"
)

// opens changes the store's call windows, as its manager does.
func (w *world) opens(from, to string) {
	w.t.Helper()
	w.in(func(ctx context.Context, tx pgx.Tx) error {
		_, err := dealer.SetWindows(ctx, tx, w.store, []dealer.Window{{From: from, To: to}})
		return err
	})
}

// It is half past ten, and the campaign runs all the while.
func TestARunningCampaignTakesChangedCallWindowsOver(t *testing.T) { // CG-03
	t.Parallel()
	w := newWorld(t)
	w.task(number(1))
	w.exchange.answers = func(string) behaviour { return behaviour{after: 10 * time.Millisecond, result: telephony.ResultBusy} }
	w.opens("13:00", "18:00")
	d, _ := w.dialer()
	camp := w.campaign(d, dialer.Progressive, w.agent("李雷"))
	w.run(d)
	waits := func(until string) {
		t.Helper()
		w.until("the wait until "+until, func() bool {
			dec, ok := d.Decision(camp.ID)
			return ok && strings.Contains(dec.ZH, "下一时段 "+until+" 开始") && strings.Contains(dec.EN, until)
		})
	}
	waits("13:00")
	if n := w.exchange.placed(); n != 0 {
		t.Fatalf("%d calls before the window", n)
	}
	w.opens("10:00", "12:00")
	w.until("the call of the window that opened", func() bool { return w.count(`SELECT count(*) FROM attempt WHERE state = 'failed'`) == 1 })
	w.opens("14:00", "18:00")
	waits("14:00")
	w.task(number(2))
	w.opens("15:00", "18:00")
	waits("15:00")
	if n := w.exchange.placed(); n != 1 {
		t.Errorf("%d calls after the window closed, want the one before", n)
	}
	w.opens("10:00", "12:00")
	w.until("the second call", func() bool { return w.exchange.placed() == 2 })
	if n := w.count(`SELECT count(*) FROM campaign_log WHERE what IN ('opened', 'closed')`); n != 4 {
		t.Errorf("%d lines of the log about windows, want closed, opened, closed, opened", n)
	}
}
