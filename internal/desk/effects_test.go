package desk

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"ringback/internal/errs"
)

// about makes the call's task one of another kind, with that kind's script.
func (w *world) about(kind, class, script string) *world {
	w.t.Helper()
	w.db.Exec(w.t, `UPDATE task SET kind = $1, class = $2, script_id = $3, work_order_ids = '{}'`, kind, class, script)
	return w
}

// insured gives the vehicle a cover that ends in 30 days, with its renewal.
func (w *world) insured(kind, script string) *world {
	w.t.Helper()
	w.renewal = id()
	now, ends := w.clock.Now(), at("2026-12-20T00:00:00Z")
	for i, p := range []string{"commercial", "compulsory"} {
		w.db.Exec(w.t, `INSERT INTO policy (id, group_id, store_id, policy_no, kind, insurer, vehicle_id, customer_id, start_day, end_day, premium_fen,
			claims_count, source, content_hash, created_at, updated_at) VALUES ($1, $2, $3, $4, $5, '示例财险', $6, $7, $8, $9, $10, 1, 'imported', '\x00', $11, $11)`,
			id(), w.group, w.store, "P"+p, p, w.vehicle, w.customer, ends.AddDate(-1, 0, 1), ends, 310000-i*215000, now)
	}
	w.db.Exec(w.t, `INSERT INTO renewal (id, group_id, store_id, vehicle_id, customer_id, policy_ids, expiry, stage, premium_before_fen, created_at, updated_at)
		SELECT $1, $2, $3, $4, $5, array_agg(id), $6, 'contacting', 405000, $7, $7 FROM policy`, w.renewal, w.group, w.store, w.vehicle, w.customer, ends, now)
	w.db.Exec(w.t, `INSERT INTO insurer (store_id, name) VALUES ($1, '示例财险'), ($1, '样本人保')`, w.store)
	w.about(kind, "commercial", script)
	w.db.Exec(w.t, `UPDATE task SET renewal_id = $1`, w.renewal)
	return w
}

// booked gives the customer an appointment that the call is about.
func (w *world) booked(state string) *world {
	w.t.Helper()
	w.visit = id()
	slot, starts := id(), at("2026-11-21T10:00:00+08:00")
	if state == "no_show" {
		starts = at("2026-11-19T10:00:00+08:00")
	}
	w.db.Exec(w.t, `INSERT INTO appointment_slot (id, store_id, kind, from_at, to_at, capacity, used) VALUES ($1, $2, 'fast', $3, $4, 2, 1)`,
		slot, w.store, starts, starts.Add(30*time.Minute))
	w.db.Exec(w.t, `INSERT INTO appointment (id, group_id, store_id, customer_id, vehicle_id, slot_id, starts_at, kind, reason, items_zh, source, state,
		advisor_name, created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, 'fast', 'periodic', '定期保养', 'out', $8, '张伟', $9, $9)`,
		w.visit, w.group, w.store, w.customer, w.vehicle, slot, starts, state, w.clock.Now())
	kind := "appt_confirm"
	if state == "no_show" {
		kind = "appt_noshow"
	}
	w.about(kind, "service", "appointment_confirm")
	w.db.Exec(w.t, `UPDATE task SET appointment_id = $1`, w.visit)
	return w
}

// rows checks one text per statement.
func (w *world) rows(want map[string]string) {
	w.t.Helper()
	for sql, text := range want {
		if got := w.text(sql); got != text {
			w.t.Errorf("%s: %q, want %q", sql, got, text)
		}
	}
}

// refused gives the code a command is refused with.
func (w *world) refused(name string, a args) string {
	w.t.Helper()
	_, err := w.try(id(), name, a)
	if err == nil {
		w.t.Fatalf("%s %v was not refused", name, a)
	}
	e, ok := errs.Of(err)
	if !ok {
		w.t.Fatalf("%s %v: %v", name, a, err)
	}
	return e.Code
}

const slotAt = "2026-11-24T09:30:00+08:00"

