package task

import (
	"context"
	"time"

	"github.com/google/uuid"

	"ringback/crm/customer"
	"ringback/crm/dealer"
	"ringback/internal/errs"
	"ringback/internal/postgres"
)

// Take puts a task into an agent's or the dialer's hand: errs.Conflict when it is
// taken, closed or not yet to be called. assignee may be zero: the dialer chooses
// the agent when the customer answers.
func (t *Tasks) Take(ctx context.Context, tx postgres.DB, id, assignee uuid.UUID, by customer.By) (Task, error) {
	k, err := lock(ctx, tx, id)
	if err != nil {
		return Task{}, err
	}
	if k.State == Pending && !k.NotBefore.After(by.At) {
		if err := k.move(ripen); err != nil {
			return Task{}, err
		}
	}
	if err := k.move(take); err != nil {
		return Task{}, err
	}
	if assignee != uuid.Nil {
		k.AssigneeID = &assignee
	}
	if err := t.save(ctx, tx, k, by); err != nil || k.RenewalID == nil {
		return k, err
	}
	return k, t.renewals.Contacted(ctx, tx, by, *k.RenewalID)
}

// Release puts a taken task back that was not called: refused by the gate, a void
// attempt, an agent who went away. A wait of the gate moves next_attempt_at.
func (t *Tasks) Release(ctx context.Context, tx postgres.DB, id uuid.UUID, notBefore time.Time, by customer.By) (Task, error) {
	k, err := lock(ctx, tx, id)
	if err != nil {
		return Task{}, err
	}
	if err := k.move(release); err != nil {
		return Task{}, err
	}
	if !notBefore.IsZero() {
		k.NextAttemptAt = &notBefore
	}
	return k, t.save(ctx, tx, k, by)
}

// WrapInput is how an attempt ended.
type WrapInput struct {
	LineResult  string     // spec 2.4.1
	Disposition string     // spec 2.4.2, when somebody spoke
	CallbackAt  *time.Time // C02: the time agreed
	Never       bool       // C05: "never call me again", scope all
	Earlier     []string   // results of the task's earlier attempts (disposition, else line result): retry limits count them
}

// Wrap ends the attempt of a taken task: a closing disposition closes it, anything
// else follows its retry policy. Number facts are written here too: C05 do-not-call,
// empty, wrong and suspended numbers, reviews of C09, C10 and C14. errs.Invalid for
// unknown codes, errs.Conflict when the task is not in progress.
func (t *Tasks) Wrap(ctx context.Context, tx postgres.DB, id uuid.UUID, in WrapInput, by customer.By) (Task, error) {
	k, err := lock(ctx, tx, id)
	if err != nil {
		return Task{}, err
	}
	if k.State != InProgress {
		return Task{}, k.move(retry)
	}
	d, policy, err := in.policy()
	if err != nil {
		return Task{}, err
	}
	k.LastLineResult, k.LastDisposition, k.CallbackAt, k.CallbackUserID, k.NextAttemptAt = in.LineResult, in.Disposition, nil, nil, nil
	if err := t.aboutNumber(ctx, tx, k, in, d, by); err != nil {
		return Task{}, err
	}
	if d.Closes {
		k.count(by.At)
		return t.close(ctx, tx, k, d.Closed(), by)
	}
	s, err := t.schedule(ctx, tx, k.StoreID, by.At)
	if err != nil {
		return Task{}, err
	}
	return t.again(ctx, tx, k, in, policy, s, by)
}

func (in WrapInput) policy() (Disposition, Policy, error) {
	if in.Disposition != "" {
		d, ok := FindDisposition(in.Disposition)
		if !ok {
			return Disposition{}, "", badCode("disposition", in.Disposition)
		}
		return d, d.Retry, nil
	}
	r, ok := FindLineResult(in.LineResult)
	if !ok || r.Retry == "" {
		return Disposition{}, "", badCode("line_result", in.LineResult)
	}
	return Disposition{}, r.Retry, nil
}

func badCode(field, code string) error {
	return errs.New(errs.Invalid, "result_code", "结果码“"+code+"”不能结束这次呼叫。请选择列表中的结果码。",
		"The result code \""+code+"\" cannot end this call. Choose one from the list.").At("/" + field)
}

