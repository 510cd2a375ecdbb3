package httpapi

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"runtime/debug"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"ringback/internal/auth"
	"ringback/internal/errs"
)

type principalKey struct{}

type who struct {
	p     auth.Principal
	err   error
	again func(context.Context) (auth.Principal, error) // asks anew: a body may take minutes
}

// identify finds the session of the cookie, and refuses a write that does not
// carry its CSRF token or comes from another site.
func (s *Server) identify(next http.Handler) http.Handler {
	cross := http.NewCrossOriginProtection()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !strings.HasPrefix(r.URL.Path, "/api/") || r.URL.Path == "/api/v1/live" {
			next.ServeHTTP(w, r)
			return
		}
		if err := cross.Check(r); err != nil {
			refuse(w, r, errs.New(errs.Forbidden, "cross_origin", "请求来自其他网站，已拒绝。", "The request came from another site and was refused."))
			return
		}
		var me who
		if key, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer "); ok {
			me.again = func(ctx context.Context) (auth.Principal, error) { return s.Auth.ResolveKey(ctx, key) }
		} else if c, err := r.Cookie(CookieName); err == nil {
			me.again = func(ctx context.Context) (auth.Principal, error) { return s.Auth.Resolve(ctx, c.Value) }
		} else {
			me.again = func(context.Context) (auth.Principal, error) { return auth.Principal{}, errSignedOut() }
		}
		me.p, me.err = me.again(r.Context())
		if me.err == nil && me.p.Key == uuid.Nil && writes(r.Method) && r.Header.Get("X-CSRF-Token") != me.p.CSRF && r.URL.Path != "/api/v1/session" {
			refuse(w, r, errs.New(errs.Forbidden, "csrf", "页面已过期，请刷新后重试。", "This page is out of date. Reload it and try again."))
			return
		}
		next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), principalKey{}, me)))
	})
}

func writes(method string) bool { return method != http.MethodGet && method != http.MethodHead }

// principal is who asks, when that person may do what the route needs.
func principal(ctx context.Context, need auth.Permission) (auth.Principal, error) {
	me, ok := ctx.Value(principalKey{}).(who)
	if !ok {
		return auth.Principal{}, errSignedOut()
	}
	return me.granted(need)
}

// stillMay is principal asked anew when the body of a request has come whole: a key
// that was revoked meanwhile, or a session that ended, leaves nothing behind.
func stillMay(ctx context.Context, need auth.Permission) error {
	me, ok := ctx.Value(principalKey{}).(who)
	if !ok {
		return errSignedOut()
	}
	me.p, me.err = me.again(ctx)
	_, err := me.granted(need)
	return err
}

func errSignedOut() error {
	return errs.New(errs.SignedOut, "signed_out", "请先登录。", "Please sign in first.")
}

func (me who) granted(need auth.Permission) (auth.Principal, error) {
	if me.err != nil {
		return auth.Principal{}, me.err
	}
	if !me.p.May(need) && (need != "" || me.p.Key != uuid.Nil) { // what everyone may is for people
		return auth.Principal{}, errs.New(errs.Forbidden, "no_permission", "您的角色不能使用这项功能。", "Your role may not use this.")
	}
	return me.p, nil
}

// answer is a JSON answer.
type answer[T any] struct{ Body T }

// route registers one handler behind its permission.
func route[I, T any](s *Server, need auth.Permission, method, path string, code int, about string,
	fn func(ctx context.Context, p auth.Principal, in *I) (T, error),
) {
	op := huma.Operation{
		Method: method, Path: "/api/v1" + path, DefaultStatus: code, Summary: about,
		OperationID: operationID(method, path), MaxBodyBytes: 1 << 20,
	}
	huma.Register(s.api, op, func(ctx context.Context, in *I) (*answer[T], error) {
		p, err := principal(ctx, need)
		if err != nil {
			return nil, problemOf(err, "")
		}
		out, err := fn(ctx, p, in)
		if err != nil {
			return nil, s.told(ctx, op.OperationID, err, p)
		}
		return &answer[T]{Body: filled(out)}, nil
	})
}

// told turns an error into a problem; what no room explains is logged here, once.
func (s *Server) told(ctx context.Context, op string, err error, p auth.Principal) error {
	if k := errs.KindOf(err); k == "" || k == errs.Unavailable {
		s.Log.ErrorContext(ctx, "request", "operation", op, "user", p.User.ID, "store", p.Store, "error", err)
	}
	return problemOf(err, p.User.Locale)
}

func operationID(method, path string) string {
	words := strings.FieldsFunc(path, func(r rune) bool { return r == '/' || r == '{' || r == '}' || r == '-' })
	return strings.ToLower(method) + "-" + strings.Join(words, "-")
}

func secureHeaders(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("X-Frame-Options", "DENY")
		h.Set("Referrer-Policy", "same-origin")
		h.Set("Permissions-Policy", "microphone=(self), camera=(), geolocation=()")
		h.Set("Content-Security-Policy", "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; media-src 'self' blob:; connect-src 'self' ws: wss:; frame-ancestors 'none'")
		next.ServeHTTP(w, r)
	})
}

func (s *Server) recoverPanics(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			if v := recover(); v != nil && v != http.ErrAbortHandler {
				s.Log.Error("panic in a request", "path", r.URL.Path, "panic", fmt.Sprint(v), "stack", string(debug.Stack()))
				refuse(w, r, fmt.Errorf("panic: %v", v))
			}
		}()
		next.ServeHTTP(w, r)
	})
}

func remoteIP(addr string) string {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return addr
	}
	return host
}

func writeJSON(w io.Writer, v any) { _ = json.NewEncoder(w).Encode(v) }
