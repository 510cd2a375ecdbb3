package config

import (
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"
)

const prefix = "RINGBACK_"

// reader collects what is wrong, so that all of it is told at once.
type reader struct {
	env   func(string) string
	wrong []error
}

// Problem is one wrong variable.
type Problem struct {
	Variable string // with its RINGBACK_ prefix
	Reason   string // what is expected, in English
}

func (p *Problem) Error() string { return p.Variable + ": " + p.Reason }

func (r *reader) fail(name, format string, args ...any) {
	r.wrong = append(r.wrong, &Problem{prefix + name, fmt.Sprintf(format, args...)})
}

// get hands a set variable to use; what use complains about is the problem.
func (r *reader) get(name string, use func(v string) error) {
	v := strings.TrimSpace(r.env(prefix + name))
	if v == "" {
		return
	}
	if err := use(v); err != nil {
		r.fail(name, "%v", err)
	}
}

func (r *reader) text(name string, to *string) {
	r.get(name, func(v string) error { *to = v; return nil })
}

func (r *reader) number(name string, to *int, lo, hi int) {
	r.get(name, func(v string) error {
		n, err := strconv.Atoi(v)
		if err != nil || n < lo || n > hi {
			return fmt.Errorf("must be a whole number from %d to %d, is %q", lo, hi, v)
		}
		*to = n
		return nil
	})
}

func (r *reader) flag(name string, to *bool) {
	r.get(name, func(v string) (err error) {
		if *to, err = strconv.ParseBool(v); err != nil {
			return fmt.Errorf("must be true or false, is %q", v)
		}
		return nil
	})
}

// listen takes host:port with the host as an IP address or localhost; port 0
// picks a free one.
func (r *reader) listen(name string, to *string) {
	r.get(name, func(v string) error {
		host, port, err := net.SplitHostPort(v)
		if err != nil {
			return fmt.Errorf("must be address:port, such as 0.0.0.0:5060, is %q", v)
		}
		if _, err := netip.ParseAddr(host); err != nil && host != "" && host != "localhost" {
			return fmt.Errorf("must begin with an IP address of this machine or 0.0.0.0, begins with %q", host)
		}
		if n, err := strconv.Atoi(port); err != nil || n < 0 || n > 65535 {
			return fmt.Errorf("must end with a port from 0 to 65535, ends with %q", port)
		}
		*to = v
		return nil
	})
}

// url takes a URL; a wrong one is not repeated, for it may hold a password.
func (r *reader) url(name string, example string, schemes ...string) (u *url.URL) {
	r.get(name, func(v string) error {
		parsed, err := url.Parse(v)
		if err != nil || !slices.Contains(schemes, parsed.Scheme) || parsed.Host == "" && parsed.Path == "" && parsed.RawQuery == "" {
			return fmt.Errorf("must be a URL such as %s (its value is not shown here, it may hold a password)", example)
		}
		u = parsed
		return nil
	})
	return u
}

func (r *reader) file(name string, to *string) {
	r.get(name, func(v string) error {
		f, err := os.Open(v)
		if err != nil {
			return fmt.Errorf("must be a file that can be read: %w", err)
		}
		*to = v
		return f.Close()
	})
}

// key takes 32 bytes as hex or base64, from the variable or from a file.
func (r *reader) key(c *Config) {
	decode := func(v string) (err error) { c.Key, err = decodeKey(v); return err }
	r.get("KEY", decode)
	r.get("KEY_FILE", func(path string) error {
		if r.env(prefix+"KEY") != "" {
			return errors.New("give RINGBACK_KEY or RINGBACK_KEY_FILE, not both")
		}
		b, err := os.ReadFile(path)
		if err != nil {
			return fmt.Errorf("must be a file that can be read: %w", err)
		}
		return decode(strings.TrimSpace(string(b)))
	})
}

const keyBytes = 32

func decodeKey(v string) ([]byte, error) {
	if b, err := hex.DecodeString(v); err == nil && len(b) == keyBytes {
		return b, nil
	}
	for _, enc := range []*base64.Encoding{base64.StdEncoding, base64.RawStdEncoding, base64.URLEncoding, base64.RawURLEncoding} {
		if b, err := enc.DecodeString(v); err == nil && len(b) == keyBytes {
			return b, nil
		}
	}
	return nil, errors.New("must be 32 random bytes as 64 hex digits or base64; make one with: openssl rand -hex 32 (and keep it: without it the encrypted phone numbers cannot be read)")
}

func (r *reader) seconds(name string, to *time.Duration, lo, hi int) {
	n := int(*to / time.Second)
	r.number(name, &n, lo, hi)
	*to = time.Duration(n) * time.Second
}

func (r *reader) level(name string, to *slog.Level) {
	r.get(name, func(v string) error {
		if err := to.UnmarshalText([]byte(v)); err != nil {
			return fmt.Errorf("must be debug, info, warn or error, is %q", v)
		}
		return nil
	})
}
