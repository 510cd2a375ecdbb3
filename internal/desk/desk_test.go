package desk

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"ringback/internal/errs"
)

func TestBridgeOpensTheScriptWithTheCustomersWords(t *testing.T) {
	t.Parallel()
	w := newWorld(t).bridged()
	s := w.view().Script
	if s == nil || s.Node.ID != "opening" {
		t.Fatalf("script %+v", s)
	}
	if want := "上午好，我是测试店客服林晓禾。"; s.Node.ZH != want {
		t.Errorf("opening %q, want %q", s.Node.ZH, want)
	}
	w.say(nil)
	if got := w.view().Script.Node.ZH; got != "请问是刘女士吗？" {
		t.Errorf("identity %q", got)
	}
	w.to("next_service", nil)
	if got := w.view().Script.Node.ZH; !strings.Contains(got, "2027年5月17日或28600公里，以先到为准") {
		t.Errorf("next service %q", got)
	}
}

func TestPlateAndWorkStayCoveredUntilTheCustomerIsKnown(t *testing.T) {
	t.Parallel()
	w := newWorld(t).bridged()
	w.say(nil)
	v := w.view()
	if c := v.Card; !c.Covered || c.Confirmed || c.Vehicle.Plate != "" || c.Vehicle.VIN != "" || c.Vehicle.Model != "" || c.Visit.RoNo != "" ||
		c.Visit.Items != "" || c.Visit.KindZH != "" || c.Visit.TotalFen != nil || len(c.Visits) != 0 {
		t.Errorf("uncovered before identity: %+v %+v %+v", c, c.Vehicle, c.Visit)
	}
	if got := v.Task.WhyZH; got != "三日回访：11月17日 来店，张伟 接待" {
		t.Errorf("why %q", got)
	}
	w.say(args{"identity": "self"})
	v = w.view()
	if c := v.Card; c.Covered || c.Vehicle.Plate != "宁Z3K218" || c.Visit.RoNo != "WT2611170128" || *c.Visit.TotalFen != 102600 || *c.Visit.LateMinutes != 72 {
		t.Errorf("covered after identity: %+v %+v", c.Vehicle, c.Visit)
	}
	if got := v.Task.WhyZH; got != "三日回访：11月17日 定期保养，张伟 接待" {
		t.Errorf("why %q", got)
	}
	if v.Call.CalledMasked != "154****0137" {
		t.Errorf("called %q", v.Call.CalledMasked)
	}
}

func TestAnotherPersonNeverSeesTheCar(t *testing.T) {
	t.Parallel()
	w := newWorld(t).bridged().to("identity", nil)
	w.say(args{"identity": "wrong"})
	if c := w.view().Card; !c.Covered || c.Vehicle.Plate != "" {
		t.Errorf("uncovered to a wrong number: %+v", c.Vehicle)
	}
}

func TestKilledBetweenTwoAnswersResumesAtTheSameNode(t *testing.T) {
	t.Parallel()
	w := newWorld(t).bridged().to("price_labour", args{"speed_completion": 6})
	before := w.view()
	w.open()
	after := w.view()
	if after.Script.Node.ID != "price_labour" || len(after.Script.Answers) != len(before.Script.Answers) || after.Saved.Answers != before.Saved.Answers {
		t.Errorf("after the restart at %s with %d answers, before %d", after.Script.Node.ID, len(after.Script.Answers), len(before.Script.Answers))
	}
	if got := after.Script.PendingFormZH; !strings.Contains(got, "完工速度 6 分") || !strings.Contains(got, "时效-完工延误") {
		t.Errorf("pending form %q", got)
	}
	if n := w.count(`SELECT count(*) FROM script_effect`); n != 1 {
		t.Errorf("%d effects, want the consent alone", n)
	}
	w.to("staff_service", nil)
}

