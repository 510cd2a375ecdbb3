package dialer_test

import (
	"context"
	"encoding/json"
	"math"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"ringback/dialer"
	"ringback/dialer/sim"
	"ringback/internal/errs"
	"ringback/internal/postgres"
	"ringback/internal/postgres/pgtest"
)

// asks is a store with a campaign that has dialed 800 times.
type asks struct {
	*world
	d *dialer.Dialer
	c dialer.Campaign
}

func newAsks(t *testing.T) asks {
	t.Helper()
	w := newWorld(t)
	w.task(number(1))
	d, _ := w.dialer()
	agent := w.agent("李雷")
	a := asks{world: w, d: d, c: w.predictive(d, agent, w.agent("韩梅梅"), w.agent("王芳"))}
	pgtest.Calls(t, w.db, a.c.ID, agent, 800, time.Date(2026, 11, 19, 7, 15, 0, 0, time.UTC)) // 15:15 in Shanghai
	// Signed on since long ago, but for a pause of 2,000 s; the log knows it.
	w.db.Exec(t, `UPDATE agent_state_log SET from_at = $2 WHERE user_id = $1`, agent, time.Now().Add(-6000*time.Second))
	w.db.Exec(t, `INSERT INTO agent_state_log (id, session_id, store_id, user_id, state, from_at, to_at) SELECT gen_random_uuid(), session_id, store_id, user_id, 'paused', $2, $3 FROM agent_state_log WHERE user_id = $1`,
		agent, time.Now().Add(-20_000*time.Second), time.Now().Add(-6000*time.Second))
	return a
}

func (a asks) traces(store, campaign uuid.UUID) (traces sim.Traces, err error) {
	err = a.db.Pool.Scoped(a.t.Context(), postgres.Scope{Stores: []uuid.UUID{store}, Group: a.group}, func(ctx context.Context, tx pgx.Tx) error {
		traces, err = a.d.Traces(ctx, tx, campaign)
		return err
	})
	return traces, err
}

// ask takes a question down.
func (a asks) ask(q dialer.Question) (p dialer.WhatIfPlan, err error) {
	err = a.db.Pool.Scoped(a.t.Context(), a.scope(uuid.Nil), func(ctx context.Context, tx pgx.Tx) error {
		p, err = a.d.AskWhatIf(ctx, tx, a.scope(uuid.Nil), a.c.ID, q)
		return err
	})
	return p, err
}

func (a asks) look(id uuid.UUID) (w dialer.WhatIf) {
	a.t.Helper()
	a.in(func(ctx context.Context, tx pgx.Tx) (err error) {
		w, err = a.d.LookAtWhatIf(ctx, tx, a.c.ID, id)
		return err
	})
	return w
}

func number1(n int) *int { return &n }

func wants(t *testing.T, err error, code string) {
	t.Helper()
	if e, ok := errs.Of(err); !ok || e.Code != code || e.ZH == "" || e.EN == "" {
		t.Errorf("got %v, want %s", err, code)
	}
}

