package task

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"ringback/crm/dealer"
	"ringback/internal/clock"
)

func allStates() []State {
	return []State{Pending, Queued, InProgress, RetryWait, Blocked, Completed, Exhausted, Refused, Excluded, Cancelled}
}

func allEvents() []event {
	return []event{ripen, take, complete, refuse, exclude, retry, exhaust, release, block, heal, cancel, reopen}
}

func TestTheMachineMovesOnlyAsDrawn(t *testing.T) { // spec 2.5.1
	allowed := map[event][]State{
		ripen: {Pending}, take: {Queued, RetryWait}, complete: {InProgress}, refuse: {InProgress}, retry: {InProgress}, release: {InProgress},
		heal: {Blocked}, reopen: {Completed, Exhausted, Refused},
		exclude: {Pending, Queued, InProgress, RetryWait, Blocked}, exhaust: {Pending, Queued, InProgress, RetryWait, Blocked},
		block: {Pending, Queued, InProgress, RetryWait, Blocked}, cancel: {Pending, Queued, InProgress, RetryWait, Blocked},
	}
	for _, e := range allEvents() {
		for _, from := range allStates() {
			if _, ok := next(from, e); ok != slices.Contains(allowed[e], from) {
				t.Errorf("%s in %s: allowed %v", e, from, ok)
			}
		}
	}
	for _, s := range []State{Excluded, Cancelled} {
		for _, e := range allEvents() {
			if _, ok := next(s, e); ok {
				t.Errorf("%s is final, %s moves it", s, e)
			}
		}
	}
}

