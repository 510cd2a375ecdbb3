package httpapi_test

import (
	"context"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"ringback/dialer"
	"ringback/internal/httpapi"
)

// campaignWith is a campaign of the store with so many busy calls at ten and one that
// the agent talked for a minute in.
func (w *world) campaignWith(boss *browser, busy int) (campaign string) {
	w.t.Helper()
	got, body, _ := boss.send("POST", "/api/v1/campaigns", `{"name":"=三日回访","taskKind":"followup_3d","mode":"progressive","agentIds":[]}`, nil)
	if got != 201 {
		w.t.Fatalf("%d %s", got, body)
	}
	var c struct{ ID string }
	must(w.t, json.Unmarshal(body, &c))
	w.due(w.store, "agent", "completed", busy+1)
	at := time.Date(2026, 11, 20, 2, 10, 0, 0, time.UTC)
	w.db.Exec(w.t, `INSERT INTO customer_phone (id, store_id, customer_id, phone_enc, phone_hash, last4, kind, created_at)
		SELECT id, store_id, customer_id, 'x', uuid_send(id), '0137', 'mobile', $1 FROM task`, at)
	w.db.Exec(w.t, `INSERT INTO attempt (id, group_id, store_id, campaign_id, task_id, customer_id, phone_id, phone_hash, called_last4, mode, state,
			planned_at, business_at, dialed_at, ringing_at, ended_at, line_result)
		SELECT t.id, t.group_id, t.store_id, $1, t.id, t.customer_id, t.id, uuid_send(t.id), '0137', 'progressive', 'failed', $2, $2, $2, $2, $2, 'busy' FROM task t`, c.ID, at)
	w.db.Exec(w.t, `UPDATE attempt SET state = 'done', line_result = 'answered_human', disposition = 'C00', answered_at = $1, bridged_at = $1, ended_at = $2, wrapped_at = $3,
		agent_id = (SELECT id FROM app_user WHERE login = 'agent') WHERE id = (SELECT max(id::text)::uuid FROM attempt)`, at, at.Add(time.Minute), at.Add(90*time.Second))
	return c.ID
}

func TestACampaignsResultsAreShownOpenedAndTakenAlong(t *testing.T) {
	w := newWorld(t)
	boss := w.signIn("boss")
	id := w.campaignWith(boss, 3)
	path := "/api/v1/campaigns/" + id + "/results"
	got, body, _ := boss.send("GET", path+"?period=week", "", nil)
	var page httpapi.CampaignResultsPage
	must(t, json.Unmarshal(body, &page))
	if got != 200 || page.Total.Dialed != 4 || page.Total.Answered != 1 || page.Total.TalkMS != 60_000 || page.Total.WrapMS != 30_000 || page.Period.From != "2026-11-16" || !page.MayExport {
		t.Fatalf("%d %s", got, body)
	}
	if len(page.Hours) != 1 || page.Hours[0].Hour != 10 || len(page.Agents) != 2 || len(page.Lines) != 2 || len(page.Dispositions) != 1 {
		t.Errorf("groups: %s", body)
	}
	for query, want := range map[string]string{
		"figure=attempts&hour=10": `"total":4`, "figure=attempts&hour=11": `"total":0`, "figure=attempts&result=busy": `"total":3`,
		"figure=reached&disposition=C00": `"total":1`, "figure=attempts&nobody=true": `"total":3`, "figure=counted": `"total":4`,
	} {
		got, body, _ := boss.send("GET", "/api/v1/attempts?campaignId="+id+"&day=own&from=2026-11-16&to=2026-11-22&"+query, "", nil)
		if got != 200 || !strings.Contains(string(body), want) {
			t.Errorf("%s opens %d %s", query, got, body)
		}
	}
	if got, body, _ := boss.send("GET", path+"?period=own&from=2026-11-22&to=2026-11-16", "", nil); got != 422 || code(t, body) != "period_span" {
		t.Errorf("days the wrong way round: %d %s", got, body)
	}
	if got, body, _ := boss.send("GET", "/api/v1/campaigns/"+uuid.NewString()+"/results", "", nil); got != 404 || code(t, body) != "campaign_not_found" {
		t.Errorf("no such campaign: %d %s", got, body)
	}

	got, body, head := boss.send("GET", path+"/export?what=calls&format=csv&period=week", "", nil)
	if got != 200 || head.Get("X-Rows") != "4" || strings.Contains(string(body), "刘春棠") || !strings.Contains(string(body), "*******0137") || strings.Contains(string(body), "\n=") {
		t.Errorf("the calls: %d %s", got, body)
	}
	if got, body, head = boss.send("GET", path+"/export?what=results&format=xlsx&language=en", "", nil); got != 200 || !strings.HasPrefix(string(body), "PK") || !strings.Contains(head.Get("Content-Disposition"), "campaign_results_20261120") {
		t.Errorf("the results: %d %v", got, head)
	}
	if n := w.count(`SELECT count(*) FROM audit_log WHERE action = 'campaign.export' AND object = '` + id + `'`); n != 2 {
		t.Errorf("%d exports in the audit log, want 2", n)
	}
	if got, body, _ = boss.send("GET", "/api/v1/campaigns/"+id+"/day", "", nil); got != 200 || !strings.Contains(string(body), `"stepSeconds":300`) {
		t.Errorf("the day: %d %s", got, body)
	}
	agent := w.signIn("agent")
	for _, p := range []string{path, path + "/export?what=calls", "/api/v1/campaigns/" + id + "/day"} {
		if got, body, _ := agent.send("GET", p, "", nil); got != 403 {
			t.Errorf("an agent GET %s: %d %s", p, got, body)
		}
	}
}

