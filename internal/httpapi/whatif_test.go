package httpapi_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"ringback/internal/postgres/pgtest"
)

func TestAManagerAsksWhatWouldChange(t *testing.T) {
	w := newWorld(t)
	b := w.signIn("boss")
	_, body, _ := b.send("POST", "/api/v1/campaigns", `{"name":"三日回访","taskKind":"followup_3d","mode":"progressive","agentIds":[]}`, nil)
	var c struct{ ID string }
	must(t, json.Unmarshal(body, &c))
	path := "/api/v1/campaigns/" + c.ID + "/what-if"

	if got, body, _ := b.send("POST", path, `{"seed":1}`, nil); got != 409 || code(t, body) != "campaign_no_calls" {
		t.Errorf("before its first call: %d %s", got, body)
	}
	if got, body, _ := b.send("GET", path, "", nil); got != 200 || !strings.Contains(string(body), `"calls":0`) {
		t.Errorf("before its first call: %d %s", got, body)
	}
	pgtest.Calls(t, w.db, uuid.MustParse(c.ID), uuid.Nil, 400, time.Date(2026, 11, 19, 7, 15, 0, 0, time.UTC))

	for question, want := range map[string]string{
		`{"seed":1,"agents":0}`: "whatif_agents", `{"seed":1,"from":-1,"to":3}`: "whatif_hours", `{"seed":1,"capBp":400}`: "whatif_cap", `{"seed":1,"agents":"many"}`: "invalid_input",
	} {
		if got, body, _ := b.send("POST", path, question, nil); got != 422 || code(t, body) != want {
			t.Errorf("%s: %d %s", question, got, body)
		}
	}
	got, body, _ := b.send("POST", path, `{"seed":1,"agents":1}`, nil)
	var asked struct{ ID, State string }
	must(t, json.Unmarshal(body, &asked))
	if got != 202 || asked.State != "running" {
		t.Fatalf("asking: %d %s", got, body)
	}
	<-w.work
	got, body, _ = b.send("GET", path+"/"+asked.ID, "", nil)
	var run struct {
		State, AskedBy string
		Result         struct {
			Points []struct {
				Mode  string
				Share float64
			}
			Advice struct{ ZH, EN string }
		}
	}
	must(t, json.Unmarshal(body, &run))
	if got != 200 || run.State != "done" || run.AskedBy != "boss" || len(run.Result.Points) != 3 || run.Result.Points[0].Share < 0.2 || !strings.Contains(run.Result.Advice.ZH, "2 位座席") {
		t.Errorf("answered: %d %s", got, body)
	}
	if got, body, _ := b.send("GET", path, "", nil); got != 200 || !strings.Contains(string(body), asked.ID) || !strings.Contains(string(body), `"calls":400`) {
		t.Errorf("the next visit: %d %s", got, body)
	}
	if got, body, _ := b.send("DELETE", path+"/"+asked.ID, "", nil); got != 200 || !strings.Contains(string(body), `"done"`) {
		t.Errorf("giving up what is done: %d %s", got, body)
	}
	if got, body, _ := b.send("GET", path+"/"+uuid.NewString(), "", nil); got != 404 || code(t, body) != "whatif_not_found" {
		t.Errorf("a question nobody asked: %d %s", got, body)
	}
	if got, body, _ := w.signIn("agent").send("GET", path, "", nil); got != 403 {
		t.Errorf("an agent: %d %s", got, body)
	}
}
