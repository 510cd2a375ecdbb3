package message

import (
	"strings"
	"time"
	"unicode/utf16"

	"ringback/crm/dealer"
	"ringback/internal/cn"
)

// optOut ends every commercial text and reminder (spec 3.5).
const optOut = "拒收请回复R"

// Complete gives commercial texts and reminders the words that tell how to refuse.
func Complete(text, class string) string {
	if class != "commercial" && class != "reminder" || strings.HasSuffix(text, optOut) {
		return text
	}
	return text + optOut
}

// hasGap tells that a text is not whole: no signature 【门店】 first, nothing after
// it, or a placeholder left in.
func hasGap(text string) bool {
	signature, rest, _ := strings.Cut(text, "】")
	return !strings.HasPrefix(signature, "【") || strings.TrimSpace(strings.TrimSuffix(rest, optOut)) == "" || strings.Contains(text, "{{")
}

// Segments is how many parts a text is sent and paid in: 70 characters alone, 67
// each when there are more (UCS-2 units).
func Segments(text string) int {
	n := len(utf16.Encode([]rune(text)))
	if n <= 70 {
		return 1
	}
	return (n + 66) / 67
}

// OptsOut tells whether a reply refuses further messages: one of the listed words,
// whatever its case, width or blanks.
func OptsOut(reply string, words []string) bool {
	said := strings.ToUpper(strings.TrimSpace(cn.Fold(reply)))
	for _, w := range words {
		if said == strings.ToUpper(w) {
			return true
		}
	}
	return false
}

// MayGo tells when a message of class may be handed over: now, or from the moment
// it gives. Nothing goes before 08:00 or after 21:00; what is no service waits
// until 10:00 then, and over quiet days too (T-E2). It is never skipped.
func MayGo(s dealer.Schedule, class string, now time.Time) (ok bool, opens time.Time) {
	service := class == "service"
	hour := 10 * time.Hour
	if from, _ := s.Wall(); service {
		hour = time.Duration(from) * time.Minute
	}
	day := s.Day(now)
	inWall, _ := s.InWall(now)
	quiet := !service && s.Calendar.IsQuiet(day)
	if inWall && !quiet {
		return true, now
	}
	opens = day.Add(hour)
	for i := 1; opens.Before(now) || quiet; i++ {
		next := day.AddDate(0, 0, i)
		quiet = !service && s.Calendar.IsQuiet(next) && i < 60
		opens = next.Add(hour)
	}
	return false, opens
}
