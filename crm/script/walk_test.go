package script

import (
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

var shippedOnce = sync.OnceValues(Shipped)

func library(t testing.TB) *Library {
	t.Helper()
	l, err := shippedOnce()
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// talk answers a script to its end; what is not given gets some answer that is
// valid, skipped where that is allowed.
type talk struct {
	t       testing.TB
	w       *Walk
	answers map[string]any
	effects []string
	seen    []string
	saved   []Given
}

func begin(t testing.TB, id string, answers, vars map[string]any) *talk {
	t.Helper()
	l := library(t)
	w, out, err := l.Begin(l.Latest(id), vars, nil, time.Unix(0, 0))
	if err != nil {
		t.Fatal(err)
	}
	c := &talk{t: t, w: w, answers: answers}
	c.note(out)
	return c
}

func (c *talk) note(out Moved) {
	for _, d := range out.Effects {
		c.effects = append(c.effects, d.Effect.Do)
	}
	c.saved = append(c.saved, out.Saved...)
	c.seen = append(c.seen, c.w.Node)
}

func (c *talk) step() bool {
	c.t.Helper()
	n, _, prefix := c.w.At(c.w.Node)
	var out Moved
	var err error
	switch n.Kind {
	case End:
		return false
	case Say:
		out, err = c.w.Next(c.w.Node)
	default:
		out, err = c.w.Answer(c.w.Node, prefix+n.Key, c.input(n, prefix))
	}
	if err != nil {
		c.t.Fatalf("%s at %s: %v", c.w.script.ID, c.w.Node, err)
	}
	c.note(out)
	return true
}

func (c *talk) toEnd() *talk {
	c.t.Helper()
	for range 300 {
		if !c.step() {
			return c
		}
	}
	c.t.Fatalf("%s does not end: %v", c.w.script.ID, c.seen)
	return c
}

func (c *talk) to(node string) *talk {
	c.t.Helper()
	for range 300 {
		if c.w.Node == node {
			return c
		}
		if !c.step() {
			break
		}
	}
	c.t.Fatalf("never came to %s: %v", node, c.seen)
	return c
}

func (c *talk) input(n *Node, prefix string) Input {
	v, ok := c.answers[prefix+n.Key]
	if list, many := v.([]any); many {
		v = list[0]
		if len(list) > 1 {
			c.answers[prefix+n.Key] = list[1:]
		}
	}
	switch x := v.(type) {
	case int:
		return Input{Value: float64(x)}
	case Input:
		return x
	case string:
		if x == "t" {
			x = "2026-11-20T15:00:00+08:00"
		}
		if n.Answer.Type == "verbatim" && len([]rune(x)) < 10 {
			x = strings.Repeat(x, 10)
		}
		return Input{Value: x}
	}
	if ok {
		return Input{Value: v}
	}
	return some(n)
}

func some(n *Node) Input {
	switch a := n.Answer; {
	case a.NA:
		return Input{Skipped: SkipNA}
	case a.Refuse:
		return Input{Skipped: SkipRefused}
	case !a.Required:
		return Input{Skipped: SkipNone}
	case a.Type == "choice":
		return Input{Value: a.Options[0].Value}
	case a.Type == "multi":
		return Input{Value: []string{a.Options[0].Value}}
	case a.Type == "yesno":
		return Input{Value: "yes"}
	case strings.HasPrefix(a.Type, "score") || a.Type == "nps" || a.Type == "number":
		return Input{Value: 5.0}
	case a.Type == "datetime":
		return Input{Value: "2026-11-20T15:00:00+08:00"}
	}
	return Input{Value: "客户说的话在这里原样记下来"}
}

func happy(more map[string]any) map[string]any {
	m := map[string]any{
		"identity": "self", "can_talk": "yes", "arrival": "appt_ok", "speed_reception": 10, "speed_completion": 10,
		"speed_checkout": 10, "price_parts": 9, "price_labour": 9, "staff_service": 10, "quoted_first": "yes", "explained": "yes",
		"repair_quality": 10, "fixed_first": "yes", "paint_quality": 9, "cleanliness": 10, "facility": 9, "overall": 10, "nps": 10, "club_interest": "no",
	}
	for k, v := range more {
		m[k] = v
	}
	return m
}

// The sample paths of the domain's own interpreter (T-S2 to T-S8, T-S11, T-S12).
func TestSamplePaths(t *testing.T) {
	type m = map[string]any
	member := m{"is_paint_job": false, "is_club_member": true}
	tests := []struct {
		name, script  string
		answers, vars m
		outcome       string
		does          []string
		doesNot       []string
		asks, skips   []string
	}{
		{"all well", "csi_followup_3d", happy(nil), member, "C00", nil, []string{"create_quick_form"}, nil, []string{"why_not_full", "club", "paint_quality", "quick/what"}},
		{"parts too dear", "csi_followup_3d", happy(m{"price_parts": 4}), m{"is_paint_job": true, "is_club_member": false}, "C00", []string{"create_quick_form"}, nil, []string{"paint_quality", "quick/what", "club"}, []string{"why_not_full"}},
		{"wrong number", "csi_followup_3d", m{"identity": "wrong"}, nil, "C06", []string{"mark_phone"}, nil, nil, []string{"purpose"}},
		{"never again", "csi_followup_3d", m{"identity": "self", "can_talk": "never"}, nil, "C05", []string{"add_dnc", "record_consent"}, nil, nil, []string{"arrival"}},
		{"another time", "csi_followup_3d", m{"identity": "self", "can_talk": "later", "callback_at": "t"}, nil, "C02", []string{"schedule_callback", "set_preferred_time"}, nil, nil, nil},
		{"sold", "csi_followup_3d", m{"identity": "sold"}, nil, "C09", []string{"ownership_review"}, nil, nil, []string{"purpose"}},
		{"someone else", "csi_followup_3d", m{"identity": "other"}, nil, "C07", nil, []string{"schedule_callback"}, nil, nil},
		{"renewal bought elsewhere", "renewal_first_call", m{"identity": "self", "care": "ok", "status": "bought", "lost_reason": "price", "competitor": "x", "lost_words": "y"}, nil, "I06", []string{"set_renewal_lost"}, nil, []string{"lost_reason", "competitor", "lost_words"}, nil},
		{"renewal unhappy first", "renewal_first_call", m{"identity": "self", "care": "unhappy", "status": "open", "consent_quote": "yes", "cover": []string{"same"}, "quote_channel": []string{"sms"}, "next_contact": "t"}, nil, "I01", []string{"create_quick_form", "request_quote"}, nil, nil, nil},
		{"renewal no quote", "renewal_first_call", m{"identity": "self", "care": "ok", "status": "open", "consent_quote": "no", "next_time": "t"}, nil, "I07", nil, []string{"request_quote"}, nil, nil},
		{"quote discount", "renewal_quote_followup", m{"identity": "self", "received": "yes", "opinion": "discount", "next_contact": "t"}, nil, "I03", []string{"create_task"}, nil, nil, nil},
		{"complaint not solved", "complaint_second_call", m{"identity": "self", "contacted": "yes", "solved": "partly", "result": 3, "accept": "no", "escalate2": "no"}, nil, "Q03", []string{"reopen_complaint"}, nil, nil, nil},
		{"complaint solved", "complaint_second_call", m{"identity": "self", "contacted": "yes", "solved": "yes", "result": 5}, nil, "Q01", []string{"close_complaint"}, nil, nil, nil},
		{"complaint escalated", "complaint_second_call", m{"identity": "self", "contacted": "no", "solved": "no", "escalate1": "yes"}, nil, "Q05", []string{"escalate_complaint"}, nil, nil, nil},
		{"hotline tech", "hotline_inbound", m{"need": "tech", "kb_found": "no", "phone": "1", "more": "no"}, nil, "H02", []string{"create_tech_callback"}, nil, nil, nil},
		{"hotline tech then solved", "hotline_inbound", m{"need": "tech", "kb_found": "no", "phone": "1", "more": []any{"yes", "no"}, "solved": "yes"}, nil, "H02", []string{"create_tech_callback"}, nil, nil, nil},
		{"hotline solved", "hotline_inbound", m{"need": "consult", "solved": "yes", "phone": "1", "more": "no"}, nil, "H01", nil, []string{"create_tech_callback"}, nil, nil},
		{"hotline booking", "hotline_inbound", m{"need": "booking", "phone": "1", "slot": "t", "more": "no"}, nil, "H04", []string{"create_appointment"}, nil, nil, nil},
		{"hotline complaint", "hotline_inbound", m{"need": "complaint", "phone": "1", "more": "no"}, nil, "H03", nil, nil, nil, nil},
		{"seven days, fault again", "followup_7d", m{"identity": "self", "effect": "recur", "effect_words": "w", "satisfaction": 4}, nil, "C00", []string{"create_rework"}, nil, nil, nil},
		{"first service not due", "first_service_reminder", m{"identity": "self", "got_letter": "no", "mileage": 3100, "intent": "notdue"}, nil, "M05", []string{"recompute_maintenance", "send_sms"}, nil, nil, nil},
		{"maintenance too dear", "periodic_maintenance_reminder", m{"identity": "self", "intent": "price", "intent2": "no", "why_no": "price"}, nil, "M07", []string{"set_churn_reason"}, nil, nil, nil},
		{"no-show, no more", "appointment_confirm", m{"identity": "self", "noshow_reason": "x", "rebook": Input{Skipped: SkipNA}}, m{"is_noshow": true}, "A05", nil, []string{"create_appointment"}, nil, nil},
		{"no-show booked again", "appointment_confirm", m{"identity": "self", "rebook": "t"}, m{"is_noshow": true}, "A04", []string{"create_appointment"}, nil, nil, nil},
		{"pressed to buy", "ssi_new_car", m{"identity": "self", "promised": "yes", "explained": "yes", "pressure": "yes", "car_ok": "yes", "overall": 9, "consultant": 10, "deal": 9, "delivery": 9}, nil, "C00", []string{"create_quick_form"}, nil, nil, nil},
		{"won back", "churn_winback", m{"identity": "self", "where": "local", "reason": "attitude", "words": "w", "intent": "book", "slot": "t"}, nil, "W01", []string{"create_quick_form"}, nil, nil, nil},
		{"member not quite happy", "followup_club", m{"identity": "self", "overall": 7, "staff_service": 9, "repair_quality": 9}, nil, "C00", []string{"create_quick_form"}, nil, nil, nil},
		{"birthday", "care_and_contact", m{"identity": "self"}, m{"occasion": "birthday"}, "C00", nil, nil, []string{"birthday"}, nil},
		{"technician finds a product fault", "technician_callback", m{"identity": "self", "result": "product"}, nil, "C00", []string{"create_quick_form"}, nil, nil, nil},
		{"notice without reply", "notice_and_invite", m{"identity": "self"}, m{"needs_reply": false}, "C00", nil, nil, nil, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := begin(t, tt.script, tt.answers, tt.vars).toEnd()
			if got := c.w.Outcome(); got != tt.outcome {
				t.Errorf("outcome %s, want %s; way %v", got, tt.outcome, c.seen)
			}
			for _, do := range tt.does {
				if n := count(c.effects, do); n != 1 {
					t.Errorf("%s done %d times, want once: %v", do, n, c.effects)
				}
			}
			for _, do := range tt.doesNot {
				if slices.Contains(c.effects, do) {
					t.Errorf("%s must not be done", do)
				}
			}
			last := -1
			for _, node := range tt.asks {
				at := slices.Index(c.seen, node)
				if at <= last {
					t.Errorf("%s not asked in order: %v", node, c.seen)
				}
				last = at
			}
			for _, node := range tt.skips {
				if slices.Contains(c.seen, node) {
					t.Errorf("%s must not be shown: %v", node, c.seen)
				}
			}
		})
	}
}

func count(list []string, x string) int {
	n := 0
	for _, y := range list {
		if x == y {
			n++
		}
	}
	return n
}

func TestSkippedQuestionsAreStoredWithTheirReason(t *testing.T) {
	c := begin(t, "csi_followup_3d", happy(nil), map[string]any{"is_paint_job": false, "is_club_member": true}).toEnd()
	for key, why := range map[string]string{"paint_quality": SkipNotApplicable, "club_interest": SkipNotApplicable} {
		g, ok := c.w.Given(key)
		if !ok || g.Skipped != why {
			t.Errorf("%s: %+v, want skipped %s", key, g, why)
		}
	}
	if missing := c.w.Missing(); len(missing) > 0 {
		t.Errorf("missing %v", missing)
	}
}

func TestShortWayAsksOnlyItsKeys(t *testing.T) {
	c := begin(t, "csi_followup_3d", happy(map[string]any{"can_talk": "short", "overall": 9}), map[string]any{"is_club_member": false}).toEnd()
	asked := []string{}
	for _, g := range c.w.Answers() {
		asked = append(asked, g.Key)
	}
	want := []string{"identity", "can_talk", "staff_service", "repair_quality", "overall", "opinion"}
	if !slices.Equal(asked, want) {
		t.Errorf("asked %v, want %v", asked, want)
	}
	if g, _ := c.w.Given("nps"); g.Skipped != SkipShort {
		t.Errorf("nps %+v, want skipped short", g)
	}
	if got := c.w.Outcome(); got != "C00" {
		t.Errorf("outcome %s", got)
	}
}

func TestShortButtonSkipsTheQuestionOnTheScreen(t *testing.T) {
	c := begin(t, "csi_followup_3d", happy(nil), nil).to("price_parts")
	if _, err := c.w.Shorten(); err != nil {
		t.Fatal(err)
	}
	if c.w.Node != "staff_service" {
		t.Errorf("stands on %s, want staff_service", c.w.Node)
	}
}

func TestDoNotCallButtonClosesWithC05(t *testing.T) {
	c := begin(t, "csi_followup_3d", happy(nil), nil).to("facility")
	if _, err := c.w.Close("C05"); err != nil {
		t.Fatal(err)
	}
	if c.w.Node != "closing" || c.w.Outcome() != "C05" {
		t.Errorf("at %s with %s", c.w.Node, c.w.Outcome())
	}
	if c.w.Closing().IsZero() {
		t.Error("the closing has begun")
	}
	if c.toEnd(); c.w.Outcome() != "C05" {
		t.Errorf("outcome %s, want C05", c.w.Outcome())
	}
}

func TestOutcomeByWhereTheCallStopped(t *testing.T) {
	for _, tt := range []struct {
		node    string
		answers map[string]any
		want    string
	}{
		{"opening", nil, "C13"},
		{"identity", nil, "C13"},
		{"purpose", happy(nil), "C13"},
		{"arrival", happy(nil), "C01"},
		{"nps", happy(nil), "C01"},
		{"later", happy(map[string]any{"can_talk": "later"}), "C03"},
		{"refuse", happy(map[string]any{"can_talk": "refuse"}), "C04"},
		{"third_party", happy(map[string]any{"identity": "other"}), "C07"},
		{"next_service", happy(map[string]any{"overall": 4}), "C11"},
		{"closing", happy(nil), "C00"},
		{"quick/level", happy(map[string]any{"overall": 4}), "C01"},
	} {
		c := begin(t, "csi_followup_3d", tt.answers, nil)
		if tt.answers == nil {
			c.answers = happy(nil)
		}
		if got := c.to(tt.node).w.Outcome(); got != tt.want {
			t.Errorf("at %s: %s, want %s", tt.node, got, tt.want)
		}
	}
}

func TestIdentityIsKnownOnlyByTheCustomer(t *testing.T) {
	c := begin(t, "csi_followup_3d", happy(nil), nil).to("identity")
	if c.w.Identified {
		t.Error("known before the answer")
	}
	if c.to("arrival"); !c.w.Identified {
		t.Error("not known after self")
	}
	c = begin(t, "csi_followup_3d", map[string]any{"identity": "other"}, nil).toEnd()
	if c.w.Identified {
		t.Error("another person is not the customer")
	}
}

func TestRequiredWordsNeedTheirLength(t *testing.T) {
	c := begin(t, "csi_followup_3d", happy(map[string]any{"overall": 4}), nil).to("why_not_full")
	for _, in := range []Input{{}, {Value: "慢"}, {Skipped: SkipNA}, {Skipped: SkipRefused}} {
		if _, err := c.w.Answer("why_not_full", "why", in); err == nil {
			t.Errorf("%+v was taken", in)
		}
	}
	if _, err := c.w.Answer("why_not_full", "why", Input{Value: "等得太久"}); err != nil {
		t.Errorf("four characters are enough: %v", err)
	}
	c.to("quick/what")
	if _, err := c.w.Answer("quick/what", "quick.verbatim", Input{Value: "等得太久"}); err == nil {
		t.Error("complaint words need ten characters")
	}
}

func TestResumeGoesOnFromTheSameNode(t *testing.T) {
	c := begin(t, "csi_followup_3d", happy(nil), nil).to("explained")
	all := []Given{}
	for _, list := range c.w.given {
		all = append(all, list...)
	}
	w := c.w.lib.Resume(c.w.script, nil, c.w.State, nil, all, time.Unix(9, 0))
	if _, err := w.Answer("explained", "explained", Input{Value: "no"}); err != nil {
		t.Fatal(err)
	}
	if w.Node != "repair_quality" {
		t.Errorf("stands on %s", w.Node)
	}
}

func TestPendingFormIsForetold(t *testing.T) {
	c := begin(t, "csi_followup_3d", happy(map[string]any{"speed_completion": 6}), nil).to("facility")
	if n := c.w.FormAfter(); n == nil || n.ID != "opinion" {
		t.Errorf("form after %v, want opinion", n)
	}
	if f := c.w.Failing(); len(f) != 1 || f[0] != (Failing{Key: "speed_completion", Dept: "workshop"}) {
		t.Errorf("failing %v", f)
	}
	if p := c.w.Progress(); p.Done != 14 || p.Total != 25 {
		t.Errorf("progress %+v", p)
	}
	if n := c.w.NextLine(); n == nil || n.ID != "overall" {
		t.Errorf("next line %v", n)
	}
}

func TestWordsMayWaitForTheirAnswer(t *testing.T) {
	c := begin(t, "csi_followup_3d", happy(nil), nil).to("staff_service")
	g, ok := c.w.Pending("staff_service", "小张挺热情")
	if !ok {
		t.Fatal("words for the question on the screen were refused")
	}
	if _, ok := c.w.Pending("nps", "x"); ok {
		t.Error("words for a question that has not come")
	}
	w := c.w.lib.Resume(c.w.script, nil, c.w.State, nil, []Given{g}, time.Unix(9, 0))
	if w.has("staff_service") {
		t.Error("words alone are no answer")
	}
	out, err := w.Answer("staff_service", "staff_service", Input{Value: 9.0})
	if err != nil {
		t.Fatal(err)
	}
	if s := out.Saved[0]; s.Verbatim != "小张挺热情" || *s.Num != 9 || s.Seq == 0 {
		t.Errorf("saved %+v", s)
	}
}

func TestASecondCallGoesOnAtTheFirstUnansweredQuestion(t *testing.T) {
	first := begin(t, "csi_followup_3d", happy(map[string]any{"speed_checkout": 8}), nil).to("price_labour")
	w, _, err := first.w.lib.Begin(first.w.script, nil, first.w.Answers(), time.Unix(9, 0))
	if err != nil {
		t.Fatal(err)
	}
	second := &talk{t: t, w: w, answers: happy(nil)}
	second.to("price_labour")
	if want := []string{"identity", "purpose", "price_labour"}; !slices.Equal(second.seen, want) {
		t.Errorf("the second call showed %v, want %v after the opening", second.seen, want)
	}
	if g, ok := w.Given("speed_checkout"); !ok || *g.Num != 8 {
		t.Errorf("the first call's answer: %+v", g)
	}
	if second.toEnd(); w.Outcome() != "C00" {
		t.Errorf("outcome %s, missing %v", w.Outcome(), w.Missing())
	}
}

func TestARequiredQuestionThatWasPassedByCanBeGoneTo(t *testing.T) {
	c := begin(t, "csi_followup_3d", happy(nil), nil).to("end_ok")
	if _, err := c.w.Answer("overall", "overall", Input{Value: 7.0}); err != nil { // corrected in place, from the end
		t.Fatal(err)
	}
	if got := c.w.Missing(); !slices.Equal(got, []string{"why_not_full"}) || c.w.Outcome() != "C01" {
		t.Fatalf("missing %v, outcome %s", got, c.w.Outcome())
	}
	if err := c.w.Goto("facility2"); err == nil {
		t.Error("went to a node that is not there")
	}
	if err := c.w.Goto("why_not_full"); err != nil {
		t.Fatal(err)
	}
	if c.toEnd(); c.w.Outcome() != "C00" {
		t.Errorf("outcome %s, missing %v", c.w.Outcome(), c.w.Missing())
	}
}
