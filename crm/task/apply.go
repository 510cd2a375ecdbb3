package task

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"

	"ringback/crm/customer"
	"ringback/crm/dealer"
	"ringback/internal/postgres"
)

// apply lets every rule of the occasion's trigger look at it. The same occasion a
// second time changes nothing: a rule makes one task, message or letter of a
// subject, whatever became of it.
func (t *Tasks) apply(ctx context.Context, tx postgres.DB, o occasion, by customer.By) (made int, err error) {
	s, err := t.schedule(ctx, tx, by.Store, by.At)
	if err != nil {
		return 0, err
	}
	for _, r := range rules() {
		if r.on != o.on || !r.ripe(o, s, by.At) || r.only != nil && !r.only(o) {
			continue
		}
		done, err := t.carryOut(ctx, tx, r, o, s, by)
		if err != nil {
			return made, fmt.Errorf("rule %s: %w", r.id, err)
		}
		if done {
			made++
		}
	}
	return made, nil
}

// anyRipe tells whether a trigger's rules have anything to do about an anchor.
func anyRipe(on trigger, anchor time.Time, s dealer.Schedule, now time.Time) bool {
	return slices.ContainsFunc(rules(), func(r rule) bool { return r.on == on && r.ripe(occasion{anchor: anchor}, s, now) })
}

// ripe tells whether the rule has something to do at now: its day has come, and its
// due day has not passed unless it keeps those that are late.
func (r rule) ripe(o occasion, s dealer.Schedule, now time.Time) bool {
	from, due := r.from(s, o.anchor, now), r.due(s, o.anchor, now)
	if now.Before(s.Day(from).AddDate(0, 0, -r.more.ahead)) {
		return false
	}
	return r.more.late || !now.After(due)
}

func (t *Tasks) carryOut(ctx context.Context, tx postgres.DB, r rule, o occasion, s dealer.Schedule, by customer.By) (bool, error) {
	if r.more.unless != nil {
		if no, err := r.more.unless(ctx, tx, o); err != nil || no {
			return false, err
		}
	}
	switch r.via {
	case bySMS:
		return t.sendSMS(ctx, tx, r, o, s, by)
	case byLetter, byLetterOrSMS:
		return t.writeLetter(ctx, tx, r, o, s, by)
	}
	if before, err := t.before(ctx, tx, r, o, by); err != nil || before {
		return false, err
	}
	k, err := t.newTask(ctx, tx, r, o, s, by)
	if err != nil {
		return false, err
	}
	if r.via == byCallOrSMS && k.State == Excluded {
		return t.sendSMS(ctx, tx, r, o, s, by)
	}
	if err := t.supersede(ctx, tx, r, o, s, by); err != nil {
		return false, err
	}
	created, err := t.insert(ctx, tx, k, by)
	if err != nil || !created {
		return false, err
	}
	if k.State == Excluded && k.BlockedReason == ReasonNoPhone || k.State == Blocked && k.BlockedReason == ReasonBadPhone {
		return true, t.missingNumber(ctx, tx, k, by)
	}
	return true, nil
}

// before tells whether the rule has made a task of this subject; orders of one day
// join it.
func (t *Tasks) before(ctx context.Context, tx postgres.DB, r rule, o occasion, by customer.By) (bool, error) {
	if c := crowdOf(ctx); c != nil {
		return t.beforeIn(ctx, tx, c, r, o, by)
	}
	if r.mergesOrders() {
		return t.mergeInto(ctx, tx, r, o, by)
	}
	return madeBefore(ctx, tx, r, o)
}

func (t *Tasks) beforeIn(ctx context.Context, tx postgres.DB, c *crowd, r rule, o occasion, by customer.By) (bool, error) {
	var not []uuid.UUID
	if o.order != nil {
		var err error
		if not, err = t.named(ctx, tx, by.Store, o.order.AdvisorName); err != nil {
			return false, fmt.Errorf("finding the advisor's user: %w", err)
		}
	}
	return c.before(r, o, not), nil
}

func madeBefore(ctx context.Context, tx postgres.DB, r rule, o occasion) (yes bool, err error) {
	err = tx.QueryRow(ctx, `SELECT EXISTS (SELECT FROM task WHERE store_id = $1 AND subject_key = $2 AND reason = $3)`,
		o.customer.StoreID, keyOf(r, o), r.id).Scan(&yes)
	if err != nil {
		return false, fmt.Errorf("looking for an earlier task: %w", err)
	}
	return yes, nil
}