func TestARepeatedCommandHasOneEffectAndTheSameAnswer(t *testing.T) {
	t.Parallel()
	w := newWorld(t).bridged().to("speed_reception", nil)
	s := w.view().Script
	cmd := id()
	a := args{"responseId": s.ResponseID, "node": "speed_reception", "key": "speed_reception", "value": 8}
	results := make([]string, 6)
	var wg sync.WaitGroup
	for i := range results {
		wg.Go(func() {
			raw, err := w.try(cmd, "desk.answer", a)
			results[i] = fmt.Sprint(string(raw), err)
		})
	}
	wg.Wait()
	for _, r := range results {
		if strings.ReplaceAll(r, " ", "") != `{"node":"speed_completion"}<nil>` {
			t.Errorf("result %s", r)
		}
	}
	if n := w.count(`SELECT count(*) FROM outbox WHERE kind = 'response.answer_saved' AND data::text <> ''`); n != len(s.Answers)+1+1 { // the opening's next, too
		t.Errorf("%d answers told, want %d", n, len(s.Answers)+2)
	}
	if _, err := w.try(cmd, "desk.next", args{}); errs.KindOf(err) != errs.Conflict {
		t.Errorf("another command with the same id: %v", err)
	}
}

func TestALowScoreOpensTheQuickFormAndSavesItOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t).bridged().to("quick/category", args{"price_parts": 4, "overall": 8})
	n := w.view().Script.Node
	if got := fmt.Sprint(n.Current.Value); got != "[price.parts]" {
		t.Errorf("proposed %s", got)
	}
	w.to("next_service", nil)
	v := w.view()
	if v.QuickForm == nil || v.QuickForm.Categories[0].ZH != "价格-配件贵/不透明" || v.QuickForm.Departments[0].Code != "parts" {
		t.Fatalf("form %+v", v.QuickForm)
	}
	if want := "20261120001"; !strings.HasPrefix(v.QuickForm.No, "KS") || !strings.HasSuffix(v.QuickForm.No, want) {
		t.Errorf("number %s, want …%s", v.QuickForm.No, want)
	}
	w.do("desk.quickForm", args{"responseId": v.Script.ResponseID})
	w.do("desk.answer", args{"responseId": v.Script.ResponseID, "node": "quick/what", "key": "quick.verbatim", "value": "改过的原话，客户又补充了几句"})
	v = w.view()
	if v.Script.Node.ID != "next_service" && v.Script.Node.ID != "blanks" {
		t.Errorf("stands on %s", v.Script.Node.ID)
	}
	if v.QuickForm.Verbatim != "改过的原话，客户又补充了几句" {
		t.Errorf("the form was not amended: %q", v.QuickForm.Verbatim)
	}
	if n := w.count(`SELECT count(*) FROM quick_form`); n != 1 {
		t.Errorf("%d forms", n)
	}
	w.to("closing", nil).hungUp()
	w.do("desk.wrap", args{"attemptId": w.call, "disposition": "C00"})
}

func TestUnsafeVehicleIsToldToTheServiceManager(t *testing.T) {
	t.Parallel()
	w := newWorld(t).bridged().to("quick/readback", args{"repair_quality": 3, "overall": 5, "quick.safe_to_drive": "no"})
	if got := w.text(`SELECT role || ' ' || urgency FROM notice`); got != "service_manager now" {
		t.Errorf("notice %q", got)
	}
	w.say(nil)
	if n := w.count(`SELECT count(*) FROM rework WHERE work_order_id = $1 AND state = 'reported'`, w.order); n != 1 {
		t.Errorf("%d reports of rework", n)
	}
}

