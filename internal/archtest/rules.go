// Package archtest keeps the walls of the house: which room may import which,
// who may use which library, and who may work outside a store's scope.
//
// It reads the source itself; a cached `go list` would lie. The tables below are
// DESIGN.md §3 in code; the tests fail when they are broken and when the tables
// name a room that does not exist any more.
package archtest

import "strings"

// everywhere may be imported by every room.
func everywhere() []string { return []string{"internal/errs", "internal/clock", "internal/seal"} }

// nothing of ours is imported by these, not even from everywhere.
func leaves() []string {
	return []string{
		"internal/errs", "internal/clock", "internal/seal", "internal/config", "internal/obs", "internal/cn",
		"telephony/media", "dialer/pacing", "web",
	}
}

// allowed is, for each room, what it may import beyond everywhere. A trailing
// "/..." means the room and all below it.
func allowed() map[string][]string {
	data := []string{"internal/postgres", "internal/events", "internal/jobs"}
	dealer := with(data, "internal/cn")
	customer := with(dealer, "crm/dealer")
	message := with(customer, "crm/customer")
	noun := with(message, "crm/message")
	return map[string][]string{
		"internal/postgres":          nil,
		"internal/postgres/embedded": nil,
		"internal/postgres/pgtest":   {"internal/postgres", "internal/postgres/embedded"},
		"internal/redis":             nil,
		"internal/redis/redistest":   {"internal/redis"},
		"internal/events":            {"internal/postgres", "internal/redis"},
		"internal/jobs":              {"internal/postgres", "internal/events"},
		"internal/auth":              data,
		"telephony/webrtc":           {"telephony/media"},
		"telephony/recording":        {"telephony/media"},
		"telephony":                  with(data, "telephony/media", "telephony/recording"),
		"telephony/sip":              {"telephony", "telephony/media"},
		"telephony/siptest":          {"telephony/media"},
		"telephony/acd":              with(data, "internal/redis", "telephony"),
		"crm/dealer":                 dealer,
		"crm/customer":               customer,
		"crm/message":                message,
		"crm/message/smstest":        nil,
		"crm/workorder":              noun,
		"crm/policy":                 noun,
		"crm/script":                 noun,
		"crm/complaint":              with(noun, "crm/workorder"),
		"crm/appointment":            with(noun, "crm/workorder"),
		"crm/satisfaction":           with(noun, "crm/workorder", "crm/script"),
		"crm/task": with(noun, "crm/workorder", "crm/policy", "crm/script", "crm/complaint", "crm/appointment",
			"crm/satisfaction"),
		"crm/importer":      with(data, "internal/cn", "internal/auth", "crm/dealer", "crm/customer", "crm/message", "crm/workorder", "crm/policy", "crm/script", "crm/complaint", "crm/appointment", "crm/satisfaction", "crm/task"),
		"crm/report":        with(data, "internal/cn", "crm/..."),
		"dialer":            with(data, "internal/cn", "dialer/pacing", "dialer/sim", "telephony", "telephony/acd", "crm/dealer", "crm/customer", "crm/task"),
		"dialer/hopper":     {"dialer", "internal/redis"},
		"dialer/sim":        {"dialer/pacing"},
		"internal/desk":     {"internal/postgres", "internal/events", "telephony", "telephony/acd", "dialer", "crm/..."},
		"internal/live":     {"internal/auth", "internal/redis", "internal/events"},
		"internal/httpapi":  {"internal/...", "telephony/...", "crm/...", "dialer/...", "web"},
		"internal/archtest": nil,
		"cmd/ringback":      {"..."},
		"cmd/ringsim":       {"..."},
	}
}

// testsMay is what test files may import beyond their room's list.
func testsMay() []string {
	return []string{"telephony/siptest", "crm/message/smstest", "internal/postgres/pgtest", "internal/redis/redistest"}
}

// libraries maps an import path (or a prefix ending in "/") to the only rooms
// that may use it.
func libraries() map[string][]string {
	return map[string][]string{
		"github.com/emiago/sipgo":         {"telephony/sip", "telephony/siptest"},
		"github.com/emiago/sipgo/":        {"telephony/sip", "telephony/siptest"},
		"github.com/redis/go-redis/":      {"internal/redis", "internal/redis/redistest", "internal/events", "dialer/hopper", "telephony/acd", "internal/live"},
		"github.com/go-chi/chi/":          {"internal/httpapi"},
		"github.com/danielgtaylor/huma/":  {"internal/httpapi"},
		"github.com/gorilla/websocket":    {"internal/live"},
		"github.com/pion/webrtc/":         {"telephony/webrtc"},
		"github.com/xuri/excelize/":       {"crm/importer", "crm/report"},
		"github.com/alicebob/miniredis/":  {"internal/redis", "internal/redis/redistest"},
		"github.com/pressly/goose/":       {"internal/postgres"},
		"github.com/alexedwards/argon2id": {"internal/auth"},
		"github.com/alecthomas/kong":      {"cmd/ringback", "cmd/ringsim"},
	}
}

// outsideScope names who may call postgres.AllStores, and why.
func outsideScope() map[string]string {
	return map[string]string{
		"internal/auth":     "login: the store is not known yet",
		"internal/events":   "the relay serves all stores of the node",
		"telephony":         "the event writer serves all calls of the node",
		"telephony/acd":     "recovery of a dead node's sessions",
		"dialer":            "election, claims and recovery are node-wide",
		"internal/desk":     "overdue wrap-ups of the node",
		"crm/task":          "the nightly pass",
		"crm/message":       "one sender serves all stores of the node; a reply names no store",
		"crm/script":        "the library belongs to no store",
		"internal/httpapi":  "health and the registrar's secrets",
		"cmd/ringback":      "set-up of the demo's store and users",
		"internal/postgres": "its own",
	}
}

func with(list []string, more ...string) []string {
	return append(append([]string(nil), list...), more...)
}

func matches(pattern, room string) bool {
	switch {
	case pattern == "...":
		return true
	case strings.HasSuffix(pattern, "/..."):
		base := strings.TrimSuffix(pattern, "/...")
		return room == base || strings.HasPrefix(room, base+"/")
	}
	return pattern == room
}

func anyMatch(patterns []string, room string) bool {
	for _, p := range patterns {
		if matches(p, room) {
			return true
		}
	}
	return false
}
