package dialer

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"ringback/internal/postgres"
)

// ForecastInput is a campaign as it stands on the page: perhaps not made yet.
type ForecastInput struct {
	Store  uuid.UUID
	Kind   string
	Number uuid.UUID // caller number; zero: none chosen yet
	Mode   Mode
}

// Buckets of a forecast: days, else the code of the reason.
const (
	BucketNow      = "now"
	BucketToday    = "today" // later today
	BucketTomorrow = "tomorrow"
)

// Forecast tells who will be called today and tomorrow, who not, and why. Counts
// are of tasks; Customers are people.
type Forecast struct {
	At        time.Time     `json:"at"`
	Total     int           `json:"total"`
	Customers int           `json:"customers"`
	Now       int           `json:"now"`      // callable this moment
	Today     int           `json:"today"`    // later today
	Tomorrow  int           `json:"tomorrow"` // first callable tomorrow
	Not       int           `json:"not"`      // neither today nor tomorrow
	Reasons   []ReasonCount `json:"reasons"`  // why not, most first
	More      bool          `json:"more"`     // only the first tasks were looked at
}

// ReasonCount is why so many tasks are not called today or tomorrow.
type ReasonCount struct {
	Code    string  `json:"code"` // a rule of spec 2.6, TIME or BLOCKED
	Outcome Outcome `json:"outcome"`
	Count   int     `json:"count"`
	LabelZH string  `json:"labelZh"`
	LabelEN string  `json:"labelEn"`
}

// ForecastLine is one task of a forecast.
type ForecastLine struct {
	TaskID   uuid.UUID   `json:"taskId"`
	Customer CustomerRef `json:"customer"`
	Last4    string      `json:"last4"`
	Bucket   string      `json:"bucket"`
	At       *time.Time  `json:"at,omitempty"` // when it may be called first, when that is known
	ReasonZH string      `json:"reasonZh"`
	ReasonEN string      `json:"reasonEn"`
	outcome  Outcome
}

const (
	forecastStep  = 1000
	forecastLimit = 50_000 // tasks looked at for one forecast
)

// Forecast asks the gate about every open task of a kind and counts the answers.
// It changes nothing.
func (d *Dialer) Forecast(ctx context.Context, db postgres.DB, in ForecastInput) (Forecast, error) {
	out := Forecast{At: d.clock.Now(), Reasons: []ReasonCount{}}
	people := map[uuid.UUID]bool{}
	more, err := d.forecast(ctx, db, in, out.At, func(l ForecastLine) {
		people[l.Customer.ID] = true
		out.count(l)
	})
	out.Customers, out.More = len(people), more
	slices.SortStableFunc(out.Reasons, func(a, b ReasonCount) int { return b.Count - a.Count })
	return out, err
}

func (f *Forecast) count(l ForecastLine) {
	f.Total++
	switch l.Bucket {
	case BucketNow:
		f.Now++
		return
	case BucketToday:
		f.Today++
		return
	case BucketTomorrow:
		f.Tomorrow++
		return
	}
	f.Not++
	i := slices.IndexFunc(f.Reasons, func(r ReasonCount) bool { return r.Code == l.Bucket })
	if i < 0 {
		w := LabelOf(l.Bucket)
		f.Reasons = append(f.Reasons, ReasonCount{Code: l.Bucket, Outcome: l.outcome, LabelZH: w.ZH, LabelEN: w.EN})
		i = len(f.Reasons) - 1
	}
	f.Reasons[i].Count++
}

// ForecastTasks are the tasks behind one number of the forecast, in the order in
// which they may be called; bucket is now, today, tomorrow or a reason's code.
func (d *Dialer) ForecastTasks(ctx context.Context, db postgres.DB, in ForecastInput, bucket string, limit, offset int) ([]ForecastLine, int, error) {
	list := []ForecastLine{}
	_, err := d.forecast(ctx, db, in, d.clock.Now(), func(l ForecastLine) {
		if l.Bucket == bucket {
			list = append(list, l)
		}
	})
	if err != nil {
		return nil, 0, err
	}
	slices.SortStableFunc(list, func(a, b ForecastLine) int { return timeOf(a.At).Compare(timeOf(b.At)) })
	total := len(list)
	list = list[min(offset, total):]
	return list[:min(limit, len(list))], total, nil
}

// forecast judges the open tasks of a kind in steps of a thousand; each step
// reads its facts in one statement.
func (d *Dialer) forecast(ctx context.Context, db postgres.DB, in ForecastInput, now time.Time, each func(ForecastLine)) (more bool, err error) {
	place := setting{mode: in.Mode}
	if in.Number != uuid.Nil {
		if place.lines, err = linesOf(ctx, db, in.Number, midnight(now, 0, d.zone)); err != nil {
			return false, err
		}
	}
	gate := rules()
	for after, seen := uuid.Nil, 0; ; {
		ids, err := forecastIDs(ctx, db, in, after, now)
		if err != nil || len(ids) == 0 {
			return false, err
		}
		if seen += len(ids); seen > forecastLimit {
			return true, nil
		}
		found, err := d.readFacts(ctx, db, ids, now)
		if err != nil {
			return false, err
		}
		for _, t := range found {
			f, err := d.facts(t, place, now)
			if err != nil {
				return false, err
			}
			each(t.foreseen(f, gate))
		}
		after = ids[len(ids)-1]
	}
}

