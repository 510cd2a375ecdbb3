package httpapi_test

import (
	"strings"
	"testing"

	"github.com/google/uuid"

	"ringback/internal/httpapi"
)

func TestReworkIsConfirmedWithItsCauseAndCountedInK15(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c, _ := w.somebody("方志远")
	ids := []string{uuid.NewString(), uuid.NewString(), uuid.NewString()}
	for _, id := range ids {
		w.db.Exec(t, `INSERT INTO rework (id, store_id, customer_id, fault_text, reported_at) VALUES ($1, $2, $3, '方向盘又开始抖了', '2026-11-18')`, id, w.store, c)
	}
	chief := w.signIn("chief")
	decide := func(b *browser, id, body string, want int, code string) {
		t.Helper()
		if got, raw, _ := b.send("POST", "/api/v1/reworks/"+id+"/decision", body, nil); got != want || !strings.Contains(string(raw), code) {
			t.Errorf("%s: %d %s, want %d %s", body, got, raw, want, code)
		}
	}
	decide(w.signIn("boss"), ids[0], `{"confirm":true,"cause":"workmanship"}`, 403, "no_permission")
	decide(chief, ids[0], `{"confirm":true}`, 422, "rework_cause")
	decide(chief, ids[1], `{"confirm":false}`, 422, "rework_words")
	decide(chief, ids[0], `{"confirm":true,"cause":"workmanship"}`, 200, "1")
	decide(chief, ids[1], `{"confirm":false,"words":"路试正常，与维修无关"}`, 200, "1")
	decide(chief, ids[2], `{"confirm":true,"cause":"customer_use"}`, 200, "1")
	decide(chief, ids[0], `{"confirm":false,"words":"x"}`, 409, "rework_decided")
	_, raw, _ := chief.send("GET", "/api/v1/reworks?state=confirmed", "", nil)
	if page := decoded[httpapi.ReworksPage](t, raw); page.Total != 2 || page.Items[0].DecidedBy != "chief" || len(page.Causes) != 12 {
		t.Errorf("the list: %s", raw)
	}
	_, raw, _ = chief.send("GET", "/api/v1/figures/K-15/rows?period=month&at=2026-11-20&side=num", "", nil)
	if n := strings.Count(string(raw), `"noun":"rework"`); n != 1 || !strings.Contains(string(raw), ids[0]) { // the customer's own use is none of ours
		t.Errorf("the numerator of K-15: %s", raw)
	}
}
