package cn

import (
	"regexp"
	"strings"
)

// VehicleNo is what a VIN cell held. At most one of VIN, Frame and Last8 is set.
type VehicleNo struct {
	VIN     string // 17 characters as written or repaired
	Frame   string // e-bike frame number, SF and 11 digits
	Last8   string // only the end of a VIN: matched within the store
	Valid   bool   // the check digit holds
	Matches bool   // VIN may be used to find a vehicle
	Code    Code   // W-VINFIX, W-VINCHK, W-VIN8, E-VINLEN or empty
}

var (
	frameForm  = regexp.MustCompile(`^SF\d{11}$`)
	vinLetters = regexp.MustCompile(`^[A-Z0-9]+$`)
	vinRepair  = strings.NewReplacer("O", "0", "I", "1", "Q", "0")
)

// ParseVehicleNo reads a VIN cell by spec 7.3, 7.7 and the frame number rule of
// data/dms.
func ParseVehicleNo(raw string) VehicleNo {
	s := Fold(raw)
	if IsNull(s) {
		return VehicleNo{}
	}
	s = strings.ToUpper(strings.NewReplacer(" ", "", "-", "", ".", "", "\n", "").Replace(s))
	switch {
	case frameForm.MatchString(s):
		return VehicleNo{Frame: s}
	case !vinLetters.MatchString(s):
		return VehicleNo{Code: EVINLen}
	case len(s) == 17:
		return readVIN(s)
	case len(s) == 8:
		return VehicleNo{Last8: vinRepair.Replace(s), Code: WVIN8}
	}
	return VehicleNo{Code: EVINLen}
}

func readVIN(s string) VehicleNo {
	if ValidVIN(s) {
		return VehicleNo{VIN: s, Valid: true, Matches: true}
	}
	if !strings.ContainsAny(s, "OIQ") {
		return VehicleNo{VIN: s, Matches: true, Code: WVINChk}
	}
	if fixed := vinRepair.Replace(s); ValidVIN(fixed) {
		return VehicleNo{VIN: fixed, Valid: true, Matches: true, Code: WVINFix}
	}
	return VehicleNo{VIN: s, Code: WVINChk}
}

// ValidVIN checks length, alphabet (no I, O, Q) and the check digit at position 9
// (spec 6.4, ISO 3779).
func ValidVIN(s string) bool {
	if len(s) != 17 {
		return false
	}
	weights := [17]int{8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2}
	sum := 0
	for i := range 17 {
		v, ok := vinValue(s[i])
		if !ok {
			return false
		}
		sum += v * weights[i]
	}
	return s[8] == "0123456789X"[sum%11]
}

func vinValue(c byte) (int, bool) {
	switch {
	case c >= '0' && c <= '9':
		return int(c - '0'), true
	case c >= 'A' && c <= 'Z' && c != 'I' && c != 'O' && c != 'Q':
		return int("12345678012345070923456789"[c-'A'] - '0'), true
	}
	return 0, false
}
