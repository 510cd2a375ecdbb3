package config

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

func (r *reader) stores(c *Config) {
	const pg = "postgres://ringback_app:password@db.example.cn:5432/ringback"
	if u := r.url("DATABASE_URL", pg, "postgres", "postgresql"); u != nil {
		c.DatabaseURL = u.String()
	}
	if u := r.url("DATABASE_OWNER_URL", pg, "postgres", "postgresql"); u != nil {
		c.DatabaseOwnerURL = u.String()
	}
	r.number("DATABASE_CONNS", &c.DatabaseConns, 4, 500)
	if u := r.url("REDIS_URL", "redis://:password@redis.example.cn:6379/0", "redis", "rediss", "unix"); u != nil {
		c.RedisURL = u.String()
	}
	r.flag("ALLOW_EMBEDDED", &c.AllowEmbedded)
	r.text("DATA", &c.Data)
	r.text("DROP", &c.Drop)
	r.key(c)
}

func (r *reader) web(c *Config) {
	r.listen("HTTP_ADDR", &c.HTTPAddr)
	if u := r.url("PUBLIC_URL", "https://ringback.example.cn", "http", "https"); u != nil {
		if strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.Host == "" {
			r.fail("PUBLIC_URL", "must be scheme and host only, such as https://ringback.example.cn: the console lives at the root")
		}
		c.PublicURL = u
	}
	r.file("TLS_CERT", &c.TLSCert)
	r.file("TLS_KEY", &c.TLSKey)
	r.get("TRUSTED_PROXY", func(v string) error {
		for part := range strings.SplitSeq(v, ",") {
			p, err := parsePrefix(strings.TrimSpace(part))
			if err != nil {
				return fmt.Errorf("must be IP addresses or networks such as 10.0.0.5,10.1.0.0/16, has %q", part)
			}
			c.TrustedProxy = append(c.TrustedProxy, p)
		}
		return nil
	})
}

func parsePrefix(s string) (netip.Prefix, error) {
	if a, err := netip.ParseAddr(s); err == nil {
		return netip.PrefixFrom(a, a.BitLen()), nil
	}
	return netip.ParsePrefix(s)
}

var callerNumber = regexp.MustCompile(`^\+?[0-9]{3,20}$`)

func (r *reader) telephony(c *Config) {
	r.listen("SIP_ADDR", &c.SIPAddr)
	r.get("SIP_TRUNK_ADDRESS", func(v string) error {
		c.Trunk.Address = v
		return checkPeer(v)
	})
	r.text("SIP_TRUNK_USER", &c.Trunk.User)
	r.text("SIP_TRUNK_PASSWORD", &c.Trunk.Password)
	r.get("SIP_TRUNK_CALLER", func(v string) error {
		c.Trunk.Caller = v
		if !callerNumber.MatchString(v) {
			return fmt.Errorf("must be 3 to 20 digits, the number your carrier assigned, such as 057188880000, is %q", v)
		}
		return nil
	})
	if u := r.url("SMS_URL", "https://sms.example.cn/api", "http", "https"); u != nil {
		c.SMSURL = u.String()
	}
	r.text("SMS_TOKEN", &c.SMSToken)
	r.get("RTP_IP", func(v string) (err error) {
		if c.RTPIP, err = netip.ParseAddr(v); err != nil || c.RTPIP.IsUnspecified() {
			return fmt.Errorf("must be the IP address under which phones and carrier reach this machine, is %q", v)
		}
		return nil
	})
	r.get("RTP_PORTS", func(v string) (err error) { c.RTP, err = parsePorts(v); return err })
	r.listen("WEBRTC_ADDR", &c.WebRTCAddr)
	r.get("WEBRTC_ADVERTISE", func(v string) (err error) {
		if c.WebRTCAdvertise, err = netip.ParseAddrPort(v); err != nil || c.WebRTCAdvertise.Addr().IsUnspecified() {
			return fmt.Errorf("must be IP:port under which browsers reach this machine, such as 203.0.113.7:21000, is %q", v)
		}
		return nil
	})
}

