// Package config turns the environment into one validated struct.
//
// It owns the names, defaults and bounds of the RINGBACK_* variables. Only cmd
// reads it; rooms take Options of their own. Everything is checked before
// anything starts, and every trouble is told at once, each with the variable's
// name, its bounds and what to do.
package config

import (
	"errors"
	"log/slog"
	"net/netip"
	"net/url"
	"time"
)

// Config is how one node runs. Durations and addresses are ready to use.
type Config struct {
	DatabaseURL      string // RINGBACK_DATABASE_URL, as ringback_app; empty: private cluster in Data
	DatabaseOwnerURL string // RINGBACK_DATABASE_OWNER_URL, for migrate and backup
	DatabaseConns    int    // RINGBACK_DATABASE_CONNS, connections of this node
	RedisURL         string // RINGBACK_REDIS_URL; empty: a Redis of our own
	AllowEmbedded    bool   // RINGBACK_ALLOW_EMBEDDED: serve may run on the private stores

	Data string // RINGBACK_DATA, directory of everything kept on disk
	Key  []byte // RINGBACK_KEY or RINGBACK_KEY_FILE, 32 bytes; nil: none was given

	HTTPAddr     string         // RINGBACK_HTTP_ADDR, host:port to listen on
	PublicURL    *url.URL       // RINGBACK_PUBLIC_URL, the console as browsers see it; nil: from HTTPAddr
	TLSCert      string         // RINGBACK_TLS_CERT, PEM file
	TLSKey       string         // RINGBACK_TLS_KEY, PEM file
	TrustedProxy []netip.Prefix // RINGBACK_TRUSTED_PROXY, who may say X-Forwarded-For and -Proto

	SIPAddr  string // RINGBACK_SIP_ADDR, host:port of the UDP and TCP listener
	Trunk    Trunk
	SMSURL   string // RINGBACK_SMS_URL, the message gateway (crm/message says how it is spoken to); empty: messages wait
	SMSToken string // RINGBACK_SMS_TOKEN, shown to the gateway and by it
	Drop     string // RINGBACK_DROP, the watched folder: DIR/<store code>/file is imported; empty: none

	RTPIP netip.Addr // RINGBACK_RTP_IP, told to peers in SDP; zero: the address that reaches the peer
	RTP   PortRange  // RINGBACK_RTP_PORTS

	WebRTCAddr      string         // RINGBACK_WEBRTC_ADDR, host:port of the one UDP socket for browsers
	WebRTCAdvertise netip.AddrPort // RINGBACK_WEBRTC_ADVERTISE, as browsers reach it; zero: as bound

	Roles    []Role     // RINGBACK_ROLES
	NodeID   string     // RINGBACK_NODE, the node's name; empty: the host's name
	LogLevel slog.Level // RINGBACK_LOG_LEVEL

	DrainTime time.Duration // RINGBACK_DRAIN_SECONDS, how long live calls may finish at shutdown
}

// Trunk is the first carrier line; more are kept in the database.
type Trunk struct {
	Address  string // RINGBACK_SIP_TRUNK_ADDRESS, host or host:port; empty: none
	User     string // RINGBACK_SIP_TRUNK_USER
	Password string // RINGBACK_SIP_TRUNK_PASSWORD
	Caller   string // RINGBACK_SIP_TRUNK_CALLER, the number customers see
}

// PortRange of UDP ports, both ends included.
type PortRange struct{ First, Last int }

// Count of ports in the range.
func (r PortRange) Count() int { return r.Last - r.First + 1 }

// Role is a part of the work that a node does.
type Role string

// The roles. A node has all of them unless RINGBACK_ROLES narrows it.
const (
	API    Role = "api"
	Media  Role = "media"
	Dialer Role = "dialer"
	Jobs   Role = "jobs"
)

// AllRoles of a node.
func AllRoles() []Role { return []Role{API, Media, Dialer, Jobs} }

// Has tells whether the node has the role.
func (c Config) Has(r Role) bool {
	for _, have := range c.Roles {
		if have == r {
			return true
		}
	}
	return false
}

// EmbeddedDatabase tells that the node runs a private cluster.
func (c Config) EmbeddedDatabase() bool { return c.DatabaseURL == "" }

// Defaults are the values without any environment.
func Defaults() Config {
	return Config{
		DatabaseConns: 20,
		Data:          "./var",
		HTTPAddr:      "127.0.0.1:8080",
		SIPAddr:       "0.0.0.0:5060",
		RTP:           PortRange{20000, 20999},
		WebRTCAddr:    "0.0.0.0:21000",
		Roles:         AllRoles(),
		LogLevel:      slog.LevelInfo,
		DrainTime:     60 * time.Second,
	}
}

// Load reads the environment through env (os.Getenv). Its error joins one line
// for each wrong variable and never holds a secret's value.
func Load(env func(string) string) (Config, error) {
	c := Defaults()
	r := reader{env: env}
	r.stores(&c)
	r.web(&c)
	r.telephony(&c)
	r.node(&c)
	r.together(c)
	return c, errors.Join(r.wrong...)
}
