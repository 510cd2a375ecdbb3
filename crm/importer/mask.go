package importer

import (
	"regexp"
	"strings"

	"ringback/internal/cn"
)

// Masked is a row whose numbers of phones and persons are masked: what a screen may
// show of a dealer's file (spec 5.3.1). Columns that nobody knows are looked through
// as well.
func (r Row) Masked(columns []Column) Row {
	cells := make([]string, len(r.Cells))
	for i, c := range r.Cells {
		field := ""
		if i < len(columns) {
			field = columns[i].Field
		}
		switch field {
		case "phone", "phone2", "owner_phone", "id_no":
			cells[i] = maskNumbers(c)
		case "ro_no", "policy_no", "vin", "plate", "motor", "engine", "invoice":
			cells[i] = c // numbers of things, by which a row is found again
		default:
			cells[i] = MaskText(c)
		}
	}
	r.Cells = cells
	return r
}

// maskNumbers hides the middle of every number of seven digits or more, in a column
// that holds numbers of persons. What separates the digits stays, so that a badly
// written number is still recognised.
func maskNumbers(s string) string {
	return eachNumber(s, func(n digitRun) {
		switch digits := len(n.places); {
		case digits >= 17:
			n.hide(0, digits, 6, 4)
		case digits >= 10:
			n.hide(0, digits, 3, 4)
		case digits >= 7:
			n.hide(0, digits, 0, 4)
		}
	})
}

// Numbers of persons inside free text: mobiles with the prefixes people write, area
// codes with a landline, identity numbers.
var (
	mobileNumber   = regexp.MustCompile(`^(?:00860?|860?|0|17951|12593)?1[3-9]\d{9}`)
	landlineNumber = regexp.MustCompile(`^0\d{9,11}`)
	idNumber       = regexp.MustCompile(`^[1-9]\d{5}(?:19|20)\d{2}[01]\d[0-3]\d{3}\d[\dX]?`)
)

// MaskText hides the middle of what looks like a mobile, a landline or an identity
// number inside any text.
func MaskText(s string) string {
	if !strings.ContainsAny(s, "0123456789０１２３４５６７８９") {
		return s
	}
	return eachNumber(s, func(n digitRun) {
		for from := 0; from < len(n.places); {
			to := from + 1
			switch rest := n.digits[from:]; {
			case !n.begins(from):
			case n.match(idNumber, rest, from, &to):
				n.hide(from, to, 6, 4)
			case n.match(mobileNumber, rest, from, &to):
				n.hide(from, to, to-from-8, 4)
			case n.match(landlineNumber, rest, from, &to):
				n.hide(from, to, 4, 4)
			}
			from = to
		}
	})
}

// digitRun is a run of digits in a text, with single separators inside it.
type digitRun struct {
	text   []rune
	places []int  // of the digits in text
	digits string // the same, as ASCII
}

// begins tells whether a digit stands at the beginning of a part.
func (n digitRun) begins(i int) bool { return i == 0 || n.places[i] != n.places[i-1]+1 }

// match tells whether a pattern fits, up to the end of a part.
func (n digitRun) match(p *regexp.Regexp, rest string, from int, to *int) bool {
	for end := len(rest); end > 0; end-- { // a greedy pattern may go into the next part
		if at := from + end; at < len(n.places) && !n.begins(at) {
			continue
		}
		if found := p.FindString(rest[:end]); len(found) == end {
			*to = from + end
			return true
		}
	}
	return false
}

// hide replaces the digits from one to another but the first and last ones.
func (n digitRun) hide(from, to, head, tail int) {
	for i := from + head; i < to-tail; i++ {
		n.text[n.places[i]] = '*'
	}
}

// eachNumber shows the numbers of a text, and gives the text as it is then.
func eachNumber(s string, look func(digitRun)) string {
	text := []rune(s)
	for i := 0; i < len(text); i++ {
		if digitOf(text[i]) < 0 {
			continue
		}
		n := digitRun{text: text}
		var digits strings.Builder
		for ; i < len(text); i++ {
			if d := digitOf(text[i]); d >= 0 {
				n.places = append(n.places, i)
				digits.WriteByte(byte('0' + d))
			} else if !strings.ContainsRune(" -.–—·", text[i]) || i+1 >= len(text) || digitOf(text[i+1]) < 0 {
				break
			}
		}
		if n.digits = digits.String(); i < len(text) && (text[i] == 'X' || text[i] == 'x') && len(n.digits) == 17 {
			n.digits, n.places = n.digits+"X", append(n.places, i)
		}
		look(n)
	}
	return string(text)
}

func digitOf(r rune) int {
	switch {
	case r >= '0' && r <= '9':
		return int(r - '0')
	case r >= '０' && r <= '９':
		return int(r - '０')
	}
	return -1
}

// maskedID is an identity number as a screen shows it; empty when the text is none.
func maskedID(s string) string {
	id, _ := cn.ParseIDNumber(s)
	return cn.MaskID(id)
}
