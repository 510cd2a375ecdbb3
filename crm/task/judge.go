package task

import (
	"context"
	"fmt"
	"slices"
	"time"

	"ringback/crm/customer"
	"ringback/internal/postgres"
)

// LateDays is how long after its due day a follow-up may still be called (2.5.1).
const LateDays = 4

// tooLate tells whether a follow-up's days are over.
func (k *Task) tooLate(now time.Time) bool {
	return k.Kind == Followup3D && now.After(k.DueAt.AddDate(0, 0, LateDays))
}

// judge chooses the number to call, or says why there is no call: for good
// (excluded), or until the cause ends (blocked).
func (t *Tasks) judge(ctx context.Context, tx postgres.DB, k *Task, by customer.By) error {
	phones, err := t.phones(ctx, tx, k.CustomerID)
	if err != nil {
		return err
	}
	reason := ""
	if phone, why := choose(phones, 0); why == "" {
		k.PhoneID = &phone.ID
	} else {
		reason = why
	}
	if reason == "" {
		if reason, err = t.barred(ctx, tx, k, phones, by.At); err != nil {
			return err
		}
	}
	switch {
	case reason == "":
		if k.State == Blocked {
			k.State = Queued
		}
		return nil
	case heals(reason):
		k.State = Blocked
	default:
		k.State = Excluded
		at := by.At
		k.CompletedAt = &at
	}
	k.BlockedReason = reason
	return nil
}

// barred are the reasons beyond the number: do-not-call, too late, fatigue,
// consent, a complaint's freeze.
func (t *Tasks) barred(ctx context.Context, tx postgres.DB, k *Task, phones []customer.Phone, now time.Time) (string, error) {
	stop, err := stopped(ctx, tx, *k, phones, now)
	switch {
	case err != nil:
		return "", err
	case stop:
		return ReasonDNC, nil
	case k.tooLate(now):
		return ReasonTooLate, nil
	}
	if tired, err := surveyed(ctx, tx, *k, now); err != nil || tired {
		return ReasonFatigue, err
	}
	return t.notNow(ctx, tx, k, now)
}

// notNow are the reasons that may end.
func (t *Tasks) notNow(ctx context.Context, tx postgres.DB, k *Task, now time.Time) (string, error) {
	consents, err := consentsOf(ctx, tx, k.CustomerID)
	if err != nil {
		return "", err
	}
	if !consented(k.Class, consents) {
		return ReasonNoConsent, nil
	}
	c, err := t.person(ctx, tx, k.CustomerID)
	if err != nil {
		return "", err
	}
	if c.FreezeUntil != nil && c.FreezeUntil.After(now) && (k.Class == "commercial" || IsSurvey(k.Kind)) {
		k.HealsAt = c.FreezeUntil
		return ReasonFrozen, nil
	}
	return "", nil
}

// consented is CG-06: advertising needs a given consent, unanswered counts as
// refused; service and reminders rest on the work order or registration, unless the
// customer took that back.
func consented(class string, consents map[string]string) bool {
	if class == "commercial" {
		return consents[customer.PurposeMarketing] == "given"
	}
	said := consents[customer.PurposeService]
	return said == "" || said == "given"
}

// stopped asks do-not-call for every number of the customer: who refused on one
// is not called on another.
func stopped(ctx context.Context, tx postgres.DB, k Task, phones []customer.Phone, now time.Time) (bool, error) {
	stops := func(s customer.Scope) bool { return s.Stops(k.Class, IsSurvey(k.Kind)) }
	if f := factsOf(ctx, k.CustomerID); f != nil {
		return slices.ContainsFunc(f.Stops, stops), nil
	}
	hashes := make([][]byte, len(phones))
	for i, p := range phones {
		hashes[i] = p.Hash
	}
	scopes, err := customer.DNCOf(ctx, tx, k.GroupID, hashes, now)
	if err != nil {
		return false, err
	}
	return slices.ContainsFunc(scopes, stops), nil
}

// tiringSurveys are the kinds after which a customer is left in peace (D-24).
func tiringSurveys() []string { return []string{Followup3D, "followup_club", "ssi_delivery"} }

// surveyRest is for how many days.
const surveyRest = 30

// surveyed is D-24: a survey in the last 30 days, or one that is on its way. Other
// calls never tire.
func surveyed(ctx context.Context, tx postgres.DB, k Task, now time.Time) (bool, error) {
	surveys := tiringSurveys()
	if !slices.Contains(surveys, k.Kind) {
		return false, nil
	}
	if c := crowdOf(ctx); c != nil {
		return c.surveyed[k.CustomerID], nil
	}
	var yes bool
	err := tx.QueryRow(ctx, `
		SELECT EXISTS (SELECT 1 FROM task WHERE customer_id = $1 AND id <> $2 AND kind = ANY ($3)
			AND (state IN ('pending', 'queued', 'in_progress', 'retry_wait', 'blocked')
				OR (state = 'completed' AND completed_at > $4)))`,
		k.CustomerID, k.ID, surveys, now.AddDate(0, 0, -surveyRest)).Scan(&yes)
	if err != nil {
		return false, fmt.Errorf("looking for earlier surveys of %s: %w", k.CustomerID, err)
	}
	return yes, nil
}

// choose is the first callable number after the given priority, else the reason
// why there is none.
func choose(phones []customer.Phone, after int) (customer.Phone, string) {
	reason := ReasonNoPhone
	for _, p := range phones {
		switch {
		case p.Status.Callable() && p.Priority > after:
			return p, ""
		case p.Status == customer.StaffNo:
			reason = ReasonStaff
		case p.Status == customer.Shared && reason == ReasonNoPhone:
			reason = ReasonShared
		}
	}
	return customer.Phone{}, reason
}
