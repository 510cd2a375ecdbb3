package auth

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"ringback/internal/errs"
	"ringback/internal/postgres"
)

// Lifetime of a session from its sign-in, and how long it may sit unused.
const (
	Lifetime = 14 * time.Hour
	Idle     = 4 * time.Hour
)

// Service signs people in and out.
type Service struct {
	pool   *postgres.Pool
	hasher *hasher
}

// New makes the service.
func New(pool *postgres.Pool) (*Service, error) {
	h, err := newHasher()
	if err != nil {
		return nil, err
	}
	return &Service{pool: pool, hasher: h}, nil
}

// errSignedOut is told when there is no session, or it has ended.
func errSignedOut() error {
	return errs.New(errs.SignedOut, "signed_out", "登录已失效，请重新登录。", "You are signed out. Please sign in again.")
}

func errLoginFailed() error {
	return errs.New(errs.SignedOut, "login_failed", "用户名或密码不对。请检查大小写后重试；忘记密码请找系统管理员。",
		"User name or password is wrong. Check upper and lower case and try again; if you forgot it, ask your administrator.")
}

func errThrottled(left time.Duration) error {
	s := int(left.Seconds()) + 1
	return errs.New(errs.TooMany, "login_throttled",
		fmt.Sprintf("密码连续输错，请 %d 秒后再试。", s),
		fmt.Sprintf("Too many wrong passwords. Try again in %d seconds.", s))
}

// Login checks name and password and opens a session. token is the cookie's
// value; only its hash is stored.
func (s *Service) Login(ctx context.Context, login, password, ip, agent string) (p Principal, token string, err error) {
	if left, err := s.blocked(ctx, login, ip); err != nil || left > 0 {
		if err == nil {
			err = errThrottled(left)
		}
		return Principal{}, "", err
	}
	c, err := s.credential(ctx, login)
	if err != nil {
		return Principal{}, "", err
	}
	if !s.hasher.matches(password, c.PasswordHash) || !c.Active {
		if err := s.failed(ctx, login, ip); err != nil {
			return Principal{}, "", err
		}
		return Principal{}, "", errLoginFailed()
	}
	return s.open(ctx, c, login, ip, agent)
}

func (s *Service) open(ctx context.Context, c credential, login, ip, agent string) (p Principal, token string, err error) {
	token, csrf := secret(), secret()
	err = s.pool.AllStores(ctx, func(ctx context.Context, tx pgx.Tx) error {
		stores, err := storesOf(ctx, tx, c.ID)
		if err != nil {
			return err
		}
		if len(stores) == 0 {
			return errs.New(errs.Forbidden, "no_store", "这个账号还没有分配门店和角色，请找系统管理员。",
				"This account has no store and role yet. Ask your administrator.")
		}
		if err := clearFailures(ctx, tx, login); err != nil {
			return err
		}
		if err := insertSession(ctx, tx, hashToken(token), c.ID, stores[0], csrf, ip, agent, time.Now()); err != nil {
			return err
		}
		if err := Audit(ctx, tx, Entry{Group: c.GroupID, Store: stores[0], User: c.ID, At: time.Now(), IP: ip, Action: "session.open"}); err != nil {
			return err
		}
		p, err = principal(ctx, tx, hashToken(token), time.Now())
		return err
	})
	return p, token, err
}

// Resolve finds the principal of a cookie's value; errs.SignedOut when there is none.
func (s *Service) Resolve(ctx context.Context, token string) (p Principal, err error) {
	if token == "" {
		return Principal{}, errSignedOut()
	}
	err = s.pool.AllStores(ctx, func(ctx context.Context, tx pgx.Tx) error {
		p, err = principal(ctx, tx, hashToken(token), time.Now())
		return err
	})
	return p, err
}

// Logout ends the principal's session.
func (s *Service) Logout(ctx context.Context, p Principal) error {
	return s.pool.Scoped(ctx, p.Scope(), func(ctx context.Context, tx pgx.Tx) error {
		_, err := tx.Exec(ctx, `DELETE FROM session WHERE token_hash = $1`, p.tokenHash)
		return err
	})
}

// SwitchStore makes another of the user's stores the active one.
func (s *Service) SwitchStore(ctx context.Context, p Principal, store uuid.UUID) (Principal, error) {
	if !slices.Contains(p.Stores, store) {
		return Principal{}, errs.New(errs.NotFound, "store_unknown", "没有这家门店，或没有分配给您。",
			"There is no such store, or it is not assigned to you.").At("storeId")
	}
	return s.change(ctx, p, `UPDATE session SET store_id = $2 WHERE token_hash = $1`, store)
}

// SetLocale stores the user's language: zh-CN or en.
func (s *Service) SetLocale(ctx context.Context, p Principal, locale string) (Principal, error) {
	if locale != "zh-CN" && locale != "en" {
		return Principal{}, errs.New(errs.Invalid, "locale_unknown", "只支持 zh-CN 和 en。", "Only zh-CN and en are supported.").At("locale")
	}
	return s.change(ctx, p, `UPDATE app_user SET locale = $2 WHERE id = (SELECT user_id FROM session WHERE token_hash = $1)`, locale)
}

func (s *Service) change(ctx context.Context, p Principal, sql string, value any) (out Principal, err error) {
	err = s.pool.AllStores(ctx, func(ctx context.Context, tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, sql, p.tokenHash, value); err != nil {
			return fmt.Errorf("changing the session: %w", err)
		}
		out, err = principal(ctx, tx, p.tokenHash, time.Now())
		return err
	})
	return out, err
}

func secret() string {
	b := make([]byte, 32)
	rand.Read(b) // never fails: crypto/rand aborts the program instead
	return base64.RawURLEncoding.EncodeToString(b)
}

func hashToken(token string) []byte {
	h := sha256.Sum256([]byte(token))
	return h[:]
}

func notFound(err error) bool { return errors.Is(err, pgx.ErrNoRows) }
