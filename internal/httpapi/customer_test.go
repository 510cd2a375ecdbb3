package httpapi_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"ringback/crm/customer"
	"ringback/internal/cn"
	"ringback/internal/postgres"
	"ringback/internal/seal"
)

// file is one customer with a vehicle, made as an import makes them.
type file struct {
	customer, phone, vehicle uuid.UUID
}

func businessDay() time.Time { return time.Date(2026, 11, 20, 2, 0, 0, 0, time.UTC) }

// file adds a customer with a mobile number and a car.
func (w *world) file(name, mobile, vin, plate string) file {
	w.t.Helper()
	box, err := seal.New([]byte(strings.Repeat("\x07", seal.KeyBytes)))
	must(w.t, err)
	files := customer.NewFiles(box, w.bus)
	var f file
	must(w.t, w.db.Pool.Scoped(w.t.Context(), postgres.Scope{Group: w.group, Stores: []uuid.UUID{w.store}}, func(ctx context.Context, tx pgx.Tx) error {
		seen, err := files.See(ctx, tx, customer.By{Group: w.group, Store: w.store, At: businessDay()}, customer.Sighting{
			Name: cn.ParseName(name), Phones: cn.ParsePhones(mobile, cn.PhoneOptions{AreaCode: "0510"}).Valid,
			Vehicle: customer.VehicleSeen{No: cn.ParseVehicleNo(vin), Plate: plate, Model: "示例品牌甲 A1", On: businessDay()},
		})
		if err != nil {
			return err
		}
		f.customer, f.vehicle = seen.Customer, seen.Vehicle
		return tx.QueryRow(ctx, `SELECT id FROM customer_phone WHERE customer_id = $1`, f.customer).Scan(&f.phone)
	}))
	return f
}

// order adds a delivered work order of the file's vehicle.
func (w *world) order(f file, no string, delivered time.Time) uuid.UUID {
	w.t.Helper()
	id := uuid.Must(uuid.NewV7())
	w.db.Exec(w.t, `INSERT INTO work_order (id, group_id, store_id, ro_no, kind, kind_text, state, vehicle_id, customer_id, advisor_name, opened_at, promised_at,
		delivered_at, mileage_in, total_fen, items_text, content_hash, created_at, updated_at)
		VALUES ($1, $2, $3, $4, 'periodic', '定保', 'delivered', $5, $6, '张伟', $7, $8, $9, 18642, 102600, '机油机滤', 'x', $9, $9)`,
		id, w.group, w.store, no, f.vehicle, f.customer, delivered.Add(-4*time.Hour), delivered.Add(-72*time.Minute), delivered)
	return id
}

// promise adds an open task for the file.
func (w *world) promise(f file, due time.Time) uuid.UUID {
	w.t.Helper()
	id := uuid.Must(uuid.NewV7())
	w.db.Exec(w.t, `INSERT INTO task (id, group_id, store_id, kind, class, state, customer_id, vehicle_id, subject_key, reason, script_id, script_version,
		priority, not_before, due_at, created_at, updated_at)
		VALUES ($1, $2, $3, 'followup_3d', 'service', 'pending', $4, $5, $6, 'TR-01', 'csi_followup_3d', 1, 60, $7, $7, $7, $7)`,
		id, w.group, w.store, f.customer, f.vehicle, id.String(), due)
	return id
}

func (b *browser) get(path string, into any) {
	b.w.t.Helper()
	code, body, _ := b.send("GET", path, "", nil)
	if code != http.StatusOK {
		b.w.t.Fatalf("GET %s: %d %s", path, code, body)
	}
	must(b.w.t, json.Unmarshal(body, into))
}

func (b *browser) refused(method, path, body string, status int, want string) {
	b.w.t.Helper()
	got, answer, _ := b.send(method, path, body, nil)
	if got != status || code(b.w.t, answer) != want {
		b.w.t.Errorf("%s %s: %d %s, want %d %s", method, path, got, answer, status, want)
	}
}

type page struct {
	Name, PreferredTime string
	Complete            int
	Phones              []struct{ Masked string }
	Vehicles            []struct{ Plate string }
	Promises            []struct{ KindZH, WhyZH, StateZH string }
	Gaps                []struct{ Code, ZH, EN string }
	Consents            []struct{ Purpose, State, By string }
	DNC                 []struct {
		ID    uuid.UUID
		Scope string
		Open  bool
	}
	Counts map[string]int
}