func TestACampaignsOwnCallsMakeItsScenario(t *testing.T) {
	t.Parallel()
	a := newAsks(t)
	traces, err := a.traces(a.store, a.c.ID)
	if err != nil {
		t.Fatal(err)
	}
	s, _ := traces.Scenario()
	if len(traces.Own) != 800 || len(traces.Kind) != 800 || s.AnswerRate != 0.25 || s.Talk != (sim.Spread{Mean: 90}) || s.Wrap != (sim.Spread{Mean: 20}) {
		t.Errorf("%d calls: %v answered, talk %v, wrap %v", len(traces.Own), s.AnswerRate, s.Talk, s.Wrap)
	}
	if traces.Own[0].Minute != 15*60+15 || s.Ring.Observed[0] != 9 || s.Others.Observed[0] != 25 || s.Ring.Limit != 30 || s.Grace != 2 || s.Cap != 0.03 || s.CallsPerSecond != 50 {
		t.Errorf("minute %d, scenario %+v", traces.Own[0].Minute, s)
	}
	if s.HoursPerDay != 5 || traces.Day.String() != "10:00–12:00, 15:00–18:00" || traces.Listed != 3 || traces.Mode != "predictive" {
		t.Errorf("%v hours a day, %s, %d agents listed, mode %s", s.HoursPerDay, traces.Day, traces.Listed, traces.Mode)
	}
	// Dialing went on for 8,000 s and the last wrap-up; the agent was there for 6,000 s of it.
	if got, want := traces.Team.Agents(), 6000.0/8100; math.Abs(got-want) > 0.02 {
		t.Errorf("%.3f agents on average, want %.3f", got, want)
	}
	if share, known := traces.Team.Share(); !known || share != 1 {
		t.Errorf("talk share %v, %v", share, known) // 200 calls of 110 s overlap: more than one agent can do, and never more than all
	}
}

func TestTracesOfNothing(t *testing.T) {
	t.Parallel()
	a := newAsks(t)
	other := a.otherStore()
	_, err := a.traces(a.store, id())
	wants(t, err, "campaign_not_found")
	_, err = a.traces(other.store, a.c.ID)
	wants(t, err, "campaign_not_found")
	_, err = a.traces(a.store, a.campaign(a.d, dialer.Progressive, a.agent("赵六")).ID)
	wants(t, err, "campaign_no_calls")
}

func TestWrongQuestionsGetASentence(t *testing.T) {
	t.Parallel()
	a := newAsks(t)
	for name, c := range map[string]struct {
		q    dialer.Question
		code string
	}{
		"no agents":                 {dialer.Question{Agents: number1(0)}, "whatif_agents"},
		"too many agents":           {dialer.Question{Agents: number1(dialer.MostAgents + 1)}, "whatif_agents"},
		"negative hours":            {dialer.Question{From: number1(-2), To: number1(4)}, "whatif_hours"},
		"hours that run backwards":  {dialer.Question{From: number1(15), To: number1(10)}, "whatif_hours"},
		"a day longer than a day":   {dialer.Question{From: number1(10), To: number1(25)}, "whatif_hours"},
		"half of the hours":         {dialer.Question{From: number1(10)}, "whatif_hours"},
		"hours when it is closed":   {dialer.Question{From: number1(12), To: number1(14)}, "whatif_hours_closed"},
		"a cap above the pack's":    {dialer.Question{CapBP: number1(301)}, "whatif_cap"},
		"a cap of nothing":          {dialer.Question{CapBP: number1(0)}, "whatif_cap"},
		"a seed below zero":         {dialer.Question{Seed: -1}, "whatif_seed"},
		"several: the first counts": {dialer.Question{Agents: number1(-1), CapBP: number1(900)}, "whatif_agents"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := a.ask(c.q)
			wants(t, err, c.code)
		})
	}
	if n := a.count(`SELECT count(*) FROM campaign_whatif`); n != 0 {
		t.Errorf("%d wrong questions were kept", n)
	}
}

