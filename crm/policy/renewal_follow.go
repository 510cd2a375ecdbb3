package policy

import (
	"context"
	"slices"
	"time"

	"github.com/google/uuid"

	"ringback/crm/customer"
	"ringback/internal/clock"
	"ringback/internal/events"
	"ringback/internal/postgres"
)

// onPolicies looks at each vehicle once, however many of its policies were saved
// together.
func (n *Renewals) onPolicies(ctx context.Context, tx postgres.DB, es []events.Event) error {
	seen := map[uuid.UUID]bool{}
	for _, e := range es {
		vehicle := e.Subject["vehicle"]
		if seen[vehicle] {
			continue
		}
		seen[vehicle] = true
		by := customer.By{Group: e.Group, Store: e.Store, Actor: e.Actor, At: e.At}
		if _, err := n.Consider(ctx, tx, by, vehicle); err != nil {
			return err
		}
	}
	return nil
}

// Consider looks at a vehicle's policies: an expiry within 75 days opens an
// opportunity, a following policy binds it, a corrected policy moves it. It tells how
// many changed; twice changes nothing.
func (n *Renewals) Consider(ctx context.Context, db postgres.DB, by customer.By, vehicle uuid.UUID) (changed int, err error) {
	all, err := OfVehicle(ctx, db, vehicle)
	if err != nil {
		return 0, err
	}
	have, err := renewals(ctx, db, `SELECT `+renewalColumns+` FROM renewal WHERE vehicle_id = $1 ORDER BY expiry FOR UPDATE`, vehicle)
	if err != nil {
		return 0, err
	}
	found := chances(all, today(by.At))
	for i, r := range have {
		bound, err := n.bindTo(ctx, db, by, r, all)
		if err != nil {
			return changed, err
		}
		if !bound {
			if bound, err = n.correct(ctx, db, by, &have[i], found, all); err != nil {
				return changed, err
			}
		}
		if bound {
			changed++
		}
	}
	for _, c := range found {
		if slices.ContainsFunc(have, func(r Renewal) bool { return r.Expiry.Equal(c.expiry) }) {
			continue
		}
		opened, err := n.open(ctx, db, by, vehicle, c)
		if err != nil {
			return changed, err
		}
		if opened {
			changed++
		}
	}
	return changed, nil
}

// correct moves an open opportunity whose policies do not end on its day any more: a
// commercial policy became known beside the compulsory one, or a date was corrected.
// Without another expiry in sight it was none.
func (n *Renewals) correct(ctx context.Context, db postgres.DB, by customer.By, r *Renewal, found []chance, all []Policy) (bool, error) {
	stands := slices.ContainsFunc(found, func(c chance) bool { return c.expiry.Equal(r.Expiry) })
	if !r.Stage.Open() || stands || len(found) == 0 && slices.ContainsFunc(all, func(p Policy) bool { return slices.Contains(r.PolicyIDs, p.ID) && p.EndDay.Equal(r.Expiry) }) {
		return false, nil
	}
	from := r.Stage
	if len(found) == 0 {
		if err := r.move(void); err != nil {
			return false, err
		}
		r.InvalidReason = "policy_corrected"
		return true, n.saveRenewal(ctx, db, *r, from, Contact{Words: "保单已更正"}, by)
	}
	c := found[0]
	r.Expiry, r.PolicyIDs, r.CustomerID, r.PremiumBeforeFen, r.YearIndex = c.expiry, c.ids(c.policies), c.customer(), premium(c.policies), c.yearIndex()
	return true, n.saveRenewal(ctx, db, *r, from, Contact{Words: "到期日更正为 " + c.expiry.Format(time.DateOnly)}, by)
}

// today is the date of a moment in the zone of all stores, as the database keeps dates.
func today(at time.Time) time.Time {
	y, m, d := at.In(clock.Shanghai()).Date()
	return time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
}

func (n *Renewals) open(ctx context.Context, db postgres.DB, by customer.By, vehicle uuid.UUID, c chance) (bool, error) {
	r := Renewal{
		ID: uuid.Must(uuid.NewV7()), GroupID: by.Group, StoreID: by.Store, VehicleID: vehicle, CustomerID: c.customer(), PolicyIDs: c.ids(c.policies),
		Expiry: c.expiry, YearIndex: c.yearIndex(), Stage: Listed, PremiumBeforeFen: premium(c.policies), CreatedAt: by.At, Version: 1,
	}
	made, err := n.insertRenewal(ctx, db, r, by)
	if err != nil || !made {
		return false, err
	}
	if len(c.following) > 0 {
		return true, n.bind(ctx, db, by, r, c.following)
	}
	return true, n.expire(ctx, db, by, r)
}

