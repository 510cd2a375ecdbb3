package customer

import (
	"strings"

	"ringback/internal/cn"
)

// Readings are what a search text may mean, all at once; nil where it cannot be that.
type Readings struct {
	Phones [][]byte // hashes of whole numbers
	Last4  *string
	No     *string // whole VIN or frame number
	Last8  *string // of a VIN
	Last6  *string
	Plate  *string
	Paper  *string // beginning of an order's or a policy's number
	Name   *string // beginning of a name
}

// shortestPaper is how much of a paper's number must be given.
const shortestPaper = 4

// ReadSearch reads a search text; not ok when it is empty.
func (f *Files) ReadSearch(text string) (r Readings, ok bool) {
	text = strings.TrimSpace(cn.Fold(text))
	if text == "" {
		return r, false
	}
	if p := cn.ParsePhones(text, cn.PhoneOptions{}); len(p.Valid) > 0 {
		r.Phones = f.hashes(p.Valid)
	}
	if len(text) == 4 && strings.Trim(text, "0123456789") == "" {
		r.Last4 = &text
	}
	no := cn.ParseVehicleNo(text)
	r.No, r.Last8 = some(no.VIN+no.Frame), some(no.Last8)
	bare := strings.ToUpper(strings.ReplaceAll(text, " ", ""))
	if len(bare) == 6 && strings.ContainsAny(bare, "0123456789") && isAlnum(bare) {
		r.Last6 = &bare
	}
	if plate, _ := cn.ParsePlate(text); plate != "" {
		r.Plate = &plate
	}
	if len(bare) >= shortestPaper {
		r.Paper = some(bare)
	}
	r.Name = some(text)
	return r, true
}

func some(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

func isAlnum(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return (r < '0' || r > '9') && (r < 'A' || r > 'Z') })
}
