package auth

import (
	"fmt"
	"strings"

	"github.com/alexedwards/argon2id"

	"ringback/internal/errs"
)

// minPassword is the least length of a password, in characters.
const minPassword = 8

// hasher limits how many passwords are hashed at once: each takes 19 MiB.
type hasher struct {
	slots chan struct{}
	dummy string // hashed against when the login is unknown, so that both take as long
}

func newHasher() (*hasher, error) {
	h := &hasher{slots: make(chan struct{}, 2)}
	dummy, err := h.hash("no such user has this password")
	if err != nil {
		return nil, err
	}
	h.dummy = dummy
	return h, nil
}

func params() *argon2id.Params {
	return &argon2id.Params{Memory: 19 * 1024, Iterations: 2, Parallelism: 1, SaltLength: 16, KeyLength: 32}
}

func (h *hasher) hash(password string) (string, error) {
	h.slots <- struct{}{}
	defer func() { <-h.slots }()
	out, err := argon2id.CreateHash(password, params())
	if err != nil {
		return "", fmt.Errorf("hashing a password: %w", err)
	}
	return out, nil
}

func (h *hasher) matches(password, hash string) bool {
	h.slots <- struct{}{}
	defer func() { <-h.slots }()
	ok, err := argon2id.ComparePasswordAndHash(password, hash)
	return err == nil && ok
}

func checkPassword(password string) error {
	if len([]rune(password)) < minPassword || strings.TrimSpace(password) == "" {
		return errs.New(errs.Invalid, "password_short",
			fmt.Sprintf("密码至少 %d 个字符。", minPassword),
			fmt.Sprintf("A password has at least %d characters.", minPassword)).At("password")
	}
	return nil
}
