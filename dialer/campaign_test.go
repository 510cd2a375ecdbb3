package dialer_test

import (
	"testing"
	"time"

	"ringback/dialer"
	"ringback/telephony"
)

func TestAProgressiveCampaignCallsEveryoneOnce(t *testing.T) {
	w := newWorld(t)
	for n := range 20 {
		w.task(number(n + 1))
	}
	w.exchange.answers = func(number string) behaviour {
		switch number[len(number)-1] {
		case '6':
			return behaviour{after: 10 * time.Millisecond, result: telephony.ResultBusy}
		case '8':
			return behaviour{after: 30 * time.Millisecond, result: telephony.ResultNoAnswer}
		}
		return behaviour{after: 20 * time.Millisecond, talk: 30 * time.Millisecond}
	}
	d, _ := w.dialer()
	c := w.campaign(d, dialer.Progressive, w.agent("李雷"), w.agent("韩梅梅"))
	w.console(d)
	w.run(d)
	w.until("20 ended attempts", func() bool {
		return w.count(`SELECT count(*) FROM attempt WHERE campaign_id = $1 AND state IN ('done', 'failed')`, c.ID) == 20
	})
	if n := w.exchange.placed(); n != 20 {
		t.Errorf("%d INVITEs for 20 tasks", n)
	}
	for state, want := range map[string]int{"done": 16, "failed": 4} {
		if n := w.count(`SELECT count(*) FROM attempt WHERE state = $1`, state); n != want {
			t.Errorf("%d attempts %s, want %d\n%s", n, state, want, w.dump())
		}
	}
	for state, want := range map[string]int{"completed": 16, "retry_wait": 4} {
		if n := w.count(`SELECT count(*) FROM task WHERE state = $1`, state); n != want {
			t.Errorf("%d tasks %s, want %d", n, state, want)
		}
	}
	if n := w.count(`SELECT count(*) FROM attempt WHERE state = 'done' AND (agent_id IS NULL OR bridged_at IS NULL OR line_result <> 'answered_human' OR disposition <> 'C00')`); n > 0 {
		t.Errorf("%d conversations with a hole in their record", n)
	}
	if len(w.exchange.wrongs) > 0 {
		t.Error(w.exchange.wrongs)
	}
	if n := w.count(`SELECT count(*) FROM number_attempt`); n != 20 {
		t.Errorf("%d calls counted against numbers, want 20", n)
	}
	if n := w.count(`SELECT count(*) FROM number_attempt WHERE answered`); n != 16 {
		t.Errorf("%d numbers reached, want 16", n)
	}
	if n := w.count(`SELECT count(*) FROM attempt WHERE state = 'abandoned'`); n > 0 {
		t.Errorf("%d abandoned: progressive dialing opened a line without an agent", n)
	}
}
