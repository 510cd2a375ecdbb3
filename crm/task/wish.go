package task

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"ringback/crm/dealer"
	"ringback/internal/cn"
)

// Wish is when a customer wants to be called, read from their words (方便回访时间).
type Wish struct {
	Days     []int32 // weekdays, 0 = Sunday; none: every day
	From, To int     // minutes of the day
}

var (
	hoursWished = regexp.MustCompile(`(\d{1,2})(?:[:：点](\d{2})?)?(?:分|时)?(?:-|—|~|至|到)(\d{1,2})(?:[:：点](\d{2})?)?`)
	afterWished = regexp.MustCompile(`(\d{1,2})(?:[:：点](\d{2})?)?(?:以后|之后|后)`)
)

// ParseWish reads words like 周末下午, 工作日晚上, 周三 18:30-20:00, 17点以后. It is
// not ok when they name no time (随时, 都可以).
func ParseWish(text string) (w Wish, ok bool) {
	s := strings.Join(strings.Fields(cn.Fold(text)), "")
	w.Days = wishedDays(s)
	from, to, timed := wishedHours(s)
	if !timed && len(w.Days) == 0 {
		return Wish{}, false
	}
	w.From, w.To = from, to
	return w, w.From < w.To
}

// inside cuts the wish to the hard wall; not ok when nothing is left.
func (w Wish) inside(s dealer.Schedule) (Wish, bool) {
	from, to := s.Wall()
	w.From, w.To = max(w.From, from), min(w.To, to)
	return w, w.From < w.To
}

func wishedDays(s string) []int32 {
	switch {
	case strings.Contains(s, "周末") || strings.Contains(s, "双休"):
		return []int32{0, 6}
	case strings.Contains(s, "工作日") || strings.Contains(s, "平时"):
		return []int32{1, 2, 3, 4, 5}
	}
	var days []int32
	for i, day := range []string{"日天", "一", "二", "三", "四", "五", "六"} {
		for _, name := range strings.Split(day, "") {
			for _, week := range []string{"周", "星期", "礼拜"} {
				if strings.Contains(s, week+name) && !slices.Contains(days, int32(i)) {
					days = append(days, int32(i))
				}
			}
		}
	}
	return days
}

// wishedHours are minutes of the day; without a word for a time they are the
// hours of agreed calls (D-04).
func wishedHours(s string) (from, to int, timed bool) {
	if m := hoursWished.FindStringSubmatch(s); m != nil {
		from, to = minuteIn(s, m[1], m[2]), minuteIn(s, m[3], m[4])
		return from, to, from < to
	}
	if m := afterWished.FindStringSubmatch(s); m != nil {
		return minuteIn(s, m[1], m[2]), 20*60 + 30, true
	}
	for _, w := range []struct {
		word     string
		from, to int
	}{
		{"上午", 10 * 60, 12 * 60},
		{"早上", 8*60 + 30, 10 * 60},
		{"中午", 12 * 60, 14 * 60},
		{"下午", 15 * 60, 18 * 60},
		{"傍晚", 17 * 60, 19 * 60},
		{"下班后", 18 * 60, 20*60 + 30},
		{"晚", 18 * 60, 20*60 + 30},
	} {
		if strings.Contains(s, w.word) {
			return w.from, w.to, true
		}
	}
	return 8*60 + 30, 20*60 + 30, false
}

// minuteIn reads an hour of the clock: 下午3点 is 15:00.
func minuteIn(s, hour, minute string) int {
	h, _ := strconv.Atoi(hour)
	m, _ := strconv.Atoi(minute)
	if h < 8 && (strings.Contains(s, "下午") || strings.Contains(s, "晚")) {
		h += 12
	}
	return h*60 + m
}

// Next is the first moment at or after t that the wish allows on a call day; zero
// when there is none in two weeks.
func (w Wish) Next(s dealer.Schedule, t time.Time, commercial bool) time.Time {
	for d := range 15 {
		day := s.Day(t).AddDate(0, 0, d)
		if !s.CallDay(day, commercial) || len(w.Days) > 0 && !slices.Contains(w.Days, int32(day.Weekday())) {
			continue
		}
		from, to := day.Add(time.Duration(w.From)*time.Minute), day.Add(time.Duration(w.To)*time.Minute)
		switch {
		case t.Before(from):
			return from
		case t.Before(to):
			return t
		}
	}
	return time.Time{}
}

// wish is the task's own window, not ok without one.
func (k Task) wish() (Wish, bool) {
	if k.WindowFrom == nil || k.WindowTo == nil {
		return Wish{}, false
	}
	return Wish{Days: k.WindowDays, From: *k.WindowFrom, To: *k.WindowTo}, true
}

// asWished moves the first call into the customer's wish when that comes before
// the deadline; else the words stay for the agent to see (T-B3).
func (k *Task) asWished(text string, s dealer.Schedule, now time.Time) {
	k.Wish = strings.TrimSpace(text)
	w, ok := ParseWish(text)
	if ok {
		w, ok = w.inside(s)
	}
	if !ok {
		return
	}
	from := k.NotBefore
	if now.After(from) {
		from = now
	}
	first := w.Next(s, from, k.Class == "commercial")
	if first.IsZero() || first.After(k.DueAt) {
		return
	}
	k.NotBefore, k.WindowDays, k.WindowFrom, k.WindowTo = first, w.Days, &w.From, &w.To
}
