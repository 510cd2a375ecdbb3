package httpapi_test

import (
	"slices"
	"strconv"
	"strings"
	"testing"

	"ringback/crm/dealer"
	"ringback/internal/httpapi"
)

func TestTheManagerSaysWhichInsurersMayBeQuoted(t *testing.T) { // T-E7
	t.Parallel()
	w := newWorld(t)
	c, v := w.somebody("方志远")
	id := w.expiring(c, v, "2026-12-20", "interested")
	const path = "/api/v1/store/insurers"
	chief, boss, admin := w.signIn("chief"), w.signIn("boss"), w.signIn("admin")
	for _, who := range []string{"agent", "clerk", "boss"} {
		b := w.signIn(who)
		for method, body := range map[string]string{"GET": "", "POST": `{"name":"甲财险"}`, "DELETE": ""} {
			at := path
			if method == "DELETE" {
				at += "?name=%E7%94%B2"
			}
			if status, raw, _ := b.send(method, at, body, nil); status != 403 || code(t, raw) != "no_permission" {
				t.Errorf("%s %s: %d %s", who, method, status, raw)
			}
		}
	}
	list := func(b *browser, method, path, body string) httpapi.InsurerList {
		t.Helper()
		status, raw, _ := b.send(method, path, body, nil)
		if status != 200 {
			t.Fatalf("%s %s: %d %s", method, path, status, raw)
		}
		return decoded[httpapi.InsurerList](t, raw)
	}
	if l := list(chief, "GET", path, ""); len(l.Names) != 0 || l.Last != nil {
		t.Errorf("a new store: %+v", l)
	}
	if l := list(chief, "POST", path, `{"name":" 甲财险 "}`); !slices.Equal(l.Names, []string{"甲财险"}) || l.Last.By != "chief" {
		t.Errorf("added: %+v", l)
	}
	if l := list(admin, "POST", path, `{"name":"乙财险"}`); len(l.Names) != 2 || l.Last.By != "admin" {
		t.Errorf("by the admin: %+v", l)
	}
	for body, want := range map[string]string{`{"name":"甲财险"}`: "409 insurer_listed", `{"name":"  "}`: "422 insurer_name", `{"name":"` + strings.Repeat("险", 61) + `"}`: "422 insurer_name"} {
		status, raw, _ := chief.send("POST", path, body, nil)
		if got := w.said(status, raw); got != want {
			t.Errorf("%s: %s, want %s", body, got, want)
		}
	}
	quote := `{"insurer":"甲财险","coverZh":"交强+车损","compulsoryFen":95000,"taxFen":36000,"commercialFen":274000,"validUntil":"2026-12-01"}`
	if status, raw, _ := boss.send("POST", "/api/v1/renewals/"+id+"/quote", quote, nil); status != 200 {
		t.Errorf("a quote of an insurer on the list: %d %s", status, raw)
	}
	gone := path + "?name=%E7%94%B2%E8%B4%A2%E9%99%A9"
	if l := list(chief, "DELETE", gone, ""); !slices.Equal(l.Names, []string{"乙财险"}) {
		t.Errorf("taken off: %+v", l)
	}
	if status, raw, _ := chief.send("DELETE", gone, "", nil); w.said(status, raw) != "404 insurer_unlisted" {
		t.Errorf("taken off twice: %d %s", status, raw)
	}
	if status, raw, _ := boss.send("POST", "/api/v1/renewals/"+id+"/quote", quote, nil); w.said(status, raw) != "403 insurer_not_approved" {
		t.Errorf("a quote of one that is off it: %d %s", status, raw)
	}
	if n := w.count(`SELECT count(*) FROM audit_log WHERE action IN ('insurer.add', 'insurer.drop') AND detail->>'insurer' IN ('甲财险', '乙财险') AND user_id IS NOT NULL`); n != 3 {
		t.Errorf("%d lines in the audit log, want 3", n)
	}
}