// bindTo is T-E8: a following policy makes an open opportunity bound, and a lost one
// when it was issued here within 60 days after the expiry.
func (n *Renewals) bindTo(ctx context.Context, db postgres.DB, by customer.By, r Renewal, all []Policy) (bool, error) {
	if !r.Stage.Open() && r.Stage != Lost {
		return false, nil
	}
	var following []Policy
	for _, p := range all {
		won := r.Stage == Lost && p.Source != Heard && p.StartDay.After(r.Expiry) && !p.StartDay.After(r.Expiry.AddDate(0, 0, wonBackDays))
		if !slices.Contains(r.PolicyIDs, p.ID) && (r.Stage.Open() && follows(p, r.Expiry) || won) {
			following = append(following, p)
		}
	}
	if len(following) == 0 || !slices.ContainsFunc(following, func(p Policy) bool { return r.decides(p, all) }) {
		return false, nil
	}
	return true, n.bind(ctx, db, by, r, following)
}

// decides tells whether a following policy is of the kind that expires: a new
// compulsory policy does not renew a commercial one.
func (r Renewal) decides(p Policy, all []Policy) bool {
	for _, was := range all {
		if slices.Contains(r.PolicyIDs, was.ID) && was.EndDay.Equal(r.Expiry) && was.Kind == p.Kind {
			return true
		}
	}
	return false
}

func (n *Renewals) bind(ctx context.Context, db postgres.DB, by customer.By, r Renewal, following []Policy) error {
	from := r.Stage
	if err := r.move(bind); err != nil {
		return err
	}
	at := by.At
	r.BoundAt, r.PremiumAfterFen, r.NextContactAt = &at, premium(following), nil
	for _, p := range following {
		r.BoundPolicyIDs = append(r.BoundPolicyIDs, p.ID)
	}
	if err := n.acceptQuote(ctx, db, r); err != nil {
		return err
	}
	return n.saveRenewal(ctx, db, r, from, Contact{Way: "保单", Words: following[0].PolicyNo}, by)
}

// expire lets an opportunity lapse once its expiry has passed.
func (n *Renewals) expire(ctx context.Context, db postgres.DB, by customer.By, r Renewal) error {
	if !r.Expiry.Before(today(by.At)) || r.Stage == Lapsed || !r.Stage.Open() {
		return nil
	}
	from := r.Stage
	if err := r.move(lapse); err != nil {
		return err
	}
	return n.saveRenewal(ctx, db, r, from, Contact{}, by)
}

// Nightly finds what time and missed events bring: expiries that came near, lapses,
// and lapses of 30 days that are lost. Twice changes nothing.
func (n *Renewals) Nightly(ctx context.Context, db postgres.DB, by customer.By) (changed int, err error) {
	day := today(by.At)
	near, err := EndingBetween(ctx, db, by.Store, day.AddDate(0, 0, -lapsedDays), day.AddDate(0, 0, openDays))
	if err != nil {
		return 0, err
	}
	for i, p := range near {
		if i > 0 && near[i-1].VehicleID == p.VehicleID {
			continue
		}
		c, err := n.Consider(ctx, db, by, p.VehicleID)
		if err != nil {
			return changed, err
		}
		changed += c
	}
	past, err := renewals(ctx, db, `SELECT `+renewalColumns+` FROM renewal
		WHERE store_id = $1 AND expiry < $2 AND stage NOT IN ('bound', 'lost', 'invalid') ORDER BY id FOR UPDATE`, by.Store, day)
	if err != nil {
		return changed, err
	}
	for _, r := range past {
		if err := n.age(ctx, db, by, r, day); err != nil {
			return changed, err
		}
	}
	return changed, nil
}

// age lapses an expired renewal, and gives up a lapsed one after 30 days: the agent
// confirms the reason within 3 working days.
func (n *Renewals) age(ctx context.Context, db postgres.DB, by customer.By, r Renewal, day time.Time) error {
	if r.Stage != Lapsed {
		return n.expire(ctx, db, by, r)
	}
	if !r.Expiry.Before(day.AddDate(0, 0, -lapsedDays)) {
		return nil
	}
	if err := r.move(giveUp); err != nil {
		return err
	}
	at := by.At
	r.LostReason, r.LostAt, r.NextContactAt = "unreachable", &at, nil
	return n.saveRenewal(ctx, db, r, Lapsed, Contact{}, by)
}
