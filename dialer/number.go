package dialer

import (
	"regexp"
	"strings"
)

// numberForm is what may leave by a trunk: the prefix allow-list of mainland
// China. Mobiles, and landlines with their area code. Emergency and short
// numbers, 400, 95xxx, 96xxx, premium 168 and international ones are not in it.
var numberForm = regexp.MustCompile(`^(?:1[3-9]\d{9}|0(?:10|2\d|[3-9]\d{2})[1-8]\d{6,7})$`)

// testLandline is area code and a subscriber number that begins with 0: no
// exchange routes it (spec 6.2).
var testLandline = regexp.MustCompile(`^0(?:10|2\d|[3-9]\d{2})0\d{6,7}$`)

// dialable tells whether the number may be sent to any trunk at all. Test
// landlines may, to the simulator.
func dialable(number string) bool {
	return numberForm.MatchString(number) || testLandline.MatchString(number)
}

// testRange tells whether the number is one that no carrier has assigned: the
// ranges of synthetic data (spec 6.2).
func testRange(number string) bool {
	if len(number) == 11 {
		for _, prefix := range []string{"154", "164", "169", "194"} {
			if strings.HasPrefix(number, prefix) {
				return true
			}
		}
	}
	return testLandline.MatchString(number)
}