// onlyWhoSetsUp: a part of the store's settings is neither shown to the others nor
// changed by them.
func (w *world) onlyWhoSetsUp(path, body string) {
	w.t.Helper()
	for _, who := range []string{"agent", "clerk", "boss"} {
		b := w.signIn(who)
		for method, sent := range map[string]string{"GET": "", "PUT": body} {
			if status, raw, _ := b.send(method, path, sent, nil); w.said(status, raw) != "403 no_permission" {
				w.t.Errorf("%s %s: %d %s", who, method, status, raw)
			}
		}
	}
}

// said is a problem's status and code, with words in both languages.
func (w *world) said(status int, raw []byte) string {
	w.t.Helper()
	return strconv.Itoa(status) + " " + code(w.t, raw)
}

func TestTheManagerSetsTheCallWindowsInsideTheWall(t *testing.T) { // CG-02, CG-03
	t.Parallel()
	w := newWorld(t)
	const path = "/api/v1/store/windows"
	body := `{"windows":[{"from":"9:30","to":"11:30"},{"from":"14:00","to":"20:00"}]}`
	w.onlyWhoSetsUp(path, body)
	chief := w.signIn("chief")
	_, raw, _ := chief.send("GET", path, "", nil)
	usual := []dealer.Window{{From: "10:00", To: "12:00"}, {From: "15:00", To: "18:00"}}
	if v := decoded[httpapi.CallWindows](t, raw); !slices.Equal(v.Windows, usual) || !slices.Equal(v.Defaults, usual) || v.Wall != (dealer.Window{From: "08:00", To: "21:00"}) || v.Last != nil {
		t.Errorf("a new store: %s", raw)
	}
	for sent, want := range map[string]string{
		`{"windows":[]}`: "422 call_windows", `{"windows":[{"from":"07:00","to":"12:00"}]}`: "422 call_windows",
		`{"windows":[{"from":"10:00","to":"12:00"},{"from":"11:00","to":"18:00"}]}`: "422 call_windows", `{"windows":[{"from":"ten","to":"12:00"}]}`: "422 call_windows",
	} {
		status, raw, _ := chief.send("PUT", path, sent, nil)
		if got := w.said(status, raw); got != want {
			t.Errorf("%s: %s, want %s", sent, got, want)
		}
	}
	status, raw, _ := chief.send("PUT", path, body, nil)
	v := decoded[httpapi.CallWindows](t, raw)
	if status != 200 || !slices.Equal(v.Windows, []dealer.Window{{From: "09:30", To: "11:30"}, {From: "14:00", To: "20:00"}}) || v.Last == nil || v.Last.By != "chief" {
		t.Errorf("changed: %d %s", status, raw)
	}
	if n := w.count(`SELECT count(*) FROM audit_log WHERE action = 'store.windows' AND detail->>'before' = '10:00-12:00 15:00-18:00' AND detail->>'after' = '09:30-11:30 14:00-20:00'`); n != 1 {
		t.Errorf("%d lines in the audit log, want 1", n)
	}
}

