package task

import (
	"context"
	"fmt"
	"hash/fnv"
	"slices"
	"time"

	"github.com/google/uuid"

	"ringback/crm/appointment"
	"ringback/crm/customer"
	"ringback/crm/policy"
	"ringback/crm/workorder"
	"ringback/internal/events"
	"ringback/internal/postgres"
)

// occasion is what a rule looks at: one cause with the customer it is about.
type occasion struct {
	on       trigger
	anchor   time.Time // what "not before" and "due" count from
	subject  string    // key of what it is about: one open task per kind and subject
	customer customer.Customer
	vehicle  *uuid.UUID
	order    *workorder.Order
	closed   *Task // the task that has just ended
	renewal  *policy.Renewal
	visit    *appointment.Appointment
	agreed   *time.Time // the customer agreed to this moment
	agent    uuid.UUID
	phoneFix *uuid.UUID
	wish     string // when the customer wants to be called, in their words
	note     string
	about    events.Subjects   // for messages and letters
	words    map[string]string // variables of texts beyond the usual ones
	useless  time.Time         // a message is not worth sending from here on
}

// guard looks at the record before a rule acts.
type guard func(ctx context.Context, tx postgres.DB, o occasion) (bool, error)

// condition narrows a trigger. It is pure: what it needs is in the occasion.
type condition func(occasion) bool

// keyAmountFen is the sum from which an order's customer is treated as a key
// customer (D-19): 10,000 yuan.
const keyAmountFen = 1_000_000

func isKey(o occasion) bool {
	return o.customer.IsVIP || o.order.TotalFen != nil && *o.order.TotalFen >= keyAmountFen
}

// surveyedSmall and surveyedKey share the surveyed deliveries: the call about a key
// customer's order is TR-03's, every other one TR-01's.
func surveyedSmall(o occasion) bool { return o.order.Kind.Surveyed() && !isKey(o) }

func surveyedKey(o occasion) bool { return o.order.Kind.Surveyed() && isKey(o) }

func firstService(o occasion) bool { return o.order.Kind == workorder.First }

func followUpOnly(o occasion) bool { return o.closed.Kind == Followup3D }

// sampleShare is the share of maintenance orders with a 7-day call, in percent.
const sampleShare = 30

// sevenDay is the scope of D-02: repairs, accidents, body and paint, rework and
// warranty, and a sample of maintenance orders that is the same whenever it is drawn.
func sevenDay(o occasion) bool {
	switch o.order.Kind {
	case workorder.Repair, workorder.Accident, workorder.Paint, workorder.Rework, workorder.Warranty:
		return true
	case workorder.First, workorder.Periodic:
		h := fnv.New32a()
		_, _ = h.Write([]byte(o.order.StoreID.String() + o.order.RoNo))
		return h.Sum32()%100 < sampleShare
	}
	return false
}

// scoredTop: the three-day call of this order was completed and every score in it was
// 9 or 10; then nobody asks again on day 7 (D-02).
func scoredTop(ctx context.Context, tx postgres.DB, o occasion) (yes bool, err error) {
	if crowdOf(ctx) != nil { // whose orders have no tasks
		return false, nil
	}
	err = tx.QueryRow(ctx, `
		SELECT EXISTS (SELECT FROM task k JOIN response r ON r.task_id = k.id JOIN answer a ON a.response_id = r.id
			WHERE k.kind = $1 AND k.state = 'completed' AND $2 = ANY (k.work_order_ids) AND a.skipped = '' AND a.value_num IS NOT NULL AND a.dept <> ''
			HAVING count(*) > 0 AND min(a.value_num) >= 9)`, Followup3D, o.order.ID).Scan(&yes)
	if err != nil {
		return false, fmt.Errorf("reading the scores of order %s: %w", o.order.RoNo, err)
	}
	return yes, nil
}

func declinedSafety(o occasion) bool { return len(workorder.DeclinedSafety(o.order.AdviceText)) > 0 }

// renewedBefore and newCarInsured share the introduction: the first renewal of a car
// that was insured new here is TR-36's (year_index 1).
func renewedBefore(o occasion) bool { return o.renewal.YearIndex != 1 }

func newCarInsured(o occasion) bool { return o.renewal.YearIndex == 1 }

// priority of TR-01 and TR-03: +20 private, +10 first service, +15 key customer
// (in TR-03's 75 already).
func priority(r rule, o occasion) int {
	p := r.prio
	if r.kind != Followup3D {
		return p
	}
	if o.customer.Kind == "person" {
		p += 20
	}
	if o.order.Kind == workorder.First {
		p += 10
	}
	return min(p, 100)
}

// scriptOf is the rule's script; club members get the warmer one (T-C9).
func scriptOf(r rule, o occasion) string {
	switch {
	case r.kind == Followup3D && o.customer.ClubMember:
		return "followup_club"
	case r.kind == RenewalNext && slices.Contains([]policy.Stage{policy.Quoted, policy.Following, policy.Committed}, o.renewal.Stage):
		return "renewal_quote_followup"
	}
	return r.text
}

// keyOf is the subject key of a rule's task.
func keyOf(r rule, o occasion) string {
	if r.touch == "" {
		return o.subject
	}
	return o.subject + "/" + r.touch
}

// orderIDs are the work orders a task is about.
func (o occasion) orderIDs() []uuid.UUID {
	if o.order == nil {
		return nil
	}
	return []uuid.UUID{o.order.ID}
}

// mergesOrders tells that orders of one customer and day share the rule's task.
func (r rule) mergesOrders() bool { return slices.Contains([]string{Followup3D, Followup7D}, r.kind) }