func TestAQuestionIsAnsweredAndItsAnswerKept(t *testing.T) {
	t.Parallel()
	a := newAsks(t)
	q := dialer.Question{Agents: number1(1), From: number1(15), To: number1(18), CapBP: number1(50), Seed: 3}
	var results []string
	for range 2 {
		p, err := a.ask(q)
		if err != nil {
			t.Fatal(err)
		}
		_, err = a.ask(q)
		wants(t, err, "whatif_busy")
		if err := a.d.PlayWhatIf(t.Context(), a.scope(uuid.Nil), p); err != nil {
			t.Fatal(err)
		}
		got := a.look(p.ID)
		if got.State != dialer.WhatIfDone || got.Progress != 100 || got.Result == nil || *got.Question.CapBP != 50 {
			t.Fatalf("kept %+v", got)
		}
		raw, err := json.Marshal(got.Result)
		if err != nil {
			t.Fatal(err)
		}
		results = append(results, string(raw))
		if r := got.Result; r.Agents != 1 || r.Hours.String() != "15:00–18:00" || r.Today.Mode != "progressive" || r.Asked.Mode != "progressive" || len(r.Points) != 3 || r.Advice.ZH == "" || r.Advice.EN == "" || r.AnswerZH == "" || r.AnswerEN == "" {
			t.Errorf("answered %s", raw)
		}
	}
	if results[0] != results[1] {
		t.Errorf("the same question gave\n%s\nand\n%s", results[0], results[1])
	}
	a.in(func(ctx context.Context, tx pgx.Tx) error {
		kept, err := a.d.WhatIfs(ctx, tx, a.c.ID)
		if len(kept) != 2 {
			t.Errorf("%d answers are kept", len(kept))
		}
		return err
	})
}

func TestAQuestionIsPlannedOverTheSettingsThatAnswerIt(t *testing.T) {
	t.Parallel()
	a := newAsks(t)
	a.db.Exec(t, `UPDATE agent_state_log SET state = 'paused'`) // nobody was there: the list counts
	p, err := a.ask(dialer.Question{Agents: number1(5), From: number1(14), To: number1(18), CapBP: number1(75), Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	predictive := func(bp int) sim.Setting { return sim.Setting{Mode: "predictive", CapBP: bp} }
	if p.Now.Agents != 3 || p.Then.Agents != 5 || p.Now.HoursPerDay != 5 || p.Then.HoursPerDay != 3 || p.Today != predictive(300) || p.Asked != predictive(75) || !p.Ahead || p.Calls != 800 {
		t.Errorf("planned %+v", p)
	}
	for _, s := range []sim.Setting{{Mode: "progressive"}, predictive(75), predictive(300), {Mode: "ratio:2"}} {
		if !slices.Contains(p.Settings, s) {
			t.Errorf("%v is not compared: %v", s, p.Settings)
		}
	}
}

func TestAQuestionNobodyWaitsForIsGivenUp(t *testing.T) {
	t.Parallel()
	a := newAsks(t)
	big := dialer.Question{Agents: number1(dialer.MostAgents), Seed: 1}
	gone := func(how string, what func(p dialer.WhatIfPlan) context.Context) {
		t.Helper()
		p, err := a.ask(big)
		if err != nil {
			t.Fatal(err)
		}
		if err := a.d.PlayWhatIf(what(p), a.scope(uuid.Nil), p); err != nil {
			t.Errorf("%s: %v", how, err)
		}
		if got := a.look(p.ID); got.State != dialer.WhatIfCancelled || got.Result != nil {
			t.Errorf("%s: %+v", how, got)
		}
	}
	gone("left", func(p dialer.WhatIfPlan) context.Context {
		a.db.Exec(t, `UPDATE campaign_whatif SET seen_at = $2 WHERE id = $1`, p.ID, time.Now().Add(-time.Minute))
		return t.Context()
	})
	gone("cancelled", func(p dialer.WhatIfPlan) context.Context {
		a.in(func(ctx context.Context, tx pgx.Tx) error { return a.d.CancelWhatIf(ctx, tx, a.c.ID, p.ID) })
		return t.Context()
	})
	gone("the node stops", func(dialer.WhatIfPlan) context.Context {
		ctx, stop := context.WithCancel(t.Context())
		stop()
		return ctx
	})
	// A node that died does not hold the store's place.
	p, err := a.ask(big)
	if err != nil {
		t.Fatal(err)
	}
	a.db.Exec(t, `UPDATE campaign_whatif SET beat_at = $2 WHERE id = $1`, p.ID, time.Now().Add(-time.Hour))
	if _, err := a.ask(big); err != nil {
		t.Error(err)
	}
}
