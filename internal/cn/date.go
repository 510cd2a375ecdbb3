package cn

import (
	"math"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// Date is what a date cell held. The zero value is an empty cell.
type Date struct {
	At      time.Time // in the zone asked for; midnight without a time of day
	HasTime bool
	Code    Code // E-DATE (At is zero), W-YY or empty
}

// DateOptions is what reading a date needs to know.
type DateOptions struct {
	Zone     *time.Location // nil: UTC
	Today    time.Time      // zero: no upper bound
	Months   int            // how far after today is still believed; 0: 12
	MonthDay bool           // the file declares M/d/yyyy
	Date1904 bool           // serial numbers count from 1904
}

var (
	yearFirst = regexp.MustCompile(`^(\d{4}|\d{2})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*[日号]?(.*)$`)
	yearLast  = regexp.MustCompile(`^(\d{1,2})/(\d{1,2})/(\d{4})(.*)$`)
	compact   = regexp.MustCompile(`^(\d{4})(\d{2})(\d{2})(?:T?(\d{2}):?(\d{2})(?::?(\d{2}))?)?$`)
	compactAt = regexp.MustCompile(`^(\d{4})(\d{2})(\d{2})([T ]+\D{0,2}\d{1,2}:.*)$`)
	serialNo  = regexp.MustCompile(`^\d{1,6}(?:\.\d+)?$`)
	weekday   = regexp.MustCompile(`\s*\(?(?:星期|周|礼拜)[一二三四五六日天]\)?|\s*\([一二三四五六日]\)`)
	dayTime   = regexp.MustCompile(`^[T ]*(上午|下午|中午|晚上|AM|PM)?\s*(\d{1,2})[:时](\d{1,2})(?:[:分](\d{1,2})(?:\.\d+)?秒?)?分?\s*(上午|下午|AM|PM)?(?:Z|\+08:?00)?$`)
)

// ParseDate reads the formats of spec 7.3 (T-I04). Blank cells and the zero dates
// of databases are empty without a code.
func ParseDate(raw string, o DateOptions) Date {
	s := Fold(raw)
	if IsNull(s) || emptyDate(s) {
		return Date{}
	}
	if o.Zone == nil {
		o.Zone = time.UTC
	}
	d, ok := readDate(strings.ToUpper(weekday.ReplaceAllString(s, "")), o)
	if !ok || !o.believed(d.At) {
		return Date{Code: EDate}
	}
	return d
}

func emptyDate(s string) bool {
	if s == "0" || strings.HasPrefix(s, "00000000") {
		return true
	}
	m := yearFirst.FindStringSubmatch(s)
	if m == nil {
		return false
	}
	switch [3]int{number(m[1]), number(m[2]), number(m[3])} {
	case [3]int{0, 0, 0}, [3]int{1900, 1, 0}, [3]int{1899, 12, 30}, [3]int{1970, 1, 1}:
		return true
	}
	return false
}

func (o DateOptions) believed(t time.Time) bool {
	if t.Year() < 1990 {
		return false
	}
	months := o.Months
	if months == 0 {
		months = 12
	}
	return o.Today.IsZero() || t.Before(monthsAfter(o.Today, months).AddDate(0, 0, 1))
}

// monthsAfter is the day n months after the day of t: the last of the month where
// that has no such day.
func monthsAfter(t time.Time, n int) time.Time {
	y, m, d := t.Date()
	last := time.Date(y, m+time.Month(n)+1, 0, 0, 0, 0, 0, t.Location())
	return last.AddDate(0, 0, min(d, last.Day())-last.Day())
}

func readDate(s string, o DateOptions) (Date, bool) {
	if m := compact.FindStringSubmatch(s); m != nil {
		return o.compose(m[1], m[2], m[3], m[4], m[5], m[6], m[4] != "")
	}
	if m := compactAt.FindStringSubmatch(s); m != nil {
		return o.withTime(m[1], m[2], m[3], m[4])
	}
	if serialNo.MatchString(s) {
		return readSerial(s, o)
	}
	if m := yearLast.FindStringSubmatch(s); m != nil && (o.MonthDay || number(m[2]) > 12) {
		return o.withTime(m[3], m[1], m[2], m[4])
	}
	if m := yearFirst.FindStringSubmatch(s); m != nil {
		return o.withTime(m[1], m[2], m[3], m[4])
	}
	return Date{}, false
}

func (o DateOptions) withTime(y, m, d, tail string) (Date, bool) {
	if strings.TrimSpace(tail) == "" {
		return o.compose(y, m, d, "", "", "", false)
	}
	t := dayTime.FindStringSubmatch(tail)
	if t == nil {
		return Date{}, false
	}
	return o.compose(y, m, d, strconv.Itoa(hour24(number(t[2]), t[1]+t[5])), t[3], t[4], true)
}

func hour24(h int, half string) int {
	switch half {
	case "下午", "晚上", "PM":
		if h < 12 {
			return h + 12
		}
	case "上午", "AM":
		if h == 12 {
			return 0
		}
	}
	return h
}

func (o DateOptions) compose(y, m, d, hh, mm, ss string, hasTime bool) (Date, bool) {
	year, code := number(y), Code("")
	if len(y) == 2 {
		year, code = 2000+year, WYY
	}
	h, mi, sec := number(hh), number(mm), number(ss)
	at := time.Date(year, time.Month(number(m)), number(d), h, mi, sec, 0, o.Zone)
	same := at.Year() == year && int(at.Month()) == number(m) && at.Day() == number(d)
	return Date{At: at, HasTime: hasTime, Code: code}, same && h < 24 && mi < 60 && sec < 60
}

// readSerial reads a spreadsheet's day number; the fraction is the time of day,
// rounded to the second.
func readSerial(s string, o DateOptions) (Date, bool) {
	f, err := strconv.ParseFloat(s, 64)
	if err != nil || f < 1 || f >= 2958466 {
		return Date{}, false
	}
	days, frac := math.Modf(f)
	epoch := time.Date(1899, 12, 30, 0, 0, 0, 0, o.Zone)
	if o.Date1904 {
		epoch = time.Date(1904, 1, 1, 0, 0, 0, 0, o.Zone)
	}
	secs := int(math.Round(frac * 86400))
	at := epoch.AddDate(0, 0, int(days)).Add(time.Duration(secs) * time.Second)
	return Date{At: at, HasTime: secs != 0}, true
}

// ParseBirthday gives 1990-01-31, or 01-31 when the year is missing; empty when
// the cell holds no possible day. A year before 1900 or after today is refused.
func ParseBirthday(raw string, today time.Time) (string, Code) {
	s := Fold(raw)
	if IsNull(s) || emptyDate(s) {
		return "", ""
	}
	if m := monthDay.FindStringSubmatch(s); m != nil {
		d, ok := DateOptions{Zone: time.UTC}.compose("2000", m[1], m[2], "", "", "", false)
		if !ok {
			return "", EDate
		}
		return d.At.Format("01-02"), ""
	}
	d, ok := readDate(strings.ToUpper(s), DateOptions{Zone: time.UTC})
	if !ok || d.At.Year() < 1900 || (!today.IsZero() && d.At.After(today)) {
		return "", EDate
	}
	return d.At.Format(time.DateOnly), ""
}

var monthDay = regexp.MustCompile(`^(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?$`)

func number(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil {
		return 0
	}
	return n
}