func TestACustomersPageShowsWhoWhatAndWhatIsOwedButNoNumber(t *testing.T) {
	w := newWorld(t)
	f := w.file("刘春棠", "15400000137", "LTESTVN0000000001", "苏BA1234")
	w.order(f, "WX-1", businessDay().Add(-24*time.Hour))
	task := w.promise(f, businessDay())
	w.db.Exec(t, `INSERT INTO refusal (task_id, rule, group_id, store_id, outcome, until_at, reason_zh, reason_en, first_at, last_at)
		VALUES ($1, 'CG-01', $2, $3, 'wait', $4, '午休时段不拨', 'lunch', $5, $5)`, task, w.group, w.store, businessDay().Add(time.Hour), businessDay())
	b := w.signIn("clerk")
	_, raw, _ := b.send("GET", "/api/v1/customers/"+f.customer.String(), "", nil)
	if strings.Contains(string(raw), "15400000137") {
		t.Fatal("the page holds the full number")
	}
	var p page
	must(t, json.Unmarshal(raw, &p))
	if p.Name != "刘春棠" || p.Phones[0].Masked != "154****0137" || p.Vehicles[0].Plate != "苏BA1234" {
		t.Errorf("got %+v", p)
	}
	if len(p.Promises) != 1 || p.Promises[0].KindZH != "三日回访" || p.Promises[0].WhyZH != "午休时段不拨" {
		t.Errorf("promises %+v", p.Promises)
	}
	missing := map[string]bool{}
	for _, g := range p.Gaps {
		missing[g.Code] = true
		if g.ZH == "" || g.EN == "" || g.ZH == g.Code {
			t.Errorf("gap %s has no words", g.Code)
		}
	}
	if missing["name"] || missing["mobile"] || missing["plate"] || missing["vin"] || missing["model"] || !missing["address"] || !missing["second_phone"] || !missing["email"] {
		t.Errorf("gaps %v", p.Gaps)
	}
	if p.Complete != (20-len(p.Gaps))*5 || p.Counts["visit"] != 1 || p.Counts["task"] != 1 {
		t.Errorf("complete %d with %d gaps, counts %v", p.Complete, len(p.Gaps), p.Counts)
	}
	b.refused("GET", "/api/v1/customers/"+uuid.NewString(), "", 404, "customer_not_found")
	w.signIn("admin").refused("GET", "/api/v1/customers/"+f.customer.String(), "", 403, "no_permission")
}

func (b *browser) names(q string) (out []string) {
	var found struct{ Items []struct{ Name string } }
	b.get("/api/v1/customers?q="+url.QueryEscape(q), &found)
	for _, hit := range found.Items {
		out = append(out, hit.Name)
	}
	return out
}

// Whatever is on the paper finds the customer; an agent finds only whom they may
// open.
func TestSearchFindsByPaperAndListsOnlyWhomOneMayOpen(t *testing.T) {
	w := newWorld(t)
	f := w.file("刘春棠", "15400000137", "LTESTVN0000000001", "苏BA1234")
	w.order(f, "WX-20261119", businessDay().Add(-24*time.Hour))
	w.db.Exec(t, `INSERT INTO policy (id, group_id, store_id, policy_no, kind, insurer, customer_id, vehicle_id, start_day, end_day, source, content_hash, created_at, updated_at)
		VALUES ($1, $2, $3, 'PICC-778899', 'commercial', '示例财险', $4, $5, '2026-01-01', '2026-12-31', 'own', 'x', $6, $6)`,
		uuid.Must(uuid.NewV7()), w.group, w.store, f.customer, f.vehicle, businessDay())
	task := w.promise(f, businessDay())
	clerk, agent := w.signIn("clerk"), w.signIn("agent")
	w.file("李四", "15400000138", "LTESTVN0000000002", "苏BA9999")
	papers := []string{"wx-2026", "WX-20261119", "PICC-77", "000001", "苏BA1234", "苏b·a1234", "ltestvn0000000001", "00000001", "刘", "刘春棠", "0137", "154 0000 0137"}
	for _, q := range papers {
		if got := clerk.names(q); len(got) != 1 || got[0] != "刘春棠" {
			t.Errorf("%q finds %v", q, got)
		}
		if got := agent.names(q); len(got) != 0 {
			t.Errorf("%q lists %v for an agent who may not open them", q, got)
		}
	}
	w.db.Exec(t, `UPDATE task SET assignee_id = (SELECT id FROM app_user WHERE login = 'agent') WHERE id = $1`, task)
	for _, q := range papers {
		if got := agent.names(q); len(got) != 1 {
			t.Errorf("%q finds %v for the agent of the task", q, got)
		}
	}
	for _, q := range []string{"", "%", "赵", "WX", "W%", "______", "PICC_77"} {
		if got := clerk.names(q); len(got) != 0 {
			t.Errorf("%q finds %v", q, got)
		}
	}
}

