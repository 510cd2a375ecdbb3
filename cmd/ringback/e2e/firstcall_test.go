package e2e

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"ringback/telephony/media"
)

// TestFromADealersFileToASatisfactionFigure is the whole way of a call: files are
// uploaded, a predictive campaign of twenty calls runs through two browser agents,
// audio flows both ways, scripts are filled in, and the figures are on the wallboard
// and in the database. In the middle of it the campaign gets the credit of a month.
func TestFromADealersFileToASatisfactionFigure(t *testing.T) {
	heard := t.TempDir()
	p := demo(t, built(t), "--port", "0", "--empty", "--customers", "bursts", "--hear", heard)
	b := newBrowsers(t)

	clerkUploads(t, p, b)
	imported := scan[int](p, `SELECT count(*) FROM work_order`)
	tasks := scan[int](p, `SELECT count(*) FROM task WHERE kind = 'followup_3d' AND state IN ('pending','queued','retry_wait')`)
	if imported < 300 || tasks < 20 {
		t.Fatalf("%d orders and %d open follow-ups were made of the files", imported, tasks)
	}

	boss := signIn(t, p, b, "supervisor", args{})
	startCampaign(boss, "predictive")
	first := newAgent(t, p, b, "agent1", 2)
	second := newAgent(t, p, b, "agent2", 3)

	first.page.until(`window.__ringback.desk()?.state === 'talking'`, 30*time.Second)
	// A round of pitches with its pause takes 3.3 s: whenever one begins to listen, 8 s hold a whole one.
	if found := media.DetectBursts(first.page.hears(8*time.Second), media.BurstPitches()); !media.InOrder(found, media.VoicePitches(1)) {
		t.Errorf("the agent does not hear the customer: %v", found)
	}

	if n := scan[int](p, creditOfAMonth); n != 3000 {
		t.Fatalf("%d persons who answered were written", n)
	}
	const calls = 20
	var wg sync.WaitGroup
	for _, a := range []*agent{first, second} {
		wg.Go(func() { a.work(p, calls) })
	}
	wg.Wait()
	if t.Failed() {
		return
	}

	done := scan[int](p, `SELECT count(*) FROM attempt WHERE state = 'done' AND disposition = 'C00'`)
	if done < calls {
		t.Errorf("%d calls were completed, want %d", done, calls)
	}
	if n := scan[int](p, `SELECT count(DISTINCT agent_id) FROM attempt WHERE state = 'done' AND detail <> 'credit'`); n != 2 {
		t.Errorf("%d agents had calls, want 2", n)
	}
	if n := scan[int](p, `SELECT count(*) FROM (SELECT task_id FROM attempt WHERE dialed_at IS NOT NULL AND detail <> 'credit' GROUP BY task_id HAVING count(*) > 1) x`); n != 0 {
		t.Errorf("%d customers were called twice for one promise", n)
	}
	if n := scan[int](p, `SELECT count(*) FROM attempt WHERE mode = 'predictive' AND price > 0 AND detail <> 'credit' AND bridged_at IS NOT NULL`); n == 0 {
		t.Error("no call was placed at a price: the model has not decided")
	}
	showsItsMargin(t, p, boss)
	figuresAgree(t, p, boss)
	customersHeardTheirAgents(t, heard)
}

// creditOfAMonth makes 3,000 persons of one call, who answered today as far as the
// ledger sees, and a month ago as far as the figures and the rules do.
const creditOfAMonth = `WITH made AS (
	INSERT INTO attempt SELECT (jsonb_populate_record(one.a, jsonb_build_object('id', gen_random_uuid(), 'state', 'done', 'detail', 'credit',
		'line_result', 'answered_human', 'business_at', one.at - interval '40 days', 'dialed_at', one.at, 'answered_at', one.at, 'bridged_at', one.at,
		'ended_at', one.at, 'wrapped_at', one.at))).*
	FROM (SELECT attempt AS a, now() AS at FROM attempt WHERE mode = 'predictive' AND bridged_at IS NOT NULL LIMIT 1) one, generate_series(1, 3000)
	RETURNING 1) SELECT count(*)::int FROM made`