// checkPeer takes host or host:port of another machine.
func checkPeer(v string) error {
	if strings.HasPrefix(v, "sip:") || strings.HasPrefix(v, "sips:") || strings.ContainsAny(v, " /@?;") {
		return fmt.Errorf("must be host or host:port of the carrier, without sip:, is %q", v)
	}
	if h, port, err := net.SplitHostPort(v); err == nil {
		if n, err := strconv.Atoi(port); err != nil || n < 1 || n > 65535 {
			return fmt.Errorf("must be host or host:port with a port from 1 to 65535, is %q", v)
		}
		v = h
	}
	if v == "" {
		return errors.New("must be host or host:port of the carrier, has no host")
	}
	return nil
}

// An RTP session takes an even port and, for RTCP, the next.
const minPorts = 8

func parsePorts(v string) (PortRange, error) {
	first, last, ok := strings.Cut(v, "-")
	a, err1 := strconv.Atoi(strings.TrimSpace(first))
	b, err2 := strconv.Atoi(strings.TrimSpace(last))
	p := PortRange{a, b}
	if !ok || err1 != nil || err2 != nil || a < 1024 || b > 65535 || p.Count() < minPorts {
		return PortRange{}, fmt.Errorf("must be first-last from 1024 to 65535 with at least %d ports, such as 20000-20999, is %q", minPorts, v)
	}
	return p, nil
}

func (r *reader) node(c *Config) {
	r.get("ROLES", func(v string) error {
		c.Roles = nil
		for part := range strings.SplitSeq(v, ",") {
			role := Role(strings.TrimSpace(part))
			if !slices.Contains(AllRoles(), role) {
				return fmt.Errorf("must be some of api, media, dialer, jobs with commas between, has %q", part)
			}
			if !c.Has(role) {
				c.Roles = append(c.Roles, role)
			}
		}
		return nil
	})
	r.text("NODE", &c.NodeID)
	r.level("LOG_LEVEL", &c.LogLevel)
	r.seconds("DRAIN_SECONDS", &c.DrainTime, 0, 3600)
}

// together checks what no variable alone can be blamed for.
func (r *reader) together(c Config) {
	if (c.TLSCert == "") != (c.TLSKey == "") {
		r.fail("TLS_CERT", "goes together with RINGBACK_TLS_KEY: set both or none")
	}
	if c.Trunk.Address == "" && (c.Trunk.User != "" || c.Trunk.Password != "" || c.Trunk.Caller != "") {
		r.fail("SIP_TRUNK_ADDRESS", "is missing, while other RINGBACK_SIP_TRUNK_ variables are set")
	}
	if c.Trunk.Address != "" && c.Trunk.Caller == "" {
		r.fail("SIP_TRUNK_CALLER", "is missing: a carrier wants to see a number it assigned to you")
	}
	if c.Trunk.Password != "" && c.Trunk.User == "" {
		r.fail("SIP_TRUNK_USER", "is missing, while RINGBACK_SIP_TRUNK_PASSWORD is set")
	}
	if inside(c.WebRTCAddr, c.RTP) {
		r.fail("WEBRTC_ADDR", "has a port inside RINGBACK_RTP_PORTS (%d-%d): choose one outside", c.RTP.First, c.RTP.Last)
	}
	if inside(c.SIPAddr, c.RTP) {
		r.fail("SIP_ADDR", "has a port inside RINGBACK_RTP_PORTS (%d-%d): choose one outside", c.RTP.First, c.RTP.Last)
	}
}

func inside(addr string, r PortRange) bool {
	_, port, _ := net.SplitHostPort(addr)
	n, err := strconv.Atoi(port)
	return err == nil && r.First <= n && n <= r.Last
}