func TestChangesOfACampaignAreLoggedFromWhatToWhatAndWrongOnesSayWhatIsRight(t *testing.T) {
	w := newWorld(t)
	boss := w.signIn("boss")
	id := w.campaignWith(boss, 0)
	var agent string
	w.db.Scoped(t, w.store, func(ctx context.Context, tx pgx.Tx) error {
		return tx.QueryRow(ctx, `SELECT id::text FROM app_user WHERE login = 'agent'`).Scan(&agent)
	})
	version := 1
	change := func(body string) (int, []byte) {
		got, answer, _ := boss.send("PATCH", "/api/v1/campaigns/"+id, strings.Replace(body, "}", `,"version":`+string(rune('0'+version))+"}", 1), nil)
		if got == 200 {
			version++
		}
		return got, answer
	}
	for _, body := range []string{`{"mode":"predictive"}`, `{"capBp":100,"priority":2,"weight":30}`, `{"agentIds":["` + agent + `"]}`, `{"agentIds":[],"ringSeconds":25}`} {
		if got, answer := change(body); got != 200 {
			t.Fatalf("%s: %d %s", body, got, answer)
		}
	}
	for _, body := range []string{`{"agentIds":[],"ringSeconds":25}`, `{"capBp":100,"name":" =三日回访 "}`} {
		if got, answer := change(body); got != 200 {
			t.Fatalf("%s, as it is: %d %s", body, got, answer)
		}
		version-- // a save that changes nothing makes no version and no entry
	}
	for body, want := range map[string]string{
		`{"capBp":0}`: "campaign_cap", `{"capBp":9000}`: "campaign_cap", `{"capBp":-5}`: "campaign_cap", `{"weight":-3}`: "campaign_weight", `{"weight":0}`: "campaign_weight",
		`{"priority":0}`: "campaign_priority", `{"ringSeconds":900}`: "campaign_ring",
	} {
		if got, answer := change(body); got != 422 || code(t, answer) != want {
			t.Errorf("%s: %d %s", body, got, answer)
		}
	}
	got, body, _ := boss.send("GET", "/api/v1/campaigns/"+id, "", nil)
	var page dialer.CampaignDetail
	must(t, json.Unmarshal(body, &page))
	var said []string
	for _, l := range page.Log {
		for _, c := range l.Changes {
			said = append(said, l.User+" "+c.ZH)
		}
	}
	want := "boss 振铃上限由 30 秒 改为 25 秒|boss 移出座席：agent|boss 加入座席：agent|boss 放弃率上限由 1.5 % 改为 1 %|boss 座席优先级由 5 改为 2|boss 座席份额由 10 改为 30|boss 方式由 渐进 改为 预测"
	if got != 200 || strings.Join(said, "|") != want || len(page.Log) != 5 || page.Version != version {
		t.Errorf("%d entries of version %d say %s\nwant %s", len(page.Log), page.Version, strings.Join(said, "|"), want)
	}
	if page.Health.Code != "draft" || page.Health.ZH == "" {
		t.Errorf("health %+v", page.Health)
	}
}
