package telephony

import (
	"encoding/base64"
	"testing"
	"time"

	"github.com/google/uuid"

	"ringback/internal/seal"
)

func tokensOf(t testing.TB, secret byte, node uuid.UUID) *Tokens {
	t.Helper()
	key := make([]byte, seal.KeyBytes)
	key[0] = secret
	box, err := seal.New(key)
	if err != nil {
		t.Fatal(err)
	}
	return NewTokens(box, node)
}

func TestATokenIsReadByItsNodeAloneWhileItIsFresh(t *testing.T) {
	a, b, call, agent := uuid.New(), uuid.New(), uuid.New(), uuid.New()
	ours, theirs := tokensOf(t, 1, a), tokensOf(t, 1, b)
	now := time.Now()
	token := ours.Issue(call, agent, b, now)
	ticket, ok := theirs.Read(token, now.Add(tokenLife/2))
	if want := (Ticket{Call: call, Agent: agent, From: a, To: b}); !ok || ticket != want {
		t.Fatalf("read %+v, %v", ticket, ok)
	}
	raw, _ := base64.RawURLEncoding.DecodeString(token)
	raw[0] ^= 1
	for name, c := range map[string]struct {
		reader *Tokens
		token  string
		at     time.Time
	}{
		"another node's":       {ours, token, now},
		"signed by others":     {theirs, tokensOf(t, 2, a).Issue(call, agent, b, now), now},
		"changed":              {theirs, base64.RawURLEncoding.EncodeToString(raw), now},
		"cut":                  {theirs, token[:len(token)-4], now},
		"no base64":            {theirs, token + "=", now},
		"empty":                {theirs, "", now},
		"expired":              {theirs, token, now.Add(tokenLife + time.Millisecond)},
		"of a clock far ahead": {theirs, ours.Issue(call, agent, b, now.Add(time.Hour)), now},
	} {
		if got, ok := c.reader.Read(c.token, c.at); ok {
			t.Errorf("%s: read as %+v", name, got)
		}
	}
}

func TestATokenIsGoodForOneInvite(t *testing.T) {
	b := uuid.New()
	ours, theirs := tokensOf(t, 1, uuid.New()), tokensOf(t, 1, b)
	now := time.Now()
	token, other := ours.Issue(uuid.New(), uuid.New(), b, now), ours.Issue(uuid.New(), uuid.New(), b, now)
	if !theirs.Spend(token, now) || theirs.Spend(token, now.Add(time.Second)) {
		t.Error("a token was refused at once, or taken twice")
	}
	if !theirs.Spend(other, now.Add(time.Second)) {
		t.Error("another token was refused")
	}
	if theirs.Spend(token, now.Add(tokenLife)) {
		t.Error("a used token was taken as it expired")
	}
	theirs.Spend(ours.Issue(uuid.New(), uuid.New(), b, now.Add(time.Minute)), now.Add(time.Minute))
	if n := len(theirs.used); n != 1 {
		t.Errorf("%d tokens are remembered, want the last one alone", n)
	}
}
