package telephony

import (
	"crypto/hmac"
	"crypto/rand"
	"encoding/base64"
	"encoding/binary"
	"sync"
	"time"

	"github.com/google/uuid"

	"ringback/internal/seal"
)

// tokenLife is how long a token is good for. It bounds the clocks' difference
// between two nodes, too.
const tokenLife = 20 * time.Second

// Ticket is what a token says: this call wants that agent, from one node to another.
type Ticket struct {
	Call, Agent, From, To uuid.UUID
}

// Tokens signs what one node asks of another and knows what it has been shown: a
// token names call, agent and both nodes, is good for tokenLife and for one
// INVITE. Its key comes from the seal's secret, which all nodes share.
type Tokens struct {
	box  *seal.Box
	node uuid.UUID

	mu   sync.Mutex
	used map[[nonceBytes]byte]time.Time // until it would have expired
}

// NewTokens makes the tokens of a node.
func NewTokens(box *seal.Box, node uuid.UUID) *Tokens {
	return &Tokens{box: box, node: node, used: map[[nonceBytes]byte]time.Time{}}
}

// A token is call, agent, from, to, expiry in ms, nonce and HMAC-SHA-256, in
// base64url.
const (
	nonceBytes = 16
	signedLen  = 4*16 + 8 + nonceBytes
	tokenLen   = signedLen + 32
)

// Issue makes a token for one INVITE to a node.
func (t *Tokens) Issue(call, agent, to uuid.UUID, now time.Time) string {
	b := make([]byte, 0, tokenLen)
	for _, id := range []uuid.UUID{call, agent, t.node, to} {
		b = append(b, id[:]...)
	}
	b = binary.BigEndian.AppendUint64(b, uint64(now.Add(tokenLife).UnixMilli()))
	var nonce [nonceBytes]byte
	rand.Read(nonce[:]) // never fails: crypto/rand aborts the program instead
	b = append(b, nonce[:]...)
	return base64.RawURLEncoding.EncodeToString(append(b, t.sign(b)...))
}

func (t *Tokens) sign(b []byte) []byte { return t.box.Hash(seal.NodeCall, string(b)) }

// Read checks a token; ok is false when it is forged, expired or another node's.
// It can be read again until Spend.
func (t *Tokens) Read(token string, now time.Time) (ticket Ticket, ok bool) {
	b, ok := t.checked(token, now)
	if !ok {
		return Ticket{}, false
	}
	for i, id := range []*uuid.UUID{&ticket.Call, &ticket.Agent, &ticket.From, &ticket.To} {
		copy(id[:], b[i*16:])
	}
	return ticket, ticket.To == t.node
}

func (t *Tokens) checked(token string, now time.Time) ([]byte, bool) {
	b, err := base64.RawURLEncoding.DecodeString(token)
	if err != nil || len(b) != tokenLen || !hmac.Equal(b[signedLen:], t.sign(b[:signedLen])) {
		return nil, false
	}
	return b[:signedLen], now.Before(expiry(b)) && expiry(b).Sub(now) <= 2*tokenLife
}

func expiry(b []byte) time.Time {
	return time.UnixMilli(int64(binary.BigEndian.Uint64(b[4*16:])))
}

// Spend uses a token up; false when it has been used or is not good.
func (t *Tokens) Spend(token string, now time.Time) bool {
	b, ok := t.checked(token, now)
	if !ok {
		return false
	}
	nonce := [nonceBytes]byte(b[4*16+8:])
	t.mu.Lock()
	defer t.mu.Unlock()
	for n, until := range t.used {
		if now.After(until) {
			delete(t.used, n)
		}
	}
	if _, twice := t.used[nonce]; twice {
		return false
	}
	t.used[nonce] = expiry(b)
	return true
}