// Neither many others of the name nor another reading of the text hides a customer.
func TestNothingHidesWhatASearchWouldFind(t *testing.T) {
	w := newWorld(t)
	own := w.file("王子", "15400000137", "LTESTVN0000000001", "苏BA1234")
	w.order(own, "123456", businessDay().Add(-24*time.Hour))
	w.file("王甲", "15400000138", "LTESTVN0000123456", "苏BA9999")
	w.db.Exec(t, `INSERT INTO customer (id, group_id, store_id, name_zh, source, created_at, updated_at)
		SELECT gen_random_uuid(), $1, $2, '王一' || n, 'work_order', $3, $3 FROM generate_series(1, 400) n`, w.group, w.store, businessDay())
	task := w.promise(own, businessDay())
	w.db.Exec(t, `UPDATE task SET assignee_id = (SELECT id FROM app_user WHERE login = 'agent') WHERE id = $1`, task)
	agent := w.signIn("agent")
	for _, q := range []string{"王", "123456"} {
		if got := agent.names(q); !slices.Equal(got, []string{"王子"}) {
			t.Errorf("%q finds %v for the agent", q, got)
		}
	}
	clerk := w.signIn("clerk")
	if got := clerk.names("123456"); len(got) != 2 {
		t.Errorf("the clerk finds %v", got)
	}
	if got := clerk.names("王"); len(got) != 30 {
		t.Errorf("the clerk is shown %d", len(got))
	}
}

func TestAnAgentOpensOnlyCustomersOfTheirTasks(t *testing.T) {
	w := newWorld(t)
	f := w.file("刘春棠", "15400000137", "LTESTVN0000000001", "苏BA1234")
	task := w.promise(f, businessDay())
	b := w.signIn("agent")
	for _, path := range []string{"", "/timeline"} {
		b.refused("GET", "/api/v1/customers/"+f.customer.String()+path, "", 404, "customer_not_found")
	}
	w.db.Exec(t, `UPDATE task SET assignee_id = (SELECT id FROM app_user WHERE login = 'agent') WHERE id = $1`, task)
	var p page
	b.get("/api/v1/customers/"+f.customer.String(), &p)
	if p.Name != "刘春棠" {
		t.Errorf("got %+v", p)
	}
	b.refused("POST", "/api/v1/customers/"+f.customer.String()+"/phones/"+f.phone.String()+"/reveal", `{"reason":"verify"}`, 403, "no_permission")
}

func TestATimeLineIsPagedFilteredAndSearched(t *testing.T) {
	w := newWorld(t)
	f := w.file("刘春棠", "15400000137", "LTESTVN0000000001", "苏BA1234")
	for i := range 5 {
		w.order(f, fmt.Sprintf("WX-%d", i), businessDay().AddDate(0, 0, -i))
	}
	w.promise(f, businessDay())
	b := w.signIn("boss")
	type part struct {
		Next  string
		Items []struct {
			Kind, No, TitleZH, TitleEN, ResultZH, Who string
			At                                        time.Time
			LateMinutes                               *int
		}
	}
	var nos []string
	at, cursor := time.Time{}, ""
	for range 4 {
		var p part
		b.get("/api/v1/customers/"+f.customer.String()+"/timeline?kinds=visit&limit=2&cursor="+cursor, &p)
		for _, m := range p.Items {
			if !at.IsZero() && m.At.After(at) {
				t.Errorf("%s is newer than the entry before it", m.No)
			}
			at, nos = m.At, append(nos, m.No)
			if m.TitleZH == "" || m.TitleEN == "" || m.Who != "张伟" || m.LateMinutes == nil || *m.LateMinutes != 72 {
				t.Errorf("entry %+v", m)
			}
		}
		if cursor = p.Next; cursor == "" {
			break
		}
	}
	if strings.Join(nos, " ") != "WX-0 WX-1 WX-2 WX-3 WX-4" {
		t.Errorf("visits by pages of two: %v", nos)
	}
	var found, all part
	b.get("/api/v1/customers/"+f.customer.String()+"/timeline?q=wx-3", &found)
	if len(found.Items) != 1 || found.Items[0].No != "WX-3" {
		t.Errorf("searching wx-3: %+v", found.Items)
	}
	b.get("/api/v1/customers/"+f.customer.String()+"/timeline", &all)
	if len(all.Items) != 6 || all.Next != "" {
		t.Errorf("%d entries, next %q", len(all.Items), all.Next)
	}
	b.refused("GET", "/api/v1/customers/"+f.customer.String()+"/timeline?cursor=zz", "", 422, "cursor_invalid")
	b.refused("GET", "/api/v1/customers/"+f.customer.String()+"/timeline?kinds=gossip", "", 422, "kind_unknown")
	b.refused("GET", "/api/v1/customers/"+uuid.NewString()+"/timeline", "", 404, "customer_not_found")
}

