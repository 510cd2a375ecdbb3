package e2e

import (
	"fmt"
	"testing"
	"time"
)

// TestNothingIsLostByAReloadACutNetworkOrAKilledServer does all three in the
// middle of one agent's calls: the call, the place in the script and every word
// are still there.
func TestNothingIsLostByAReloadACutNetworkOrAKilledServer(t *testing.T) {
	console, audio, shown := freePort(t), freePort(t), freePort(t)
	p := demo(t, built(t), "--port", fmt.Sprint(console), "--customers", "bursts",
		"--media", fmt.Sprintf("127.0.0.1:%d", audio), "--advertise", fmt.Sprintf("127.0.0.1:%d", shown))
	c := newCable(t, fmt.Sprintf("127.0.0.1:%d", console), fmt.Sprintf("127.0.0.1:%d", audio), fmt.Sprintf("127.0.0.1:%d", shown))
	b := newBrowsers(t)
	a := &agent{t: t, page: b.open("agent1", args{"wav": voiceFile(t, 2)}), bad: 1}
	enter(t, p, a.page, "agent1", c.url())
	a.signOn()
	a.page.until(`window.__ringback.desk()?.state === 'talking' && !!window.__ringback.desk().script`, 30*time.Second)
	a.to("speed_reception")
	call := a.attempt()

	// The page is reloaded.
	a.page.must("reload", nil)
	a.page.until(`window.__ringback?.desk()?.script?.node?.id === 'speed_reception'`, 30*time.Second)
	a.page.until(`window.__ringback.desk().audio === 'up' && window.__ringback.desk().state === 'talking'`, 30*time.Second)
	a.same(call, "after the reload")

	// The network is cut for 10 s; an answer is given meanwhile.
	c.pull()
	a.page.press("7")
	a.page.until(`document.querySelector('[data-testid=link-lost]') !== null`, 30*time.Second)
	if n := scan[int](p, `SELECT count(*) FROM answer WHERE key = 'speed_reception'`); n != 0 {
		t.Fatalf("the network is cut and yet the answer has arrived")
	}
	wait(t, 10*time.Second)
	if s := scan[string](p, `SELECT state FROM attempt WHERE id = $1`, call); s != "bridged" {
		t.Fatalf("after 10 s without a network the call is %s", s)
	}
	c.plug()
	eventually(t, 30*time.Second, "the answer given without a network is saved", func() bool {
		return scan[int](p, `SELECT count(*) FROM answer WHERE key = 'speed_reception' AND value_num = 7`) == 1
	})
	a.page.until(`window.__ringback.desk()?.script?.node?.id === 'speed_completion' && window.__ringback.desk().audio === 'up'`, 30*time.Second)
	a.same(call, "after the cut")

	// The server is killed between two answers.
	a.page.press("8")
	a.page.until(`window.__ringback.desk().script.node.id === 'speed_checkout'`, 30*time.Second)
	answers := scan[int](p, `SELECT count(*) FROM answer`)
	p.kill()
	p.start()
	eventually(t, 30*time.Second, "the dead node's call is closed", func() bool {
		return scan[string](p, `SELECT state FROM attempt WHERE id = $1`, call) == "wrap"
	})
	if n := scan[int](p, `SELECT count(*) FROM answer`); n != answers {
		t.Errorf("%d answers before the kill, %d after", answers, n)
	}
	a.page.until(`window.__ringback?.desk()?.state === 'wrapup' && window.__ringback.desk().call?.attemptId === `+quoted(call), 40*time.Second)
	a.wrap()
	eventually(t, 30*time.Second, "the call has its result", func() bool {
		return scan[string](p, `SELECT state || disposition FROM attempt WHERE id = $1`, call) == "doneC01"
	})
	if n := scan[int](p, `SELECT count(*) FROM (SELECT id FROM attempt WHERE dialed_at IS NOT NULL AND task_id = (SELECT task_id FROM attempt WHERE id = $1)) x`, call); n != 1 {
		t.Errorf("the customer of the killed call was dialled %d times", n)
	}
	if n := scan[int](p, `SELECT count(*) FROM (SELECT response_id, key, repeat_no FROM answer GROUP BY 1, 2, 3 HAVING count(*) > 1) x`); n != 0 {
		t.Errorf("%d answers are there twice", n)
	}
}

// to walks the script until it stands at a node.
func (a *agent) to(id string) {
	a.t.Helper()
	for range 20 {
		n := a.node()
		if n.ID == id {
			return
		}
		a.say(n)
		a.page.until(`window.__ringback.desk().script.node.id !== `+quoted(n.ID), 30*time.Second)
	}
	a.t.Fatalf("the script does not come to %s", id)
}

func (a *agent) attempt() string {
	return value[string](a.page, `window.__ringback.desk().call.attemptId`)
}

func (a *agent) same(call, when string) {
	a.t.Helper()
	if got := a.attempt(); got != call {
		a.t.Fatalf("%s the desk shows call %s, it was %s", when, got, call)
	}
}

// wait lets real time pass: a network that is away for ten seconds.
func wait(t *testing.T, d time.Duration) {
	t.Helper()
	timer := time.NewTimer(d)
	defer timer.Stop()
	<-timer.C
}
