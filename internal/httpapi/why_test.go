package httpapi_test

import (
	"encoding/json"
	"strings"
	"testing"

	"ringback/dialer"
	"ringback/internal/httpapi"
	"ringback/internal/postgres/pgtest"
)

// Customers without a number: the forecast counts them under the rule, the rule's
// number opens their list, and each says why in both languages.
func TestWhoIsNotCalledIsCountedListedAndExplained(t *testing.T) {
	w := newWorld(t)
	w.due(w.store, "agent", "queued", 3)
	boss := w.signIn("boss")
	get := func(path string, into any) {
		t.Helper()
		status, body, _ := boss.send("GET", "/api/v1"+path, "", nil)
		if status != 200 {
			t.Fatalf("GET %s: %d %s", path, status, body)
		}
		must(t, json.Unmarshal(body, into))
	}
	var f dialer.Forecast
	get("/campaigns/forecast?taskKind=followup_3d", &f)
	if f.Total != 3 || f.Customers != 3 || f.Not != 3 || len(f.Reasons) != 1 || f.Reasons[0].Code != "CG-01" || f.Reasons[0].LabelZH == "" || f.Reasons[0].LabelEN == "" {
		t.Fatalf("forecast %+v", f)
	}
	var list struct {
		Items []dialer.ForecastLine
		Total int
	}
	get("/campaigns/forecast/tasks?taskKind=followup_3d&bucket=CG-01&limit=2", &list)
	if list.Total != 3 || len(list.Items) != 2 || list.Items[0].ReasonZH == "" {
		t.Fatalf("behind the number: %+v", list)
	}
	var why httpapi.WhyView
	get("/tasks/"+list.Items[0].TaskID.String()+"/why", &why)
	if why.Answer.Code != "CG-01" || why.Answer.EN == "" || why.KindZH != "三日回访" || why.NextAt != nil {
		t.Errorf("the task: %+v", why)
	}
	var all struct{ Items []httpapi.WhyView }
	get("/customers/"+list.Items[0].Customer.ID.String()+"/why", &all)
	if len(all.Items) != 1 || all.Items[0].TaskID != list.Items[0].TaskID {
		t.Errorf("the customer: %+v", all)
	}
	if status, _, _ := boss.send("GET", "/api/v1/tasks/"+w.group.String()+"/why", "", nil); status != 404 {
		t.Errorf("a task that does not exist: %d", status)
	}
	if status, body, _ := boss.send("GET", "/api/v1/campaigns/nonsense/results", "", nil); status != 404 || !strings.Contains(string(body), "not_found") || !strings.Contains(string(body), "从列表里重新打开") {
		t.Errorf("an address that names nothing: %d %s", status, body)
	}
	foreign := pgtest.StoreIn(t, w.db, w.group)
	w.due(foreign, "agent", "queued", 1)
	get("/campaigns/forecast?taskKind=followup_3d", &f)
	if f.Total != 3 {
		t.Errorf("another store's tasks are counted: %d", f.Total)
	}
	if status, _, _ := w.signIn("clerk").send("GET", "/api/v1/campaigns/forecast?taskKind=followup_3d", "", nil); status != 403 {
		t.Errorf("a clerk sees forecasts: %d", status)
	}
}
