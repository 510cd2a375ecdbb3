// Package httpapi is the door: every route of the product, and errors to statuses.
//
// routes.go shows all routes on one page, with the permission each needs; the
// other files hold the handlers of one noun each. It decides nothing itself:
// rooms do, and this package turns their types into JSON and their errors into
// RFC 9457 problem documents.
package httpapi

import (
	"bytes"
	"context"
	"encoding/json"
	"io/fs"
	"log/slog"
	"net/http"
	"path"
	"reflect"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humachi"
	"github.com/go-chi/chi/v5"
	"github.com/prometheus/client_golang/prometheus"

	"ringback/crm/appointment"
	"ringback/crm/customer"
	"ringback/crm/importer"
	"ringback/crm/message"
	"ringback/crm/policy"
	"ringback/crm/report"
	"ringback/crm/script"
	"ringback/dialer"
	"ringback/internal/auth"
	"ringback/internal/clock"
	"ringback/internal/desk"
	"ringback/internal/events"
	"ringback/internal/live"
	"ringback/internal/postgres"
)

// CookieName is the session cookie.
const CookieName = "ringback_session"

// Rooms are what the handlers ask.
type Rooms struct {
	Pool      *postgres.Pool
	Auth      *auth.Service
	Clock     *clock.Clock
	Customers *customer.Files
	Library   *script.Library
	Importer  *importer.Importer
	Dialer    *dialer.Dialer
	Desk      *desk.Desk
	Report    *report.Report
	Bus       *events.Bus
	Visits    *appointment.Book
	Renewals  *policy.Renewals
	Messages  *message.Box
}

// Options of the server.
type Options struct {
	Rooms
	Version    string
	Demo       bool // shows the demo's mark and the next-window button
	Secure     bool // cookies only over HTTPS
	Web        fs.FS
	Metrics    http.Handler
	SMSHook    http.Handler // receipts and replies of the message gateway; it asks for its own token
	Health     http.Handler // answers /healthz and /readyz
	System     func(ctx context.Context) (SystemView, error)
	MoveClock  func(ctx context.Context) (time.Time, error)
	RedisOK    func(ctx context.Context) bool
	Background func(func(ctx context.Context)) // runs work that outlives its request
	Relay      *events.Relay
	Log        *slog.Logger
	Registerer prometheus.Registerer
}

// Server is the handler of the whole product.
type Server struct {
	Options
	router    chi.Router
	api       huma.API
	hub       *live.Hub
	exporting chan struct{} // a token for each list's file being written
}

// New builds the server; Hub().Run must run beside it.
func New(o Options) *Server {
	s := &Server{Options: o, router: chi.NewRouter(), exporting: make(chan struct{}, exportsAtOnce)}
	s.hub = s.newHub()
	huma.NewError, huma.DefaultArrayNullable = newProblem, false
	s.router.Use(s.recoverPanics, secureHeaders, s.identify)
	s.api = humachi.New(s.router, apiConfig(o.Version))
	s.routes()
	s.describeLive()
	return s
}

func apiConfig(version string) huma.Config {
	c := huma.DefaultConfig("Ringback", version)
	c.OpenAPIPath = "/api/v1/openapi"
	c.DocsPath = ""
	c.SchemasPath = ""
	c.CreateHooks = nil // no $schema links in answers
	c.Components.Schemas = huma.NewMapRegistry(components, schemaName)
	return c
}

// schemaName puts the room before a type's name: two rooms may both have Lines.
func schemaName(t reflect.Type, hint string) string {
	name := huma.DefaultSchemaNamer(t, hint)
	for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice {
		t = t.Elem()
	}
	room := path.Base(t.PkgPath())
	if t.PkgPath() == "" || room == "httpapi" {
		return name
	}
	return strings.ToUpper(room[:1]) + room[1:] + name
}

// ServeHTTP answers one request.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.router.ServeHTTP(w, r) }

// Hub is the websocket hub; its Run must be started.
func (s *Server) Hub() *live.Hub { return s.hub }

// OpenAPI is the API's description (OpenAPI 3.1, JSON).
func (s *Server) OpenAPI() ([]byte, error) {
	raw, err := s.api.OpenAPI().MarshalJSON()
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	err = json.Indent(&out, raw, "", " ")
	return out.Bytes(), err
}
