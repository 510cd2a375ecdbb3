package dialer

import (
	"fmt"
	"time"

	"ringback/crm/dealer"
)

// contact is a call that was made to a number of the customer, from any store.
type contact struct {
	At       time.Time // business time
	Own      bool      // to the number this task would call
	Answered bool
	Agreed   bool // the customer had agreed to it
	Class    string
}

// frequencyRule is CG-08: calls to one number over all stores of the group.
func frequencyRule(f Facts) Check {
	worst := pass()
	for _, c := range f.callCaps() {
		until, over := c.until(f.Now, f.Zone)
		if over && until.After(worst.Until) {
			worst = wait(until, "该号码"+c.zh()+"，"+whenZH(until, f.Now, f.Zone)+" 后可再拨。",
				"This number "+c.en()+"; callable after "+whenEN(until, f.Now, f.Zone)+".", c.figure())
		}
	}
	return worst
}

func (f Facts) callCaps() []capUse {
	var out []capUse
	for _, c := range f.Rules.Frequency {
		if f.Agreed && !c.Always || c.Mode != "" && Mode(c.Mode) != f.Mode {
			continue
		}
		u := capUse{cap: c, verbZH: "已拨", verbEN: "was called"}
		if c.Answered {
			u.verbZH, u.verbEN = "已接通", "was reached"
		}
		for _, k := range f.Calls {
			if k.Own && (!c.Answered || k.Answered && !k.Agreed) {
				u.at = append(u.at, k.At)
			}
		}
		out = append(out, u)
	}
	return out
}

// capUse is a cap with the moments that count against it, oldest first.
type capUse struct {
	cap            dealer.Cap
	at             []time.Time
	verbZH, verbEN string
}

// until is when one more is within the cap again, and whether it is not now. A
// cap of days counts days of the calendar, one of a span slides with the clock.
func (c capUse) until(now time.Time, zone *time.Location) (time.Time, bool) {
	from := midnight(now, 1-c.cap.Days, zone)
	if c.cap.Within > 0 {
		from = now.Add(-c.cap.Within.Std())
	}
	first := len(c.at)
	for first > 0 && !c.at[first-1].Before(from) {
		first--
	}
	inside := c.at[first:]
	if len(inside) < c.cap.Calls {
		return time.Time{}, false
	}
	leaves := inside[len(inside)-c.cap.Calls]
	if c.cap.Within > 0 {
		return leaves.Add(c.cap.Within.Std() + time.Microsecond), true
	}
	return midnight(leaves, c.cap.Days, zone), true
}

func (c capUse) zh() string {
	n := c.cap.Calls
	switch {
	case c.cap.Within > 0:
		return fmt.Sprintf("%s内%s %d 次", spanZH(c.cap.Within.Std()), c.verbZH, n)
	case c.cap.Days == 1:
		return fmt.Sprintf("今天%s %d 次", c.verbZH, n)
	}
	return fmt.Sprintf("%d 天内%s %d 次", c.cap.Days, c.verbZH, n)
}

func (c capUse) en() string {
	times := fmt.Sprintf("%d times", c.cap.Calls)
	switch c.cap.Calls {
	case 1:
		times = "once"
	case 2:
		times = "twice"
	}
	switch {
	case c.cap.Within > 0:
		return c.verbEN + " " + times + " in " + spanEN(c.cap.Within.Std())
	case c.cap.Days == 1:
		return c.verbEN + " " + times + " today"
	}
	return fmt.Sprintf("%s %s in %d days", c.verbEN, times, c.cap.Days)
}

func spanZH(d time.Duration) string {
	if d >= time.Hour {
		return fmt.Sprintf("%d 小时", int(d.Hours()))
	}
	return fmt.Sprintf("%d 分钟", int(d.Minutes()))
}

func spanEN(d time.Duration) string {
	if d >= time.Hour {
		return fmt.Sprintf("%d hours", int(d.Hours()))
	}
	return fmt.Sprintf("%d minutes", int(d.Minutes()))
}

// figure is the cap and what counts against it.
func (c capUse) figure() map[string]any {
	out := map[string]any{"limit": c.cap.Calls, "counted": len(c.at)}
	if c.cap.Within > 0 {
		out["within"] = c.cap.Within.Std().String()
	} else {
		out["days"] = c.cap.Days
	}
	return out
}
