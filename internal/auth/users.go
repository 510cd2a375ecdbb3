package auth

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgconn"

	"ringback/internal/errs"
	"ringback/internal/postgres"
)

// NewUser is what a user is made from.
type NewUser struct {
	Group      uuid.UUID
	Store      uuid.UUID
	Login      string
	NameZH     string
	EmployeeNo string
	Password   string
	Roles      []Role
}

// CreateUser adds a user with roles in one store. A login that exists is
// errs.Conflict "login_taken".
func (s *Service) CreateUser(ctx context.Context, tx postgres.DB, u NewUser, now time.Time) (uuid.UUID, error) {
	if err := checkPassword(u.Password); err != nil {
		return uuid.Nil, err
	}
	hash, err := s.hasher.hash(u.Password)
	if err != nil {
		return uuid.Nil, err
	}
	id := uuid.Must(uuid.NewV7())
	_, err = tx.Exec(ctx, `
		INSERT INTO app_user (id, group_id, login, name_zh, employee_no, password_hash, created_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7)`, id, u.Group, u.Login, u.NameZH, u.EmployeeNo, hash, now)
	var pg *pgconn.PgError
	if errors.As(err, &pg) && pg.Code == "23505" {
		return uuid.Nil, errs.New(errs.Conflict, "login_taken", "登录名“"+u.Login+"”已被使用，请换一个。",
			"The login "+u.Login+" is taken. Choose another.").At("login")
	}
	if err != nil {
		return uuid.Nil, fmt.Errorf("adding user %s: %w", u.Login, err)
	}
	for _, r := range u.Roles {
		if _, err := tx.Exec(ctx, `INSERT INTO user_role (user_id, store_id, role) VALUES ($1, $2, $3)`, id, u.Store, string(r)); err != nil {
			return uuid.Nil, fmt.Errorf("giving user %s the role %s: %w", u.Login, r, err)
		}
	}
	return id, nil
}

// Entry is one line of the audit log.
type Entry struct {
	Group, Store, User uuid.UUID
	At                 time.Time // real time
	IP                 string
	Action             string // noun.verb
	Object             string // id of what it was done to
	Detail             any
}

// Audit writes one line of the audit log in the transaction of what it tells.
func Audit(ctx context.Context, tx postgres.DB, e Entry) error {
	detail := []byte("{}")
	if e.Detail != nil {
		raw, err := json.Marshal(e.Detail)
		if err != nil {
			return fmt.Errorf("encoding audit detail: %w", err)
		}
		detail = raw
	}
	var user *uuid.UUID
	if e.User != uuid.Nil {
		user = &e.User
	}
	_, err := tx.Exec(ctx, `
		INSERT INTO audit_log (id, group_id, store_id, user_id, at, ip, action, object, detail)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
		uuid.Must(uuid.NewV7()), e.Group, e.Store, user, e.At, e.IP, e.Action, e.Object, detail)
	if err != nil {
		return fmt.Errorf("writing the audit log: %w", err)
	}
	return nil
}

// CountSince counts what a principal did in the active store since a moment of real
// time, by the audit log's action.
func CountSince(ctx context.Context, tx postgres.DB, p Principal, action string, since time.Time) (n int, err error) {
	err = tx.QueryRow(ctx, `SELECT count(*) FROM audit_log WHERE store_id = $1 AND at >= $2 AND user_id = $3 AND action = $4`,
		p.Store, since, p.User.ID, action).Scan(&n)
	if err != nil {
		return 0, fmt.Errorf("counting %s in the audit log: %w", action, err)
	}
	return n, nil
}

// Last is who did something in a store last, and when.
type Last struct {
	At time.Time `json:"at"` // real time
	By string    `json:"by"`
}

// LastOf reads the newest of some actions in a store out of the audit log; nil when
// there is none.
func LastOf(ctx context.Context, tx postgres.DB, store uuid.UUID, actions ...string) (*Last, error) {
	var l Last
	err := tx.QueryRow(ctx, `SELECT a.at, coalesce(u.name_zh, '') FROM audit_log a LEFT JOIN app_user u ON u.id = a.user_id
		WHERE a.store_id = $1 AND a.action = ANY ($2) ORDER BY a.at DESC, a.id DESC LIMIT 1`, store, actions).Scan(&l.At, &l.By)
	if notFound(err) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("reading the audit log of store %s: %w", store, err)
	}
	return &l, nil
}

// UserID finds a user by login; errs.NotFound when there is none.
func (s *Service) UserID(ctx context.Context, tx postgres.DB, login string) (id uuid.UUID, err error) {
	err = tx.QueryRow(ctx, `SELECT id FROM app_user WHERE login = $1`, login).Scan(&id)
	if notFound(err) {
		return uuid.Nil, errs.New(errs.NotFound, "user_unknown", "没有登录名“"+login+"”。", "There is no login "+login+".")
	}
	return id, err
}
