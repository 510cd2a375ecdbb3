package report_test

import (
	"bytes"
	"context"
	"encoding/csv"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/xuri/excelize/v2"

	"ringback/crm/report"
	"ringback/internal/postgres/pgtest"
)

// round is a campaign whose calls a test writes itself. Its business time is five days
// ahead of real time, as a demo's is.
type round struct {
	books
	campaign uuid.UUID
	ahead    time.Duration
}

func newRound(t *testing.T) round {
	r := round{books: newBooks(t), campaign: id(), ahead: 120 * time.Hour}
	r.campaignNamed(r.campaign, "三日回访")
	return r
}

func (r round) campaignNamed(k uuid.UUID, name string) {
	r.exec(`INSERT INTO campaign (id, group_id, store_id, name, task_kind, mode, state, created_at) VALUES ($1, $2, $3, $4, 'followup_3d', 'progressive', 'running', $5)`,
		k, r.group, r.store, name, r.now)
}

// at is a business moment of 20 November in Shanghai; the first answer is the same
// moment in real time.
func (r round) at(clock string) (realTime, business time.Time) {
	t, err := time.Parse("2006-01-02 15:04:05 -0700", "2026-11-20 "+clock+" +0800")
	if err != nil {
		r.t.Fatal(err)
	}
	return t.Add(-r.ahead), t
}

type dialled struct {
	at, state, result, outcome string
	agent                      uuid.UUID
	talk, wrap                 time.Duration // 0: not over, when the state is bridged
	campaign                   uuid.UUID
	days                       int
	ring                       time.Duration // 0: 5 s
}

// call writes one dialled call; answered ones are answered after the ring and put
// through at once.
func (r round) dialled(d dialled) uuid.UUID {
	a, planned, business := id(), time.Time{}, time.Time{}
	planned, business = r.at(d.at)
	planned, business = planned.AddDate(0, 0, d.days), business.AddDate(0, 0, d.days)
	if d.campaign == uuid.Nil {
		d.campaign = r.campaign
	}
	ring := max(d.ring, 5*time.Second)
	var answered, bridged, ended, wrapped *time.Time
	moment := func(after time.Duration) *time.Time { t := planned.Add(after); return &t }
	if d.state == "bridged" || d.state == "done" || d.state == "wrap_overdue" {
		answered, bridged = moment(ring), moment(ring)
	}
	if d.state != "bridged" {
		ended = moment(ring + d.talk)
	}
	if d.wrap > 0 {
		wrapped = moment(ring + d.talk + d.wrap)
	}
	var agent *uuid.UUID
	if d.agent != uuid.Nil {
		agent = &d.agent
	}
	task := r.task(job{state: "completed", due: business, customer: r.customer})
	r.exec(`INSERT INTO attempt (id, group_id, store_id, campaign_id, task_id, customer_id, phone_id, phone_hash, called_last4, caller_number, mode, state, agent_id,
		planned_at, business_at, dialed_at, ringing_at, answered_at, bridged_at, ended_at, wrapped_at, line_result, disposition, hangup_by)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, '0137', '057188880000', 'progressive', $9, $10, $11, $12, $11, $11, $13, $14, $15, $16, $17, $18, 'customer')`,
		a, r.group, r.store, d.campaign, task, r.customer, r.phone, a[:], d.state, agent, planned, business, answered, bridged, ended, wrapped, d.result, d.outcome)
	return a
}

