package httpapi_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/uuid"

	"ringback/internal/httpapi"
)

// somebody is a customer of the store with one vehicle.
func (w *world) somebody(name string) (customer, vehicle string) {
	w.t.Helper()
	c, v := uuid.New(), uuid.New()
	w.db.Exec(w.t, `INSERT INTO customer (id, group_id, store_id, name_zh, surname_zh, honorific, created_at, updated_at)
		VALUES ($1, $2, $3, $4, left($4, 1), '先生', '2026-11-01', '2026-11-01')`, c, w.group, w.store, name)
	w.db.Exec(w.t, `INSERT INTO vehicle (id, group_id, store_id, vin, plate, model, created_at, updated_at) VALUES ($1, $2, $3, $4, $5, 'E5', '2026-11-01', '2026-11-01')`,
		v, w.group, w.store, "L00E5F6G8R0"+v.String()[:6], "宁"+strings.ToUpper(v.String()[:5]))
	w.db.Exec(w.t, `INSERT INTO ownership (id, store_id, vehicle_id, customer_id, role) VALUES ($1, $2, $3, $4, 'owner')`, uuid.New(), w.store, v, c)
	return c.String(), v.String()
}

func decoded[T any](t *testing.T, body []byte) (v T) {
	t.Helper()
	if err := json.Unmarshal(body, &v); err != nil {
		t.Fatalf("%s: %v", body, err)
	}
	return v
}

func TestADayIsBookedMovedConfirmedAndMissed(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c, v := w.somebody("方志远")
	boss := w.signIn("boss")
	board := func(method, path, body string, want int) httpapi.VisitDay {
		t.Helper()
		code, raw, _ := boss.send(method, path, body, nil)
		if code != want {
			t.Fatalf("%s %s: %d %s", method, path, code, raw)
		}
		return decoded[httpapi.VisitDay](t, raw)
	}
	day := board("POST", "/api/v1/appointments", `{"customerId":"`+c+`","at":"2026-11-24T09:30:00+08:00","reason":"periodic","source":"in"}`, 201)
	if day.Day != "2026-11-24" || len(day.Visits) != 1 || day.Visits[0].Items != "定期保养" || day.Visits[0].State != "booked" || day.Visits[0].Bay != "fast" {
		t.Fatalf("booked %+v", day.Visits)
	}
	if p := day.Bays[0].Places[2]; p.Used != 1 || p.Capacity != 2 {
		t.Errorf("the slot holds %+v", p)
	}
	if code, raw, _ := boss.send("POST", "/api/v1/appointments", `{"customerId":"`+c+`","vehicleId":"`+v+`","at":"2026-11-25T09:30:00+08:00","reason":"periodic","source":"in"}`, nil); code != 409 || !strings.Contains(string(raw), "already_booked") {
		t.Errorf("booked twice: %d %s", code, raw)
	}
	id := day.Visits[0].ID.String()
	day = board("POST", "/api/v1/appointments/"+id+"/move", `{"at":"2026-11-20T10:00:00+08:00"}`, 200)
	if day.Day != "2026-11-20" || len(day.Visits) != 1 || day.Visits[0].State != "booked" {
		t.Fatalf("moved %+v", day)
	}
	id = day.Visits[0].ID.String()
	for _, part := range []string{"customer", "parts", "bay"} {
		day = board("POST", "/api/v1/appointments/"+id+"/confirm", `{"part":"`+part+`"}`, 200)
	}
	if day.Visits[0].State != "confirmed" {
		t.Errorf("confirmed by all three: %s", day.Visits[0].State)
	}
	w.db.Exec(t, `UPDATE appointment SET state = 'no_show' WHERE id = $1`, id)
	day = board("POST", "/api/v1/appointments/"+id+"/missed", `{"reason":"临时出差"}`, 200)
	if day.Visits[0].ClosedReason != "临时出差" {
		t.Errorf("missed %+v", day.Visits[0])
	}
	if day = board("POST", "/api/v1/appointments/"+id+"/arrive", ``, 200); day.Visits[0].State != "arrived" || !day.Visits[0].Late {
		t.Errorf("late the same day: %+v", day.Visits[0])
	}
	if code, raw, _ := boss.send("POST", "/api/v1/appointments/"+id+"/cancel", `{"reason":"x"}`, nil); code != 409 {
		t.Errorf("cancelled after the arrival: %d %s", code, raw)
	}
}

func TestSlotsTellWhatIsFree(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.db.Exec(t, `INSERT INTO appointment_slot (id, store_id, kind, from_at, to_at, capacity, used) VALUES ($1, $2, 'fast', '2026-11-20T11:00:00+08:00', '2026-11-20T11:30:00+08:00', 2, 2)`,
		uuid.New(), w.store)
	code, raw, _ := w.signIn("agent").send("GET", "/api/v1/slots?bay=fast&days=2", "", nil)
	if code != 200 {
		t.Fatalf("%d %s", code, raw)
	}
	days := decoded[struct{ Items []httpapi.SlotDay }](t, raw).Items
	if len(days) != 2 || days[0].Day != "2026-11-20" || days[0].Slots[0].At.UTC().Format("15:04") != "02:30" || days[0].Slots[1].Free != 0 || days[1].Slots[0].Free != 2 {
		t.Errorf("at 10:00 it is %+v", days)
	}
}

func TestAnAgentSeesThatASlotIsTakenAndNotByWhom(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c, _ := w.somebody("方志远")
	if code, raw, _ := w.signIn("boss").send("POST", "/api/v1/appointments", `{"customerId":"`+c+`","at":"2026-11-24T09:30:00+08:00","reason":"repair","source":"advisor"}`, nil); code != 201 {
		t.Fatalf("%d %s", code, raw)
	}
	agent := w.signIn("agent")
	_, raw, _ := agent.send("GET", "/api/v1/appointments?day=2026-11-24", "", nil)
	day := decoded[httpapi.VisitDay](t, raw)
	if len(day.Visits) != 1 || day.Visits[0].Own || strings.Contains(string(raw), "方志远") || strings.Contains(string(raw), c) {
		t.Errorf("the agent reads %s", raw)
	}
	if code, raw, _ := agent.send("POST", "/api/v1/appointments", `{"customerId":"`+c+`","at":"2026-11-25T09:30:00+08:00","reason":"first","source":"in"}`, nil); code != 404 {
		t.Errorf("booked for somebody else's customer: %d %s", code, raw)
	}
	if code, _, _ := agent.send("POST", "/api/v1/appointments/"+day.Visits[0].ID.String()+"/confirm", `{"part":"bay"}`, nil); code != 403 {
		t.Errorf("an agent spoke for the workshop: %d", code)
	}
	if code, _, _ := w.signIn("admin").send("GET", "/api/v1/slots", "", nil); code != 403 {
		t.Errorf("an administrator read the slots: %d", code)
	}
}
