package sip

import (
	"errors"
	"fmt"
	"strings"

	sipgo "github.com/emiago/sipgo/sip"
	"github.com/icholy/digest"
)

// credentials answer a trunk's challenges (RFC 3261 §22, RFC 8760).
type credentials struct{ username, password string }

func isChallenge(res *sipgo.Response) bool {
	return res.StatusCode == sipgo.StatusUnauthorized || res.StatusCode == sipgo.StatusProxyAuthRequired
}

// answer adds the credentials that a 401 or 407 asks for to a request.
func (c credentials) answer(req *sipgo.Request, res *sipgo.Response) error {
	if c.username == "" {
		return errors.New("the far end asks for credentials and the trunk has none")
	}
	chal, err := strongest(res)
	if err != nil {
		return err
	}
	cred, err := digest.Digest(chal, digest.Options{
		Method: string(req.Method), URI: req.Recipient.String(),
		Username: c.username, Password: c.password, Count: 1,
	})
	if err != nil {
		return fmt.Errorf("answering a digest challenge: %w", err)
	}
	req.AppendHeader(sipgo.NewHeader(answerHeader(res.StatusCode), cred.String()))
	return nil
}

// strongest picks the challenge with the best algorithm we know (RFC 8760 §2.4).
func strongest(res *sipgo.Response) (*digest.Challenge, error) {
	var best *digest.Challenge
	for _, h := range res.GetHeaders(challengeHeader(res.StatusCode)) {
		chal, err := digest.ParseChallenge(h.Value())
		if err != nil || !digest.CanDigest(chal) {
			continue
		}
		if best == nil || strength(chal) > strength(best) {
			best = chal
		}
	}
	if best == nil {
		return nil, errors.New("no digest challenge that can be answered")
	}
	return best, nil
}

func strength(c *digest.Challenge) int {
	switch strings.ToUpper(c.Algorithm) {
	case "SHA-512-256":
		return 2
	case "SHA-256":
		return 1
	}
	return 0
}

func challengeHeader(status int) string {
	if status == sipgo.StatusProxyAuthRequired {
		return "Proxy-Authenticate"
	}
	return "WWW-Authenticate"
}

func answerHeader(status int) string {
	if status == sipgo.StatusProxyAuthRequired {
		return "Proxy-Authorization"
	}
	return "Authorization"
}

// answersSpent follows how often a request has been challenged: one answer, and
// one more when the far end says that only the nonce was stale.
type answersSpent struct{ answered, staled bool }

func (a *answersSpent) mayAnswer(res *sipgo.Response) bool {
	if !a.answered {
		a.answered = true
		return true
	}
	chal, err := strongest(res)
	if err != nil || !chal.Stale || a.staled {
		return false
	}
	a.staled = true
	return true
}