// showsItsMargin looks at the campaign's page: the figures of the ledger are those of
// the record, and the decision is there in words.
func showsItsMargin(t *testing.T, p *product, boss page) {
	t.Helper()
	id := scan[string](p, `SELECT id::text FROM campaign WHERE mode = 'predictive'`)
	boss.must("goto", args{"url": p.URL + "/campaigns/" + id})
	boss.sees("campaign-decision")
	boss.sees("margin-trail")
	eventually(t, 20*time.Second, "the page counts what the record does", func() bool {
		shown := value[string](boss, `fetch('/api/v1/campaigns/`+id+`').then(r => r.json()).then(c => c.pacing.abandoned + ' ' + c.pacing.answered)`)
		return shown == scan[string](p, `SELECT count(*) FILTER (WHERE state = 'abandoned') || ' ' || count(*) FROM attempt
			WHERE mode = 'predictive' AND answered_at IS NOT NULL AND state IN ('answered','bridged','wrap','wrap_overdue','done','abandoned')`)
	})
}

func clerkUploads(t *testing.T, p *product, b *browsers) {
	t.Helper()
	clerk := signIn(t, p, b, "clerk", args{})
	for _, name := range []string{"users.csv", "dnc.csv", "workorders.xlsx", "workorders_gb18030.csv"} {
		before := scan[int](p, `SELECT count(*) FROM import_batch WHERE state = 'done'`)
		clerk.must("upload", args{"at": at("import-drop") + " input, input" + at("import-drop"), "file": filepath.Join(top(t), "crm/importer/demo", name)})
		clerk.sees("import-commit")
		clerk.click("import-commit")
		eventually(t, 60*time.Second, name+" is taken over", func() bool {
			return scan[int](p, `SELECT count(*) FROM import_batch WHERE state = 'done'`) > before
		})
		clerk.must("goto", args{"url": p.URL + "/imports"})
	}
	rejected := scan[int](p, `SELECT count(*) FROM import_row WHERE outcome = 'rejected' AND reason_zh <> ''`)
	if rejected == 0 {
		t.Error("no rejected row was kept with its reason")
	}
	if out := p.run("import", filepath.Join(top(t), "crm/importer/demo/workorders.xlsx")); !strings.Contains(out, "nothing changes") {
		t.Errorf("importing a file again: %s", out)
	}
	clerk.must("close", nil)
}

// signIn opens a browser and signs in as one of the demo's logins.
func signIn(t *testing.T, p *product, b *browsers, user string, launch args) page {
	t.Helper()
	pg := b.open(user, launch)
	enter(t, p, pg, user, p.URL)
	return pg
}

func enter(t *testing.T, p *product, pg page, user, url string) {
	t.Helper()
	pg.must("goto", args{"url": url + "/login"})
	for _, l := range p.Logins {
		if l.User == user {
			pg.must("fill", args{"at": at("login-user"), "text": user})
			pg.must("fill", args{"at": at("login-password"), "text": l.Password})
			pg.click("login-submit")
			pg.until(`!location.pathname.startsWith('/login')`, 30*time.Second)
			return
		}
	}
	t.Fatalf("ready.json has no login %s", user)
}

// startCampaign makes a campaign of a mode in the wizard and starts it.
func startCampaign(boss page, mode string) {
	boss.must("goto", args{"url": value[string](boss, "location.origin") + "/campaigns/new"})
	boss.must("fill", args{"at": at("campaign-name"), "text": "三日回访 端到端"})
	boss.click("campaign-kind-followup_3d")
	boss.click("campaign-mode-" + mode)
	boss.click("campaign-all-agents")
	boss.click("campaign-create-start")
	boss.until(`location.pathname.match(/campaigns\/[0-9a-f-]{36}/) !== null`, 30*time.Second)
	boss.sees("campaign-decision")
}

// agent is a browser agent with a voice of its own.
type agent struct {
	t    *testing.T
	page page
	bad  int // how many dissatisfied customers were entered
}

func newAgent(t *testing.T, p *product, b *browsers, user string, voice int) *agent {
	t.Helper()
	a := &agent{t: t, page: signIn(t, p, b, user, args{"wav": voiceFile(t, voice)})}
	a.signOn()
	return a
}

