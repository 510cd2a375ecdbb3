package httpapi_test

import (
	"strings"
	"testing"

	"github.com/google/uuid"

	"ringback/internal/httpapi"
)

// expiring gives a vehicle a cover that ends on a day, with its renewal.
func (w *world) expiring(customer, vehicle, day, stage string) string {
	w.t.Helper()
	policy, renewal := uuid.New(), uuid.New()
	w.db.Exec(w.t, `INSERT INTO policy (id, group_id, store_id, policy_no, kind, insurer, vehicle_id, customer_id, start_day, end_day, premium_fen, source,
		content_hash, created_at, updated_at) VALUES ($1, $2, $3, $4, 'commercial', '甲财险', $5, $6, $7::date - 364, $7::date, 310000, 'imported', '\x00', '2026-11-01', '2026-11-01')`,
		policy, w.group, w.store, policy.String(), vehicle, customer, day)
	w.db.Exec(w.t, `INSERT INTO renewal (id, group_id, store_id, vehicle_id, customer_id, policy_ids, expiry, stage, premium_before_fen, created_at, updated_at)
		VALUES ($1, $2, $3, $4, $5, ARRAY[$6]::uuid[], $7, $8, 310000, '2026-11-01', '2026-11-01')`, renewal, w.group, w.store, vehicle, customer, policy, day, stage)
	w.db.Exec(w.t, `INSERT INTO customer_phone (id, store_id, customer_id, phone_enc, phone_hash, last4, kind, created_at)
		VALUES ($1, $2, $3, '\x00', $4, '0137', 'mobile', '2026-11-01')`, uuid.New(), w.store, customer, []byte(customer))
	return renewal.String()
}

func TestARenewalIsConfirmedQuotedLostAndReopened(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.db.Exec(t, `INSERT INTO insurer (store_id, name) VALUES ($1, '甲财险')`, w.store)
	c, v := w.somebody("方志远")
	id := w.expiring(c, v, "2026-12-20", "listed")
	chief, boss := w.signIn("chief"), w.signIn("boss")
	file := func(b *browser, path, body string) httpapi.RenewalFile {
		t.Helper()
		code, raw, _ := b.send("POST", "/api/v1/renewals/"+path, body, nil)
		if code != 200 {
			t.Fatalf("%s: %d %s", path, code, raw)
		}
		return decoded[httpapi.RenewalFile](t, raw)
	}
	if code, _, _ := boss.send("POST", "/api/v1/renewals/confirm", `{"ids":["`+id+`"]}`, nil); code != 403 {
		t.Errorf("a supervisor confirmed the month's list: %d", code)
	}
	if code, raw, _ := chief.send("POST", "/api/v1/renewals/confirm", `{"ids":["`+id+`"]}`, nil); code != 200 || !strings.Contains(string(raw), `"n":1`) {
		t.Fatalf("confirming: %d %s", code, raw)
	}
	f := file(boss, id+"/next", `{"at":"2026-11-23T10:00:00+08:00","way":"电话","stage":"interested","words":"先看看报价"}`)
	if f.Stage != "interested" || f.Days != 30 || f.Insurer != "甲财险" || len(f.Talks) < 2 || f.Talks[0].Words != "先看看报价" || f.Talks[0].By != "boss" {
		t.Errorf("interested: %+v", f)
	}
	quote := `{"insurer":"%","coverZh":"交强+车损","compulsoryFen":95000,"taxFen":36000,"commercialFen":274000,"validUntil":"2026-12-01"}`
	if code, raw, _ := boss.send("POST", "/api/v1/renewals/"+id+"/quote", strings.Replace(quote, "%", "没认证的公司", 1), nil); code != 403 || !strings.Contains(string(raw), "insurer_not_approved") {
		t.Errorf("an insurer that is not approved: %d %s", code, raw)
	}
	if n := w.count(`SELECT count(*) FROM audit_log WHERE action = 'quote.refused'`); n != 1 {
		t.Errorf("%d lines about it in the audit log", n)
	}
	f = file(boss, id+"/quote", strings.Replace(quote, "%", "甲财险", 1))
	if len(f.Quotes) != 1 || f.Quotes[0].State != "sending" || f.Quotes[0].TotalFen != 405000 || f.QuoteFen != 405000 {
		t.Errorf("quoted: %+v", f.Quotes)
	}
	if code, raw, _ := boss.send("POST", "/api/v1/renewals/"+id+"/lost", `{"reason":"price","words":"贵"}`, nil); code != 422 {
		t.Errorf("T-E5: one character: %d %s", code, raw)
	}
	f = file(boss, id+"/lost", `{"reason":"price","words":"你们比平安贵了八百多块钱","competitor":"平安"}`)
	if f.Stage != "lost" || f.LostWord.ZH != "价格-他处更低" || f.LostWords == "" {
		t.Errorf("lost: %+v", f)
	}
	_, raw, _ := boss.send("GET", "/api/v1/renewals?stage=lost", "", nil)
	page := decoded[httpapi.RenewalsPage](t, raw)
	if page.Total != 1 || len(page.Losses) != 1 || page.Losses[0].N != 1 || page.Losses[0].Code != "price" {
		t.Errorf("the page of losses: %s", raw)
	}
	if f = file(chief, id+"/reopen", `{"words":"客户回电愿意再谈"}`); f.Stage != "following" {
		t.Errorf("reopened: %+v", f)
	}
}