func (t *Tasks) newTask(ctx context.Context, tx postgres.DB, r rule, o occasion, s dealer.Schedule, by customer.By) (Task, error) {
	kind, _ := FindKind(r.kind)
	k := Task{
		ID: uuid.Must(uuid.NewV7()), GroupID: by.Group, StoreID: by.Store, Kind: r.kind, Class: kind.Class, State: Pending,
		CustomerID: o.customer.ID, VehicleID: o.vehicle, WorkOrderIDs: o.orderIDs(), SubjectKey: keyOf(r, o), Reason: r.id,
		ScriptID: scriptOf(r, o), Priority: priority(r, o), NotBefore: r.from(s, o.anchor, by.At), DueAt: r.due(s, o.anchor, by.At),
		Channel: channelOf(r, o), Pool: r.who, Skill: skillOf(r.kind), MaxAttempts: r.max, PhoneFixID: o.phoneFix, Note: o.note,
	}
	if r.more.preview {
		k.DialMode = "preview"
	}
	if o.renewal != nil {
		k.RenewalID = &o.renewal.ID
	}
	if o.visit != nil {
		k.AppointmentID = &o.visit.ID
	}
	k.CallbackAt = o.agreed
	if k.tooLate(by.At) {
		k.State, k.BlockedReason, k.NotUserIDs = Excluded, ReasonTooLate, []uuid.UUID{}
		return k, nil
	}
	if err := t.assign(ctx, tx, &k, o, by); err != nil {
		return Task{}, err
	}
	if k.Channel == Call {
		k.asWished(o.wish, s, by.At)
	}
	if !k.NotBefore.After(by.At) {
		k.State = Queued
	}
	if k.Channel != Call {
		return k, nil
	}
	return k, t.judge(ctx, tx, &k, by)
}

func channelOf(r rule, o occasion) Channel {
	switch {
	case r.via == byForm:
		return Form
	case r.via == byFile, o.renewal != nil && o.agreed != nil && !byPhone(o.renewal.NextContactWay):
		return Data
	}
	return Call
}

// byPhone tells whether an agreed way of contact is a call; any other way is work on
// the specialist's list.
func byPhone(way string) bool { return way == "" || way == "电话" || way == "phone" || way == "call" }

// mergeInto adds an order to the task of the same customer and day (T-C4), or finds
// that the order has its task already (T-B5). One that ended because the order was void
// or back in work is no promise kept.
func (t *Tasks) mergeInto(ctx context.Context, tx postgres.DB, r rule, o occasion, by customer.By) (bool, error) {
	found, err := many(ctx, tx, `SELECT `+columns+` FROM task
		WHERE store_id = $1 AND kind = $2 AND customer_id = $3 AND ($4 = ANY (work_order_ids) OR subject_key = $5)
			AND NOT (state = 'cancelled' AND blocked_reason = ANY ($6))
		ORDER BY $4 = ANY (work_order_ids) DESC, created_at LIMIT 1 FOR UPDATE`, by.Store, r.kind, o.customer.ID, o.order.ID, keyOf(r, o),
		[]string{ReasonOrderVoid, ReasonReopened})
	if err != nil || len(found) == 0 {
		return false, err
	}
	k := found[0]
	if slices.Contains(k.WorkOrderIDs, o.order.ID) {
		return true, nil
	}
	not, err := t.named(ctx, tx, by.Store, o.order.AdvisorName)
	if err != nil {
		return false, fmt.Errorf("finding the advisor's user: %w", err)
	}
	if !k.join(o, priority(r, o), not) {
		return true, nil
	}
	return true, t.save(ctx, tx, k, by)
}

// join makes an order part of a task, unless it is already.
func (k *Task) join(o occasion, priority int, not []uuid.UUID) bool {
	if slices.Contains(k.WorkOrderIDs, o.order.ID) {
		return false
	}
	k.WorkOrderIDs = append(k.WorkOrderIDs, o.order.ID)
	if IsSurvey(k.Kind) {
		k.NotUserIDs = append(k.NotUserIDs, not...)
	}
	k.Priority = max(k.Priority, priority)
	return true
}
