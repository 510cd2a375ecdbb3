package httpapi_test

import (
	"bytes"
	"context"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"ringback/internal/httpapi"
	"ringback/internal/postgres/pgtest"
)

// due adds three-day calls of an agent that were due yesterday.
func (w *world) due(store uuid.UUID, login, state string, n int) {
	w.t.Helper()
	due := time.Date(2026, 11, 19, 10, 0, 0, 0, time.UTC)
	for range n {
		customer := uuid.Must(uuid.NewV7())
		w.db.Exec(w.t, `INSERT INTO customer (id, group_id, store_id, name_zh, created_at, updated_at) VALUES ($1, $2, $3, '刘春棠', $4, $4)`, customer, w.group, store, due)
		w.db.Exec(w.t, `INSERT INTO task (id, group_id, store_id, kind, class, state, customer_id, subject_key, reason, script_id, script_version,
			priority, not_before, due_at, completed_at, assignee_id, created_at, updated_at)
			SELECT $1::uuid, $2, $3, 'followup_3d', 'service', $4, $1::uuid, $1::text, 'TR-01', 'csi_followup_3d', 1, 60, $5, $5, $5, u.id, $5, $5
			FROM app_user u WHERE u.login = $6`, customer, w.group, store, state, due, login)
	}
}

func (b *browser) figure(query, id string) (httpapi.FiguresPage, httpapi.FigureView) {
	b.w.t.Helper()
	code, body, _ := b.send("GET", "/api/v1/figures?"+query, "", nil)
	if code != 200 {
		b.w.t.Fatalf("%s: %d %s", query, code, body)
	}
	var page httpapi.FiguresPage
	must(b.w.t, json.Unmarshal(body, &page))
	for _, box := range page.Blocks {
		for _, f := range box.Figures {
			if f.ID == id {
				return page, f
			}
		}
	}
	return page, httpapi.FigureView{}
}

func TestFiguresAreShownByRoleAndStoreAndOpenToTheirRows(t *testing.T) {
	w := newWorld(t)
	w.due(w.store, "agent", "completed", 2)
	w.due(w.store, "boss", "completed", 1)
	w.due(w.store, "boss", "exhausted", 1)

	boss := w.signIn("boss")
	page, k06 := boss.figure("period=week", "K-06")
	if k06.Shown != "75.0 %" || k06.Num != 3 || k06.Den != 4 || k06.Status != "missed" || k06.Target != "≥ 95 %" || !k06.Few || k06.Interval != "30.1 – 95.4 %" {
		t.Errorf("K-06: %+v", k06)
	}
	if page.Period.From != "2026-11-16" || page.Period.To != "2026-11-22" || page.Period.BeforeFrom != "2026-11-09" || !page.Period.Running || page.Own {
		t.Errorf("period: %+v", page.Period)
	}
	if k06.Before == nil || k06.Before.Shown != "—" || k06.Change != "" {
		t.Errorf("the week before: %+v", k06.Before)
	}
	code, body, _ := boss.send("GET", "/api/v1/figures/K-06/rows?period=week&side=rest", "", nil)
	if code != 200 || !strings.Contains(string(body), `"total":1`) || !strings.Contains(string(body), "多次未通") {
		t.Errorf("the one that was missed: %d %s", code, body)
	}

	agent := w.signIn("agent")
	page, k06 = agent.figure("period=week&agentId="+uuid.NewString(), "K-06")
	if k06.Shown != "100.0 %" || k06.Den != 2 || !page.Own {
		t.Errorf("an agent's own K-06: %+v", k06)
	}
	if _, cover := agent.figure("period=week", "K-06b"); cover.ID != "" {
		t.Error("an agent sees a figure of the whole store")
	}
	if code, body, _ := agent.send("GET", "/api/v1/figures/K-06/rows?period=week", "", nil); code != 200 || !strings.Contains(string(body), `"total":2`) {
		t.Errorf("an agent's own rows: %d %s", code, body)
	}
	for login, want := range map[string]int{"agent": 403, "admin": 403, "clerk": 200} {
		if code, _, _ := w.signIn(login).send("GET", "/api/v1/figures/export", "", nil); code != want {
			t.Errorf("%s exports: %d, want %d", login, code, want)
		}
	}
	if code, _, _ := w.signIn("admin").send("GET", "/api/v1/figures", "", nil); code != 403 {
		t.Errorf("admin sees figures: %d", code)
	}
}