func (a *agent) signOn() {
	a.page.until(`window.__ringback?.desk()?.state !== undefined`, 30*time.Second)
	a.page.press("F2")
	a.page.until(`['ready','reserved','talking'].includes(window.__ringback.desk().state) && window.__ringback.desk().audio === 'up'`, 20*time.Second)
}

// voiceFile is what Chromium's fake microphone plays, over and over.
func voiceFile(t *testing.T, voice int) string { return longVoiceFile(t, voice, 1) }

// longVoiceFile is a voice so many times, for those who hang up at a file's end.
func longVoiceFile(t *testing.T, voice, times int) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "voice.wav")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	w := media.WAV{Format: media.FormatPCM16, Channels: 1, Rate: 8000, Data: bytes.Repeat(linear(media.Bursts(media.VoicePitches(voice), 0, 0)), times)}
	if _, err := w.WriteTo(f); err != nil {
		t.Fatal(err)
	}
	return path
}

// linear is A-law as 16-bit little-endian samples.
func linear(alaw []byte) []byte {
	out := make([]byte, 0, 2*len(alaw))
	for _, a := range alaw {
		out = binary.LittleEndian.AppendUint16(out, uint16(media.ALawToLinear(a)))
	}
	return out
}

// work answers calls until enough are done in all.
func (a *agent) work(p *product, enough int) {
	for scan[int](p, `SELECT count(*) FROM attempt WHERE state = 'done' AND detail <> 'credit'`) < enough && !a.t.Failed() {
		if _, err := a.page.do("until", args{"code": `window.__ringback.desk()?.state === 'talking' && !!window.__ringback.desk().script`, "timeout": 30000}); err != nil {
			if scan[int](p, `SELECT count(*) FROM attempt WHERE state = 'done' AND detail <> 'credit'`) >= enough {
				return
			}
			a.t.Errorf("%s waits for a call: %v", a.page.name, err)
			return
		}
		a.script()
		a.wrap()
	}
}

type node struct {
	ID     string `json:"id"`
	Kind   string `json:"kind"`
	Key    string `json:"key"`
	Answer *struct {
		Type     string `json:"type"`
		Required bool   `json:"required"`
		NA       bool   `json:"na"`
		Options  []struct {
			Value string `json:"value"`
			Key   string `json:"key"`
		} `json:"options"`
	} `json:"answer"`
}

// script walks the script with keys until its end node.
func (a *agent) script() {
	for range 60 {
		n := a.node()
		if n.Kind == "end" {
			a.hangUp()
			return
		}
		a.say(n)
		if _, err := a.page.do("until", args{"code": `window.__ringback.desk()?.script?.node?.id !== ` + quoted(n.ID) + ` || window.__ringback.desk()?.state === 'wrapup'`, "timeout": 30000}); err != nil {
			a.page.shot("stuck")
			a.t.Errorf("%s stays at %s: %v", a.page.name, n.ID, err)
			return
		}
		if value[string](a.page, `window.__ringback.desk().state`) == "wrapup" {
			return
		}
	}
	a.t.Errorf("%s: the script does not end", a.page.name)
}

// node is the node the script stands at, once the page has drawn it: the keys on
// the screen belong to what is drawn.
func (a *agent) node() node {
	a.t.Helper()
	a.page.until(`window.__ringback.desk()?.script?.node?.id === document.querySelector('[data-testid=script]')?.dataset.node`, 30*time.Second)
	return value[node](a.page, `window.__ringback.desk().script.node`)
}

func quoted(s string) string { raw, _ := json.Marshal(s); return string(raw) }

// say answers one node with keys. The first agent's first customer is unhappy
// with the workshop, which opens the quick-handling form.
func (a *agent) say(n node) {
	switch {
	case n.Kind == "say" || n.Answer == nil:
		a.page.press("Enter")
	case n.Answer.Type == "score10" && n.Key == "repair_quality" && a.bad == 0:
		a.bad++
		a.page.press("4")
	case n.Answer.Type == "score10" || n.Answer.Type == "nps":
		a.page.press("9")
	case n.Answer.Type == "yesno" || n.Answer.Type == "choice":
		a.page.press("1")
	case n.Answer.Type == "multi": // the failing items are chosen already
		if !value[bool](a.page, `(window.__ringback.desk().script.node.current?.value ?? []).length > 0`) {
			a.page.press("1")
		}
		a.page.press("Enter")
	case n.Answer.NA && !n.Answer.Required:
		a.page.press("KeyX")
	default:
		a.page.press("KeyN")
		a.page.must("type", args{"text": "发动机有异响，希望尽快重新检查一次"})
		a.page.press("Escape")
		a.page.press("Enter")
	}
}

