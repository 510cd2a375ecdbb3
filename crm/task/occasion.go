package task

import (
	"hash/fnv"
	"slices"
	"time"

	"github.com/google/uuid"

	"ringback/crm/customer"
	"ringback/crm/workorder"
	"ringback/internal/events"
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
	agent    uuid.UUID
	phoneFix *uuid.UUID
	wish     string // when the customer wants to be called, in their words
	note     string
	about    events.Subjects   // for messages and letters
	words    map[string]string // variables of texts beyond the usual ones
	useless  time.Time         // a message is not worth sending from here on
}

// condition narrows a trigger. It is pure: what it needs is in the occasion.
type condition func(occasion) bool

// keyAmountFen is the sum from which an order's customer is treated as a key
// customer (D-19): 10,000 yuan.
const keyAmountFen = 1_000_000

func isKey(o occasion) bool { return o.customer.IsVIP || o.order.TotalFen >= keyAmountFen }

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

func declinedSafety(o occasion) bool { return len(workorder.DeclinedSafety(o.order.AdviceText)) > 0 }

func hasGaps(o occasion) bool { return o.note != "" }

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
	if r.kind == Followup3D && o.customer.ClubMember {
		return "followup_club"
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
