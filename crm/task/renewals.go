package task

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/google/uuid"

	"ringback/crm/customer"
	"ringback/crm/policy"
	"ringback/internal/clock"
	"ringback/internal/events"
	"ringback/internal/postgres"
)

// onRenewal follows an opportunity: its stages by expiry while it is open, its next
// contact, and the end of all calls when it is decided.
func (t *Tasks) onRenewal(ctx context.Context, tx postgres.DB, e events.Event) error {
	r, err := policy.GetRenewal(ctx, tx, e.Subject["renewal"])
	if err != nil {
		return err
	}
	if !r.Stage.Open() {
		return t.decided(ctx, tx, r, byOf(e))
	}
	if err := t.otherExpiry(ctx, tx, r, byOf(e)); err != nil {
		return err
	}
	if _, err := t.expiring(ctx, tx, r, byOf(e)); err != nil {
		return err
	}
	return t.nextContact(ctx, tx, r, byOf(e))
}

// otherExpiry ends the stages of an expiry that was corrected.
func (t *Tasks) otherExpiry(ctx context.Context, tx postgres.DB, r policy.Renewal, by customer.By) error {
	_, err := t.end(ctx, tx, by, cancel, ReasonSuperseded, `renewal_id = $1 AND kind = ANY ($2) AND subject_key NOT LIKE $3 AND `+waiting,
		r.ID, []string{RenewalFirst, RenewalFinal}, r.ID.String()+"/"+r.Expiry.Format(time.DateOnly)+"/%")
	return err
}

// decided ends what a bound, lost or invalid renewal does not need any more.
func (t *Tasks) decided(ctx context.Context, tx postgres.DB, r policy.Renewal, by customer.By) error {
	reason := map[policy.Stage]string{policy.Bound: ReasonBound, policy.Lost: ReasonLost, policy.Invalid: ReasonInvalid}[r.Stage]
	if _, err := t.end(ctx, tx, by, cancel, reason, `renewal_id = $1 AND `+waiting, r.ID); err != nil {
		return err
	}
	if err := t.box.Revoke(ctx, tx, "renewal", r.ID, "", reason); err != nil {
		return err
	}
	if r.Stage != policy.Bound || len(r.BoundPolicyIDs) == 0 {
		return nil
	}
	return t.policyIssued(ctx, tx, r, by)
}

// issuedLately is how old the start of a new policy may be for its message to make
// sense: a file of old policies sends none.
const issuedLately = 7

// policyIssued tells the customer that the new policy is in force (2.5.4).
func (t *Tasks) policyIssued(ctx context.Context, tx postgres.DB, r policy.Renewal, by customer.By) error {
	p, err := policy.Get(ctx, tx, r.BoundPolicyIDs[0])
	if err != nil || p.StartDay.Before(by.At.AddDate(0, 0, -issuedLately)) || p.Source == policy.Heard {
		return err
	}
	o, err := t.renewalOccasion(ctx, tx, r)
	if err != nil {
		return err
	}
	s, err := t.schedule(ctx, tx, by.Store, by.At)
	if err != nil {
		return err
	}
	o.useless = time.Time{}
	o.words["policy_no"], o.words["start_zh"] = p.PolicyNo, p.StartDay.Format("1月2日")
	_, err = t.sendSMS(ctx, tx, rule{id: "issued", from: atOnce, via: bySMS, text: "policy_issued"}, o, s, by)
	return err
}

// renewalOccasion is an expiry as the rules see it: counted from the last day of
// cover.
func (t *Tasks) renewalOccasion(ctx context.Context, tx postgres.DB, r policy.Renewal) (occasion, error) {
	c, err := t.files.Get(ctx, tx, r.CustomerID)
	if err != nil {
		return occasion{}, err
	}
	y, m, d := r.Expiry.Date()
	end := time.Date(y, m, d, 0, 0, 0, 0, clock.Shanghai())
	return occasion{
		on: policyExpires, anchor: end, subject: r.ID.String() + "/" + end.Format(time.DateOnly), customer: c, vehicle: &r.VehicleID, renewal: &r,
		about: events.Subjects{"renewal": r.ID, "vehicle": r.VehicleID}, useless: end.AddDate(0, 0, 1),
		words: map[string]string{"expiry_date_zh": end.Format("1月2日")},
	}, nil
}