func TestTheManagerKeepsMaintenancePlansOfTheStoresOwn(t *testing.T) { // D-12
	t.Parallel()
	w := newWorld(t)
	const path = "/api/v1/store/plans"
	body := `{"vehicleKind":"car","model":"N9","firstMonths":6,"firstKm":10000,"periodMonths":12,"periodKm":20000,"stopAfterDays":120}`
	for _, who := range []string{"agent", "clerk", "boss"} {
		b := w.signIn(who)
		for method, at := range map[string]string{"GET": path, "PUT": path, "DELETE": path + "/" + w.store.String()} {
			sent := ""
			if method == "PUT" {
				sent = body
			}
			if status, raw, _ := b.send(method, at, sent, nil); w.said(status, raw) != "403 no_permission" {
				t.Errorf("%s %s: %d %s", who, method, status, raw)
			}
		}
	}
	chief := w.signIn("chief")
	_, raw, _ := chief.send("GET", path, "", nil)
	if v := decoded[httpapi.StorePlans](t, raw); len(v.Own) != 0 || len(v.Shipped) != 2 || v.Shipped[0].ID != nil || v.Shipped[0].PeriodKm != 10000 {
		t.Errorf("a new store: %s", raw)
	}
	status, raw, _ := chief.send("PUT", path, body, nil)
	v := decoded[httpapi.StorePlans](t, raw)
	if status != 200 || len(v.Own) != 1 || v.Own[0].ID == nil || v.Own[0].PeriodKm != 20000 || v.Last == nil || v.Last.By != "chief" {
		t.Fatalf("saved: %d %s", status, raw)
	}
	if status, raw, _ := chief.send("PUT", path, strings.Replace(body, "20000", "0", 1), nil); w.said(status, raw) != "422 maintenance_plan" {
		t.Errorf("every 0 km: %d %s", status, raw)
	}
	gone := path + "/" + v.Own[0].ID.String()
	status, raw, _ = chief.send("DELETE", gone, "", nil)
	if v := decoded[httpapi.StorePlans](t, raw); status != 200 || len(v.Own) != 0 {
		t.Errorf("deleted: %d %s", status, raw)
	}
	if status, raw, _ := chief.send("DELETE", gone, "", nil); w.said(status, raw) != "404 maintenance_plan_not_found" {
		t.Errorf("deleted twice: %d %s", status, raw)
	}
	if n := w.count(`SELECT count(*) FROM audit_log WHERE action IN ('plan.change', 'plan.drop') AND detail->>'model' = 'N9' AND detail->>'period' = '12 months, 20000 km'`); n != 2 {
		t.Errorf("%d lines in the audit log, want 2", n)
	}
}

func TestTheManagerChangesTheWorkshopsBays(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	const path = "/api/v1/store/bays"
	body := `{"bays":[{"kind":"fast","opens":"9:00","closes":"18:00","capacity":4},{"kind":"body","opens":"08:30","closes":"17:00","capacity":1}]}`
	w.onlyWhoSetsUp(path, body)
	chief := w.signIn("chief")
	for change, want := range map[[2]string]string{{"9:00", "9:15"}: "422 bay_plan", {"9:00", "nine"}: "422 bay_time", {`"capacity":4`, `"capacity":51`}: "422 bay_plan"} {
		status, raw, _ := chief.send("PUT", path, strings.Replace(body, change[0], change[1], 1), nil)
		if got := w.said(status, raw); got != want {
			t.Errorf("%v: %s, want %s", change, got, want)
		}
	}
	status, raw, _ := chief.send("PUT", path, body, nil)
	v := decoded[httpapi.StoreBays](t, raw)
	if status != 200 || len(v.Bays) != 3 || v.Bays[0] != (httpapi.StoreBay{Kind: "fast", Opens: "09:00", Closes: "18:00", Capacity: 4}) || v.Bays[1] != v.Defaults[1] || v.Last == nil || v.Last.By != "chief" {
		t.Fatalf("changed: %d %s", status, raw)
	}
	_, raw, _ = w.signIn("agent").send("GET", "/api/v1/appointments", "", nil)
	day := decoded[httpapi.VisitDay](t, raw)
	if len(day.Bays) != 3 || len(day.Bays[0].Places) != 18 || day.Bays[0].Places[0].Capacity != 4 {
		t.Errorf("the day's board: %s", raw)
	}
	if n := w.count(`SELECT count(*) FROM audit_log WHERE action = 'bay.change' AND detail->>'before' = '08:30-17:30 2' AND detail->>'after' = '09:00-18:00 4'`); n != 1 {
		t.Errorf("%d lines in the audit log about the bay that changed, want 1", n)
	}
	if n := w.count(`SELECT count(*) FROM audit_log WHERE action = 'bay.change'`); n != 1 {
		t.Errorf("%d lines in the audit log, want none about the bay that did not change", n)
	}
}