func TestWrapClosesEverythingTogether(t *testing.T) {
	t.Parallel()
	w := newWorld(t).bridged().to("end_ok", args{"club_interest": "yes"})
	w.hungUp()
	v := w.view()
	if v.Wrap == nil || v.Wrap.Proposed != "C00" || len(v.Wrap.Missing) != 0 || v.Wrap.Options[0].Code != "C00" || v.Wrap.Options[0].Key != "Enter" {
		t.Fatalf("wrap %+v", v.Wrap)
	}
	if left := time.Until(*v.Wrap.Until); left < 110*time.Second || left > 120*time.Second {
		t.Errorf("time left %v", left)
	}
	cmd := id()
	if _, err := w.try(cmd, "desk.wrap", args{"attemptId": w.call, "disposition": "C00", "notes": "很客气"}); err != nil {
		t.Fatal(err)
	}
	if _, err := w.try(cmd, "desk.wrap", args{"attemptId": w.call, "disposition": "C00"}); err != nil {
		t.Errorf("the repeated command: %v", err)
	}
	for sql, want := range map[string]string{
		`SELECT state FROM task`:                                                 "completed",
		`SELECT state || disposition FROM attempt`:                               "doneC00",
		`SELECT state FROM agent_session`:                                        "ready",
		`SELECT completed::text || coalesce(nps, -1) FROM response`:              "true10",
		`SELECT disposition || notes FROM call_outcome`:                          "C00很客气",
		`SELECT (score_index BETWEEN 800 AND 1000)::text FROM response`:          "true",
		`SELECT template || state FROM sms`:                                      "club_introqueued",
		`SELECT string_agg(purpose || state, ' ' ORDER BY purpose) FROM consent`: "marketinggiven recordinggiven",
	} {
		if got := w.text(sql); got != want {
			t.Errorf("%s: %q, want %q", sql, got, want)
		}
	}
	if v := w.view(); v.LastCall == nil || v.LastCall.DispositionZH != "完成" || v.Call != nil || v.Today.Completed != 1 {
		t.Errorf("after the call: %+v %+v %+v", v.LastCall, v.Call, v.Today)
	}
}

func TestWrapThatFailsChangesNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t).bridged().to("end_ok", nil).hungUp()
	w.line.broken = errors.New("the dialer is away")
	cmd := id()
	if _, err := w.try(cmd, "desk.wrap", args{"attemptId": w.call, "disposition": "C00"}); err == nil {
		t.Fatal("wrapped")
	}
	for sql, want := range map[string]string{
		`SELECT state FROM task`: "in_progress", `SELECT state FROM attempt`: "wrap", `SELECT state FROM agent_session`: "wrapup",
		`SELECT (finished_at IS NULL)::text FROM response`: "true", `SELECT disposition FROM call_outcome`: "",
	} {
		if got := w.text(sql); got != want {
			t.Errorf("%s: %q, want %q", sql, got, want)
		}
	}
	w.line.broken = nil
	if _, err := w.try(cmd, "desk.wrap", args{"attemptId": w.call, "disposition": "C00"}); err != nil {
		t.Errorf("the same command again: %v", err)
	}
}

func TestCompleteNeedsItsRequiredAnswers(t *testing.T) {
	t.Parallel()
	w := newWorld(t).bridged().to("facility", nil).hungUp()
	if v := w.view(); v.Wrap.Proposed != "C01" || len(v.Wrap.Missing) != 1 || v.Wrap.Missing[0].Key != "overall" {
		t.Errorf("wrap %+v", v.Wrap)
	}
	_, err := w.try(id(), "desk.wrap", args{"attemptId": w.call, "disposition": "C00"})
	if e, ok := errs.Of(err); !ok || e.Code != "answers_missing" || !strings.Contains(e.ZH, "总体") {
		t.Errorf("got %v", err)
	}
	w.do("desk.wrap", args{"attemptId": w.call, "disposition": "C01"})
	if got := w.text(`SELECT state FROM task`); got != "retry_wait" {
		t.Errorf("task %s", got)
	}
}

func TestAgreedCallbackNeedsATimeAhead(t *testing.T) {
	t.Parallel()
	w := newWorld(t).bridged().to("purpose", nil)
	resp := w.view().Script.ResponseID
	for _, bad := range []string{"2026-11-20T09:00:00+08:00", "2026-11-20T22:00:00+08:00"} {
		if _, err := w.try(id(), "desk.callback", args{"responseId": resp, "at": bad}); errs.KindOf(err) != errs.Invalid {
			t.Errorf("%s: %v", bad, err)
		}
	}
	w.do("desk.callback", args{"responseId": resp, "at": "2026-11-20T16:30:00+08:00"})
	w.hungUp()
	if v := w.view(); v.Wrap.Proposed != "C02" || v.Wrap.CallbackAt == nil {
		t.Errorf("wrap %+v", v.Wrap)
	}
	w.do("desk.wrap", args{"attemptId": w.call, "disposition": "C02"})
	if got := w.text(`SELECT state || ' ' || to_char(callback_at AT TIME ZONE 'Asia/Shanghai', 'HH24:MI') FROM task`); got != "retry_wait 16:30" {
		t.Errorf("task %s", got)
	}
}