func TestAReminderBooksARealSlot(t *testing.T) {
	t.Parallel()
	w := newWorld(t).about("periodic_service", "reminder", "periodic_maintenance_reminder").bridged()
	w.to("mileage", args{"identity": "self"})
	w.say(args{"mileage": 31200.0})
	w.to("slot", args{"condition": "刹车有点响", "intent": "book"})
	if n := w.view().Script.Node; n.Answer.Bay != "fast" || !strings.Contains(n.ZH, "预约时间") {
		t.Errorf("the question offers the slots of bay %q: %s", n.Answer.Bay, n.ZH)
	}
	w.say(args{"slot": slotAt})
	w.rows(map[string]string{
		`SELECT state || ' ' || kind || ' ' || reason || ' ' || items_zh || ' ' || (from_task_id IS NOT NULL)::text FROM appointment`: "booked fast periodic 定期保养；刹车有点响 true",
		`SELECT to_char(from_at AT TIME ZONE 'Asia/Shanghai', 'MM-DD HH24:MI') || ' ' || used FROM appointment_slot`:                  "11-24 09:30 1",
		`SELECT mileage_last::text FROM vehicle`:                                                     "31200",
		`SELECT text_zh FROM sms WHERE template = 'appt_confirm'`:                                    "【测试店】刘女士，您已预约11月24日09:30到店（定期保养；刹车有点响），顾问服务顾问。改期请拨057188880000。",
		`SELECT count(*)::text FROM task WHERE kind = 'appt_confirm' AND appointment_id IS NOT NULL`: "1",
	})
	if b := w.view().Booking; b == nil || !b.At.Equal(at(slotAt)) || b.Items == "" {
		t.Errorf("the desk shows the booking %+v", b)
	}
	w.to("end_book", nil).hungUp()
	if v := w.view().Wrap; v.Proposed != "M01" || v.Options[0].Needs != "" {
		t.Errorf("wrap %+v", v)
	}
	w.do("desk.wrap", args{"attemptId": w.call, "disposition": "M01"})
	w.rows(map[string]string{`SELECT state FROM task WHERE id = '` + w.task.String() + `'`: "completed"})
}

func TestACorrectedSlotMovesTheBooking(t *testing.T) {
	t.Parallel()
	w := newWorld(t).about("first_service", "reminder", "first_service_reminder").bridged()
	w.to("slot", args{"identity": "self", "intent": "book", "mileage": 4200.0})
	w.say(args{"slot": slotAt})
	s := w.view().Script
	w.do("desk.answer", args{"responseId": s.ResponseID, "node": "slot", "key": "slot", "value": "2026-11-25T14:00:00+08:00"})
	w.rows(map[string]string{
		`SELECT string_agg(state || ' ' || to_char(starts_at AT TIME ZONE 'Asia/Shanghai', 'DD HH24:MI'), ', ' ORDER BY created_at, id) FROM appointment`: "rescheduled 24 09:30, booked 25 14:00",
		`SELECT string_agg(used::text, ' ' ORDER BY from_at) FROM appointment_slot`:                                                                       "0 1",
		`SELECT string_agg(state, ' ' ORDER BY id) FROM sms WHERE template = 'appt_confirm'`:                                                              "cancelled queued",
	})
}

func TestAFullSlotIsRefusedWithTheNextFreeOnes(t *testing.T) {
	t.Parallel()
	w := newWorld(t).about("first_service", "reminder", "first_service_reminder").bridged()
	w.db.Exec(t, `INSERT INTO appointment_slot (id, store_id, kind, from_at, to_at, capacity, used) VALUES ($1, $2, 'fast', $3, $4, 2, 2)`,
		id(), w.store, at(slotAt), at(slotAt).Add(30*time.Minute))
	w.to("slot", args{"identity": "self", "intent": "book", "mileage": 4200.0})
	s := w.view().Script
	if code := w.refused("desk.answer", args{"responseId": s.ResponseID, "node": "slot", "key": "slot", "value": slotAt}); code != "slot_full" {
		t.Errorf("code %s", code)
	}
	if n := w.view().Script.Node; n.ID != "slot" || n.Current != nil {
		t.Errorf("a refused slot left %s %+v", n.ID, n.Current)
	}
}