func usual(t interface{ Fatal(...any) }) dealer.Schedule {
	s, err := dealer.NewSchedule(dealer.Store{}, dealer.NewCalendar([]int{2026}, nil), clock.Shanghai())
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func at(s string) time.Time {
	t, err := time.ParseInLocation("2006-01-02 15:04", s, clock.Shanghai())
	if err != nil {
		panic(err)
	}
	return t
}

func TestRetryPolicies(t *testing.T) { // spec 2.4.3
	for name, c := range map[string]struct {
		policy Policy
		before int
		now    string
		agreed string
		state  State
		want   string
		counts bool
		next   bool
	}{
		"no answer in the morning: in the afternoon":   {RPNoAnswer, 0, "2026-11-20 10:10", "", RetryWait, "2026-11-20 15:00", true, false},
		"no answer in the afternoon: tomorrow":         {RPNoAnswer, 1, "2026-11-20 15:10", "", RetryWait, "2026-11-21 10:00", true, false},
		"no answer four times":                         {RPNoAnswer, 3, "2026-11-20 15:10", "", Exhausted, "", true, false},
		"busy: 15 minutes":                             {RPBusy, 0, "2026-11-20 10:10", "", RetryWait, "2026-11-20 10:25", true, false},
		"busy again: an hour":                          {RPBusy, 1, "2026-11-20 10:25", "", RetryWait, "2026-11-20 11:25", true, false},
		"busy a third time: as no answer":              {RPBusy, 2, "2026-11-20 11:25", "", RetryWait, "2026-11-20 15:00", true, false},
		"busy at the end of a window":                  {RPBusy, 0, "2026-11-20 11:55", "", RetryWait, "2026-11-20 15:00", true, false},
		"rejected: next day, other window":             {RPReject, 0, "2026-11-20 10:10", "", RetryWait, "2026-11-21 15:00", true, false},
		"rejected twice":                               {RPReject, 1, "2026-11-21 15:10", "", Exhausted, "", true, false},
		"blocked: not today":                           {RPBlock, 0, "2026-11-20 10:10", "", RetryWait, "2026-11-21 10:00", true, false},
		"blocked twice":                                {RPBlock, 1, "2026-11-21 10:10", "", Exhausted, "", true, false},
		"switched off: four hours":                     {RPOff, 0, "2026-11-20 10:10", "", RetryWait, "2026-11-20 15:00", true, false},
		"switched off again: next day":                 {RPOff, 1, "2026-11-20 15:00", "", RetryWait, "2026-11-21 10:00", true, false},
		"suspended: three call days":                   {RPSuspended, 0, "2026-11-20 10:10", "", RetryWait, "2026-11-23 10:00", true, false},
		"suspended again: next phone":                  {RPSuspended, 1, "2026-11-23 10:10", "", RetryWait, "2026-11-23 10:10", true, true},
		"empty number: next phone at once":             {RPDead, 0, "2026-11-20 10:10", "", RetryWait, "2026-11-20 10:10", true, true},
		"trunk fault: two minutes, not counted":        {RPFault, 0, "2026-11-20 10:10", "", RetryWait, "2026-11-20 10:12", false, false},
		"trunk fault for the sixth time: not so fast":  {RPFault, 5, "2026-11-20 10:10", "", RetryWait, "2026-11-20 15:00", false, false},
		"cancelled by us: at once, not counted":        {RPNow, 0, "2026-11-20 10:10", "", RetryWait, "2026-11-20 10:10", false, false},
		"abandoned: 72 hours":                          {RPAbandon, 0, "2026-11-20 10:10", "", RetryWait, "2026-11-23 10:10", true, false},
		"machine: next day":                            {RPMachine, 0, "2026-11-20 16:10", "", RetryWait, "2026-11-21 10:00", true, false},
		"machine twice":                                {RPMachine, 1, "2026-11-21 10:10", "", Exhausted, "", true, false},
		"partly completed: next day once":              {RPPartial, 0, "2026-11-20 16:10", "", RetryWait, "2026-11-21 10:00", true, false},
		"call-back at the agreed time outside windows": {RPCallback, 0, "2026-11-20 10:10", "2026-11-20 19:30", RetryWait, "2026-11-20 19:30", true, false},
		"call-back agreed for the night":               {RPCallback, 0, "2026-11-20 10:10", "2026-11-20 22:00", RetryWait, "2026-11-21 08:00", true, false},
		"call-back without a time":                     {RPCallback, 0, "2026-11-20 12:10", "", RetryWait, "2026-11-20 15:00", true, false},
		"customer busy: three hours":                   {RPBusyNow, 0, "2026-11-20 10:10", "", RetryWait, "2026-11-20 15:00", true, false},
		"hung up in the opening":                       {RPHangup, 0, "2026-11-20 10:10", "", RetryWait, "2026-11-21 15:00", true, false},
		"hung up again: refused":                       {RPHangup, 1, "2026-11-21 15:10", "", Refused, "", true, false},
		"wrong number: next phone":                     {RPNextPhone, 0, "2026-11-20 10:10", "", RetryWait, "2026-11-20 10:10", true, true},
		"in seven days":                                {RP7Days, 0, "2026-11-20 10:10", "", RetryWait, "2026-11-27 10:10", true, false},
		"in thirty days":                               {RP30Days, 0, "2026-11-20 10:10", "", RetryWait, "2026-12-20 10:10", true, false},
		"a policy nobody knows ends rather than loops": {"RP-?", 0, "2026-11-20 10:10", "", Exhausted, "", true, false},
	} {
		in := Tried{Policy: c.policy, Before: c.before, Now: at(c.now)}
		if c.agreed != "" {
			in.Agreed = at(c.agreed)
		}
		want := Again{State: c.state, Counts: c.counts, NextPhone: c.next}
		if c.want != "" {
			want.At = at(c.want)
		}
		if got := Retry(in, usual(t)); got.State != want.State || !got.At.Equal(want.At) || got.Counts != want.Counts || got.NextPhone != want.NextPhone {
			t.Errorf("%s: got %+v, want %+v", name, got, want)
		}
	}
}

func TestARetryIsNeverInThePastAndAlwaysEnds(t *testing.T) {
	s := usual(t)
	rapid.Check(t, func(t *rapid.T) {
		codes := []Policy{
			RPNoAnswer, RPBusy, RPReject, RPBlock, RPOff, RPSuspended, RPDead, RPFault, RPNow, RPAbandon, RPMachine, RPPartial, RPCallback,
			RPBusyNow, RPHangup, RPNextPhone, RP7Days, RP30Days,
		}
		in := Tried{
			Policy: rapid.SampledFrom(codes).Draw(t, "policy"), Before: rapid.IntRange(0, 9).Draw(t, "before"),
			Now: at("2026-03-01 00:00").Add(time.Duration(rapid.IntRange(0, 250*24*60).Draw(t, "minute")) * time.Minute),
		}
		if rapid.Bool().Draw(t, "agreed") {
			in.Agreed = in.Now.Add(time.Duration(rapid.IntRange(-100, 10000).Draw(t, "in")) * time.Minute)
		}
		got := Retry(in, s)
		if got.State == RetryWait && got.At.Before(in.Now) {
			t.Fatalf("%+v: %+v is in the past", in, got)
		}
		if got.State != RetryWait && !got.At.IsZero() {
			t.Fatalf("%+v: ended with a time: %+v", in, got)
		}
		if in.Before >= 6 && got.State == RetryWait && got.Counts && !got.NextPhone {
			t.Fatalf("%+v goes on for ever", in)
		}
	})
}

func TestEveryResultHasAPolicyThatIsKnown(t *testing.T) {
	if len(Dispositions()) != 50 || len(LineResults()) != 15 || len(Kinds()) != 27 {
		t.Errorf("%d dispositions, %d line results, %d kinds", len(Dispositions()), len(LineResults()), len(Kinds()))
	}
	for _, d := range Dispositions() {
		if d.Closes == (d.Retry != "") {
			t.Errorf("%s closes (%v) and retries (%s)", d.Code, d.Closes, d.Retry)
		}
		if d.Retry != "" && d.Retry.retries() == 0 {
			t.Errorf("%s: policy %s is unknown", d.Code, d.Retry)
		}
	}
	for _, r := range LineResults() {
		if r.Retry != "" && r.Retry != RPDead && r.Retry.retries() == 0 {
			t.Errorf("%s: policy %s is unknown", r.Code, r.Retry)
		}
	}
	for code, want := range map[string]State{"C00": Completed, "C11": Completed, "C04": Refused, "C05": Refused, "C08": Excluded, "C14": Excluded} {
		if d, _ := FindDisposition(code); d.Closed() != want {
			t.Errorf("%s closes as %s, want %s", code, d.Closed(), want)
		}
	}
}
