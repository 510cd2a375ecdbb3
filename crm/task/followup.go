package task

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"

	"ringback/crm/customer"
	"ringback/crm/dealer"
	"ringback/crm/workorder"
	"ringback/internal/events"
	"ringback/internal/postgres"
)

// LateDays is how long after its due day a follow-up may still be called (2.5.1).
const LateDays = 4

// keyAmountFen is the sum from which an order's customer is treated as a key
// customer (D-19): 10,000 yuan.
const keyAmountFen = 1_000_000

func (t *Tasks) onDelivered(ctx context.Context, tx postgres.DB, e events.Event) error {
	o, err := workorder.Get(ctx, tx, e.Subject["work_order"])
	if err != nil {
		return err
	}
	return t.followUp(ctx, tx, o, customer.By{Group: e.Group, Store: e.Store, Actor: e.Actor, At: e.At})
}

// followUp is TR-01: a delivered order of a surveyed kind makes one followup_3d
// task per customer and delivery day (T-C4). A delivery that is still ahead makes
// none; Nightly finds it on its day (W-FUTURE).
func (t *Tasks) followUp(ctx context.Context, tx postgres.DB, o workorder.Order, by customer.By) error {
	if !o.Kind.Surveyed() || o.State == workorder.Voided || o.DeliveredAt == nil || o.DeliveredAt.After(by.At) {
		return nil
	}
	s, err := t.schedule(ctx, tx, o.StoreID, by.At)
	if err != nil {
		return err
	}
	key := o.CustomerID.String() + "/" + s.Day(*o.DeliveredAt).Format(time.DateOnly)
	merged, err := t.mergeInto(ctx, tx, o, key, by)
	if err != nil || merged {
		return err
	}
	k, err := t.newFollowUp(ctx, tx, o, key, s, by)
	if err != nil {
		return err
	}
	return t.insert(ctx, tx, k, by)
}

// mergeInto adds the order to the task of the same customer and day, or finds that
// the order has its task already (T-B5).
func (t *Tasks) mergeInto(ctx context.Context, tx postgres.DB, o workorder.Order, key string, by customer.By) (bool, error) {
	found, err := many(ctx, tx, `SELECT `+columns+` FROM task
		WHERE store_id = $1 AND kind = $2 AND customer_id = $3 AND ($4 = ANY (work_order_ids) OR subject_key = $5)
		ORDER BY $4 = ANY (work_order_ids) DESC, created_at LIMIT 1 FOR UPDATE`, o.StoreID, Followup3D, o.CustomerID, o.ID, key)
	if err != nil || len(found) == 0 {
		return false, err
	}
	k := found[0]
	if slices.Contains(k.WorkOrderIDs, o.ID) {
		return true, nil
	}
	not, err := t.users(ctx, tx, o.StoreID, o.AdvisorName)
	if err != nil {
		return false, fmt.Errorf("finding the advisor's user: %w", err)
	}
	k.WorkOrderIDs = append(k.WorkOrderIDs, o.ID)
	k.NotUserIDs = append(k.NotUserIDs, not...)
	return true, t.save(ctx, tx, k, by)
}

func (t *Tasks) newFollowUp(ctx context.Context, tx postgres.DB, o workorder.Order, key string, s dealer.Schedule, by customer.By) (Task, error) {
	c, err := t.files.Get(ctx, tx, o.CustomerID)
	if err != nil {
		return Task{}, err
	}
	due, _ := s.DueAfter(*o.DeliveredAt, 3)
	k := Task{
		ID: uuid.Must(uuid.NewV7()), GroupID: o.GroupID, StoreID: o.StoreID, Kind: Followup3D, Class: "service", State: Pending,
		CustomerID: o.CustomerID, VehicleID: &o.VehicleID, WorkOrderIDs: []uuid.UUID{o.ID}, SubjectKey: key, Reason: "TR-01",
		ScriptID: scriptFor(c), Priority: priority(o, c), NotBefore: s.FirstWindowStart(s.Day(*o.DeliveredAt).AddDate(0, 0, 1)),
		DueAt: due, Skill: "csi", MaxAttempts: 4,
	}
	if !k.NotBefore.After(by.At) {
		k.State = Queued
	}
	if k.NotUserIDs, err = t.users(ctx, tx, o.StoreID, o.AdvisorName); err != nil {
		return Task{}, fmt.Errorf("finding the advisor's user: %w", err)
	}
	if k.NotUserIDs == nil {
		k.NotUserIDs = []uuid.UUID{}
	}
	return k, t.judge(ctx, tx, &k, by)
}

func scriptFor(c customer.Customer) string {
	if c.ClubMember {
		return "followup_club"
	}
	return "csi_followup_3d"
}

// priority of TR-01: 60, +20 private, +10 first service, +15 key customer.
func priority(o workorder.Order, c customer.Customer) int {
	p := 60
	if c.Kind == "person" {
		p += 20
	}
	if o.Kind == workorder.First {
		p += 10
	}
	if c.IsVIP || o.TotalFen >= keyAmountFen {
		p += 15
	}
	return min(p, 100)
}

// judge chooses the number to call, or excludes the task for good and says why.
func (t *Tasks) judge(ctx context.Context, tx postgres.DB, k *Task, by customer.By) error {
	phones, err := t.files.Phones(ctx, tx, k.CustomerID)
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
		if reason, err = t.barred(ctx, tx, *k, phones, by.At); err != nil {
			return err
		}
	}
	if reason != "" {
		k.State, k.BlockedReason = Excluded, reason
	}
	return nil
}

// barred are the reasons beyond the number: do-not-call, fatigue, too late.
func (t *Tasks) barred(ctx context.Context, tx postgres.DB, k Task, phones []customer.Phone, now time.Time) (string, error) {
	stop, err := stopped(ctx, tx, k, phones, now)
	if err != nil {
		return "", err
	}
	if stop {
		return ReasonDNC, nil
	}
	if now.After(k.DueAt.AddDate(0, 0, LateDays)) {
		return ReasonTooLate, nil
	}
	tired, err := surveyed(ctx, tx, k, now)
	if err != nil {
		return "", err
	}
	if tired {
		return ReasonFatigue, nil
	}
	return "", nil
}

// stopped asks do-not-call for every number of the customer: who refused on one
// is not called on another.
func stopped(ctx context.Context, tx postgres.DB, k Task, phones []customer.Phone, now time.Time) (bool, error) {
	hashes := make([][]byte, len(phones))
	for i, p := range phones {
		hashes[i] = p.Hash
	}
	scopes, err := customer.DNCOf(ctx, tx, k.GroupID, hashes, now)
	if err != nil {
		return false, err
	}
	return slices.ContainsFunc(scopes, func(s customer.Scope) bool { return s.Stops(k.Class, IsSurvey(k.Kind)) }), nil
}

// surveyed is D-24: a survey in the last 30 days, or one that is on its way.
func surveyed(ctx context.Context, tx postgres.DB, k Task, now time.Time) (bool, error) {
	var yes bool
	err := tx.QueryRow(ctx, `
		SELECT EXISTS (SELECT 1 FROM task WHERE customer_id = $1 AND id <> $2 AND kind = ANY ($3)
			AND (state IN ('pending', 'queued', 'in_progress', 'retry_wait', 'blocked')
				OR (state = 'completed' AND completed_at > $4)))`,
		k.CustomerID, k.ID, []string{Followup3D, "followup_club", "ssi_delivery"}, now.AddDate(0, 0, -30)).Scan(&yes)
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