func TestNotDueYetPlansAgainWithTheMileage(t *testing.T) {
	t.Parallel()
	w := newWorld(t).about("first_service", "reminder", "first_service_reminder").bridged()
	w.to("end_notdue", args{"identity": "self", "mileage": 3100.0, "intent": "notdue"})
	w.rows(map[string]string{
		`SELECT mileage_last || ' ' || mileage_at FROM vehicle`:                                            "3100 2026-11-20",
		`SELECT string_agg(action, ' ' ORDER BY node) FROM script_effect WHERE action <> 'record_consent'`: "update_mileage recompute_maintenance",
	})
	w.hungUp()
	w.do("desk.wrap", args{"attemptId": w.call, "disposition": "M05"})
}

func TestWhyACustomerDoesNotComeIsKept(t *testing.T) {
	t.Parallel()
	w := newWorld(t).about("periodic_service", "reminder", "periodic_maintenance_reminder").bridged()
	w.to("end_no", args{"identity": "self", "mileage": 30000.0, "intent": "no", "why_no": "distance"})
	w.rows(map[string]string{`SELECT reason || ' ' || cause FROM churn_signal`: "said distance"})
}

func TestTheVisitIsConfirmedMovedOrCancelledInTheCall(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		answers args
		end     string
		want    string
		result  string
	}{
		"confirmed": {args{"confirm": "ok", "extra": "空调异味"}, "end_ok", "booked true 定期保养；空调异味 21 10:00", "A01"},
		"moved":     {args{"confirm": "change", "new_slot": slotAt}, "end_change", "booked false 定期保养 24 09:30", "A02"},
		"cancelled": {args{"confirm": "cancel", "cancel_reason": "出差了"}, "end_cancel", "cancelled false 定期保养 21 10:00 出差了", "A03"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t).booked("booked").bridged()
			c.answers["identity"] = "self"
			w.to("confirm", c.answers)
			if got := w.view().Script.Node.ZH; got != "您预约了11月21日10:00来店做定期保养，由张伟接待，时间上可以吗？" {
				t.Errorf("asked %q", got)
			}
			w.to(c.end, c.answers)
			w.rows(map[string]string{`SELECT state || ' ' || customer_ok::text || ' ' || items_zh || ' ' || to_char(starts_at AT TIME ZONE 'Asia/Shanghai', 'DD HH24:MI')
				|| rtrim(' ' || closed_reason) FROM appointment ORDER BY created_at DESC, id DESC LIMIT 1`: c.want})
			w.hungUp()
			w.do("desk.wrap", args{"attemptId": w.call, "disposition": c.result})
			if n := w.count(`SELECT coalesce(sum(used), 0) FROM appointment_slot`); n != map[string]int{"A01": 1, "A02": 1, "A03": 0}[c.result] {
				t.Errorf("%d places are held", n)
			}
		})
	}
}

func TestAMissedVisitIsBookedAgain(t *testing.T) {
	t.Parallel()
	w := newWorld(t).booked("no_show").bridged()
	w.to("end_rebook", args{"identity": "self", "rebook": slotAt})
	w.rows(map[string]string{
		`SELECT string_agg(state, ' ' ORDER BY created_at, id) FROM appointment`:                          "rescheduled booked",
		`SELECT (replaces_id = '` + w.visit.String() + `')::text FROM appointment WHERE state = 'booked'`: "true",
	})
}