func TestAnAgentSeesOnlyTheirOwnRenewals(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c, v := w.somebody("方志远")
	id := w.expiring(c, v, "2026-12-20", "listed")
	agent := w.signIn("agent")
	_, raw, _ := agent.send("GET", "/api/v1/renewals", "", nil)
	if page := decoded[httpapi.RenewalsPage](t, raw); page.Total != 0 || strings.Contains(string(raw), "方志远") {
		t.Errorf("the agent reads %s", raw)
	}
	if code, _, _ := agent.send("GET", "/api/v1/renewals/"+id, "", nil); code != 404 {
		t.Errorf("T-X1: somebody else's renewal: %d", code)
	}
	if code, _, _ := w.signIn("clerk").send("GET", "/api/v1/renewals", "", nil); code != 403 {
		t.Errorf("a clerk reads renewals: %d", code)
	}
}

func TestMessagesAreSentAgainOnceAndLettersPrinted(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c, v := w.somebody("方志远")
	w.expiring(c, v, "2026-12-20", "listed")
	sms, letter := uuid.New(), uuid.New()
	w.db.Exec(t, `INSERT INTO sms (id, group_id, store_id, customer_id, phone_id, template, class, text_zh, state, created_at)
		SELECT $1, $2, $3, $4, id, 'appt_confirm', 'service', '【测试店】您已预约', 'failed', '2026-11-20' FROM customer_phone`, sms, w.group, w.store, c)
	w.db.Exec(t, `INSERT INTO letter (id, group_id, store_id, customer_id, template, fields, postcode, state, created_at)
		VALUES ($1, $2, $3, $4, 'first_service_thanks', '{"call_name":"方先生","address":"示例路1号","first_date_zh":"11月18日","hotline":"057188880000","store_name":"测试店"}', '999001', 'waiting', '2026-11-20')`,
		letter, w.group, w.store, c)
	clerk := w.signIn("clerk")
	if code, raw, _ := clerk.send("POST", "/api/v1/messages/"+sms.String()+"/again", "", nil); code != 201 || !strings.Contains(string(raw), `"queued"`) {
		t.Fatalf("sending again: %d %s", code, raw)
	}
	if code, raw, _ := clerk.send("POST", "/api/v1/messages/"+sms.String()+"/again", "", nil); code != 409 {
		t.Errorf("and once more: %d %s", code, raw)
	}
	_, raw, _ := clerk.send("GET", "/api/v1/messages", "", nil)
	if page := decoded[httpapi.MessagesPage](t, raw); page.Total != 2 || page.Items[0].State != "queued" || page.Items[0].Phone != "*******0137" {
		t.Errorf("the outbox: %s", raw)
	}
	_, raw, _ = clerk.send("GET", "/api/v1/letters", "", nil)
	page := decoded[httpapi.LettersPage](t, raw)
	if page.Total != 1 || page.Items[0].Paper.Title != "首保感谢信" || len(page.Items[0].Paper.Body) != 3 || page.Items[0].Paper.Envelope[0] != "示例路1号" {
		t.Errorf("the letter: %s", raw)
	}
	if code, raw, _ := clerk.send("POST", "/api/v1/letters/mark", `{"ids":["`+letter.String()+`"],"to":"printed"}`, nil); code != 200 {
		t.Errorf("printed: %d %s", code, raw)
	}
	if code, _, _ := clerk.send("POST", "/api/v1/letters/mark", `{"ids":["`+letter.String()+`"],"to":"returned"}`, nil); code != 409 {
		t.Errorf("returned before it was mailed: %d", code)
	}
	if code, _, _ := w.signIn("agent").send("GET", "/api/v1/messages", "", nil); code != 403 {
		t.Errorf("an agent reads the outbox: %d", code)
	}
}
