package sip

import (
	"fmt"
	"net"
	"net/netip"
	"strings"

	sipgo "github.com/emiago/sipgo/sip"

	"ringback/internal/errs"
)

// sipgo writes header text as it is: what comes from people is checked here, so
// that no CR LF smuggles in a header.

// errSpec is the refusal of a leg that could not be put on the wire.
func errSpec(field string, cause error) error {
	return errs.New(errs.Invalid, "leg_invalid", "呼叫参数无效，未拨出", "the call's parameters are invalid; nothing was dialled").
		At(field).Because(cause)
}

// printable drops control characters, CR and LF among them.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if r < 0x20 || r == 0x7f {
			return -1
		}
		return r
	}, s)
}

// escapeUser writes the user part of a URI (RFC 3261 §25.1, user).
func escapeUser(s string) string {
	var b strings.Builder
	for i := range len(s) {
		c := s[i]
		if isAlnum(c) || strings.IndexByte("-_.!~*'()&=+$,;?/", c) >= 0 {
			b.WriteByte(c)
		} else {
			fmt.Fprintf(&b, "%%%02X", c)
		}
	}
	return b.String()
}

func isAlnum(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}

// isToken tells whether s is a token (RFC 3261 §25.1), as header names are.
func isToken(s string) bool {
	for i := range len(s) {
		if !isAlnum(s[i]) && strings.IndexByte("-.!%*_+`'~", s[i]) < 0 {
			return false
		}
	}
	return s != ""
}

// isCallID allows what a Call-ID may hold without white space.
func isCallID(s string) bool {
	local, host, found := strings.Cut(s, "@")
	return isToken(local) && (!found || isToken(host)) && len(s) <= 255
}

// isHost allows names and addresses.
func isHost(s string) bool {
	if _, err := netip.ParseAddr(strings.Trim(s, "[]")); err == nil {
		return true
	}
	for i := range len(s) {
		if !isAlnum(s[i]) && s[i] != '-' && s[i] != '.' {
			return false
		}
	}
	return s != ""
}

// splitAddress reads host:port; without a port it is 5060.
func splitAddress(s string) (host, port string, err error) {
	host, port, err = net.SplitHostPort(s)
	if err != nil {
		host, port = strings.Trim(s, "[]"), "5060"
	}
	if !isHost(host) {
		return "", "", fmt.Errorf("%q is not a host:port", printable(s))
	}
	return host, port, nil
}

// reserved are headers that a leg's own Headers may not set.
const reserved = " via from to call-id cseq contact max-forwards route record-route content-type " +
	"content-length require proxy-require authorization proxy-authorization user-agent allow supported " +
	"v f t i m c l k "

// extraHeaders are the leg's own headers, cleaned.
func extraHeaders(h map[string]string) ([]sipgo.Header, error) {
	var list []sipgo.Header
	for name, value := range h {
		if !isToken(name) || strings.Contains(reserved, " "+strings.ToLower(name)+" ") {
			return nil, errSpec("headers", fmt.Errorf("header %q cannot be set", printable(name)))
		}
		list = append(list, sipgo.NewHeader(name, printable(value)))
	}
	return list, nil
}
