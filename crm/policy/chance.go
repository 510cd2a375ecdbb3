package policy

import (
	"slices"
	"time"

	"github.com/google/uuid"
)

const (
	openDays    = 75 // an expiry this near opens an opportunity (2.5.4)
	lapsedDays  = 30 // after the expiry it is still worked, as lapsed
	followFrom  = 90 // a following policy starts at most so many days before the expiry (T-E8)
	followUntil = 30 // and so many days after it
	wonBackDays = 60 // a lost one is bound by a policy issued within so many days (2.5.4)
)

// chance is a vehicle's renewal as its policies show it.
type chance struct {
	policies  []Policy // that expire
	expiry    time.Time
	following []Policy // that bind it
}

// chances reads a vehicle's policies on a day: the commercial ones decide, and the
// compulsory ones of a vehicle that has no commercial cover in sight. Only expiries
// from 30 days ago to 75 days ahead count; a policy whose follower expires later
// makes none of its own before its time. Pure.
func chances(all []Policy, today time.Time) (out []chance) {
	deciding := ofKind(all, Commercial)
	if !slices.ContainsFunc(deciding, func(p Policy) bool { return !p.EndDay.Before(today.AddDate(0, 0, -lapsedDays)) }) {
		deciding = ofKind(all, Compulsory)
	}
	for _, p := range deciding {
		if !near(p.EndDay, today) || slices.ContainsFunc(out, func(c chance) bool { return c.expiry.Equal(p.EndDay) }) {
			continue
		}
		c := chance{expiry: p.EndDay, policies: []Policy{p}}
		for _, q := range all {
			switch {
			case q.ID == p.ID:
			case q.EndDay.Equal(p.EndDay) || q.Kind != p.Kind && apart(q.EndDay, p.EndDay) <= followUntil && q.StartDay.Before(p.EndDay):
				c.policies = append(c.policies, q)
			case q.Kind == p.Kind && follows(q, p.EndDay):
				c.following = append(c.following, q)
			}
		}
		out = append(out, c)
	}
	slices.SortFunc(out, func(a, b chance) int { return a.expiry.Compare(b.expiry) })
	return out
}

func ofKind(all []Policy, kind Kind) (out []Policy) {
	for _, p := range all {
		if p.Kind == kind {
			out = append(out, p)
		}
	}
	return out
}

func near(expiry, today time.Time) bool {
	return !expiry.Before(today.AddDate(0, 0, -lapsedDays)) && !expiry.After(today.AddDate(0, 0, openDays))
}

// follows is T-E8: the policy starts within -90..+30 days of the expiry and covers
// what comes after.
func follows(q Policy, expiry time.Time) bool {
	return q.EndDay.After(expiry) && !q.StartDay.Before(expiry.AddDate(0, 0, -followFrom)) && !q.StartDay.After(expiry.AddDate(0, 0, followUntil))
}

func apart(a, b time.Time) int {
	d := int(a.Sub(b).Hours() / 24)
	return max(d, -d)
}

func (c chance) ids(of []Policy) []uuid.UUID {
	out := make([]uuid.UUID, len(of))
	for i, p := range of {
		out[i] = p.ID
	}
	return out
}

// customer is who is asked to renew: the insured of the deciding policy.
func (c chance) customer() uuid.UUID { return c.policies[0].CustomerID }

// yearIndex is 1 for the first renewal of a car that was insured new here (TR-36).
func (c chance) yearIndex() int {
	if slices.ContainsFunc(c.policies, func(p Policy) bool { return p.Underwriting == NewCar }) {
		return 1
	}
	return 2
}

// premium is what is known of the premiums; figures leave a renewal out of which a
// premium could not be read.
func premium(of []Policy) (sum int64) {
	for _, p := range of {
		if p.PremiumFen != nil {
			sum += *p.PremiumFen
		}
	}
	return sum
}
