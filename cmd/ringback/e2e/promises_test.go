package e2e

import (
	"testing"
	"time"
)

// TestAReminderBooksASlotAndARenewalGetsAQuote: the demo's other two kinds of calls,
// by keys alone; what the scripts promise is in the record.
func TestAReminderBooksASlotAndARenewalGetsAQuote(t *testing.T) {
	p := demo(t, built(t), "--port", "0", "--customers", "answer")
	b := newBrowsers(t)
	boss := signIn(t, p, b, "supervisor", args{})
	press := func(kind, button string) {
		boss.must("goto", args{"url": p.URL + "/campaigns/" + scan[string](p, `SELECT id::text FROM campaign WHERE task_kind = $1`, kind)})
		boss.click(button)
		want := map[string]string{"campaign-pause": "paused", "campaign-start": "running"}[button]
		eventually(t, 30*time.Second, kind+" is "+want, func() bool {
			return scan[string](p, `SELECT state FROM campaign WHERE task_kind = $1`, kind) == want
		})
	}
	press("followup_3d", "campaign-pause")
	press("periodic_service", "campaign-start")

	a := newAgent(t, p, b, "agent1", 2)
	a.page.until(`window.__ringback.desk()?.state === 'talking' && !!window.__ringback.desk().script`, 40*time.Second)
	press("periodic_service", "campaign-pause")
	a.promise()
	if n := scan[int](p, `SELECT count(*) FROM appointment a JOIN task k ON k.id = a.from_task_id JOIN appointment_slot s ON s.id = a.slot_id
		WHERE a.state = 'booked' AND a.reason = 'periodic' AND s.used = 1 AND k.state = 'completed' AND k.last_disposition = 'M01'`); n != 1 {
		t.Errorf("%d appointments were booked in the reminder call", n)
	}
	if n := scan[int](p, `SELECT count(*) FROM vehicle v JOIN appointment a ON a.vehicle_id = v.id WHERE v.mileage_last = 45600`); n != 1 {
		t.Error("the mileage the customer told is not in the file")
	}
	eventually(t, 30*time.Second, "the appointment is confirmed by SMS", func() bool {
		return scan[int](p, `SELECT count(*) FROM sms WHERE template = 'appt_confirm' AND state IN ('sent', 'delivered')`) == 1
	})

	press("renewal_final", "campaign-start")
	a.page.until(`window.__ringback.desk()?.state === 'preview'`, 40*time.Second)
	a.page.press("Enter")
	a.page.until(`window.__ringback.desk()?.state === 'talking' && !!window.__ringback.desk().script`, 40*time.Second)
	press("renewal_final", "campaign-pause")
	a.promise()
	eventually(t, 30*time.Second, "the renewal is quoted, with a next contact", func() bool {
		return scan[int](p, `SELECT count(*) FROM renewal r JOIN task k ON k.renewal_id = r.id JOIN quote q ON q.renewal_id = r.id
			WHERE r.stage = 'quoted' AND r.next_contact_at IS NOT NULL AND k.state = 'completed' AND k.last_disposition = 'I01' AND q.state = 'sent' AND q.total_fen = 405050`) == 1
	})
	if n := scan[int](p, `SELECT count(DISTINCT kind) FROM task WHERE kind IN ('renewal_quote', 'renewal_next') AND renewal_id IS NOT NULL`); n != 2 {
		t.Errorf("%d of the two follow-ups of a quote and an agreed contact are there", n)
	}
}

// promise walks the script of a reminder or a renewal to its end and takes the
// result that is proposed.
func (a *agent) promise() {
	a.t.Helper()
	for range 40 {
		n := a.node()
		if n.Kind == "end" {
			break
		}
		a.page.shot("node-" + n.ID)
		a.tell(n)
		a.page.until(`window.__ringback.desk()?.script?.node?.id !== `+quoted(n.ID), 30*time.Second)
	}
	a.page.shot("end")
	a.hangUp()
	a.page.until(`window.__ringback.desk()?.wrap != null`, 30*time.Second)
	a.page.sees("wrap-accept")
	a.page.shot("wrap")
	a.page.press("Enter")
	a.page.until(`!['wrapup', 'talking'].includes(window.__ringback.desk()?.state)`, 30*time.Second)
}

// tell answers what the three-day script does not ask.
func (a *agent) tell(n node) {
	a.t.Helper()
	switch {
	case n.Key == "mileage":
		a.page.must("type", args{"text": "45600"})
		a.page.press("Enter")
	case n.Key == "slot":
		a.page.sees("slots")
		a.page.shot("slots")
		a.page.press("3")
	case n.Key == "next_contact":
		a.quote()
		a.page.press("1")
	default:
		a.say(n)
	}
}

// quote sends amounts by SMS, beside the script.
func (a *agent) quote() {
	a.t.Helper()
	a.page.press("KeyP")
	a.page.sees("quote-panel")
	a.page.must("fill", args{"at": at("quote-cover"), "text": "交强+车损+三者200万"})
	for field, yuan := range map[string]string{"compulsory": "950", "tax": "360", "commercial": "2,740.50"} {
		a.page.must("fill", args{"at": at("quote-" + field), "text": yuan})
	}
	a.page.shot("quote")
	a.page.press("Enter")
	a.page.until(`document.querySelector('[data-testid=quote-panel]') === null`, 30*time.Second)
	a.page.until(`['sending', 'sent'].includes(document.querySelector('[data-testid=quote]')?.dataset.state)`, 30*time.Second)
	a.page.must("eval", args{"code": `document.activeElement?.blur()`})
}