func TestANumberIsReadWithAReasonTenTimesADayAndEachTimeIsLogged(t *testing.T) {
	w := newWorld(t)
	f := w.file("刘春棠", "15400000137", "LTESTVN0000000001", "苏BA1234")
	other := w.file("王华磊", "15400000138", "LTESTVN0000000002", "苏BA1235")
	b := w.signIn("clerk")
	path := "/api/v1/customers/" + f.customer.String() + "/phones/"
	b.refused("POST", path+f.phone.String()+"/reveal", `{"reason":"curious"}`, 422, "invalid_input")
	b.refused("POST", path+f.phone.String()+"/reveal", `{"reason":"other"}`, 422, "reveal_note_missing")
	b.refused("POST", path+other.phone.String()+"/reveal", `{"reason":"verify"}`, 404, "phone_not_found")
	for i := range 10 {
		got, body, _ := b.send("POST", path+f.phone.String()+"/reveal", `{"reason":"verify"}`, nil)
		if got != 200 || !strings.Contains(string(body), "15400000137") || !strings.Contains(string(body), fmt.Sprintf(`"left":%d`, 9-i)) {
			t.Fatalf("reading %d: %d %s", i+1, got, body)
		}
	}
	b.refused("POST", path+f.phone.String()+"/reveal", `{"reason":"verify"}`, 429, "reveal_limit")
	var n int
	w.db.Scoped(t, w.store, func(ctx context.Context, tx pgx.Tx) error {
		return tx.QueryRow(ctx, `SELECT count(*) FROM audit_log WHERE action = 'phone.reveal' AND object = $1 AND detail ->> 'reason' = 'verify'`, f.customer.String()).Scan(&n)
	})
	if n != 10 {
		t.Errorf("%d entries in the audit log, want 10", n)
	}
}

func TestDoNotCallIsAddedByMostAndEndedWithProofByFew(t *testing.T) {
	w := newWorld(t)
	f := w.file("刘春棠", "15400000137", "LTESTVN0000000001", "苏BA1234")
	path := "/api/v1/customers/" + f.customer.String() + "/dnc"
	add := `{"phoneId":"` + f.phone.String() + `","scope":"commercial","source":"customer","evidence":"来电要求"}`
	clerk, chief := w.signIn("clerk"), w.signIn("chief")
	got, body, _ := clerk.send("POST", path, add, nil)
	var p page
	must(t, json.Unmarshal(body, &p))
	if got != 200 || len(p.DNC) != 1 || !p.DNC[0].Open || p.DNC[0].Scope != "commercial" {
		t.Fatalf("%d %s", got, body)
	}
	clerk.refused("POST", path, add, 409, "dnc_known")
	clerk.refused("POST", path, strings.Replace(add, f.phone.String(), uuid.NewString(), 1), 404, "phone_not_found")
	end := path + "/" + p.DNC[0].ID.String() + "/end"
	clerk.refused("POST", end, `{"reason":"客户书面要求"}`, 403, "no_permission")
	chief.refused("POST", end, `{"reason":" "}`, 422, "dnc_proof_missing")
	got, body, _ = chief.send("POST", end, `{"reason":"客户书面要求"}`, nil)
	must(t, json.Unmarshal(body, &p))
	if got != 200 || p.DNC[0].Open {
		t.Fatalf("%d %s", got, body)
	}
	chief.refused("POST", end, `{"reason":"客户书面要求"}`, 409, "dnc_ended")
	got, body, _ = clerk.send("POST", path, strings.Replace(add, "customer", "court", 1), nil)
	must(t, json.Unmarshal(body, &p))
	if got != 200 {
		t.Fatalf("%d %s", got, body)
	}
	chief.refused("POST", path+"/"+p.DNC[0].ID.String()+"/end", `{"reason":"客户书面要求"}`, 422, "dnc_lawful")
}