// shift writes an agent's states of the day, "ready 10:00:00" and so on; the last one
// lasts.
func (r round) shift(agent uuid.UUID, during uuid.UUID, states ...string) {
	session := id()
	for i, line := range states {
		state, clock, _ := strings.Cut(line, " ")
		from, _ := r.at(clock)
		if i == 0 {
			r.exec(`INSERT INTO agent_session (id, group_id, store_id, user_id, node_id, device, state, since, signed_on_at) VALUES ($1, $2, $3, $4, $1, 'browser', 'ready', $5, $5)`,
				session, r.group, r.store, agent, from)
		}
		var to *time.Time
		if i+1 < len(states) {
			_, next, _ := strings.Cut(states[i+1], " ")
			until, _ := r.at(next)
			to = &until
		}
		var attempt *uuid.UUID
		if state == "dialing" {
			attempt = &during
		}
		r.exec(`INSERT INTO agent_state_log (id, session_id, store_id, user_id, state, attempt_id, from_at, to_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
			id(), session, r.store, agent, state, attempt, from, to)
	}
}

func (r round) user(name string) uuid.UUID {
	k := id()
	r.exec(`INSERT INTO app_user (id, group_id, login, name_zh, password_hash, created_at) VALUES ($1::uuid, $2, $1::text, $3, '', $4)`, k, r.group, name, r.now)
	return k
}

func (r round) period(kind, from, to string) report.Period {
	p, err := r.report.PeriodOf(kind, "", from, to, r.now)
	if err != nil {
		r.t.Fatal(err)
	}
	return p
}

// morning is a morning of calls whose sums are known.
func morning(t *testing.T) (r round, han uuid.UUID) {
	r, other := newRound(t), id()
	han = r.user("韩梅梅")
	r.campaignNamed(other, "首保提醒")
	r.dialled(dialled{at: "10:05:00", state: "done", result: "answered_human", outcome: "C00", agent: r.agent, talk: time.Minute, wrap: 30 * time.Second})
	r.dialled(dialled{at: "10:20:00", state: "failed", result: "busy"})
	r.dialled(dialled{at: "10:21:00", state: "failed", result: "no_answer", ring: 30 * time.Second})
	r.dialled(dialled{at: "10:22:00", state: "failed", result: "caller_cancel"})
	r.dialled(dialled{at: "10:23:00", state: "failed", result: "trunk_fault"})
	r.dialled(dialled{at: "10:30:00", state: "abandoned", result: "abandoned"})
	r.dialled(dialled{at: "10:58:00", state: "done", result: "answered_human", outcome: "C02", agent: han, talk: 4 * time.Minute, wrap: time.Minute})
	late := r.dialled(dialled{at: "10:40:00", state: "wrap_overdue", result: "answered_human", agent: han, talk: 30 * time.Second, wrap: time.Hour})
	until, _ := r.at("10:41:05")
	r.exec(`INSERT INTO call_outcome (attempt_id, store_id, agent_id, wrap_until, saved_at) VALUES ($1, $2, $3, $4, $4)`, late, r.store, han, until)
	r.dialled(dialled{at: "11:10:00", state: "bridged", result: "answered_human", agent: r.agent})
	r.dialled(dialled{at: "10:05:00", state: "done", result: "answered_human", outcome: "C00", agent: r.agent, talk: time.Minute, days: -1})
	elsewhere := r.dialled(dialled{at: "10:30:00", state: "done", result: "answered_human", outcome: "C00", agent: han, talk: 9 * time.Minute, campaign: other})
	r.shift(r.agent, id(), "ready 10:00:00", "talking 10:05:05", "wrapup 10:06:05", "ready 10:06:35", "paused 11:00:00", "ready 11:08:00", "talking 11:10:05")
	r.shift(han, elsewhere, "ready 10:00:00", "dialing 10:30:00", "talking 10:40:05", "wrapup 10:40:35", "paused 10:41:05", "ready 10:57:00", "talking 10:58:05", "wrapup 11:02:05", "paused 11:03:05")
	r.shift(r.user("没接电话"), id(), "ready 09:00:00")
	return r, han
}

func (r round) results(p report.Period) (out report.CampaignResults) {
	now, _ := r.at("11:12:00")
	r.scoped(func(ctx context.Context, tx pgx.Tx) (err error) {
		out, err = r.report.CampaignResults(ctx, tx, r.campaign, p, now)
		return err
	})
	return out
}

func TestACampaignsResultsAddUpByResultHourAndAgent(t *testing.T) {
	r, han := morning(t)
	got := r.results(r.period("day", "", ""))
	sec := func(n int64) int64 { return n * 1000 }
	ten := report.CallSums{Dialed: 8, Counted: 6, Answered: 4, Talked: 3, Abandoned: 1, TalkMS: sec(330), WrapMS: sec(120), WaitMS: sec(3210 + 1565)}
	eleven := report.CallSums{Dialed: 1, Counted: 1, Answered: 1, Talked: 1, WaitMS: sec(5)}
	if want := []report.HourSums{{Hour: 10, CallSums: ten}, {Hour: 11, CallSums: eleven}}; !slices.Equal(got.Hours, want) {
		t.Errorf("hours %+v\nwant  %+v", got.Hours, want)
	}
	agents := map[string]report.CallSums{}
	for _, a := range got.Agents {
		name := ""
		if a.Agent != nil {
			name = a.Agent.Name
		}
		agents[name] = a.CallSums
	}
	for name, want := range map[string]report.CallSums{
		"林晓禾": {Dialed: 2, Counted: 2, Answered: 2, Talked: 2, TalkMS: sec(60), WrapMS: sec(30), WaitMS: sec(3215)},
		"韩梅梅": {Dialed: 2, Counted: 2, Answered: 2, Talked: 2, TalkMS: sec(270), WrapMS: sec(90), WaitMS: sec(1565)},
		"":    {Dialed: 5, Counted: 3, Answered: 1, Abandoned: 1},
	} {
		if agents[name] != want {
			t.Errorf("%q: %+v\nwant %+v", name, agents[name], want)
		}
	}
	if len(agents) != 3 || got.Agents[2].Agent != nil {
		t.Errorf("agents %+v", got.Agents)
	}
	if got.Total.Dialed != 9 || got.Total.WaitMS != sec(4780) || got.Total.TalkMS != sec(330) {
		t.Errorf("total %+v", got.Total)
	}
	for _, c := range []struct {
		name string
		got  []report.ResultSums
		want string
	}{
		{"lines", got.Lines, "answered_human 4, abandoned 1, no_answer 1, busy 1, trunk_fault 1, caller_cancel 1"},
		{"dispositions", got.Dispositions, "C00 1, C02 1, none 2"},
	} {
		var said []string
		for _, x := range c.got {
			said = append(said, x.Code+" "+string(rune('0'+x.N)))
			if x.ZH == "" || x.EN == "" {
				t.Errorf("%s without words", x.Code)
			}
		}
		if strings.Join(said, ", ") != c.want {
			t.Errorf("%s: %v, want %s", c.name, said, c.want)
		}
	}
	if week := r.results(r.period("own", "2026-11-19", "2026-11-20")); week.Total.Dialed != 10 || week.Hours[0].Dialed != 9 {
		t.Errorf("two days: %+v", week.Total)
	}
	if none := r.results(r.period("own", "2026-10-01", "2026-10-02")); none.Total != (report.CallSums{}) || len(none.Hours)+len(none.Agents)+len(none.Lines) > 0 {
		t.Errorf("a day without calls: %+v", none)
	}

	p, ten10, two := r.period("day", "", ""), 10, r.period("own", "2026-11-19", "2026-11-20")
	for _, c := range []struct {
		name   string
		behind report.Behind
		want   int
	}{
		{"all", report.Behind{Figure: "attempts", Period: &p}, 9},
		{"counted", report.Behind{Figure: "counted", Period: &p}, 7},
		{"answered at ten", report.Behind{Figure: "answered", Period: &p, Hour: &ten10}, 4},
		{"nobody's", report.Behind{Figure: "attempts", Period: &p, Nobody: true}, 5},
		{"an agent's talks", report.Behind{Figure: "reached", Period: &p, Agent: &han}, 2},
		{"C00", report.Behind{Figure: "reached", Period: &p, Outcome: "C00"}, 1},
		{"not recorded", report.Behind{Figure: "reached", Period: &p, Outcome: "none"}, 2},
		{"busy", report.Behind{Figure: "attempts", Period: &p, Result: "busy"}, 1},
		{"two days at ten", report.Behind{Figure: "attempts", Period: &two, Hour: &ten10}, 9},
	} {
		c.behind.Campaign = &r.campaign
		if _, n := r.calls(c.behind); n != c.want {
			t.Errorf("behind %s are %d calls, want %d", c.name, n, c.want)
		}
	}

	other := pgtest.StoreIn(t, r.db, r.group)
	r.stores = []uuid.UUID{other}
	if got := r.results(p); got.Total != (report.CallSums{}) {
		t.Errorf("another store sees %+v", got.Total)
	}
}

func TestACampaignsFilesHoldItsCallsMaskedAndNoFormula(t *testing.T) {
	r, _ := morning(t)
	r.exec(`UPDATE app_user SET name_zh = '=HYPERLINK("x")' WHERE id = $1`, r.agent)
	p := r.period("day", "", "")
	from, to := p.Days()
	q, err := r.report.ReadList(report.CampaignCalls(r.campaign), report.ListAsk{Store: r.store, Now: r.now, Filters: []string{"day:" + from + ".." + to}, Limit: 1})
	if err != nil {
		t.Fatal(err)
	}
	var file bytes.Buffer
	r.scoped(func(ctx context.Context, tx pgx.Tx) error {
		n, err := r.report.Write(ctx, tx, r.report.NewListFile(q, false, "示例一店 · 三日回访", "主管", r.now), "csv", &file)
		if n != 9 {
			t.Errorf("%d rows, want 9", n)
		}
		return err
	})
	said := file.String()
	rows := csv.NewReader(strings.NewReader(strings.TrimPrefix(said, "\ufeff")))
	rows.FieldsPerRecord = -1
	lines, err := rows.ReadAll()
	if err != nil || len(lines) != 12 {
		t.Fatalf("%d lines, %v\n%s", len(lines), err, said)
	}
	if strings.Contains(said, "刘春棠") || strings.Contains(said, ",=") {
		t.Errorf("a name in full or a formula:\n%s", said)
	}
	first := strings.Join(lines[11], "|")
	if first != "2026-11-20 10:05|"+lines[11][1]+"|*******0137|渐进|1|0000|已接通-真人|完成|'=HYPERLINK(\"x\")|5|0|60|30|客户|已完成" {
		t.Errorf("the first call reads %s", first)
	}

	results := r.results(p)
	for _, format := range []string{"csv", "xlsx"} {
		file.Reset()
		n, err := r.report.NewResultsFile(true, "Store", "=1+1", "boss", p, r.now, results).Write(format, &file)
		if err != nil || n != 15 {
			t.Errorf("%s: %d lines, %v", format, n, err)
		}
		if format == "csv" && !strings.Contains(file.String(), "10:00–11:00,8,4,66.67,3,1,25.00,5.50,2.00,79.58,8.61") {
			t.Errorf("ten o'clock is not as counted:\n%s", file.String())
		}
	}
	book, err := excelize.OpenReader(&file)
	if err != nil {
		t.Fatal(err)
	}
	if v, err := book.GetCellValue("Results", "A1"); err != nil || v != "Results: =1+1" {
		t.Errorf("A1 is %q, %v", v, err)
	}
}
