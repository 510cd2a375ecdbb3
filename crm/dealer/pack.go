package dealer

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"sync"
	"time"

	"github.com/goccy/go-yaml"
)

// packFiles are the rule packs, one file a country.
//
//go:embed packs/*.yaml
var packFiles embed.FS

// shipped are the embedded packs, parsed once: as constant as the files.
var shipped = sync.OnceValues(parsePacks)

// Home is the country of a store that names none.
const Home = "cn"

// Rules is the rule pack of a country; an empty one is [Home].
func Rules(country string) (RulePack, error) {
	all, err := shipped()
	if err != nil {
		return RulePack{}, err
	}
	if country == "" {
		country = Home
	}
	p, ok := all[country]
	if !ok {
		return RulePack{}, fmt.Errorf("there is no rule pack for country %q", country)
	}
	return p, nil
}

// CheckPacks tells what is wrong with the packs of this build; a program asks
// before anything starts.
func CheckPacks() error {
	_, err := shipped()
	return err
}

func parsePacks() (map[string]RulePack, error) {
	entries, err := packFiles.ReadDir("packs")
	if err != nil {
		return nil, fmt.Errorf("listing rule packs: %w", err)
	}
	out := map[string]RulePack{}
	for _, e := range entries {
		raw, err := packFiles.ReadFile("packs/" + e.Name())
		if err != nil {
			return nil, fmt.Errorf("reading rule pack %s: %w", e.Name(), err)
		}
		p, err := ParseRules(raw)
		if err != nil {
			return nil, fmt.Errorf("rule pack %s: %w", e.Name(), err)
		}
		if p.Country+".yaml" != e.Name() {
			return nil, fmt.Errorf("rule pack %s is of country %q", e.Name(), p.Country)
		}
		out[p.Country] = p
	}
	return out, nil
}

// ParseRules reads and checks one pack. Fields it does not know are errors: a
// misspelt cap would be no cap.
func ParseRules(raw []byte) (RulePack, error) {
	var p RulePack
	if err := yaml.NewDecoder(bytes.NewReader(raw), yaml.Strict()).Decode(&p); err != nil {
		return RulePack{}, fmt.Errorf("reading YAML: %w", err)
	}
	if err := p.compile(); err != nil {
		return RulePack{}, err
	}
	return p, p.check()
}

func (p *RulePack) compile() (err error) {
	if p.zone, err = time.LoadLocation(p.ZoneName); err != nil {
		return fmt.Errorf("zone: %w", err)
	}
	if p.allowed, err = forms(p.Numbers.Allowed); err != nil {
		return fmt.Errorf("numbers.allowed: %w", err)
	}
	if p.test, err = forms(p.Numbers.Test); err != nil {
		return fmt.Errorf("numbers.test: %w", err)
	}
	return nil
}

func forms(list []string) ([]*regexp.Regexp, error) {
	var out []*regexp.Regexp
	for _, s := range list {
		r, err := regexp.Compile(`^(?:` + s + `)$`)
		if err != nil {
			return nil, err
		}
		out = append(out, r)
	}
	return out, nil
}

// classes of calls (spec 2.4.4).
func classes() []string { return []string{"service", "reminder", "commercial", "care"} }

// check tells everything that is missing or makes no sense.
func (p RulePack) check() error {
	var all []error
	must := func(ok bool, what string) {
		if !ok {
			all = append(all, errors.New(what))
		}
	}
	must(p.Country != "", "country is empty")
	must(len(p.allowed) > 0, "numbers.allowed is empty: nobody could be called")
	must(windowsFit(p.Hours.Windows, p.Hours.Wall), "hours.windows must be in order, without overlap, inside hours.wall")
	must(windowsFit([]Window{p.Hours.Agreed}, p.Hours.Wall), "hours.agreed must lie inside hours.wall")
	for _, c := range classes() {
		must(known(p.Days.Quiet[c]) && known(p.Days.Holiday[c]), "days: class "+c+" must be open, agreed or closed on quiet days and holidays")
		_, ok := p.Needs(c)
		must(ok, "consent: class "+c+" is missing")
	}
	must(len(p.Frequency) > 0, "frequency is empty")
	for _, c := range append(append(append([]Cap(nil), p.Frequency...), p.Fatigue.Surveys...), p.Fatigue.Answered...) {
		must(c.Calls > 0 && (c.Days > 0) != (c.Within > 0), fmt.Sprintf("cap %+v: calls must be positive, and one of days and within given", c))
	}
	must(p.Attempts.Most > 0, "attempts.most must be positive")
	must(p.Freeze.DaysAfter >= 0, "freeze.days_after must not be negative")
	all = append(all, p.Caller.check(), p.Dialing.check())
	return errors.Join(all...)
}

func known(o Openness) bool { return o == Open || o == AgreedOnly || o == Closed }

func (c CallerRules) check() error {
	if c.DailyCalls <= 0 || c.OfCalls <= 0 || c.BlockedBP <= 0 || c.BlockedBP > 10_000 || c.Rests <= 0 {
		return errors.New("caller: daily_calls, of_calls, blocked_bp (to 10000) and rests must be positive")
	}
	return nil
}

func (d DialingRules) check() error {
	r, a := d.Ring, d.Abandon
	switch {
	case r.Least <= 0 || r.Default < r.Least || r.Most < r.Default:
		return errors.New("dialing.ring: least, default and most must be positive and in this order")
	case a.MostBP < 0 || a.DefaultBP < 0 || a.DefaultBP > a.MostBP || a.MostBP > 10_000:
		return errors.New("dialing.abandon: default_bp must lie between 0 and most_bp, at most 10000")
	case a.WindowDays <= 0 || a.AgentWithin <= 0 || a.AfterDetection <= 0:
		return errors.New("dialing.abandon: window_days, agent_within and after_detection must be positive")
	case d.CancelAfter < 0:
		return errors.New("dialing.cancel_after must not be negative")
	}
	return nil
}

// Duration is written as Go writes it: 24h, 5m, 1200ms.
type Duration time.Duration

// UnmarshalYAML reads "24h".
func (d *Duration) UnmarshalYAML(raw []byte) error {
	v, err := time.ParseDuration(strings.Trim(strings.TrimSpace(string(raw)), `"'`))
	if err != nil {
		return err
	}
	*d = Duration(v)
	return nil
}

// Std is the duration as the standard library's.
func (d Duration) Std() time.Duration { return time.Duration(d) }