func TestConsentIsAHistoryAndThePreferredTimeHasHours(t *testing.T) {
	w := newWorld(t)
	f := w.file("刘春棠", "15400000137", "LTESTVN0000000001", "苏BA1234")
	b := w.signIn("clerk")
	path := "/api/v1/customers/" + f.customer.String()
	for _, state := range []string{"given", "withdrawn"} {
		if got, body, _ := b.send("POST", path+"/consents", `{"purpose":"marketing","state":"`+state+`","channel":"paper"}`, nil); got != 200 {
			t.Fatalf("%d %s", got, body)
		}
	}
	b.refused("POST", path+"/consents", `{"purpose":"gossip","state":"given","channel":"paper"}`, 422, "purpose_unknown")
	b.refused("PUT", path+"/preferred-time", `{"words":"下午","from":"18:00","to":"15:00"}`, 422, "hours_invalid")
	if got, body, _ := b.send("PUT", path+"/preferred-time", `{"words":"工作日下午三点后","from":"15:00","to":"18:00"}`, nil); got != 200 {
		t.Fatalf("%d %s", got, body)
	}
	var p page
	b.get(path, &p)
	if len(p.Consents) != 2 || p.Consents[0].State != "withdrawn" || p.Consents[1].State != "given" || p.Consents[0].By != "clerk" {
		t.Errorf("consents %+v", p.Consents)
	}
	if p.PreferredTime != "工作日下午三点后" {
		t.Errorf("preferred time %q", p.PreferredTime)
	}
}

func TestWhatACustomerToldFillsTheBlanksOfTheirFile(t *testing.T) {
	w := newWorld(t)
	f := w.file("刘春棠", "15400000137", "LTESTVN0000000001", "苏BA1234")
	ask := func() string {
		w.db.Exec(t, `INSERT INTO merge_case (id, store_id, kind, customer_id, evidence, state, created_at)
			SELECT gen_random_uuid(), store_id, 'fill_blank', id, '{"text": "邮编二一四零零零"}', 'open', now() FROM customer WHERE id = '`+f.customer.String()+`'`)
		var list struct {
			Items []struct{ ID, Words string }
			Total int
		}
		w.signIn("clerk").get("/api/v1/reviews?state=open&kind=fill_blank", &list)
		if list.Total != 1 || list.Items[0].Words != "邮编二一四零零零" {
			t.Fatalf("the question shows %+v", list)
		}
		return list.Items[0].ID
	}
	clerk := w.signIn("clerk")
	path := "/api/v1/customers/" + f.customer.String() + "/blanks"
	ask()
	clerk.refused("PUT", path, `{}`, 422, "blank_nothing")
	clerk.refused("PUT", path, `{"postcode":"2140"}`, 422, "blank_postcode")
	got, body, _ := clerk.send("PUT", path, `{"postcode":"214000","email":"liu@example.com"}`, nil)
	if got != 200 {
		t.Fatalf("%d %s", got, body)
	}
	clerk.refused("PUT", path, `{"email":"other@example.com"}`, 409, "not_blank")
	var file struct {
		OpenReviews int
		Gaps        []struct{ Code string }
	}
	clerk.get(strings.TrimSuffix(path, "/blanks"), &file)
	for _, g := range file.Gaps {
		if g.Code == "postcode" || g.Code == "email" {
			t.Errorf("%s is still a gap", g.Code)
		}
	}
	if file.OpenReviews != 0 {
		t.Error("the question is still open")
	}
	// Nothing is merged by it: a clerk may settle such a question.
	if got, body, _ := clerk.send("POST", "/api/v1/reviews/"+ask()+"/answer", `{"answer":"same"}`, nil); got != 200 {
		t.Errorf("%d %s", got, body)
	}
}
