package dialer

import (
	"time"

	"ringback/crm/dealer"
)

// hardWindowRule is CG-02: the country's wall, not changeable by a store.
func hardWindowRule(f Facts) Check {
	wall := hours{spans: []span{f.wall()}}
	until, _ := wall.next(f.Now, f.Zone)
	if until.Equal(f.Now) {
		return pass()
	}
	w := f.Rules.Hours.Wall
	return wait(until, "现在不是可外呼的时间（"+w.From+"–"+w.To+"），"+whenZH(until, f.Now, f.Zone)+" 起可拨。",
		"It is outside the legal calling hours ("+w.From+"–"+w.To+"); callable from "+whenEN(until, f.Now, f.Zone)+".",
		map[string]any{"from": w.From, "to": w.To})
}

// classWindowRule is CG-03. It asks for the hours only; what kind of day it is
// asks CG-04.
func classWindowRule(f Facts) Check {
	until, found := f.window().next(f.Now, f.Zone)
	switch {
	case !found:
		return stop(ByHouse, "门店没有设置可用的拨打时段，请在门店设置里补上。", "The store has no call window that could be used; add one in the store's settings.", nil)
	case until.Equal(f.Now):
		return pass()
	}
	zh, en := "不在拨打时段内", "It is outside the call windows"
	if f.Preferred != nil && !f.wide() {
		zh, en = "不在客户希望的来电时间内", "It is outside the hours the customer prefers"
	}
	return wait(until, zh+"，下一时段 "+whenZH(until, f.Now, f.Zone)+" 开始。", en+"; the next one opens at "+whenEN(until, f.Now, f.Zone)+".", nil)
}

// dayRule is CG-04: quiet days and legal holidays.
func dayRule(f Facts) Check {
	if f.dayOpen(f.Now) {
		return pass()
	}
	until, found := f.opens(f.Now)
	if !found {
		return stop(ByHouse, "两个月内没有可以外呼的日子，请检查门店的拨打日和工作日历。",
			"No day within two months is open for calls; check the store's call days and the calendar.", nil)
	}
	zh, en := "今天是法定节假日", "Today is a legal holiday"
	if f.Calendar.IsQuiet(f.Now.In(f.Zone)) {
		zh, en = "今天是静默日", "Today is a quiet day"
	}
	return wait(until, zh+"，这类电话不外呼，"+whenZH(until, f.Now, f.Zone)+" 起可拨。",
		en+" on which calls of this class rest; callable from "+whenEN(until, f.Now, f.Zone)+".", map[string]any{"class": f.Class})
}

// dayOpen: what the rule pack leaves open on the day of t for this class.
func (f Facts) dayOpen(t time.Time) bool {
	switch f.Rules.Days.On(f.Calendar, t.In(f.Zone), f.Class) {
	case dealer.Open:
		return true
	case dealer.AgreedOnly:
		return f.Agreed
	}
	return false
}

// wide: agreed call-backs and calls that an agent makes by hand have the wide
// hours (D-04).
func (f Facts) wide() bool { return f.Agreed || f.Mode == Manual }

// window is when this call may be made: agreed call-backs have wide hours, the
// customer's own hours win over the store's, all inside the hard wall (D-04).
func (f Facts) window() hours {
	switch {
	case f.wide():
		return hours{spans: []span{f.spanOf(f.Rules.Hours.Agreed)}}.inside(f.wall())
	case f.Preferred != nil:
		return hours{spans: []span{*f.Preferred}, days: f.Hours.days}.inside(f.wall())
	}
	return f.Hours.inside(f.wall())
}

// opens is the first moment from t on at which wall, window and day agree: the
// gate waits for it, so that a task is not looked at again at midnight.
func (f Facts) opens(t time.Time) (time.Time, bool) { return f.windowOnDays().next(t, f.Zone) }

// windowOnDays is the window on the days that are open.
func (f Facts) windowOnDays() hours {
	h := f.window()
	h.open = f.dayOpen
	return h
}

func (f Facts) wall() span { return f.spanOf(f.Rules.Hours.Wall) }

// spanOf: the rule pack's windows have been checked when it was read.
func (f Facts) spanOf(w dealer.Window) span {
	from, to, err := w.Minutes()
	if err != nil {
		return span{}
	}
	return span{from, to}
}
