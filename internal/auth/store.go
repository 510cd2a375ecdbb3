package auth

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"ringback/internal/postgres"
)

type credential struct {
	ID           uuid.UUID
	GroupID      uuid.UUID
	PasswordHash string
	Active       bool
}

// credential finds a login; an unknown one gets a hash that nothing matches.
func (s *Service) credential(ctx context.Context, login string) (c credential, err error) {
	err = s.pool.AllStores(ctx, func(ctx context.Context, tx pgx.Tx) error {
		rows, err := tx.Query(ctx, `SELECT id, group_id, password_hash, active FROM app_user WHERE login = $1`, login)
		if err != nil {
			return fmt.Errorf("finding the login: %w", err)
		}
		c, err = pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[credential])
		if notFound(err) {
			c = credential{PasswordHash: s.hasher.dummy}
			return nil
		}
		return err
	})
	return c, err
}

func insertSession(ctx context.Context, tx postgres.DB, hash []byte, user, store uuid.UUID, csrf, ip, agent string, now time.Time) error {
	_, err := tx.Exec(ctx, `
		INSERT INTO session (token_hash, user_id, store_id, csrf_token, created_at, seen_at, expires_at, ip, user_agent)
		VALUES ($1, $2, $3, $4, $5, $5, $6, $7, left($8, 200))`,
		hash, user, store, csrf, now, now.Add(Lifetime), ip, agent)
	if err != nil {
		return fmt.Errorf("opening the session: %w", err)
	}
	_, err = tx.Exec(ctx, `DELETE FROM session WHERE expires_at < $1`, now)
	return err
}

func storesOf(ctx context.Context, tx postgres.DB, user uuid.UUID) ([]uuid.UUID, error) {
	rows, err := tx.Query(ctx, `
		SELECT s.id FROM store s WHERE EXISTS (SELECT FROM user_role r WHERE r.user_id = $1 AND r.store_id = s.id)
		ORDER BY s.code`, user)
	if err != nil {
		return nil, fmt.Errorf("listing the user's stores: %w", err)
	}
	return pgx.CollectRows(rows, pgx.RowTo[uuid.UUID])
}

// StoresWith are the stores in which p's user may do want, by code: roles differ
// from store to store.
func (s *Service) StoresWith(ctx context.Context, p Principal, want Permission) (stores []uuid.UUID, err error) {
	err = s.pool.Scoped(ctx, postgres.Scope{Stores: p.Stores, User: p.User.ID, Group: p.User.Group}, func(ctx context.Context, tx pgx.Tx) error {
		rows, err := tx.Query(ctx, `
			SELECT s.id, array_agg(r.role) AS roles FROM user_role r JOIN store s ON s.id = r.store_id
			WHERE r.user_id = $1 GROUP BY s.id, s.code ORDER BY s.code`, p.User.ID)
		if err != nil {
			return fmt.Errorf("listing the stores where a user may %s: %w", want, err)
		}
		var id uuid.UUID
		var roles []Role
		_, err = pgx.ForEachRow(rows, []any{&id, &roles}, func() error {
			if slices.Contains(PermissionsOf(roles), want) {
				stores = append(stores, id)
			}
			return nil
		})
		return err
	})
	return stores, err
}

type sessionRow struct {
	UserID     uuid.UUID
	GroupID    uuid.UUID
	Login      string
	NameZh     string
	EmployeeNo string
	Locale     string
	StoreID    uuid.UUID
	CsrfToken  string
	SeenAt     time.Time
	Roles      []string
}

// principal reads the session of a token hash and notes at most once a minute
// that it was seen.
func principal(ctx context.Context, tx postgres.DB, hash []byte, now time.Time) (Principal, error) {
	rows, err := tx.Query(ctx, `
		SELECT u.id AS user_id, u.group_id, u.login, u.name_zh, u.employee_no, u.locale,
		       s.store_id, s.csrf_token, s.seen_at,
		       ARRAY(SELECT r.role FROM user_role r WHERE r.user_id = u.id AND r.store_id = s.store_id ORDER BY r.role) AS roles
		FROM session s JOIN app_user u ON u.id = s.user_id
		WHERE s.token_hash = $1 AND s.expires_at > $2 AND s.seen_at > $3 AND u.active`,
		hash, now, now.Add(-Idle))
	if err != nil {
		return Principal{}, fmt.Errorf("reading the session: %w", err)
	}
	r, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[sessionRow])
	if notFound(err) || (err == nil && len(r.Roles) == 0) {
		return Principal{}, errSignedOut()
	}
	if err != nil {
		return Principal{}, fmt.Errorf("reading the session: %w", err)
	}
	if now.Sub(r.SeenAt) > time.Minute {
		if _, err := tx.Exec(ctx, `UPDATE session SET seen_at = $2 WHERE token_hash = $1`, hash, now); err != nil {
			return Principal{}, fmt.Errorf("noting the session's use: %w", err)
		}
	}
	p := Principal{
		User:  User{ID: r.UserID, Group: r.GroupID, Login: r.Login, NameZH: r.NameZh, EmployeeNo: r.EmployeeNo, Locale: r.Locale},
		Store: r.StoreID, CSRF: r.CsrfToken, tokenHash: hash,
	}
	for _, role := range r.Roles {
		p.Roles = append(p.Roles, Role(role))
	}
	p.Stores, err = storesOf(ctx, tx, r.UserID)
	return p, err
}