func TestTheRenewalScriptKnowsTheCover(t *testing.T) {
	t.Parallel()
	w := newWorld(t).insured("renewal_first", "renewal_first_call").bridged()
	if v := w.view(); v.Renewal == nil || v.Renewal.Insurer != "" || v.Renewal.PremiumFen != 0 || v.Renewal.Expiry != "2026-12-20" {
		t.Errorf("covered renewal %+v", v.Renewal)
	}
	w.to("remind", args{"identity": "self"})
	if got := w.view().Script.Node.ZH; !strings.HasPrefix(got, "您的车险12月20日到期，还有30天。") {
		t.Errorf("reminder %q", got)
	}
	w.to("end_interest", args{"next_contact": "2026-11-23T10:30:00+08:00"})
}

func TestAnInterestedCustomerGetsADraftAndANextContact(t *testing.T) {
	t.Parallel()
	w := newWorld(t).insured("renewal_first", "renewal_first_call").bridged()
	w.to("insurer", args{"identity": "self", "status": "open"})
	if got := w.view().Script.Node.ZH; got != "您上年是示例财险。今年想继续原公司，还是在我们合作的样本人保、示例财险里比较一下？" {
		t.Errorf("asked %q", got)
	}
	w.to("end_interest", args{
		"insurer_pref": "样本人保", "cover": []string{"ctali", "damage", "tpl200"}, "quote_channel": []string{"sms", "email"}, "next_contact": "2026-11-23T10:30:00+08:00",
	})
	w.rows(map[string]string{
		`SELECT stage || ' ' || next_contact_way || ' ' || to_char(next_contact_at AT TIME ZONE 'Asia/Shanghai', 'DD HH24:MI') || ' ' || (agent_id = '` + w.agent.String() + `')::text FROM renewal`: "interested 电话 23 10:30 true",
		`SELECT state || ' ' || insurer || ' ' || asked || ' ' || channel || ' ' || proposal::text FROM quote`:                                                                                       "draft 样本人保 交强险、车损险、三者200万 email true",
		`SELECT state FROM consent WHERE purpose = 'insurer_share'`:                                                                                                                                  "given",
		`SELECT count(*)::text FROM task WHERE kind = 'renewal_next'`:                                                                                                                                "1",
	})
	w.quoted()
	w.hungUp()
	w.do("desk.wrap", args{"attemptId": w.call, "disposition": "I01"})
	w.rows(map[string]string{
		`SELECT state FROM task WHERE id = '` + w.task.String() + `'`:                      "completed",
		`SELECT state || ' ' || total_fen || ' ' || (sms_id IS NOT NULL)::text FROM quote`: "draft 405000 true",
	})
}

// quoted sends a quote from the desk.
func (w *world) quoted() {
	w.t.Helper()
	in := args{"attemptId": w.call, "insurer": "没认证的公司", "coverZh": "交强+车损", "compulsoryFen": 95000, "taxFen": 36000, "commercialFen": 274000, "validUntil": "2026-12-05"}
	if code := w.refused("desk.quote", in); code != "insurer_not_approved" {
		w.t.Errorf("an insurer that is not approved: %s", code)
	}
	in["insurer"] = "样本人保"
	w.do("desk.quote", in)
	want := "【测试店】刘女士，您的续保试算：样本人保，交强+车损，交强险950元、车船税360元、商业险2,740元，合计4,050元，有效期至12月5日，以保险公司核保为准。专员林晓禾"
	if got := w.text(`SELECT text_zh FROM sms WHERE template = 'renewal_quote'`); !strings.HasPrefix(got, want) {
		w.t.Errorf("quote %q", got)
	}
	if q := w.view().Renewal.Quote; q == nil || q.State != "sending" || q.TotalFen != 405000 {
		w.t.Errorf("the desk shows the quote %+v", q)
	}
}

