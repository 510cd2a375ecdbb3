package desk

import (
	"cmp"
	"slices"

	"ringback/crm/appointment"
	"ringback/crm/policy"
	"ringback/internal/errs"
)

// keepPromises lets a result stand only with what it promises: the next contact of a
// renewal (T-E6), why it is lost (T-E5), a booked slot. What the script has brought is
// not asked again; what the agent gives with the result is written now.
func (d *Desk) keepPromises(a act, at attempt, in wrapArgs) error {
	s, k, err := d.aboutAttempt(a, at)
	if err != nil {
		return err
	}
	switch needs(in.Disposition, k, s, a.now) {
	case "slot":
		if in.SlotAt == nil {
			return errs.New(errs.Invalid, "slot_needed", "这个结果需要先预约一个工位时段。请选择时段，或改选别的结果。",
				"This result needs a booked slot. Choose a slot, or another result.").At("slotAt")
		}
		return d.book(a, at, *in.SlotAt, reasonOf(k, s), "")
	case "lost":
		if in.Lost == nil {
			return errs.New(errs.Invalid, "lost_needed", "战败必须选择原因，并如实记录客户原话（至少 10 个字）。",
				"A lost renewal needs its reason and the customer's own words (at least 10 characters).").At("lost")
		}
		l := policy.Loss{Reason: in.Lost.Reason, Words: in.Lost.Words}
		l.Competitor, l.PriceFen = rival(in.Lost.Competitor)
		return d.lose(a, *s.renewal, l)
	case "time":
		if in.CallbackAt == nil {
			return errs.New(errs.Invalid, "next_contact_needed", "这个结果需要约好下次联系的时间。", "This result needs the time of the next contact.").At("callbackAt")
		}
		return d.agreeNext(a, s.renewal.ID, stageOf(in.Disposition), *in.CallbackAt)
	}
	return d.otherPromises(a, s, in)
}

// otherPromises brings the record in line with a result that the script did not come to.
func (d *Desk) otherPromises(a act, s subject, in wrapArgs) error {
	switch r, b := s.renewal, s.booking; {
	case in.Disposition == "I05" && r != nil && r.Stage != policy.Bound:
		return errs.New(errs.Invalid, "policy_missing", "这辆车还没有新保单，不能选“已出单”。请选“承诺续保”，保单录入后自动转为已出单。",
			"The vehicle has no new policy yet. Choose \"promised to renew\"; it turns into bound when the policy is entered.").At("disposition")
	case r != nil && slices.Contains(nextAgreed(), in.Disposition) && in.CallbackAt != nil && r.Stage.Open():
		return d.agreeNext(a, r.ID, stageOf(in.Disposition), *in.CallbackAt)
	case in.Disposition == "A03" && b != nil && b.State.Ahead():
		_, err := d.o.Visits.Cancel(a.ctx, a.tx, a.by(), b.ID, cmp.Or(in.Notes, "客户未说明原因"))
		return err
	case in.Disposition == "A01" && b != nil && b.State == appointment.Booked:
		_, err := d.o.Visits.Confirm(a.ctx, a.tx, a.by(), b.ID, appointment.Customer)
		return err
	}
	return nil
}

// stageOf is where a renewal stands after a result.
func stageOf(disposition string) policy.Stage {
	switch disposition {
	case "I01", "I02", "I08":
		return policy.Interested
	case "I04":
		return policy.Committed
	}
	return policy.Following
}