func TestDoNotCallIsWrittenAndClosesTheTask(t *testing.T) {
	t.Parallel()
	w := newWorld(t).bridged().to("arrival", nil)
	if node := w.do("desk.dnc", args{"responseId": w.view().Script.ResponseID, "scope": "survey"}); node != "closing" {
		t.Errorf("stands on %s", node)
	}
	w.hungUp()
	if v := w.view(); v.Wrap.Proposed != "C05" {
		t.Errorf("proposed %s", v.Wrap.Proposed)
	}
	w.do("desk.wrap", args{"attemptId": w.call, "disposition": "C05"})
	if got := w.text(`SELECT state FROM task`); got != "refused" {
		t.Errorf("task %s", got)
	}
	if n := w.count(`SELECT count(*) FROM number_dnc WHERE scope = 'survey' AND to_at IS NULL`); n != 1 {
		t.Errorf("%d entries", n)
	}
}

func TestWrongNumberMarksThePhoneEvenWhenTheCustomerHangsUpAtOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t).bridged().to("wrong_number", args{"identity": "wrong"}).hungUp()
	if p := w.view().Wrap.Proposed; p != "C06" {
		t.Errorf("proposed %s", p)
	}
	w.do("desk.wrap", args{"attemptId": w.call, "disposition": "C06"})
	if got := w.text(`SELECT status FROM customer_phone`); got != "wrong" {
		t.Errorf("phone %s", got)
	}
}

func TestHangingUpBeforeTheClosingNeedsAReason(t *testing.T) {
	t.Parallel()
	w := newWorld(t).bridged().to("facility", nil)
	_, err := w.try(id(), "desk.hangup", args{})
	if e, ok := errs.Of(err); !ok || e.Code != "early_reason_needed" {
		t.Fatalf("got %v", err)
	}
	w.do("desk.hangup", args{"earlyReason": "customer_silent"})
	if got := w.text(`SELECT early_reason FROM call_outcome`); got != "customer_silent" || len(w.line.hungUp) != 1 {
		t.Errorf("kept %q, hung up %v", got, w.line.hungUp)
	}
	w.to("closing", nil)
	if after := w.view().Script.Node.HangupAfter; after == nil || time.Until(*after) > hangWait {
		t.Errorf("hang-up free at %v", after)
	}
	w.db.Exec(t, `UPDATE response SET path = (SELECT jsonb_agg(s || '{"at":"2026-01-01T00:00:00Z"}') FROM jsonb_array_elements(path) s)`)
	w.do("desk.hangup", args{})
}

func TestOverdueWrapUpPausesTheAgentAndKeepsEverything(t *testing.T) {
	t.Parallel()
	w := newWorld(t).bridged().to("nps", nil).hungUp()
	w.do("desk.wrapMore", args{"attemptId": w.call})
	if err := w.desk.overdueOnce(context.Background(), time.Now().Add(wrapTime+20*time.Second)); err != nil {
		t.Fatal(err)
	}
	if got := w.text(`SELECT state FROM attempt`); got != "wrap" {
		t.Errorf("30 s more were given, but the call is %s", got)
	}
	if err := w.desk.overdueOnce(context.Background(), time.Now().Add(wrapTime+40*time.Second)); err != nil {
		t.Fatal(err)
	}
	for sql, want := range map[string]string{
		`SELECT state FROM attempt`: "wrap_overdue", `SELECT state || reason FROM agent_session`: "pausedforced",
		`SELECT state FROM task`: "in_progress",
	} {
		if got := w.text(sql); got != want {
			t.Errorf("%s: %q, want %q", sql, got, want)
		}
	}
	if v := w.view(); v.Wrap == nil || v.Saved.Answers < 10 {
		t.Errorf("the result can still be given: %+v %+v", v.Wrap, v.Saved)
	}
	_, err := w.try(id(), "desk.ready", nil)
	if e, ok := errs.Of(err); !ok || e.Code != "result_owed" {
		t.Errorf("ready with a result owed: %v", err)
	}
	w.do("desk.wrap", args{"attemptId": w.call, "disposition": "C01"})
	if got := w.text(`SELECT state || reason FROM agent_session`); got != "pausedforced" {
		t.Errorf("agent %s", got)
	}
	w.do("desk.ready", nil)
	if got := w.text(`SELECT state FROM agent_session`); got != "ready" {
		t.Errorf("agent %s", got)
	}
}