func TestALostRenewalKeepsReasonWordsAndPrice(t *testing.T) {
	t.Parallel()
	w := newWorld(t).insured("renewal_first", "renewal_first_call").bridged()
	w.to("lost_words", args{"identity": "self", "status": "bought", "lost_reason": "price", "competitor": "平安电销，3,200元"})
	s := w.view().Script
	if code := w.refused("desk.answer", args{"responseId": s.ResponseID, "node": "lost_words", "key": "lost_words", "value": "太贵了"}); code != "answer_words" {
		t.Errorf("three characters: %s", code)
	}
	w.to("end_lost", args{"lost_words": "你们比平安贵了八百多块钱，我就直接网上买了"})
	w.rows(map[string]string{
		`SELECT stage || ' ' || lost_reason || ' ' || lost_words || ' ' || competitor || ' ' || competitor_price_fen FROM renewal`: "lost price 你们比平安贵了八百多块钱，我就直接网上买了 平安电销，3,200元 320000",
	})
	w.do("desk.answer", args{"responseId": s.ResponseID, "node": "lost_reason", "key": "lost_reason", "value": "direct"})
	w.do("desk.answer", args{"responseId": s.ResponseID, "node": "lost_words", "key": "lost_words", "value": "更正：客户说是网上直接买的，便宜八百"})
	w.rows(map[string]string{`SELECT stage || ' ' || lost_reason || ' ' || left(lost_words, 2) FROM renewal`: "lost direct 更正"})
	w.do("desk.goto", args{"responseId": s.ResponseID, "node": "status"})
	w.do("desk.answer", args{"responseId": s.ResponseID, "node": "status", "key": "status", "value": "tooearly"})
	w.to("end_next", args{"next_time": "2026-11-25T10:00:00+08:00"})
	w.rows(map[string]string{`SELECT stage || ' ' || lost_reason || lost_words FROM renewal`: "following "})
}

func TestDoNotCallAndASoldCarEndTheRenewal(t *testing.T) {
	t.Parallel()
	for identity, want := range map[string]string{"never": "lost refuse_contact ", "sold": "invalid  sold"} {
		t.Run(identity, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t).insured("renewal_first", "renewal_first_call").bridged()
			end := map[string]string{"never": "end_never", "sold": "end_sold"}[identity]
			w.to(end, args{"identity": identity})
			w.rows(map[string]string{`SELECT stage || ' ' || lost_reason || ' ' || invalid_reason FROM renewal`: want})
			if n := w.count(`SELECT (SELECT count(*) FROM number_dnc WHERE scope = 'commercial') + (SELECT count(*) FROM merge_case WHERE kind = 'ownership')`); n != 1 {
				t.Errorf("%d entries", n)
			}
			w.hungUp()
			w.do("desk.wrap", args{"attemptId": w.call, "disposition": map[string]string{"never": "C05", "sold": "C09"}[identity]})
		})
	}
}

func (w *world) withQuote() *world {
	w.t.Helper()
	w.db.Exec(w.t, `INSERT INTO quote (id, store_id, renewal_id, version, state, insurer, cover_zh, compulsory_fen, tax_fen, commercial_fen, valid_until, sent_at, created_at)
		VALUES ($1, $2, $3, 1, 'sent', '示例财险', '交强+车损+三者200万', 95000, 36000, 274000, '2026-12-05', $4, $4)`, id(), w.store, w.renewal, w.clock.Now().AddDate(0, 0, -1))
	w.db.Exec(w.t, `UPDATE renewal SET stage = 'quoted'`)
	return w
}