func (a *agent) hangUp() {
	for range 3 { // who is told to wait for the closing words presses again
		a.page.until(`(document.querySelector('[data-testid=hangup]')?.dataset.free === 'true')`, 30*time.Second)
		a.page.press("Control+Enter")
		if a.page.becomes(`window.__ringback.desk()?.state === 'wrapup'`, 10*time.Second) {
			return
		}
	}
	a.page.until(`window.__ringback.desk()?.state === 'wrapup'`, 10*time.Second)
}

func (a *agent) wrap() {
	a.page.until(`window.__ringback.desk()?.wrap != null`, 30*time.Second)
	a.page.sees("wrap-accept") // nobody presses a key before there is something to see
	a.page.press("Enter")
	a.page.until(`window.__ringback.desk()?.state !== 'wrapup'`, 30*time.Second)
}

// figuresAgree compares the wallboard with the database.
func figuresAgree(t *testing.T, p *product, boss page) {
	t.Helper()
	boss.must("goto", args{"url": p.URL + "/live"})
	type board struct {
		Attempts     int `json:"attemptsToday"`
		Reached      int `json:"reachedToday"`
		Completed    int `json:"completedToday"`
		QuickForms   int `json:"quickFormsToday"`
		Satisfaction struct {
			Overall struct{ Sum, N int } `json:"overall"`
			ByDept  []struct {
				Dept string
				N    int
			} `json:"byDept"`
		} `json:"satisfaction"`
	}
	var got board
	eventually(t, 30*time.Second, "the wallboard shows the calls", func() bool {
		got = value[board](boss, `fetch('/api/v1/wallboard').then(r => r.json())`)
		return got.Completed >= 20
	})
	if want := scan[int](p, `SELECT count(*) FROM attempt WHERE dialed_at IS NOT NULL AND detail <> 'credit'`); got.Attempts != want {
		t.Errorf("the wallboard counts %d attempts, the database %d", got.Attempts, want)
	}
	if want := scan[int](p, `SELECT sum(value_num)::int FROM answer WHERE factor = 'overall' AND skipped = ''`); got.Satisfaction.Overall.Sum != want {
		t.Errorf("overall satisfaction sums to %d on the wallboard, %d in the database", got.Satisfaction.Overall.Sum, want)
	}
	if len(got.Satisfaction.ByDept) < 4 {
		t.Errorf("satisfaction of %d departments", len(got.Satisfaction.ByDept))
	}
	if got.QuickForms < 1 {
		t.Error("no quick-handling form was stored for a score of 4")
	}
	boss.sees("figure-attempts")
	if text := string(boss.must("text", args{"at": at("figure-attempts")})); !strings.Contains(text, strconv.Itoa(got.Attempts)) {
		t.Errorf("the page shows %s, the figure is %d", text, got.Attempts)
	}
	boss.click("figure-attempts")
	boss.sees("calls-drawer")
	boss.until(`document.querySelectorAll('[data-testid=calls-drawer] [data-testid^=call-row]').length > 0`, 30*time.Second)
}

// customersHeardTheirAgents looks for the agents' voices in what customers heard.
func customersHeardTheirAgents(t *testing.T, dir string) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*.alaw"))
	if err != nil || len(files) < 15 {
		t.Fatalf("what customers heard: %d files, %v", len(files), err)
	}
	voices := map[int]int{}
	for _, f := range files {
		raw, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		for _, v := range []int{2, 3} {
			if media.InOrder(media.DetectBurstsIn(raw, media.PCMA, media.BurstPitches()), media.VoicePitches(v)) {
				voices[v]++
			}
		}
	}
	if voices[2] == 0 || voices[3] == 0 {
		t.Errorf("customers heard agent 1 in %d calls and agent 2 in %d of %d", voices[2], voices[3], len(files))
	}
}