// forecastIDs are the open tasks of a kind, and those that a rule excluded and
// that would still be of use: they are a part of who is not called.
func forecastIDs(ctx context.Context, db postgres.DB, in ForecastInput, after uuid.UUID, now time.Time) ([]uuid.UUID, error) {
	rows, err := db.Query(ctx, `SELECT id FROM task WHERE store_id = $1 AND kind = $2 AND id > $3
		AND (state IN ('pending','queued','in_progress','retry_wait','blocked') OR state = 'excluded' AND due_at > $4)
		ORDER BY id LIMIT $5`, in.Store, in.Kind, after, now, forecastStep)
	if err != nil {
		return nil, fmt.Errorf("listing open tasks: %w", err)
	}
	ids, err := pgx.CollectRows(rows, pgx.RowTo[uuid.UUID])
	if err != nil {
		return nil, fmt.Errorf("listing open tasks: %w", err)
	}
	return ids, nil
}

// foreseen puts a task into its bucket. Pure.
func (t taskFacts) foreseen(f Facts, gate []rule) ForecastLine {
	out := ForecastLine{TaskID: t.TaskID, Customer: CustomerRef{ID: t.CustomerID, Name: t.CustomerName}}
	if t.Last4 != nil {
		out.Last4 = *t.Last4
	}
	now, own := f.Now, t.ownTime()
	if t.State == "excluded" {
		out.Bucket, out.outcome = ruleOf(t.BlockedReason), OutcomeStop
		out.ReasonZH, out.ReasonEN = excludedSentence(t.BlockedReason)
		return out
	}
	w := earliest(f, later(now, own), gate)
	out.outcome = w.Verdict.Outcome
	switch {
	case w.At.IsZero():
		out.Bucket = w.Last.Rule
		out.ReasonZH, out.ReasonEN, out.At = w.Last.ReasonZH, w.Last.ReasonEN, timeOrNull(w.Last.Until)
		return out
	case t.State == "blocked":
		out.Bucket, out.outcome = WhyBlocked, OutcomeStop
		out.ReasonZH, out.ReasonEN = blockedWords(t.BlockedReason)
		return out
	}
	out.At = &w.At
	tomorrow, after := midnight(now, 1, f.Zone), midnight(now, 2, f.Zone)
	switch {
	case !w.At.After(now):
		out.Bucket = BucketNow
	case w.At.Before(tomorrow):
		out.Bucket = BucketToday
	case w.At.Before(after):
		out.Bucket = BucketTomorrow
	case w.Last.Rule != "":
		out.Bucket, out.outcome = w.Last.Rule, OutcomeWait
	default:
		out.Bucket, out.outcome = WhyTime, OutcomeWait
	}
	if w.Last.Rule != "" {
		out.ReasonZH, out.ReasonEN = w.Last.ReasonZH, w.Last.ReasonEN
	} else if own.After(now) {
		out.ReasonZH = "还没到任务的拨打时间，" + whenZH(own, now, f.Zone) + " 起可拨。"
		out.ReasonEN = "The task is not due to be called yet; callable from " + whenEN(own, now, f.Zone) + "."
	}
	return out
}

// ownTime is when the task itself wants to be called.
func (t taskFacts) ownTime() time.Time {
	if t.NextAttemptAt != nil {
		return later(t.NotBefore, *t.NextAttemptAt)
	}
	return t.NotBefore
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// ruleOf is the rule of spec 2.6 behind a reason for which the task rules excluded
// a task: the same thing, found earlier.
func ruleOf(reason string) string {
	if rule, ok := map[string]string{
		"dnc": "CG-05", "fatigue": "CG-09", "no_phone": "CG-01", "staff_phone": "CG-01", "shared_phone": "CG-01", "bad_phone": "CG-01",
		"no_consent": "CG-06", "complaint_freeze": "CG-07",
	}[reason]; ok {
		return rule
	}
	if l := LabelOf(reason); l.ZH != reason {
		return reason
	}
	return WhyClosed
}

// blockedWords is why the task rules hold a task.
func blockedWords(reason string) (zh, en string) {
	w, ok := map[string][2]string{
		"no_phone":         {"客户没有电话号码，等待补全资料。", "The customer has no number; the file has to be completed."},
		"bad_phone":        {"号码无效，等待核对客户电话。", "The number is invalid; the customer's phones have to be checked."},
		"staff_phone":      {"登记的是员工号码，等待核对。", "The number is an employee's; it has to be checked."},
		"shared_phone":     {"号码被多位客户共用，等待确认。", "Many customers share the number; it has to be confirmed."},
		"no_consent":       {"等待客户授权。", "Waiting for the customer's consent."},
		"complaint_freeze": {"投诉处理期间暂停。", "On hold while a complaint is handled."},
	}[reason]
	if !ok {
		return "任务暂停中（" + reason + "）。", "The task is on hold (" + reason + ")."
	}
	return w[0], w[1]
}
