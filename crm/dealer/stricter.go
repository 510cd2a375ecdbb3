package dealer

import (
	"encoding/json"
	"fmt"

	"ringback/internal/errs"
)

// StoreRules make the country's pack stricter for one store: store.settings, key
// "rules". Zero fields leave the pack as it is.
type StoreRules struct {
	Country            string   `json:"country,omitempty"` // empty: [Home]
	ClosedOnHolidays   bool     `json:"closed_on_holidays,omitempty"`
	CallsPerDay        int      `json:"calls_per_day,omitempty"` // to one number
	SurveyEveryDays    int      `json:"survey_every_days,omitempty"`
	MostAttempts       int      `json:"most_attempts,omitempty"` // of a task
	CallerCallsPerDay  int      `json:"caller_calls_per_day,omitempty"`
	AbandonMostBP      int      `json:"abandon_most_bp,omitempty"`
	RecordingForKinds  []string `json:"recording_for_kinds,omitempty"`
	FreezeDaysAfter    int      `json:"freeze_days_after,omitempty"`
	RemindersNeedYes   bool     `json:"reminders_need_consent,omitempty"` // a registration is not enough for reminders and care
	QuietDaysAreClosed bool     `json:"quiet_days_closed,omitempty"`      // no agreed call-backs either
}

// ReadStoreRules takes a store's rules out of its settings and applies them to
// its country's pack. errs.Invalid "store_rules" names what would be looser.
func ReadStoreRules(settings []byte) (RulePack, error) {
	var s struct {
		Rules StoreRules `json:"rules"`
	}
	if len(settings) > 0 {
		if err := json.Unmarshal(settings, &s); err != nil {
			return RulePack{}, fmt.Errorf("reading a store's rules: %w", err)
		}
	}
	p, err := Rules(s.Rules.Country)
	if err != nil {
		return RulePack{}, err
	}
	return p.With(s.Rules)
}

// With is the pack made stricter. A store that asks for less than the pack
// demands is refused, not silently corrected.
func (p RulePack) With(s StoreRules) (RulePack, error) {
	for _, f := range []struct {
		value, most int // a store may go down to 1
		zh, en      string
	}{
		{s.CallsPerDay, p.callsPerDay(), "每个号码每天拨打次数", "calls to one number a day"},
		{s.MostAttempts, p.Attempts.Most, "每个任务的拨打次数", "attempts of a task"},
		{s.CallerCallsPerDay, p.Caller.DailyCalls, "每个主叫号码每天拨打次数", "calls of one caller number a day"},
		{s.AbandonMostBP, p.Dialing.Abandon.MostBP, "放弃率上限（万分之）", "the abandon cap in basis points"},
	} {
		if f.value < 0 || f.value > f.most {
			return RulePack{}, looser(f.zh, f.en, "最多", "at most", f.most)
		}
	}
	for _, f := range []struct {
		value, least int
		zh, en       string
	}{
		{s.SurveyEveryDays, p.surveyEvery(), "两次满意度回访的间隔天数", "days between two surveys"},
		{s.FreezeDaysAfter, p.Freeze.DaysAfter, "投诉结案后的静默天数", "quiet days after a complaint"},
	} {
		if f.value != 0 && f.value < f.least {
			return RulePack{}, looser(f.zh, f.en, "至少", "at least", f.least)
		}
	}
	return p.tightened(s), nil
}

func looser(zh, en, wordZH, wordEN string, limit int) error {
	return errs.New(errs.Invalid, "store_rules",
		fmt.Sprintf("门店设置只能比国家规则更严：%s%s %d。请改小范围后再保存。", zh, wordZH, limit),
		fmt.Sprintf("A store's rules may only be stricter than the country's: %s, %s %d. Correct it and save again.", en, wordEN, limit)).At("/rules")
}

func (p RulePack) callsPerDay() int {
	for _, c := range p.Frequency {
		if c.Days == 1 && !c.Answered && c.Class == "" && c.Mode == "" {
			return c.Calls
		}
	}
	return 100
}

func (p RulePack) surveyEvery() int {
	for _, c := range p.Fatigue.Surveys {
		if c.Calls == 1 {
			return c.Days
		}
	}
	return 1
}

// tightened adds the store's own limits. Slices and maps are copied: the pack is
// shared.
func (p RulePack) tightened(s StoreRules) RulePack {
	p.Days.Shut = s.ClosedOnHolidays
	if s.QuietDaysAreClosed {
		p.Days.Quiet = map[string]Openness{}
	}
	if s.CallsPerDay > 0 {
		p.Frequency = append(append([]Cap(nil), p.Frequency...), Cap{Calls: s.CallsPerDay, Days: 1})
	}
	if s.SurveyEveryDays > 0 {
		p.Fatigue.Surveys = append(append([]Cap(nil), p.Fatigue.Surveys...), Cap{Calls: 1, Days: s.SurveyEveryDays})
	}
	if s.MostAttempts > 0 {
		p.Attempts.Most = s.MostAttempts
	}
	if s.CallerCallsPerDay > 0 {
		p.Caller.DailyCalls = s.CallerCallsPerDay
	}
	if s.AbandonMostBP > 0 {
		p.Dialing.Abandon.MostBP = s.AbandonMostBP
		p.Dialing.Abandon.DefaultBP = min(p.Dialing.Abandon.DefaultBP, s.AbandonMostBP)
	}
	p.Recording.Kinds = append(append([]string(nil), p.Recording.Kinds...), s.RecordingForKinds...)
	p.Freeze.DaysAfter = max(p.Freeze.DaysAfter, s.FreezeDaysAfter)
	if s.RemindersNeedYes {
		p.Consent = needYes(p.Consent)
	}
	return p
}

func needYes(rules []ConsentRule) []ConsentRule {
	out := append([]ConsentRule(nil), rules...)
	for i := range out {
		if out[i].Class == "reminder" || out[i].Class == "care" {
			out[i].RegistrationCounts = false
		}
	}
	return out
}