func TestWhoSignsOnWithAResultOwedBeginsPaused(t *testing.T) {
	t.Parallel()
	w := newWorld(t).bridged().to("nps", nil).hungUp()
	if err := w.desk.overdueOnce(context.Background(), time.Now().Add(wrapTime+time.Second)); err != nil {
		t.Fatal(err)
	}
	w.do("desk.signOff", nil)
	w.signedOn()
	if got := w.text(`SELECT state || reason FROM agent_session WHERE signed_off_at IS NULL`); got != "pausedforced" {
		t.Errorf("agent %s", got)
	}
	if v := w.view(); v.Wrap == nil || v.Call == nil || v.Call.AttemptID != w.call.String() {
		t.Errorf("the call that owes its result: %+v", v.Call)
	}
}

func TestASecondPageAsksToTakeOver(t *testing.T) {
	t.Parallel()
	w := newWorld(t).bridged()
	w.view()
	w.do("desk.signOn", args{"device": "browser"})
	other := Caller{Scope: w.scope, User: w.agent, Client: "page 2"}
	_, err := w.desk.Do(context.Background(), other, id(), "desk.ready", []byte("{}"))
	if e, ok := errs.Of(err); !ok || e.Code != "desk_elsewhere" {
		t.Fatalf("got %v", err)
	}
	if v, err := w.desk.Snapshot(context.Background(), other); err != nil || !v.Elsewhere {
		t.Errorf("elsewhere %v %v", v.Elsewhere, err)
	}
	if _, err := w.desk.Do(context.Background(), other, id(), "desk.signOn", []byte(`{"device":"browser"}`)); errs.KindOf(err) != errs.Conflict {
		t.Errorf("signed on without asking: %v", err)
	}
	if _, err := w.desk.Do(context.Background(), other, id(), "desk.signOn", []byte(`{"device":"browser","takeOver":true}`)); err != nil {
		t.Fatal(err)
	}
	if v := w.view(); !v.Elsewhere || v.State != "talking" {
		t.Errorf("the first page after the take-over: %+v", v)
	}
}

func TestFirstAudioMakesTheAgentReady(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.do("desk.signOn", args{"device": "browser"})
	if v := w.view(); v.State != "paused" || v.Reason != signingOn || v.Audio != "down" {
		t.Errorf("signed on: %s %s %s", v.State, v.Reason, v.Audio)
	}
	raw, err := w.try(id(), "desk.audio.offer", args{"sdp": "v=0"})
	if err != nil || !strings.Contains(string(raw), "answer to v=0") {
		t.Fatalf("%s %v", raw, err)
	}
	if v := w.view(); v.Audio != "connecting" {
		t.Errorf("audio %s", v.Audio)
	}
	w.voice.on(true)
	if v := w.view(); v.State != "ready" || v.Audio != "up" {
		t.Errorf("with audio: %s %s", v.State, v.Audio)
	}
}

func TestDeskPhoneThatIsAwayIsToldInWords(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	_, err := w.try(id(), "desk.signOn", args{"device": "phone"})
	if e, ok := errs.Of(err); !ok || e.Code != "phone_away" || !strings.Contains(e.ZH, "8001") {
		t.Fatalf("got %v", err)
	}
	if v := w.view(); v.State != "offline" || !strings.HasPrefix(v.PhoneExtension.Number, "8001") {
		t.Errorf("state %s, phone %+v", v.State, v.PhoneExtension)
	}
	w.voice.registered = true
	w.do("desk.signOn", args{"device": "phone"})
	w.voice.on(true)
	if v := w.view(); v.State != "ready" || v.Device != "phone" {
		t.Errorf("%s on %s", v.State, v.Device)
	}
}

func TestADeskPhoneThatAnswersAtOnceMakesTheAgentReady(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.voice.registered, w.voice.atOnce = true, true
	w.do("desk.signOn", args{"device": "phone"})
	if v := w.view(); v.State != "ready" || v.Audio != "up" {
		t.Errorf("%s, audio %s", v.State, v.Audio)
	}
}

