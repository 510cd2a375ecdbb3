package telephony

import (
	"context"
	"crypto/md5"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"ringback/internal/errs"
	"ringback/internal/postgres"
	"ringback/internal/seal"
)

// Realm of the digest that desk phones register with.
const Realm = "ringback"

// Extensions keeps desk phones' numbers and secrets. Only the digest's HA1 is
// stored (RFC 7616 §3.4.2), sealed.
type Extensions struct {
	pool *postgres.Pool
	box  *seal.Box
}

// NewExtensions makes the store of extensions.
func NewExtensions(pool *postgres.Pool, box *seal.Box) *Extensions {
	return &Extensions{pool: pool, box: box}
}

// Save gives a user an extension and its password; an existing one is replaced.
func (e *Extensions) Save(ctx context.Context, tx postgres.DB, group, user uuid.UUID, number, password string) error {
	md := md5.Sum([]byte(number + ":" + Realm + ":" + password))
	sha := sha256.Sum256([]byte(number + ":" + Realm + ":" + password))
	_, err := tx.Exec(ctx, `
		INSERT INTO extension (number, group_id, user_id, ha1_md5_enc, ha1_sha256_enc) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (user_id) DO UPDATE SET number = $1, ha1_md5_enc = $4, ha1_sha256_enc = $5`,
		number, group, user, e.sealed(md[:]), e.sealed(sha[:]))
	if err != nil {
		return fmt.Errorf("saving extension %s: %w", number, err)
	}
	return nil
}

func (e *Extensions) sealed(sum []byte) []byte {
	return e.box.Seal(seal.SIPHA1, []byte(hex.EncodeToString(sum)))
}

// HA1 is the digest secret of an extension, for the registrar.
func (e *Extensions) HA1(ctx context.Context, realm, number, algorithm string) (string, error) {
	column, ok := map[string]string{"MD5": "ha1_md5_enc", "SHA-256": "ha1_sha256_enc"}[algorithm]
	if !ok || realm != Realm {
		return "", fmt.Errorf("no secret for realm %q and algorithm %q", realm, algorithm)
	}
	var sealed []byte
	err := e.pool.AllStores(ctx, func(ctx context.Context, tx pgx.Tx) error {
		return tx.QueryRow(ctx, `SELECT `+column+` FROM extension WHERE number = $1`, number).Scan(&sealed)
	})
	if err != nil {
		return "", fmt.Errorf("finding extension %s: %w", number, err)
	}
	plain, err := e.box.Open(seal.SIPHA1, sealed)
	return string(plain), err
}

// OfUser is the user's extension; empty when there is none.
func (e *Extensions) OfUser(ctx context.Context, tx postgres.DB, user uuid.UUID) (number string, err error) {
	err = tx.QueryRow(ctx, `SELECT number FROM extension WHERE user_id = $1`, user).Scan(&number)
	if errors.Is(err, pgx.ErrNoRows) {
		return "", nil
	}
	return number, err
}

// UserOf is whose extension a number is; uuid.Nil when nobody's.
func (e *Extensions) UserOf(ctx context.Context, number string) (user uuid.UUID, err error) {
	err = e.pool.AllStores(ctx, func(ctx context.Context, tx pgx.Tx) error {
		return tx.QueryRow(ctx, `SELECT user_id FROM extension WHERE number = $1`, number).Scan(&user)
	})
	if errors.Is(err, pgx.ErrNoRows) {
		return uuid.Nil, nil
	}
	return user, err
}

// ErrPhoneAway is told when an agent's desk phone is not registered.
var ErrPhoneAway = errs.New(errs.Conflict, "phone_not_registered",
	"话机没有注册。请检查话机的网络、分机号和密码，看到“已注册”后再签入；也可以改用浏览器软电话。",
	"The desk phone is not registered. Check its network, extension and password and sign on when it shows \"registered\"; or use the browser's softphone.")
