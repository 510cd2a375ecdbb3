package task

import (
	"slices"
	"testing"
	"time"
)

func TestWishesAreRead(t *testing.T) { // T-B3
	for words, want := range map[string]struct {
		days     []int32
		from, to string
	}{
		"周末下午":           {[]int32{0, 6}, "15:00", "18:00"},
		"上午":             {nil, "10:00", "12:00"},
		"工作日晚上":          {[]int32{1, 2, 3, 4, 5}, "18:00", "20:30"},
		"周三 18:30-20:00": {[]int32{3}, "18:30", "20:00"},
		"17点以后":          {nil, "17:00", "20:30"},
		"下午3点到5点":        {nil, "15:00", "17:00"},
		"星期六":            {[]int32{6}, "08:30", "20:30"},
		"随时":             {},
		"":               {},
		"都可以，谢谢":         {},
	} {
		w, ok := ParseWish(words)
		if ok != (want.from != "") {
			t.Errorf("%q: %+v %v", words, w, ok)
			continue
		}
		if !ok {
			continue
		}
		clock := func(m int) string { return time.Time{}.Add(time.Duration(m) * time.Minute).Format("15:04") }
		if !slices.Equal(w.Days, want.days) || clock(w.From) != want.from || clock(w.To) != want.to {
			t.Errorf("%q: days %v, %s–%s, want %+v", words, w.Days, clock(w.From), clock(w.To), want)
		}
	}
}

func TestAWishMovesTheCallNotTheDeadline(t *testing.T) { // T-B3
	for name, c := range map[string]struct{ words, notBefore, due, want string }{
		"a weekend before the deadline":  {"周末下午", "2026-11-20 10:00", "2026-11-24 18:00", "2026-11-21 15:00"},
		"no weekend before the deadline": {"周末下午", "2026-11-23 10:00", "2026-11-25 18:00", "2026-11-23 10:00"},
		"the evening":                    {"晚上", "2026-11-20 10:00", "2026-11-24 18:00", "2026-11-20 18:00"},
		"the night":                      {"22:00-23:00", "2026-11-20 10:00", "2026-11-24 18:00", "2026-11-20 10:00"},
		"whenever":                       {"随时", "2026-11-20 10:00", "2026-11-24 18:00", "2026-11-20 10:00"},
	} {
		k := Task{Class: "service", NotBefore: at(c.notBefore), DueAt: at(c.due)}
		k.asWished(c.words, usual(t), at("2026-11-19 20:00"))
		if !k.NotBefore.Equal(at(c.want)) || !k.DueAt.Equal(at(c.due)) || k.Wish != c.words {
			t.Errorf("%s: not before %s, due %s, %q", name, k.NotBefore, k.DueAt, k.Wish)
		}
	}
}

func TestOneTaskIsTriedTwiceADayAndFiveTimesAWeek(t *testing.T) {
	days := func(when ...string) (out []time.Time) {
		for _, w := range when {
			out = append(out, at(w))
		}
		return out
	}
	for name, c := range map[string]struct {
		earlier []time.Time
		policy  Policy
		now     string
		want    string
	}{
		"the second of a day may follow the first":      {nil, RPBusy, "2026-11-20 10:10", "2026-11-20 10:25"},
		"the third of a day waits for the next":         {days("2026-11-20 10:00"), RPBusy, "2026-11-20 10:15", "2026-11-21 10:00"},
		"the fourth of three days waits for the fourth": {days("2026-11-20 10:00", "2026-11-20 15:00"), RPNoAnswer, "2026-11-21 10:10", "2026-11-23 10:00"},
		"the sixth of a week waits for the eighth day":  {days("2026-11-16 10:00", "2026-11-17 10:00", "2026-11-19 10:00", "2026-11-20 10:00"), RPBusyNow, "2026-11-22 10:10", "2026-11-23 10:00"},
		"an agreed time is not moved":                   {days("2026-11-20 10:00", "2026-11-20 10:05"), RPCallback, "2026-11-20 10:10", "2026-11-20 16:30"},
	} {
		in := Tried{Policy: c.policy, Now: at(c.now), Earlier: c.earlier}
		if c.policy == RPCallback {
			in.Agreed = at(c.want)
		}
		if got := Retry(in, usual(t)); !got.At.Equal(at(c.want)) {
			t.Errorf("%s: %s, want %s", name, got.At.Format(time.DateTime), c.want)
		}
	}
}

func TestARetryKeepsToTheCustomersHours(t *testing.T) { // D-04, W2
	evening := &Wish{From: 18 * 60, To: 20 * 60}
	if got := Retry(Tried{Policy: RPNoAnswer, Now: at("2026-11-20 18:10"), Wish: evening}, usual(t)); !got.At.Equal(at("2026-11-21 18:00")) {
		t.Errorf("no answer in the evening: %s", got.At)
	}
	if got := Retry(Tried{Policy: RPBusy, Now: at("2026-11-20 18:10"), Wish: evening}, usual(t)); !got.At.Equal(at("2026-11-20 18:25")) && !got.At.Equal(at("2026-11-21 18:00")) {
		t.Errorf("busy in the evening: %s", got.At)
	}
}

func TestABlockedCallerNumberIsTold(t *testing.T) { // RP-BLOCK, RP-FAULT
	if a := Retry(Tried{Policy: RPBlock, Now: at("2026-11-20 10:10")}, usual(t)); !a.OtherLine || !a.Unhealthy {
		t.Errorf("%+v", a)
	}
	if a := Retry(Tried{Policy: RPFault, Now: at("2026-11-20 10:10")}, usual(t)); !a.OtherLine || a.Unhealthy {
		t.Errorf("%+v", a)
	}
}