func TestFiguresOfAnotherStoreAndOfTheGroup(t *testing.T) {
	w := newWorld(t)
	second, foreign := pgtest.StoreIn(t, w.db, w.group), pgtest.StoreIn(t, w.db, w.group)
	w.due(w.store, "boss", "completed", 3)
	w.due(second, "boss", "exhausted", 2)
	w.due(foreign, "boss", "exhausted", 1)
	w.due(foreign, "agent", "exhausted", 4)
	w.db.Exec(t, `INSERT INTO user_role (user_id, store_id, role) SELECT id, $1, 'supervisor' FROM app_user WHERE login = 'boss'`, second)
	w.db.Exec(t, `INSERT INTO user_role (user_id, store_id, role) SELECT id, $1, 'cs_agent' FROM app_user WHERE login = 'boss'`, foreign)

	boss := w.signIn("boss")
	for query, want := range map[string]string{"store=" + w.store.String(): "100.0 %", "store=" + second.String(): "0.0 %", "store=all": "60.0 %"} {
		if page, k06 := boss.figure("period=week&"+query, "K-06"); k06.Shown != want || page.Own || len(page.Stores) != 3 {
			t.Errorf("%q: %s of %d stores, want %s", query, k06.Shown, len(page.Stores), want)
		}
	}
	if page, k06 := boss.figure("period=week&store="+foreign.String(), "K-06"); !page.Own || k06.Den != 1 {
		t.Errorf("where boss is an agent: own %v, %d tasks, want boss's own one", page.Own, k06.Den)
	}
	for _, bad := range []string{uuid.NewString(), "x"} {
		if code, _, _ := boss.send("GET", "/api/v1/figures?store="+bad, "", nil); code != 403 {
			t.Errorf("%s: %d, want 403", bad, code)
		}
	}
	for path, want := range map[string]int{"/K-06/rows?side=half": 422, "/K-99/rows": 404, "?period=year": 422, "?period=own&from=2026-11-20&to=2026-11-01": 422} {
		if code, body, _ := boss.send("GET", "/api/v1/figures"+path, "", nil); code != want {
			t.Errorf("%s: %d %s, want %d", path, code, body, want)
		}
	}
}

func TestTheExportHoldsFiguresAndNoCustomer(t *testing.T) {
	w := newWorld(t)
	w.due(w.store, "boss", "completed", 3)
	boss := w.signIn("boss")
	code, body, h := boss.send("GET", "/api/v1/figures/export?period=week&format=csv&language=en", "", nil)
	text := string(body)
	if code != 200 || !strings.HasPrefix(text, "\ufeffFigures\n") || !strings.Contains(text, "K-06,Completed within 3 days,,100,%,43.9 – 100.0 %,3,3,0,n=3,≥ 95 %,in target,—,,") {
		t.Errorf("%d %s", code, text)
	}
	if strings.Contains(text, "刘春棠") || !strings.HasPrefix(h.Get("Content-Disposition"), "attachment") {
		t.Errorf("%v\n%s", h, text)
	}
	if code, body, _ = boss.send("GET", "/api/v1/figures/export?period=week", "", nil); code != 200 || !bytes.HasPrefix(body, []byte("PK")) {
		t.Errorf("the workbook: %d %.40q", code, body)
	}
	var noted int
	must(t, w.db.Pool.AllStores(t.Context(), func(ctx context.Context, tx pgx.Tx) error {
		return tx.QueryRow(ctx, `SELECT count(*) FROM audit_log WHERE action = 'figures.export'`).Scan(&noted)
	}))
	if noted != 2 {
		t.Errorf("%d exports are in the audit log, want 2", noted)
	}
}