func TestTheQuoteIsFollowedUp(t *testing.T) {
	t.Parallel()
	w := newWorld(t).insured("renewal_quote", "renewal_quote_followup").withQuote().bridged()
	w.to("received", args{"identity": "self"})
	if got := w.view().Script.Node.ZH; got != "11月19日给您发的示例财险报价短信收到了吗？合计4,050元，方案是交强+车损+三者200万。" {
		t.Errorf("asked %q", got)
	}
	w.to("next_contact", args{"received": "no", "opinion": "discount", "discount_words": "老客户了，能不能再便宜两百块钱"})
	w.rows(map[string]string{
		`SELECT template || ' ' || state FROM sms`:                                              "renewal_quote queued",
		`SELECT pool || ' ' || channel || ' ' || note FROM task WHERE reason = 'asked_in_call'`: "insurance_manager form 客户要求优惠：老客户了，能不能再便宜两百块钱",
		`SELECT role FROM notice`:                                                               "cs_manager",
	})
	w.to("end_next", args{"next_contact": "2026-11-24T10:00:00+08:00"})
	w.rows(map[string]string{
		`SELECT stage FROM renewal`: "following",
		`SELECT count(*)::text FROM task WHERE reason = 'asked_in_call' AND state = 'queued'`: "1",
	})
	w.do("desk.goto", args{"responseId": w.view().Script.ResponseID, "node": "opinion"})
	w.to("end_commit", args{"opinion": "accept", "pay_how": "link"})
	w.rows(map[string]string{`SELECT stage || ' ' || to_char(next_contact_at AT TIME ZONE 'Asia/Shanghai', 'DD') FROM renewal`: "committed 21"})
}

func TestAPromiseIsKeptAndAChangeAskedAgain(t *testing.T) {
	t.Parallel()
	w := newWorld(t).insured("renewal_quote", "renewal_quote_followup").withQuote().bridged()
	w.to("change", args{"identity": "self", "received": "yes", "opinion": "change"})
	w.say(args{"new_cover": "三者改成300万"})
	w.rows(map[string]string{`SELECT version || ' ' || state || ' ' || asked FROM quote WHERE state = 'draft'`: "2 draft 三者改成300万"})
	w2 := newWorld(t).insured("renewal_quote", "renewal_quote_followup").withQuote().bridged()
	w2.to("end_commit", args{"identity": "self", "received": "yes", "opinion": "promise", "promise_at": "2026-11-24T10:00:00+08:00"})
	w2.rows(map[string]string{`SELECT stage FROM renewal`: "committed"})
}

func TestAResultNeedsWhatItPromises(t *testing.T) {
	t.Parallel()
	w := newWorld(t).insured("renewal_first", "renewal_first_call").bridged().to("status", args{"identity": "self"}).hungUp()
	wrap := func(disposition string, more args) args {
		a := args{"attemptId": w.call, "disposition": disposition}
		for k, v := range more {
			a[k] = v
		}
		return a
	}
	byCode := map[string]string{}
	for _, o := range w.view().Wrap.Options {
		byCode[o.Code] = o.Needs
	}
	if byCode["I03"] != "time" || byCode["I06"] != "lost" || byCode["C01"] != "" {
		t.Errorf("needs %v", byCode)
	}
	for code, c := range map[string]args{
		"next_contact_needed": wrap("I03", nil), "lost_needed": wrap("I06", nil), "policy_missing": wrap("I05", nil),
		"lost_words": wrap("I06", args{"lost": args{"reason": "price", "words": "贵"}}), "callback_past": wrap("I03", args{"callbackAt": "2026-11-20T09:00:00+08:00"}),
	} {
		if got := w.refused("desk.wrap", c); got != code {
			t.Errorf("%v: %s, want %s", c, got, code)
		}
	}
	w.rows(map[string]string{`SELECT state || ' ' || (SELECT stage FROM renewal) FROM attempt`: "wrap contacting"})
	w.do("desk.wrap", wrap("I03", args{"callbackAt": "2026-11-24T10:00:00+08:00"}))
	w.rows(map[string]string{`SELECT state || ' ' || (SELECT stage FROM renewal) FROM attempt`: "done following"})
}

func TestASlotIsBookedWithTheResult(t *testing.T) {
	t.Parallel()
	w := newWorld(t).about("periodic_service", "reminder", "periodic_maintenance_reminder").bridged().to("mileage", args{"identity": "self"}).hungUp()
	if code := w.refused("desk.wrap", args{"attemptId": w.call, "disposition": "M01"}); code != "slot_needed" {
		t.Errorf("M01 without a slot: %s", code)
	}
	w.do("desk.wrap", args{"attemptId": w.call, "disposition": "M01", "slotAt": slotAt})
	w.rows(map[string]string{`SELECT state || ' ' || reason FROM appointment`: "booked periodic"})
}

