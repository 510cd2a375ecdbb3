package main

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"ringback/dialer/sim"
	"ringback/internal/errs"
	"ringback/internal/postgres/pgtest"
	"ringback/internal/seal"
)

// campaignIn inserts a predictive campaign with a cap of 1 %.
func campaignIn(t *testing.T, db *pgtest.DB, group, store uuid.UUID) uuid.UUID {
	t.Helper()
	id := uuid.Must(uuid.NewV7())
	db.Exec(t, `INSERT INTO campaign (id, group_id, store_id, name, task_kind, mode, state, cap_bp, created_at) VALUES ($1, $2, $3, $4, 'followup_3d', 'predictive', 'paused', 100, $5)`,
		id, group, store, "回访 "+id.String(), time.Now())
	return id
}

func TestSimulateLearnsFromACampaign(t *testing.T) {
	db := pgtest.New(t)
	group, store := pgtest.Store(t, db)
	other := pgtest.StoreIn(t, db, group)
	own, theirs, silent := campaignIn(t, db, group, store), campaignIn(t, db, group, other), campaignIn(t, db, group, store)
	pgtest.Calls(t, db, own, uuid.Nil, 200, time.Date(2026, 11, 19, 7, 15, 0, 0, time.UTC))
	vars := map[string]string{"LANG": "C", "RINGBACK_DATABASE_URL": db.AppURL, "RINGBACK_KEY": hex.EncodeToString(make([]byte, seal.KeyBytes)), "RINGBACK_DATA": t.TempDir()}
	code := func(s uuid.UUID) string { return s.String()[24:] } // as pgtest names them
	simulate := func(args ...string) (string, error) {
		var out, log bytes.Buffer
		err := run(t.Context(), append([]string{"simulate", "--days", "1"}, args...), func(name string) string { return vars[name] }, &out, &log)
		return out.String(), err
	}
	raw, err := simulate("--from-campaign", own.String(), "--store", code(store), "--agents", "3", "--wrap", "30s", "--format", "json")
	if err != nil {
		t.Fatal(err)
	}
	var got struct {
		sim.Result
		Campaign string
		Sources  []sim.Source
	}
	if err := json.Unmarshal([]byte(raw), &got); err != nil {
		t.Fatalf("%v in %s", err, raw)
	}
	if got.Mode != "predictive" || got.Cap != 0.01 || got.Agents != 3 || got.Campaign != own.String() {
		t.Errorf("the campaign's own mode and cap, and the agents given: %s", raw)
	}
	want := map[string]sim.Source{
		sim.FigureAnswer: {From: sim.FromCampaign, Calls: 200, Value: 0.25}, sim.FigureTalk: {From: sim.FromCampaign, Calls: 50, Value: 90},
		sim.FigureAgents: {From: sim.FromUser, Value: 3}, sim.FigureWrap: {From: sim.FromUser, Calls: 50, Value: 30}, sim.FigureDay: {From: sim.FromSetting, Value: 5},
	}
	for _, s := range got.Sources {
		w, listed := want[s.Figure]
		if w.Figure = s.Figure; listed && s != w {
			t.Errorf("%s comes from %+v, want %+v", s.Figure, s, w)
		}
		delete(want, s.Figure)
	}
	if len(want) > 0 {
		t.Errorf("sources left out: %v", want)
	}
	table, err := simulate("--from-campaign", own.String(), "--store", code(store), "--mode", "progressive")
	if err != nil || !strings.Contains(table, "this campaign, 200 calls") || !strings.Contains(table, "progressive") {
		t.Errorf("%v: %s", err, table)
	}
	for _, c := range []struct{ id, store, code string }{
		{uuid.NewString(), code(store), "campaign_not_found"},
		{theirs.String(), code(store), "campaign_not_found"},
		{silent.String(), code(store), "campaign_no_calls"},
		{"三日回访", code(store), "simulate_campaign_id"},
		{own.String(), "nowhere", "store_unknown"},
		{own.String(), "", "store_needed"},
	} {
		out, err := simulate("--from-campaign", c.id, "--store", c.store)
		if e, ok := errs.Of(err); !ok || e.Code != c.code || e.ZH == "" || out != "" {
			t.Errorf("%s of %s: %v, printed %q", c.id, c.store, err, out)
		}
	}
	if _, err := simulate("--from-campaign", own.String(), "--scenario", "x.yaml"); err == nil {
		t.Error("two scenarios at once were taken")
	}
}
