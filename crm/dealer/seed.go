package dealer

import (
	"embed"
	"fmt"
	"time"

	"github.com/goccy/go-yaml"
)

// calendarFiles are the State Council's notices, one file a year.
//
//go:embed calendar/*.yaml
var calendarFiles embed.FS

// Notice is one year's holidays and make-up days.
type Notice struct {
	Year int
	Days []Day
}

type noticeFile struct {
	Year     int        `yaml:"year"`
	Holidays []dateSpan `yaml:"holidays"`
	Workdays []string   `yaml:"workdays"`
	Quiet    []dateSpan `yaml:"no_call_days"`
}

type dateSpan struct {
	Name string `yaml:"name"`
	From string `yaml:"from"`
	To   string `yaml:"to"`
}

// ShippedNotices are the years that come with the product.
func ShippedNotices() ([]Notice, error) {
	entries, err := calendarFiles.ReadDir("calendar")
	if err != nil {
		return nil, fmt.Errorf("listing calendars: %w", err)
	}
	var out []Notice
	for _, e := range entries {
		raw, err := calendarFiles.ReadFile("calendar/" + e.Name())
		if err != nil {
			return nil, fmt.Errorf("reading calendar %s: %w", e.Name(), err)
		}
		n, err := ParseNotice(raw)
		if err != nil {
			return nil, fmt.Errorf("calendar %s: %w", e.Name(), err)
		}
		out = append(out, n)
	}
	return out, nil
}

// ParseNotice reads one year's YAML.
func ParseNotice(raw []byte) (Notice, error) {
	var f noticeFile
	if err := yaml.Unmarshal(raw, &f); err != nil {
		return Notice{}, fmt.Errorf("reading YAML: %w", err)
	}
	days := noticeDays{}
	if err := days.fill(f); err != nil {
		return Notice{}, err
	}
	n := Notice{Year: f.Year}
	for _, d := range days {
		if d.Date.Year() != f.Year {
			return Notice{}, fmt.Errorf("day %s is not of year %d", d.Date.Format(time.DateOnly), f.Year)
		}
		n.Days = append(n.Days, d)
	}
	return n, nil
}

type noticeDays map[int]Day

func (n noticeDays) fill(f noticeFile) error {
	for _, h := range f.Holidays {
		if err := n.each(h, func(d *Day) { d.Workday, d.Name = new(false), h.Name }); err != nil {
			return err
		}
	}
	for _, w := range f.Workdays {
		s := dateSpan{From: w, To: w}
		if err := n.each(s, func(d *Day) { d.Workday, d.Name = new(true), "调休上班" }); err != nil {
			return err
		}
	}
	for _, q := range f.Quiet {
		if err := n.each(q, func(d *Day) { d.Quiet = true; d.Name = firstOf(d.Name, q.Name) }); err != nil {
			return err
		}
	}
	return nil
}

func (n noticeDays) each(s dateSpan, change func(*Day)) error {
	from, err := time.Parse(time.DateOnly, s.From)
	if err != nil {
		return fmt.Errorf("reading day %q: %w", s.From, err)
	}
	to, err := time.Parse(time.DateOnly, s.To)
	if err != nil {
		return fmt.Errorf("reading day %q: %w", s.To, err)
	}
	for day := from; !day.After(to); day = day.AddDate(0, 0, 1) {
		d := n[dayKey(day)]
		d.Date = day
		change(&d)
		n[dayKey(day)] = d
	}
	return nil
}

func firstOf(a, b string) string {
	if a != "" {
		return a
	}
	return b
}