func (t *Tasks) close(ctx context.Context, tx postgres.DB, k Task, s State, by customer.By) (Task, error) {
	if err := k.move(closing(s)); err != nil {
		return Task{}, err
	}
	at := by.At
	k.CompletedAt, k.NextAttemptAt, k.CallbackAt = &at, nil, nil
	if s == Exhausted && k.BlockedReason == "" {
		k.BlockedReason = "attempts"
	}
	if err := t.save(ctx, tx, k, by); err != nil {
		return Task{}, err
	}
	if err := t.others(ctx, tx, k, by); err != nil {
		return Task{}, err
	}
	return k, t.ended(ctx, tx, k, by)
}

// count is one attempt more.
func (k *Task) count(now time.Time) {
	k.Attempts++
	k.TriedAt = append(k.TriedAt, now)
}

// again applies the retry policy, the task's own limit of attempts and, for the
// three-day follow-up, due + 4 days.
func (t *Tasks) again(ctx context.Context, tx postgres.DB, k Task, in WrapInput, p Policy, s dealer.Schedule, by customer.By) (Task, error) {
	tried := Tried{Policy: p, Before: countPolicy(in.Earlier, p), Now: by.At, Commercial: k.Class == "commercial", Earlier: k.TriedAt}
	if w, ok := k.wish(); ok {
		tried.Wish = &w
	}
	if in.CallbackAt != nil {
		tried.Agreed = *in.CallbackAt
	}
	a := Retry(tried, s)
	if a.Counts {
		k.count(by.At)
	}
	if a.Unhealthy {
		if err := t.unhealthy(ctx, tx, k, by); err != nil {
			return Task{}, err
		}
	}
	if a.State != RetryWait {
		return t.close(ctx, tx, k, a.State, by)
	}
	if k.Attempts >= k.MaxAttempts || (k.Kind == Followup3D && a.At.After(k.DueAt.AddDate(0, 0, LateDays))) {
		return t.close(ctx, tx, k, Exhausted, by)
	}
	if p == RPCallback && in.CallbackAt != nil {
		k.CallbackAt, k.CallbackUserID = &a.At, k.AssigneeID
		if by.Actor != uuid.Nil {
			k.CallbackUserID = &by.Actor
		}
	}
	if a.NextPhone {
		if err := t.otherPhone(ctx, tx, &k); err != nil {
			return Task{}, err
		}
		if k.State == Blocked {
			if err := t.save(ctx, tx, k, by); err != nil {
				return Task{}, err
			}
			return k, t.missingNumber(ctx, tx, k, by)
		}
	}
	if err := k.move(retry); err != nil {
		return Task{}, err
	}
	k.NextAttemptAt = &a.At
	if err := t.save(ctx, tx, k, by); err != nil {
		return Task{}, err
	}
	return k, t.others(ctx, tx, k, by)
}

// aboutNumber writes what the call taught about the number and the file.
func (t *Tasks) aboutNumber(ctx context.Context, tx postgres.DB, k Task, in WrapInput, d Disposition, by customer.By) error {
	if k.PhoneID == nil {
		return nil
	}
	mark := func(s customer.Status) error { return t.files.MarkPhone(ctx, tx, by, *k.PhoneID, s) }
	review := func(kind string) error {
		r := customer.Review{Kind: kind, Customer: k.CustomerID, Evidence: map[string]string{"disposition": d.Code, "task": k.ID.String()}}
		if k.VehicleID != nil {
			r.Vehicle = *k.VehicleID
		}
		return t.files.OpenReview(ctx, tx, by, r)
	}
	switch {
	case d.Code == "C05":
		_, err := t.files.AddDNC(ctx, tx, by, customer.DNC{
			PhoneID: *k.PhoneID, Source: "customer", From: by.At,
			Scope: customer.RefusalScope(k.Class, IsSurvey(k.Kind), in.Never), Evidence: "task " + k.ID.String(),
		})
		return err
	case d.Code == "C06":
		return mark(customer.Wrong)
	case d.Code == "C09":
		return review("ownership")
	case d.Code == "C10" || d.Code == "C14":
		return review("phone")
	case d.Code == "" && in.LineResult == "empty_number":
		return mark(customer.Empty)
	case d.Code == "" && in.LineResult == "suspended" && countPolicy(in.Earlier, RPSuspended) > 0:
		return mark(customer.Suspended)
	}
	return nil
}
