package sim

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// Seconds is a time written as 90, 90s, 1m30s or 1.5m.
type Seconds float64

// UnmarshalText reads it; kong and YAML both come here.
func (s *Seconds) UnmarshalText(text []byte) error {
	word := strings.TrimSpace(string(text))
	if v, err := strconv.ParseFloat(word, 64); err == nil && !math.IsNaN(v) && !math.IsInf(v, 0) {
		*s = Seconds(v)
		return nil
	}
	d, err := time.ParseDuration(word)
	if err != nil {
		return fmt.Errorf("%q is no time: write 90s, 1m30s or a number of seconds", word)
	}
	*s = Seconds(d.Seconds())
	return nil
}

// UnmarshalYAML reads it as text does.
func (s *Seconds) UnmarshalYAML(raw []byte) error {
	return s.UnmarshalText([]byte(strings.Trim(strings.TrimSpace(string(raw)), `"'`)))
}