func TestWordsOfTheCustomerAreKeptBeforeAndAfterTheAnswer(t *testing.T) {
	t.Parallel()
	w := newWorld(t).bridged().to("staff_service", nil)
	resp := w.view().Script.ResponseID
	w.do("desk.verbatim", args{"responseId": resp, "key": "staff_service", "text": "小张接车挺热情的"})
	if c := w.view().Script.Node.Current; c == nil || c.Verbatim != "小张接车挺热情的" {
		t.Fatalf("current %+v", c)
	}
	w.to("quoted_first", nil)
	w.do("desk.verbatim", args{"responseId": resp, "key": "speed_completion", "text": "说好四点交车"})
	var got []string
	for _, a := range w.view().Script.Answers {
		if a.Verbatim != "" {
			got = append(got, a.Key+"="+a.Verbatim)
		}
	}
	if strings.Join(got, " ") != "speed_completion=说好四点交车 staff_service=小张接车挺热情的" {
		t.Errorf("words %v", got)
	}
	if v := w.view(); v.Saved.Words != 2 {
		t.Errorf("saved %+v", v.Saved)
	}
}

func TestNobodyElseMayAnswerForAnAgent(t *testing.T) {
	t.Parallel()
	w := newWorld(t).bridged()
	s := w.view().Script
	stranger := Caller{Scope: w.scope, User: id(), Client: "x"}
	_, err := w.desk.Do(context.Background(), stranger, id(), "desk.next", []byte(`{"responseId":"`+s.ResponseID+`","node":"opening"}`))
	if errs.KindOf(err) != errs.Forbidden {
		t.Errorf("got %v", err)
	}
}

func TestAKeyIsPressedIntoTheCall(t *testing.T) {
	t.Parallel()
	w := newWorld(t).bridged()
	w.do("desk.dtmf", args{"digit": "5"})
	if _, err := w.try(id(), "desk.dtmf", args{"digit": "55"}); errs.KindOf(err) != errs.Invalid {
		t.Errorf("two keys at once: %v", err)
	}
	if _, err := w.try(id(), "desk.dtmf", args{"digit": "x"}); errs.KindOf(err) != errs.Invalid {
		t.Errorf("not a key: %v", err)
	}
	if string(w.line.digits) != "5" {
		t.Errorf("pressed %q", w.line.digits)
	}
}

func TestTimelineTellsTheCallInWords(t *testing.T) {
	t.Parallel()
	w := newWorld(t).bridged().to("speed_completion", nil)
	w.say(args{"speed_completion": 6})
	w.hungUp()
	var zh []string
	for _, m := range w.view().Call.Timeline {
		zh = append(zh, m.ZH)
	}
	text := strings.Join(zh, "|")
	for _, want := range []string{"拨出", "对方振铃", "对方接起", "接到您", "身份：本人/送修人", "完工速度：6 分，不满意", "客户先挂机，通话 "} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is missing in %s", want, text)
		}
	}
}

func TestACallThatBrokeOffIsGoneOnWithTheNextTime(t *testing.T) {
	t.Parallel()
	w := newWorld(t).bridged().to("price_labour", args{"speed_checkout": 8}).hungUp()
	w.do("desk.wrap", args{"attemptId": w.call, "disposition": "C01"})
	w.call = id()
	w.db.Exec(t, `UPDATE task SET state = 'in_progress'`)
	w.bridged().to("purpose", nil)
	if node := w.say(nil); node != "price_labour" {
		t.Fatalf("the second call goes on at %s", node)
	}
	w.to("end_ok", nil).hungUp()
	if p := w.view().Wrap.Proposed; p != "C00" {
		t.Errorf("proposed %s", p)
	}
	w.do("desk.wrap", args{"attemptId": w.call, "disposition": "C00"})
	if n := w.count(`SELECT count(*) FROM answer WHERE key = 'speed_checkout'`); n != 1 {
		t.Errorf("the first call's answer is kept %d times", n)
	}
	if n := w.count(`SELECT count(*) FROM response WHERE completed AND score_index IS NOT NULL`); n != 1 {
		t.Errorf("%d completed responses", n)
	}
}
