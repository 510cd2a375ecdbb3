package sim

import (
	"fmt"
	"slices"
	"strings"

	"ringback/internal/errs"
)

// bound is what a number of a scenario may be.
type bound struct {
	field  string // as in the file and, with hyphens, on the command line
	value  float64
	lo, hi float64
	zh, en string
}

func (s *Scenario) bounds() []bound {
	list := []bound{
		{"agents", float64(s.Agents), 1, 2000, "座席人数", "The number of agents"},
		{"answer_rate", s.AnswerRate, 0, 1, "接通率", "The answer rate"},
		{"talk", float64(s.Talk.Mean), 1, 7200, "通话平均秒数", "The mean talk time in seconds"},
		{"talk_cv", s.Talk.CV, 0, 5, "通话时长的变异系数", "The variation of talk time (standard deviation over mean)"},
		{"wrap", float64(s.Wrap.Mean), 0.1, 3600, "后处理平均秒数", "The mean wrap-up time in seconds"},
		{"wrap_cv", s.Wrap.CV, 0, 5, "后处理时长的变异系数", "The variation of wrap-up time (standard deviation over mean)"},
		{"ring.least", float64(s.Ring.Least), 0, 60, "最短振铃秒数", "The least ringing in seconds"},
		{"ring.then.mean", float64(s.Ring.Then.Mean), 0.1, 120, "平均振铃秒数", "The mean ringing in seconds"},
		{"ring.then.cv", s.Ring.Then.CV, 0, 5, "振铃时长的变异系数", "The variation of ringing"},
		{"ring.limit", float64(s.Ring.Limit), float64(s.Ring.Least) + 1, 120, "振铃上限秒数", "The ring time in seconds"},
		{"others.busy", s.Others.Busy, 0, 1, "忙线或失败的占比", "The share that is busy or fails"},
		{"others.machine", s.Others.Machine, 0, 1 - s.Others.Busy, "语音信箱的占比", "The share that a machine answers"},
		{"others.machine_soon", s.Others.MachineSoon, 0, 1, "很快接起的语音信箱占比", "The share of machines that answer soon"},
		{"detection.passes", s.Detection.Passes, 0, 1, "语音信箱被误认为真人的占比", "The share of machines that pass for persons"},
		{"detection.hang_up", float64(s.Detection.HangUp), 0, 3600, "检测期间客户挂机的平均秒数", "The mean patience during detection in seconds"},
		{"detection.talk.mean", float64(s.Detection.Talk.Mean), 0.1, 600, "与语音信箱通话的秒数", "The talk time with a machine in seconds"},
		{"detection.talk.cv", s.Detection.Talk.CV, 0, 5, "与语音信箱通话的变异系数", "The variation of talk time with a machine"},
		{"detection.wrap.mean", float64(s.Detection.Wrap.Mean), 0.1, 600, "语音信箱后处理秒数", "The wrap-up after a machine in seconds"},
		{"detection.wrap.cv", s.Detection.Wrap.CV, 0, 5, "语音信箱后处理的变异系数", "The variation of wrap-up after a machine"},
		{"grace", float64(s.Grace), 0, 10, "等待座席的秒数", "The wait for an agent in seconds"},
		{"tick", float64(s.Tick), 0.05, 10, "决策间隔秒数", "The time between decisions in seconds"},
		{"days", float64(s.Days), 1, 366, "天数", "The number of days"},
		{"hours_per_day", s.HoursPerDay, 0.1, 24, "每天小时数", "The hours of a day"},
		{"calls_per_second", s.CallsPerSecond, 0, 1000, "每秒呼叫数", "The calls per second"},
		{"burst", float64(s.BurstSeconds), 0, 60, "突发秒数", "The burst in seconds"},
	}
	for i, p := range s.AnswerByHour {
		list = append(list, bound{fmt.Sprintf("answer_by_hour.%d", i), p, 0, 1, "分时接通率", "An hour's answer rate"})
	}
	for i, t := range s.Ring.Observed {
		list = append(list, bound{fmt.Sprintf("ring.observed.%d", i), float64(t), 0, 120, "接起前的振铃秒数", "An observed ringing in seconds"})
	}
	for i, t := range s.Others.Observed {
		list = append(list, bound{fmt.Sprintf("others.observed.%d", i), float64(t), 0, 120, "无人接听的振铃秒数", "An observed ringing without answer in seconds"})
	}
	for _, r := range []struct {
		field string
		Range
	}{
		{"others.busy_after", s.Others.BusyAfter},
		{"others.soon_after", s.Others.SoonAfter},
		{"others.machine_after", s.Others.MachineAfter},
		{"detection.person", s.Detection.Person},
		{"detection.machine", s.Detection.Machine},
	} {
		list = append(list,
			bound{r.field + ".from", float64(r.From), 0, 120, "时间下限秒数", "The earliest time in seconds"},
			bound{r.field + ".to", float64(r.To), float64(r.From), 120, "时间上限秒数", "The latest time in seconds"})
	}
	return list
}

// Check tells what is wrong with a scenario: errs.Invalid with the field's name.
func (s *Scenario) Check() error {
	if !(s.Cap >= 0 && s.Cap <= s.PackLimit) {
		return errs.New(errs.Invalid, "simulate_cap",
			fmt.Sprintf("放弃率上限 %s 超出范围：应在 0 到规则包的上限 %s 之间（写作 0.03 即 3%%；0 等于渐进拨号）。", percent(s.Cap), percent(s.PackLimit)),
			fmt.Sprintf("The cap of %s is out of range: it lies between 0 and the rule pack's limit of %s (0.03 is 3 %%; 0 is progressive dialing).", percent(s.Cap), percent(s.PackLimit)),
		).At("cap")
	}
	for _, b := range s.bounds() {
		if b.value >= b.lo && b.value <= b.hi { // not so for NaN
			continue
		}
		return errs.New(errs.Invalid, "simulate_"+strings.NewReplacer(".", "_").Replace(b.field),
			fmt.Sprintf("%s（%s）为 %v，超出范围：应在 %v 到 %v 之间。", b.zh, b.field, b.value, b.lo, b.hi),
			fmt.Sprintf("%s (%s) is %v, out of range: it lies between %v and %v.", b.en, b.field, b.value, b.lo, b.hi)).At(b.field)
	}
	for _, x := range s.Shocks {
		if !slices.Contains(Shocks(), x) {
			return errs.New(errs.Invalid, "simulate_shock",
				fmt.Sprintf("没有“%s”这种冲击：可用 p2、p.5、talk2、leave40、pause、drift。", x),
				fmt.Sprintf("There is no shock %q: use p2, p.5, talk2, leave40, pause or drift.", x)).At("shocks")
		}
	}
	return nil
}

func percent(share float64) string { return fmt.Sprintf("%.4g%%", share*100) }
