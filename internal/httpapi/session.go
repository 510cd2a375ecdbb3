package httpapi

import (
	"context"
	"net/http"
	"regexp"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"ringback/crm/dealer"
	"ringback/internal/auth"
	"ringback/internal/errs"
)

// SessionView is what a console knows about itself.
type SessionView struct {
	User        auth.User         `json:"user"`
	Store       StoreView         `json:"store"`
	Stores      []StoreRef        `json:"stores"`
	Roles       []auth.Role       `json:"roles"`
	Permissions []auth.Permission `json:"permissions" enum:"desk.use,customer.see,import.run,campaign.manage,campaign.control,wallboard.see,calls.see,clock.move,user.manage,system.see,figures.see,figures.own,customer.all,customer.edit,phone.reveal,dnc.add,dnc.end,rows.export,review.answer,customer.merge,appointment.book,appointment.run,renewal.see,renewal.work,renewal.run,message.see,message.send,rework.decide,view.share,store.manage"`
	CSRFToken   string            `json:"csrfToken"`
	BusinessNow time.Time         `json:"businessNow"`
	RealNow     time.Time         `json:"realNow"`
	Demo        bool              `json:"demo"`
}

// StoreView is the active store.
type StoreView struct {
	ID          uuid.UUID `json:"id"`
	Code        string    `json:"code"`
	Name        string    `json:"name"`
	ShortName   string    `json:"shortName"`
	Hotline     string    `json:"hotline"`
	IsSynthetic bool      `json:"isSynthetic"`
}

// StoreRef names a store.
type StoreRef struct {
	ID   uuid.UUID `json:"id"`
	Name string    `json:"name"`
}

func (s *Server) sessionView(ctx context.Context, p auth.Principal) (SessionView, error) {
	v := SessionView{
		User: p.User, Roles: p.Roles, Permissions: auth.PermissionsOf(p.Roles), CSRFToken: p.CSRF,
		BusinessNow: s.Clock.Now(), RealNow: time.Now().UTC(), Demo: s.Demo, Stores: []StoreRef{},
	}
	err := s.Pool.Scoped(ctx, p.Scope(), func(ctx context.Context, tx pgx.Tx) error {
		for _, id := range p.Stores {
			st, err := dealer.GetStore(ctx, tx, id)
			if err != nil {
				return err
			}
			v.Stores = append(v.Stores, StoreRef{ID: st.ID, Name: st.NameZH})
			if id == p.Store {
				v.Store = StoreView{ID: st.ID, Code: st.Code, Name: st.NameZH, ShortName: st.ShortNameZH, Hotline: st.Hotline, IsSynthetic: st.IsSynthetic}
			}
		}
		return nil
	})
	return v, err
}

type loginInput struct {
	UserAgent string `header:"User-Agent"`
	Body      struct {
		Login    string `json:"login" maxLength:"100"`
		Password string `json:"password" maxLength:"200"`
	}
	addr string
}

// Resolve keeps the caller's address for the throttle.
func (in *loginInput) Resolve(ctx huma.Context) []error {
	in.addr = remoteIP(ctx.RemoteAddr())
	return nil
}

type cookieAnswer struct {
	SetCookie  http.Cookie `header:"Set-Cookie"`
	RetryAfter string      `header:"Retry-After"`
	Body       SessionView
}

func (s *Server) login(ctx context.Context, in *loginInput) (*cookieAnswer, error) {
	p, token, err := s.Auth.Login(ctx, in.Body.Login, in.Body.Password, in.addr, in.UserAgent)
	if err != nil {
		told := s.told(ctx, "login", err, auth.Principal{})
		if e, ok := errs.Of(err); ok && e.Kind == errs.TooMany {
			return nil, huma.ErrorWithHeaders(told, http.Header{"Retry-After": {seconds(e.EN)}})
		}
		return nil, told
	}
	v, err := s.sessionView(ctx, p)
	if err != nil {
		return nil, s.told(ctx, "login", err, p)
	}
	return &cookieAnswer{SetCookie: s.cookie(token, int(auth.Lifetime.Seconds())), Body: v}, nil
}

func (s *Server) logout(ctx context.Context, _ *struct{}) (*struct {
	SetCookie http.Cookie `header:"Set-Cookie"`
}, error,
) {
	p, err := principal(ctx, "")
	if err == nil {
		err = s.Auth.Logout(ctx, p)
	}
	if err != nil && errs.KindOf(err) != errs.SignedOut {
		return nil, s.told(ctx, "logout", err, p)
	}
	return &struct {
		SetCookie http.Cookie `header:"Set-Cookie"`
	}{s.cookie("", -1)}, nil
}

func (s *Server) cookie(token string, maxAge int) http.Cookie {
	return http.Cookie{Name: CookieName, Value: token, Path: "/", HttpOnly: true, Secure: s.Secure, SameSite: http.SameSiteLaxMode, MaxAge: maxAge}
}

type storeInput struct {
	Body struct {
		StoreID uuid.UUID `json:"storeId"`
	}
}

type localeInput struct {
	Body struct {
		Locale string `json:"locale" enum:"zh-CN,en"`
	}
}

func (s *Server) switchStore(ctx context.Context, p auth.Principal, in *storeInput) (SessionView, error) {
	p, err := s.Auth.SwitchStore(ctx, p, in.Body.StoreID)
	if err != nil {
		return SessionView{}, err
	}
	return s.sessionView(ctx, p)
}

func (s *Server) setLocale(ctx context.Context, p auth.Principal, in *localeInput) (SessionView, error) {
	p, err := s.Auth.SetLocale(ctx, p, in.Body.Locale)
	if err != nil {
		return SessionView{}, err
	}
	return s.sessionView(ctx, p)
}

// ClockView is business time.
type ClockView struct {
	BusinessNow time.Time `json:"businessNow"`
}

func (s *Server) moveClock(ctx context.Context, _ auth.Principal, _ *struct{}) (ClockView, error) {
	if s.MoveClock == nil {
		return ClockView{}, errs.New(errs.Forbidden, "not_demo", "只有演示环境可以调整业务时间。", "Only a demo may move business time.")
	}
	now, err := s.MoveClock(ctx)
	return ClockView{BusinessNow: now}, err
}

// seconds picks the number out of a throttle's sentence.
func seconds(sentence string) string {
	return regexp.MustCompile(`\d+`).FindString(sentence)
}
