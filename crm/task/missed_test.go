package task_test

import (
	"strings"
	"testing"

	"github.com/google/uuid"

	"ringback/crm/customer"
	"ringback/crm/task"
	"ringback/crm/workorder"
)

// twice is a first and second attempt that ended so; it tells what the task came to.
func (h *house) twice(k task.Task, result string) task.Task {
	h.t.Helper()
	var earlier []string
	for range 2 {
		_, err := h.tasks.Take(h.ctx, h.tx, k.ID, uuid.Nil, h.by)
		h.must(err)
		k, err = h.tasks.Wrap(h.ctx, h.tx, k.ID, task.WrapInput{LineResult: result, Earlier: earlier}, h.by)
		h.must(err)
		earlier = append(earlier, result)
		if k.NextAttemptAt != nil {
			h.by.At = *k.NextAttemptAt
		}
	}
	return k
}

func TestTwoRejectionsOrMachinesStopAndLeaveOneMessage(t *testing.T) { // RP-REJECT, RP-MACHINE
	inHouse(t, func(h *house) {
		h.by.At = at("2026-05-20 18:00")
		rejects, machine, silent := h.customer("王华磊", "15400000001"), h.customer("李四", "15400000002"), h.customer("张三", "15400000003")
		for _, c := range []customer.Seen{rejects, machine, silent} {
			h.deliver(c, "2026-05-20 16:00", func(o *workorder.Order) { o.Kind = workorder.Periodic })
		}
		h.by.At = at("2026-11-17 10:10")
		h.pass()
		for _, c := range []struct {
			who    customer.Seen
			result string
			sms    int
		}{{rejects, "rejected", 1}, {machine, "answered_machine", 1}, {silent, "no_answer", 0}} {
			h.by.At = at("2026-11-17 10:10")
			k := h.touch(c.who, task.PeriodicService, "T-3")
			k = h.twice(k, c.result)
			if (k.State == task.Exhausted) != (c.sms == 1 || k.MaxAttempts == 2) {
				t.Errorf("%s twice: %s", c.result, k.State)
			}
			var texts []string
			for _, m := range h.sms(c.who) {
				if m.Rule == "missed" {
					texts = append(texts, m.TextZH)
				}
			}
			if len(texts) != c.sms || c.sms == 1 && !strings.Contains(texts[0], "下次保养在11月20日或") {
				t.Errorf("%s twice leaves %q", c.result, texts)
			}
		}
	})
}

func TestAVoiceMailOfASevenDayCallIsToldOnce(t *testing.T) { // RP-MACHINE
	inHouse(t, func(h *house) {
		h.by.At = at("2026-11-13 18:00")
		c := h.customer("王华磊", "15400000001")
		h.deliver(c, "2026-11-13 16:00")
		h.by.At = at("2026-11-20 10:10")
		h.pass()
		if k := h.twice(h.onlyOf(c, task.Followup7D), "answered_machine"); k.State != task.Exhausted {
			t.Errorf("two machines: %s", k.State)
		}
		m := h.sent(c, "missed_followup")
		if m.Rule != "missed" || m.Class != "service" || !strings.Contains(m.TextZH, "11月13日") {
			t.Errorf("%+v", m)
		}
	})
}
