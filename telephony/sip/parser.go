package sip

import (
	"maps"
	"strings"

	sipgo "github.com/emiago/sipgo/sip"
)

// newParser is sipgo's parser with one repair: white space around ";" and "=" is
// legal in header parameters (RFC 3261 §25.1, SEMI and EQUAL), but sipgo then
// misses From and To tags, Via branches and Contact expiries.
func newParser() *sipgo.Parser {
	parsers := maps.Clone(sipgo.DefaultHeadersParser())
	for _, name := range []string{"from", "f", "to", "t", "via", "v", "contact", "m"} {
		parse := parsers[name]
		parsers[name] = func(header []byte, text string) (sipgo.Header, error) {
			return parse(header, tighten(text))
		}
	}
	return sipgo.NewParser(sipgo.WithHeadersParsers(parsers))
}

// tighten moves blanks around ";" and "=" to the front of their list element.
// The length and the place of every comma stay, because sipgo goes on in the
// untouched text after the comma it found.
func tighten(s string) string {
	if !strings.ContainsAny(s, " \t") {
		return s
	}
	out := make([]byte, 0, len(s))
	for len(s) > 0 {
		n := elementLen(s)
		out = append(out, tightenElement(s[:n])...)
		if s = s[n:]; len(s) > 0 {
			out, s = append(out, ','), s[1:]
		}
	}
	return string(out)
}

// elementLen is the length up to the first comma outside quotes and brackets.
func elementLen(s string) int {
	var n nesting
	for i := range len(s) {
		if n.step(s[i]) && s[i] == ',' {
			return i
		}
	}
	return len(s)
}

func tightenElement(s string) string {
	kept := make([]byte, 0, len(s))
	var n nesting
	for i := range len(s) {
		open := n.step(s[i])
		if open && blank(s[i]) && besideSeparator(s, i, kept) {
			continue
		}
		kept = append(kept, s[i])
	}
	return strings.Repeat(" ", len(s)-len(kept)) + string(kept)
}

// besideSeparator tells whether the blank at i precedes or follows ; or =, or
// ends the element.
func besideSeparator(s string, i int, kept []byte) bool {
	if len(kept) > 0 && separator(kept[len(kept)-1]) {
		return true
	}
	rest := strings.TrimLeft(s[i:], " \t")
	return rest == "" || separator(rest[0])
}

func blank(c byte) bool     { return c == ' ' || c == '\t' }
func separator(c byte) bool { return c == ';' || c == '=' }

// nesting follows quotes and angle brackets.
type nesting struct{ quoted, bracketed, escaped bool }

// step takes the next byte and tells whether it stands outside both.
func (n *nesting) step(c byte) bool {
	switch {
	case n.escaped:
		n.escaped = false
	case n.quoted && c == '\\':
		n.escaped = true
	case c == '"':
		n.quoted = !n.quoted
	case n.quoted:
	case c == '<':
		n.bracketed = true
	case c == '>':
		n.bracketed = false
	}
	return !n.quoted && !n.bracketed
}
