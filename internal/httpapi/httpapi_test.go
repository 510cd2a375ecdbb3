package httpapi_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"ringback/crm/appointment"
	"ringback/crm/customer"
	"ringback/crm/dealer"
	"ringback/crm/importer"
	"ringback/crm/message"
	"ringback/crm/policy"
	"ringback/crm/report"
	"ringback/crm/script"
	"ringback/crm/task"
	"ringback/dialer"
	"ringback/internal/auth"
	"ringback/internal/clock"
	"ringback/internal/events"
	"ringback/internal/httpapi"
	"ringback/internal/postgres/pgtest"
	"ringback/internal/seal"
)

// world is the door over a real database, without telephony.
type world struct {
	t            *testing.T
	srv          *httptest.Server
	db           *pgtest.DB
	bus          *events.Bus
	group, store uuid.UUID
	work         chan struct{}
}

func newWorld(t *testing.T) *world {
	t.Helper()
	db := pgtest.New(t)
	w := &world{t: t, db: db, work: make(chan struct{}, 16)}
	w.group, w.store = pgtest.Store(t, db)
	business := clock.New(time.Until(time.Date(2026, 11, 20, 2, 0, 0, 0, time.UTC)))
	box, err := seal.New(bytes.Repeat([]byte{7}, seal.KeyBytes))
	must(t, err)
	people, err := auth.New(db.Pool)
	must(t, err)
	library, err := script.Shipped()
	must(t, err)
	bus := events.NewBus()
	w.bus = bus
	files := customer.NewFiles(box, bus)
	tasks := task.New(files, bus, nil)
	renewals, visits := policy.NewRenewals(bus, library.Templates.Words), appointment.NewBook(bus)
	renewals.Register()
	visits.Register()
	tasks.Register()
	must(t, db.Pool.AllStores(t.Context(), func(ctx context.Context, tx pgx.Tx) error {
		if err := library.Publish(ctx, tx, business.Now()); err != nil {
			return err
		}
		if err := dealer.SeedCalendar(ctx, tx); err != nil {
			return err
		}
		for login, role := range map[string]auth.Role{"agent": auth.CSAgent, "clerk": auth.InfoClerk, "boss": auth.Supervisor, "admin": auth.Admin, "chief": auth.CSManager} {
			if _, err := people.CreateUser(ctx, tx, auth.NewUser{Group: w.group, Store: w.store, Login: login, NameZH: login, Password: "correct horse", Roles: []auth.Role{role}}, time.Now()); err != nil {
				return err
			}
		}
		return nil
	}))
	log := slog.New(slog.DiscardHandler)
	s := httpapi.New(httpapi.Options{
		Rooms: httpapi.Rooms{
			Pool: db.Pool, Auth: people, Clock: business, Customers: files, Library: library, Report: report.New(), Bus: bus, Visits: visits, Renewals: renewals, Messages: message.NewBox(bus),
			Importer: importer.New(importer.Options{Pool: db.Pool, Bus: bus, Box: box, Clock: business}),
			Dialer:   dialer.New(dialer.Options{Pool: db.Pool, Bus: bus, Clock: business, Tasks: tasks, Box: box, Node: uuid.New()}),
		},
		Version: "test", Web: fstest.MapFS{"index.html": {Data: []byte("<p>console</p>")}, "assets/a.js": {Data: []byte("1")}},
		Metrics: http.NotFoundHandler(), Health: http.NotFoundHandler(), Relay: events.NewRelay(db.Pool, log), Log: log,
		System:     func(context.Context) (httpapi.SystemView, error) { return httpapi.SystemView{Version: "test"}, nil },
		Background: func(fn func(context.Context)) { fn(context.WithoutCancel(t.Context())); w.work <- struct{}{} },
	})
	w.srv = httptest.NewServer(s)
	t.Cleanup(w.srv.Close)
	return w
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// browser is one signed-in (or not) client.
type browser struct {
	w      *world
	cookie *http.Cookie
	csrf   string
}

func (w *world) signIn(login string) *browser {
	w.t.Helper()
	b := &browser{w: w}
	code, body, h := b.send("POST", "/api/v1/session", `{"login":"`+login+`","password":"correct horse"}`, nil)
	if code != 200 {
		w.t.Fatalf("signing in as %s: %d %s", login, code, body)
	}
	res := http.Response{Header: h}
	b.cookie = res.Cookies()[0]
	var v struct{ CSRFToken string }
	must(w.t, json.Unmarshal(body, &v))
	b.csrf = v.CSRFToken
	return b
}

func (b *browser) send(method, path, body string, header map[string]string) (int, []byte, http.Header) {
	b.w.t.Helper()
	req, err := http.NewRequestWithContext(b.w.t.Context(), method, b.w.srv.URL+path, strings.NewReader(body))
	must(b.w.t, err)
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	if b.cookie != nil {
		req.AddCookie(b.cookie)
		req.Header.Set("X-CSRF-Token", b.csrf)
	}
	for k, v := range header {
		req.Header.Set(k, v)
	}
	res, err := http.DefaultClient.Do(req)
	must(b.w.t, err)
	defer func() { _ = res.Body.Close() }()
	out, err := io.ReadAll(res.Body)
	must(b.w.t, err)
	return res.StatusCode, out, res.Header
}

func (b *browser) upload(name, content string) (int, []byte) {
	b.w.t.Helper()
	var form bytes.Buffer
	m := multipart.NewWriter(&form)
	part, err := m.CreateFormFile("file", name)
	must(b.w.t, err)
	_, err = part.Write([]byte(content))
	must(b.w.t, err)
	must(b.w.t, m.Close())
	code, body, _ := b.send("POST", "/api/v1/imports", form.String(), map[string]string{"Content-Type": m.FormDataContentType()})
	return code, body
}

func code(t *testing.T, body []byte) string {
	t.Helper()
	var p struct{ Code, DetailZH, DetailEN string }
	must(t, json.Unmarshal(body, &p))
	if p.DetailZH == "" || p.DetailEN == "" {
		t.Errorf("a problem without words: %s", body)
	}
	return p.Code
}

func TestEachRoleMayDoItsOwnAndNothingElse(t *testing.T) {
	w := newWorld(t)
	routes := map[string]string{
		"/api/v1/customers?q=x": "agent clerk boss", "/api/v1/imports": "clerk", "/api/v1/campaigns": "boss",
		"/api/v1/attempts": "boss", "/api/v1/system": "admin", "/api/v1/catalog": "agent clerk boss admin", "/api/v1/lists/tasks": "agent clerk boss", "/api/v1/quick-forms": "agent clerk boss",
	}
	for _, who := range []string{"agent", "clerk", "boss", "admin"} {
		b := w.signIn(who)
		for path, may := range routes {
			want := http.StatusForbidden
			if strings.Contains(may, who) {
				want = http.StatusOK
			}
			if got, body, _ := b.send("GET", path, "", nil); got != want {
				t.Errorf("%s GET %s: %d, want %d: %s", who, path, got, want, body)
			}
		}
	}
	stranger := &browser{w: w}
	for path := range routes {
		if got, body, _ := stranger.send("GET", path, "", nil); got != http.StatusUnauthorized || code(t, body) != "signed_out" {
			t.Errorf("nobody GET %s: %d %s", path, got, body)
		}
	}
}

func TestAWriteWithoutTheTokenOrFromAnotherSiteIsRefused(t *testing.T) {
	w := newWorld(t)
	b := w.signIn("agent")
	if got, body, _ := b.send("PUT", "/api/v1/session/locale", `{"locale":"en"}`, map[string]string{"X-CSRF-Token": "guess"}); got != 403 || code(t, body) != "csrf" {
		t.Errorf("a guessed token: %d %s", got, body)
	}
	if got, body, _ := b.send("PUT", "/api/v1/session/locale", `{"locale":"en"}`, map[string]string{"Origin": "http://elsewhere.example"}); got != 403 || code(t, body) != "cross_origin" {
		t.Errorf("another site: %d %s", got, body)
	}
	if got, body, _ := b.send("PUT", "/api/v1/session/locale", `{"locale":"en"}`, nil); got != 200 {
		t.Errorf("our own page: %d %s", got, body)
	}
	if got, body, _ := b.send("DELETE", "/api/v1/session", "", nil); got != 204 {
		t.Errorf("signing out: %d %s", got, body)
	}
	if got, _, _ := b.send("GET", "/api/v1/session", "", nil); got != 401 {
		t.Errorf("after signing out: %d", got)
	}
}

func TestWrongPasswordsAreThrottledAndToldWhenToComeBack(t *testing.T) {
	w := newWorld(t)
	b := &browser{w: w}
	for range 5 {
		if got, body, _ := b.send("POST", "/api/v1/session", `{"login":"agent","password":"wrong"}`, nil); got != 401 || code(t, body) != "login_failed" {
			t.Fatalf("%d %s", got, body)
		}
	}
	got, body, h := b.send("POST", "/api/v1/session", `{"login":"agent","password":"correct horse"}`, nil)
	if got != 429 || code(t, body) != "login_throttled" || h.Get("Retry-After") == "" {
		t.Errorf("%d %s Retry-After %q", got, body, h.Get("Retry-After"))
	}
}

func TestTroubleNeverEchoesWhatWasSent(t *testing.T) {
	b := newWorld(t).signIn("boss")
	got, body, _ := b.send("POST", "/api/v1/campaigns", `{"name":"x","taskKind":"followup_3d","mode":"15400000001","agentIds":[]}`, nil)
	if got != 422 || strings.Contains(string(body), "15400000001") {
		t.Errorf("%d %s", got, body)
	}
	if got, body, _ := b.send("GET", "/api/v1/attempts/not-an-id", "", nil); got != 404 || code(t, body) != "not_found" || strings.Contains(string(body), "not-an-id") {
		t.Errorf("%d %s", got, body)
	}
	if got, body, _ := b.send("GET", "/api/v1/attempts/"+uuid.NewString(), "", nil); got != 404 || code(t, body) != "call_unknown" {
		t.Errorf("%d %s", got, body)
	}
}

func TestACampaignWithoutNumberAgentsOrTasksSaysWhatToDo(t *testing.T) {
	b := newWorld(t).signIn("boss")
	got, body, _ := b.send("POST", "/api/v1/campaigns", `{"name":"三日回访","taskKind":"followup_3d","mode":"progressive","agentIds":[]}`, nil)
	if got != 201 {
		t.Fatalf("%d %s", got, body)
	}
	var c struct{ ID string }
	must(t, json.Unmarshal(body, &c))
	if got, body, _ := b.send("POST", "/api/v1/campaigns/"+c.ID+"/start", "", nil); got != 422 || code(t, body) != "campaign_no_caller_number" {
		t.Errorf("%d %s", got, body)
	}
	if got, body, _ := b.send("POST", "/api/v1/campaigns", `{"name":"三日回访","taskKind":"followup_3d","mode":"progressive","agentIds":[]}`, nil); got != 409 || code(t, body) != "campaign_name_taken" {
		t.Errorf("the same name again: %d %s", got, body)
	}
}

func TestAFileIsUploadedLookedAtAndTakenOver(t *testing.T) {
	w := newWorld(t)
	b := w.signIn("clerk")
	got, body := b.upload("dnc.csv", "电话,范围,来源,日期\n15400000001,全部来电,客户,2026-11-01\n不是电话,全部来电,客户,2026-11-01\n")
	if got != 201 {
		t.Fatalf("%d %s", got, body)
	}
	var v struct {
		ID, State, Kind string
		DataRows        int
	}
	must(t, json.Unmarshal(body, &v))
	if v.State != "parsed" || v.Kind != "dnc" || v.DataRows != 2 {
		t.Fatalf("got %s", body)
	}
	if got, body, _ := b.send("POST", "/api/v1/imports/"+v.ID+"/commit", "", nil); got != 202 {
		t.Fatalf("%d %s", got, body)
	}
	<-w.work
	got, body, _ = b.send("GET", "/api/v1/imports/"+v.ID+"/rows?outcome=rejected", "", nil)
	var rows struct {
		Total int
		Items []struct {
			RowNo    int
			ReasonZH string
			Cells    []string
		}
	}
	must(t, json.Unmarshal(body, &rows))
	if got != 200 || rows.Total != 1 || rows.Items[0].RowNo != 3 || rows.Items[0].ReasonZH == "" || rows.Items[0].Cells[0] != "不是电话" {
		t.Errorf("rejected rows: %d %s", got, body)
	}
	for name, content := range map[string]string{"empty.csv": "", "photo.xlsx": "\xff\xd8\xff\xe0 not a table", "letter.csv": "dear sir\n"} {
		got, body := b.upload(name, content)
		var v struct {
			State string
			Error *struct{ ZH, EN string }
		}
		must(t, json.Unmarshal(body, &v))
		if got != 201 || v.State != "failed" || v.Error == nil || v.Error.ZH == "" {
			t.Errorf("%s: %d %s", name, got, body)
		}
	}
}

func TestThePageIsServedForItsOwnRoutesOnly(t *testing.T) {
	b := &browser{w: newWorld(t)}
	for path, want := range map[string]int{"/": 200, "/desk": 200, "/campaigns/x": 200, "/assets/a.js": 200, "/assets/gone.js": 404, "/api/v1/nothing": 404} {
		if got, body, _ := b.send("GET", path, "", nil); got != want {
			t.Errorf("GET %s: %d, want %d: %.80s", path, got, want, body)
		}
	}
	if _, _, h := b.send("GET", "/assets/a.js", "", nil); !strings.Contains(h.Get("Cache-Control"), "immutable") {
		t.Error("assets are not cached")
	}
	if _, _, h := b.send("GET", "/desk", "", nil); h.Get("Cache-Control") != "no-store" || h.Get("Content-Security-Policy") == "" {
		t.Error("the page is cached, or has no content policy")
	}
}
