package sip

import (
	"context"
	"crypto/hmac"
	"crypto/md5"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"hash"
	"net"
	"slices"
	"strings"
	"sync"
	"time"

	sipgo "github.com/emiago/sipgo/sip"
	"github.com/icholy/digest"
)

// nonceLife is how long a nonce is good for; a phone registers again before that
// with the same one or gets a new one, marked stale.
const nonceLife = 5 * time.Minute

// maxCounts bounds the nonces whose use is remembered.
const maxCounts = 20000

// digestServer checks who registers (RFC 8760, qop=auth only). Nonces are an
// HMAC over time and source, so that nobody can fill memory by asking for one;
// only after a right answer its use count is remembered, against replay.
type digestServer struct {
	realm string
	offer []string // algorithms
	ext   Extensions
	key   []byte // of nonces, and of the secrets of users that do not exist

	mu     sync.Mutex
	counts map[string]int // by nonce: the last nc seen
	turned time.Time      // when counts was last emptied
	before map[string]int // the generation before
}

func newDigestServer(realm string, offer []string, ext Extensions) *digestServer {
	key := make([]byte, 32)
	_, _ = rand.Read(key) // never fails (crypto/rand)
	return &digestServer{realm: realm, offer: offer, ext: ext, key: key, counts: map[string]int{}}
}

// check tells whether a request comes from user; if not it gives the challenges.
func (s *digestServer) check(req *sipgo.Request, user string) (bool, []sipgo.Header) {
	source, now := hostOf(req.Source()), time.Now()
	for _, h := range req.GetHeaders("Authorization") {
		cred, err := digest.ParseCredentials(h.Value())
		if err != nil || cred.Realm != s.realm {
			continue
		}
		right := s.matches(cred, req, user)
		fresh, ours := s.age(cred.Nonce, source, now)
		switch {
		case !right || !ours:
			return false, s.challenge(source, now, false)
		case !fresh:
			return false, s.challenge(source, now, true)
		case !s.count(cred, now):
			return false, s.challenge(source, now, false)
		}
		return true, nil
	}
	return false, s.challenge(source, now, false)
}

// matches compares the response with the one computed from the user's secret. A
// user that does not exist has a secret nobody knows, so that it takes the same
// time and the same answer.
func (s *digestServer) matches(cred *digest.Credentials, req *sipgo.Request, user string) bool {
	algorithm := strings.ToUpper(cred.Algorithm)
	if algorithm == "" {
		algorithm = "MD5"
	}
	h := hashOf(algorithm)
	if h == nil || cred.QOP != "auth" || !slices.Contains(s.offer, algorithm) {
		return false
	}
	nobody := hex.EncodeToString(s.mac("nobody", cred.Username))
	ha1, err := s.ext.HA1(context.Background(), s.realm, cred.Username, algorithm)
	if err != nil || cred.Username != user {
		ha1 = nobody
	}
	want := join(h, ha1, cred.Nonce, fmt.Sprintf("%08x", cred.Nc), cred.Cnonce, cred.QOP,
		join(h, string(req.Method), cred.URI))
	return subtle.ConstantTimeCompare([]byte(want), []byte(strings.ToLower(cred.Response))) == 1
}

func hashOf(algorithm string) hash.Hash {
	switch algorithm {
	case "MD5":
		return md5.New()
	case "SHA-256":
		return sha256.New()
	}
	return nil
}

// join is hex(H(a:b:c)).
func join(h hash.Hash, parts ...string) string {
	h.Reset()
	h.Write([]byte(strings.Join(parts, ":")))
	return hex.EncodeToString(h.Sum(nil))
}

// challenge offers each algorithm in its own header (RFC 8760 §2.4), with one
// nonce for all.
func (s *digestServer) challenge(source string, now time.Time, stale bool) []sipgo.Header {
	nonce := s.nonce(source, now)
	var list []sipgo.Header
	for _, algorithm := range s.offer {
		value := fmt.Sprintf(`Digest realm="%s", nonce="%s", qop="auth", algorithm=%s`, s.realm, nonce, algorithm)
		if stale {
			value += ", stale=true"
		}
		list = append(list, sipgo.NewHeader("WWW-Authenticate", value))
	}
	return list
}

// nonce is time, a random part and their HMAC with the source.
func (s *digestServer) nonce(source string, now time.Time) string {
	b := make([]byte, 16, 32)
	binary.BigEndian.PutUint64(b, uint64(now.UnixNano()))
	_, _ = rand.Read(b[8:16])
	return base64.RawURLEncoding.EncodeToString(append(b, s.mac(string(b), source)[:16]...))
}

// age tells whether a nonce is ours, made for this source, and still fresh.
func (s *digestServer) age(nonce, source string, now time.Time) (fresh, ours bool) {
	b, err := base64.RawURLEncoding.DecodeString(nonce)
	if err != nil || len(b) != 32 || !hmac.Equal(b[16:], s.mac(string(b[:16]), source)[:16]) {
		return false, false
	}
	made := time.Unix(0, int64(binary.BigEndian.Uint64(b)))
	return now.Sub(made) < nonceLife, true
}

func (s *digestServer) mac(parts ...string) []byte {
	m := hmac.New(sha256.New, s.key)
	for _, p := range parts {
		fmt.Fprintf(m, "%d:%s", len(p), p)
	}
	return m.Sum(nil)
}

// count takes a nonce's use count, which must grow.
func (s *digestServer) count(cred *digest.Credentials, now time.Time) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if now.Sub(s.turned) > nonceLife || len(s.counts) >= maxCounts {
		s.before, s.counts, s.turned = s.counts, map[string]int{}, now
	}
	if cred.Nc <= max(s.counts[cred.Nonce], s.before[cred.Nonce]) {
		return false
	}
	s.counts[cred.Nonce] = cred.Nc
	return true
}

// hostOf is the host of a host:port.
func hostOf(address string) string {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return address
	}
	return host
}