// expiring lets the stages by expiry look at an open renewal (TR-30 to TR-36).
func (t *Tasks) expiring(ctx context.Context, tx postgres.DB, r policy.Renewal, by customer.By) (int, error) {
	s, err := t.schedule(ctx, tx, by.Store, by.At)
	if err != nil {
		return 0, err
	}
	y, m, d := r.Expiry.Date()
	if !anyRipe(policyExpires, time.Date(y, m, d, 0, 0, 0, 0, s.Zone()), s, by.At) {
		return 0, nil
	}
	o, err := t.renewalOccasion(ctx, tx, r)
	if err != nil {
		return 0, err
	}
	o.words["days_to_expiry"] = strconv.Itoa(int(o.anchor.Sub(s.Day(by.At)).Hours() / 24))
	return t.apply(ctx, tx, o, by)
}

// nextContact is TR-33: one call at the moment agreed last; an earlier agreement is
// void.
func (t *Tasks) nextContact(ctx context.Context, tx postgres.DB, r policy.Renewal, by customer.By) error {
	if r.NextContactAt == nil || r.NextContactAt.Before(by.At) {
		return nil
	}
	o, err := t.renewalOccasion(ctx, tx, r)
	if err != nil {
		return err
	}
	o.on, o.anchor, o.agreed = nextContact, *r.NextContactAt, r.NextContactAt
	o.subject = r.ID.String() + "/next/" + strconv.FormatInt(r.NextContactAt.Unix(), 10)
	if _, err := t.end(ctx, tx, by, cancel, ReasonSuperseded, `renewal_id = $1 AND kind = $2 AND subject_key <> $3 AND reason <> $4 AND `+waiting,
		r.ID, RenewalNext, o.subject, AskedInCall); err != nil {
		return err
	}
	_, err = t.apply(ctx, tx, o, by)
	return err
}

// onHanded is TR-32: the gateway took the message with a quote.
func (t *Tasks) onHanded(ctx context.Context, tx postgres.DB, e events.Event) error {
	quote, ok := e.Subject["quote"]
	if !ok {
		return nil
	}
	r, err := policy.GetRenewal(ctx, tx, e.Subject["renewal"])
	if err != nil || !r.Stage.Open() {
		return err
	}
	return t.quoted(ctx, tx, r, quote, e.At, byOf(e))
}

func (t *Tasks) quoted(ctx context.Context, tx postgres.DB, r policy.Renewal, quote uuid.UUID, sent time.Time, by customer.By) error {
	o, err := t.renewalOccasion(ctx, tx, r)
	if err != nil {
		return err
	}
	o.on, o.anchor, o.subject = quoteHanded, sent, r.ID.String()+"/quote/"+quote.String()
	_, err = t.apply(ctx, tx, o, by)
	return err
}

// lookAtRenewals lets the rules look at every open renewal of the store.
func (t *Tasks) lookAtRenewals(ctx context.Context, tx postgres.DB, by customer.By) (made int, err error) {
	if _, err := t.renewals.Nightly(ctx, tx, by); err != nil {
		return 0, err
	}
	if err := t.renewals.ExpireQuotes(ctx, tx, by); err != nil {
		return 0, err
	}
	open, err := policy.OpenRenewals(ctx, tx, by.Store)
	if err != nil {
		return 0, err
	}
	for _, r := range open {
		n, err := t.expiring(ctx, tx, r, by)
		if err != nil {
			return made, fmt.Errorf("renewal %s: %w", r.ID, err)
		}
		made += n
		if err := t.nextContact(ctx, tx, r, by); err != nil {
			return made, fmt.Errorf("renewal %s: %w", r.ID, err)
		}
	}
	return made, t.missedQuotes(ctx, tx, by)
}

// missedQuotes finds quotes that went out in the last days without their call.
func (t *Tasks) missedQuotes(ctx context.Context, tx postgres.DB, by customer.By) error {
	sent, err := policy.QuotesSentSince(ctx, tx, by.Store, by.At.AddDate(0, 0, -4))
	if err != nil {
		return err
	}
	for _, q := range sent {
		r, err := policy.GetRenewal(ctx, tx, q.RenewalID)
		if err != nil {
			return err
		}
		if !r.Stage.Open() {
			continue
		}
		if err := t.quoted(ctx, tx, r, q.ID, *q.SentAt, by); err != nil {
			return err
		}
	}
	return nil
}
