package httpapi

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"reflect"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"ringback/crm/report"
	"ringback/dialer"
	"ringback/internal/auth"
	"ringback/internal/desk"
	"ringback/internal/events"
	"ringback/internal/live"
)

// newHub registers what the console can watch and command.
func (s *Server) newHub() *live.Hub {
	h := live.New(live.Options{
		Resolve: s.Auth.Resolve, Cookie: CookieName, CheckOrigin: sameOrigin, Describe: describe,
		SessionView: func(ctx context.Context, p auth.Principal) (any, error) { return s.sessionView(ctx, p) },
		Subscribe:   s.Relay.Subscribe, BusinessNow: s.Clock.Now, Log: s.Log, Registerer: s.Registerer,
	})
	h.Topic("desk", s.deskTopic())
	h.Topic("wallboard", s.wallboardTopic())
	h.Topic("campaigns", s.campaignsTopic())
	h.Topic("campaign", s.campaignTopic())
	h.Topic("imports", s.importsTopic())
	h.Command("desk.", s.deskCommand)
	h.Presence(s.presence)
	return h
}

// sameOrigin: a websocket may only be opened by our own pages.
func sameOrigin(r *http.Request) bool {
	origin := r.Header.Get("Origin")
	if origin == "" {
		return true // not a browser
	}
	u, err := url.Parse(origin)
	return err == nil && u.Host == r.Host
}

func caller(c live.Caller) desk.Caller {
	return desk.Caller{Scope: c.Scope(), User: c.User.ID, Client: c.Client}
}

func (s *Server) deskCommand(ctx context.Context, c live.Caller, id uuid.UUID, name string, args json.RawMessage) (any, error) {
	if _, err := allowed(c.Principal, auth.UseDesk); err != nil {
		return nil, err
	}
	return s.Desk.Do(ctx, caller(c), id, name, args)
}

func (s *Server) presence(c live.Caller, here bool) {
	if !c.May(auth.UseDesk) {
		return
	}
	if here {
		s.Desk.ConsoleBack(caller(c))
		return
	}
	s.Desk.ConsoleGone(c.User.ID, c.Client)
}

// topic is one whose value is a T.
func topic[T any](need auth.Permission, value func(ctx context.Context, c live.Caller, arg string) (T, error)) live.Topic {
	return live.Topic{
		May:   func(c live.Caller) bool { return c.May(need) },
		Shape: reflect.TypeFor[T](),
		Snapshot: func(ctx context.Context, c live.Caller, arg string) (any, error) {
			v, err := value(ctx, c, arg)
			return filled(v), err
		},
	}
}

func (s *Server) deskTopic() live.Topic {
	t := topic(auth.UseDesk, func(ctx context.Context, c live.Caller, _ string) (desk.View, error) {
		return s.Desk.Snapshot(ctx, caller(c))
	})
	t.Touches = func(e events.Event, c live.Caller, _ string) bool {
		return slices.Contains(s.Desk.Touches(e), c.User.ID)
	}
	t.Gap, t.Every = 20*time.Millisecond, 5*time.Second
	return t
}

func (s *Server) wallboardTopic() live.Topic {
	t := topic(auth.SeeWallboard, func(ctx context.Context, c live.Caller, _ string) (Board, error) {
		return s.wallboard(ctx, c.Principal)
	})
	t.Touches = func(events.Event, live.Caller, string) bool { return true }
	t.Gap, t.Every = 250*time.Millisecond, 5*time.Second
	return t
}

func (s *Server) campaignsTopic() live.Topic {
	t := topic(auth.RunCampaigns, func(ctx context.Context, c live.Caller, _ string) (listOf[dialer.CampaignView], error) {
		return s.campaigns(ctx, c.Principal, nil)
	})
	t.Touches, t.Gap, t.Every = touchesCampaigns, 500*time.Millisecond, 5*time.Second
	return t
}

func (s *Server) campaignTopic() live.Topic {
	t := topic(auth.RunCampaigns, func(ctx context.Context, c live.Caller, arg string) (out dialer.CampaignDetail, err error) {
		id, err := uuid.Parse(arg)
		if err != nil {
			return out, errNoCampaign()
		}
		return s.campaign(ctx, c.Principal, &IDInput{ID: id})
	})
	t.Touches, t.Gap, t.Every = touchesCampaigns, 250*time.Millisecond, 2*time.Second
	return t
}

func touchesCampaigns(e events.Event, _ live.Caller, _ string) bool {
	switch e.Kind {
	case events.CampaignChanged, events.AttemptChanged, events.AgentChanged, events.TaskChanged, events.TaskCreated, events.ClockMoved:
		return true
	}
	return false
}

func (s *Server) importsTopic() live.Topic {
	t := topic(auth.RunImports, func(ctx context.Context, c live.Caller, _ string) (listOf[ImportView], error) {
		return s.imports(ctx, c.Principal, nil)
	})
	t.Touches = func(e events.Event, _ live.Caller, _ string) bool { return e.Kind == events.ImportChanged }
	t.Gap = 250 * time.Millisecond
	return t
}

// Board is the wallboard with what stands around its figures.
type Board struct {
	report.Wallboard
	Store     StoreRef       `json:"store"`
	Campaigns []CampaignLine `json:"campaigns"`
	Redis     struct {
		OK bool `json:"ok"`
	} `json:"redis"`
}

func (s *Server) wallboard(ctx context.Context, p auth.Principal) (b Board, err error) {
	b.Redis.OK = s.RedisOK == nil || s.RedisOK(ctx)
	return b, s.read(ctx, p, func(ctx context.Context, tx pgx.Tx) error {
		if b.Wallboard, err = s.Report.Wallboard(ctx, tx, s.Clock.Now()); err != nil {
			return err
		}
		if b.Store, err = storeRef(ctx, tx, p.Store); err != nil {
			return err
		}
		b.Campaigns, err = s.campaignLines(ctx, tx)
		return err
	})
}

func (s *Server) wallboardNow(ctx context.Context, p auth.Principal, _ *struct{}) (Board, error) {
	return s.wallboard(ctx, p)
}