func TestTheKeyABooksAtAnyMoment(t *testing.T) {
	t.Parallel()
	w := newWorld(t).bridged().to("speed_reception", nil)
	w.do("desk.book", args{"attemptId": w.call, "at": slotAt, "items": "玻璃水"})
	w.rows(map[string]string{`SELECT state || ' ' || kind || ' ' || items_zh FROM appointment`: "booked general 维修保养；玻璃水"})
	if _, err := w.try(id(), "desk.book", args{"attemptId": uuid.New(), "at": slotAt}); err == nil {
		t.Error("booked in a call that is not there")
	}
}

func TestTheSameFaultAgainIsOneReworkABookingAndANotice(t *testing.T) {
	t.Parallel()
	w := newWorld(t).about("followup_7d", "service", "followup_7d")
	w.db.Exec(t, `UPDATE task SET work_order_ids = ARRAY[$1]::uuid[]`, w.order)
	w.bridged()
	w.to("rework", args{"identity": "self", "effect": "recur", "effect_words": "方向盘又开始抖了，跟修之前一样"})
	w.say(args{"rework_when": slotAt})
	w.do("desk.goto", args{"responseId": w.view().Script.ResponseID, "node": "effect"})
	w.to("satisfaction", args{"effect": "recur", "effect_words": "方向盘又开始抖了，跟修之前一样", "rework_when": slotAt})
	w.rows(map[string]string{
		`SELECT count(*) || ' ' || min(cause) FROM rework`:                                    "1 same_fault",
		`SELECT source || ' ' || reason || ' ' || kind FROM appointment`:                      "rework rework general",
		`SELECT role || ' ' || urgency || ' ' || (text_zh LIKE '%原故障又出现%')::text FROM notice`: "service_manager today true",
	})
}

func TestATechnicianBooksCallsForHelpOrWritesTheForm(t *testing.T) {
	t.Parallel()
	w := newWorld(t).about("tech_callback", "service", "technician_callback").bridged()
	told := args{"identity": "self", "diagnosis": "电瓶亏电，充电后能启动"}
	back := func() { w.do("desk.goto", args{"responseId": w.view().Script.ResponseID, "node": "outcome_q"}) }
	w.to("slot", args{"identity": "self", "diagnosis": "电瓶亏电，充电后能启动", "result": "visit"})
	w.say(args{"slot": slotAt})
	back()
	told["result"] = "onsite"
	w.to("closing", told)
	back()
	told["result"] = "product"
	w.to("closing", told)
	w.rows(map[string]string{
		`SELECT state || ' ' || reason || ' ' || kind FROM appointment`:           "booked diagnosis general",
		`SELECT role || ' ' || urgency FROM notice`:                               "service_manager now",
		`SELECT categories[1] || ' ' || level || ' ' || verbatim FROM quick_form`: "product L2 电瓶亏电，充电后能启动",
		`SELECT array_to_string(departments, ',') FROM quick_form`:                "warranty",
	})
}

func TestAScriptWithAStepThatNobodyDoesIsNotWalked(t *testing.T) {
	t.Parallel()
	lib, err := library()
	if err != nil {
		t.Fatal(err)
	}
	var withheld []string
	for _, s := range lib.Scripts() {
		if !lib.Usable(s) {
			withheld = append(withheld, s.ID)
		}
	}
	if !slices.Equal(withheld, []string{"complaint_second_call", "hotline_inbound"}) {
		t.Errorf("withheld %v", withheld)
	}
	w := newWorld(t).about("complaint_second", "service", "complaint_second_call").bridged()
	if s := w.view().Script; s != nil {
		t.Errorf("the call is led by %+v", s)
	}
	w.hungUp()
	w.do("desk.wrap", args{"attemptId": w.call, "disposition": "C04"}) // a result is still given
}
