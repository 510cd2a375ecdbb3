package auth

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"ringback/internal/errs"
	"ringback/internal/postgres"
)

// keyPrefix marks a key, so that one left in a script is recognised.
const keyPrefix = "rbk_"

// APIKey lets a machine do a few things in one store, such as a nightly drop of
// files. The key itself is shown once; only its hash is kept.
type APIKey struct {
	ID          uuid.UUID    `json:"id"`
	Name        string       `json:"name"`
	Permissions []Permission `json:"permissions"`
	CreatedAt   time.Time    `json:"createdAt"`
	UsedAt      *time.Time   `json:"usedAt,omitempty"`
	RevokedAt   *time.Time   `json:"revokedAt,omitempty"`
}

// KeyPermissions are what a key may be given: what a machine needs, nothing that
// shows customers.
func KeyPermissions() []Permission { return []Permission{RunImports} }

func errKey() error {
	return errs.New(errs.SignedOut, "api_key", "API 密钥无效或已停用。请向系统管理员要一个新的。", "The API key is wrong or was revoked. Ask the administrator for a new one.")
}

// CreateKey makes a key for the one store of scope; real time.
func CreateKey(ctx context.Context, tx postgres.DB, scope postgres.Scope, name string, may []Permission) (k APIKey, key string, err error) {
	name = strings.TrimSpace(name)
	if name == "" || len(name) > 100 {
		return k, "", errs.New(errs.Invalid, "api_key_name", "请给密钥起个名字，例如“DMS 夜间导出”。", "Give the key a name, such as \"nightly export\".").At("name")
	}
	for _, p := range may {
		if !slices.Contains(KeyPermissions(), p) {
			return k, "", errs.New(errs.Invalid, "api_key_permission", "密钥不能有权限“"+string(p)+"”。", "A key cannot have the permission "+string(p)+".").At("permissions")
		}
	}
	key = keyPrefix + secret()
	k = APIKey{ID: uuid.Must(uuid.NewV7()), Name: name, Permissions: may, CreatedAt: time.Now()}
	texts := make([]string, len(may))
	for i, p := range may {
		texts[i] = string(p)
	}
	var by *uuid.UUID
	if scope.User != uuid.Nil {
		by = &scope.User
	}
	if _, err := tx.Exec(ctx, `INSERT INTO api_key (id, group_id, store_id, name, key_hash, permissions, created_at, created_by)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`, k.ID, scope.Group, scope.Stores[0], name, hashToken(key), texts, k.CreatedAt, by); err != nil {
		return k, "", fmt.Errorf("making an API key: %w", err)
	}
	return k, key, Audit(ctx, tx, Entry{Group: scope.Group, Store: scope.Stores[0], User: scope.User, At: k.CreatedAt, Action: "api_key.create", Object: name})
}

// Keys lists a store's keys, the newest first.
func Keys(ctx context.Context, tx postgres.DB) ([]APIKey, error) {
	rows, err := tx.Query(ctx, `SELECT id, name, permissions, created_at, used_at, revoked_at FROM api_key ORDER BY created_at DESC`)
	if err != nil {
		return nil, fmt.Errorf("reading API keys: %w", err)
	}
	found, err := pgx.CollectRows(rows, pgx.RowToStructByName[APIKey])
	if err != nil {
		return nil, fmt.Errorf("reading API keys: %w", err)
	}
	return found, nil
}

// RevokeKey ends a key at once.
func RevokeKey(ctx context.Context, tx postgres.DB, scope postgres.Scope, id uuid.UUID) error {
	var name string
	err := tx.QueryRow(ctx, `UPDATE api_key SET revoked_at = $2 WHERE id = $1 AND revoked_at IS NULL RETURNING name`, id, time.Now()).Scan(&name)
	if notFound(err) {
		return errs.New(errs.NotFound, "api_key_unknown", "没有这个密钥，或已停用。", "There is no such key, or it was revoked already.")
	}
	if err != nil {
		return fmt.Errorf("revoking an API key: %w", err)
	}
	return Audit(ctx, tx, Entry{Group: scope.Group, Store: scope.Stores[0], User: scope.User, At: time.Now(), Action: "api_key.revoke", Object: name})
}

// ResolveKey finds the principal of a key: nobody's, in one store, with the key's few
// permissions. errs.SignedOut when there is none.
func (s *Service) ResolveKey(ctx context.Context, key string) (p Principal, err error) {
	if !strings.HasPrefix(key, keyPrefix) {
		return Principal{}, errKey()
	}
	type keyRow struct {
		ID          uuid.UUID
		GroupID     uuid.UUID
		StoreID     uuid.UUID
		Permissions []string
	}
	err = s.pool.AllStores(ctx, func(ctx context.Context, tx pgx.Tx) error {
		rows, err := tx.Query(ctx, `UPDATE api_key SET used_at = $2 WHERE key_hash = $1 AND revoked_at IS NULL
			RETURNING id, group_id, store_id, permissions`, hashToken(key), time.Now())
		if err != nil {
			return fmt.Errorf("finding an API key: %w", err)
		}
		r, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[keyRow])
		if notFound(err) {
			return errKey()
		}
		if err != nil {
			return fmt.Errorf("finding an API key: %w", err)
		}
		p = Principal{User: User{Group: r.GroupID}, Store: r.StoreID, Stores: []uuid.UUID{r.StoreID}, Key: r.ID}
		for _, m := range r.Permissions {
			p.granted = append(p.granted, Permission(m))
		}
		return nil
	})
	return p, err
}
