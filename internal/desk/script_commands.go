package desk

import (
	"strings"
	"time"

	"github.com/google/uuid"

	"ringback/crm/customer"
	"ringback/crm/script"
	"ringback/crm/task"
	"ringback/internal/errs"
)

type answerArgs struct {
	ResponseID uuid.UUID `json:"responseId"`
	Node       string    `json:"node"`
	Key        string    `json:"key"`
	Value      any       `json:"value,omitempty" doc:"a word, a number or a list of words"`
	Skipped    string    `json:"skipped,omitempty" enum:"refused,na,none"`
	Verbatim   string    `json:"verbatim,omitempty"`
}

// answer saves an answer and moves on: one command (3.2.3).
func (d *Desk) answer(a act, in answerArgs) (moved, error) {
	t, err := d.talkOf(a, in.ResponseID)
	if err != nil {
		return moved{}, err
	}
	out, err := t.walk.Answer(in.Node, in.Key, script.Input{Value: plain(in.Value), Skipped: in.Skipped, Verbatim: in.Verbatim})
	if err != nil {
		return moved{}, err
	}
	return d.keep(t, out)
}

// plain turns a decoded list into words; anything that is no word stays a list
// the ask will refuse.
func plain(v any) any {
	list, ok := v.([]any)
	if !ok {
		return v
	}
	words := make([]string, 0, len(list))
	for _, x := range list {
		if s, ok := x.(string); ok {
			words = append(words, s)
		}
	}
	if len(words) != len(list) {
		return v
	}
	return words
}

type nodeArgs struct {
	ResponseID uuid.UUID `json:"responseId"`
	Node       string    `json:"node"`
}

func (d *Desk) next(a act, in nodeArgs) (moved, error) {
	return d.walkOn(a, in.ResponseID, func(w *script.Walk) (script.Moved, error) { return w.Next(in.Node) })
}

func (d *Desk) goBack(a act, in nodeArgs) (moved, error) {
	return d.walkOn(a, in.ResponseID, func(w *script.Walk) (script.Moved, error) { return script.Moved{}, w.Goto(in.Node) })
}

type responseArgs struct {
	ResponseID uuid.UUID `json:"responseId"`
}

func (d *Desk) short(a act, in responseArgs) (moved, error) {
	return d.walkOn(a, in.ResponseID, func(w *script.Walk) (script.Moved, error) { return w.Shorten() })
}

func (d *Desk) quickForm(a act, in responseArgs) (moved, error) {
	return d.walkOn(a, in.ResponseID, func(w *script.Walk) (script.Moved, error) { return w.OpenForm() })
}

func (d *Desk) walkOn(a act, response uuid.UUID, step func(*script.Walk) (script.Moved, error)) (moved, error) {
	t, err := d.talkOf(a, response)
	if err != nil {
		return moved{}, err
	}
	out, err := step(t.walk)
	if err != nil {
		return moved{}, err
	}
	return d.keep(t, out)
}

type noteArgs struct {
	AttemptID uuid.UUID `json:"attemptId"`
	Notes     string    `json:"notes"`
}

// note keeps the agent's own words: for colleagues, never the customer's.
func (d *Desk) note(a act, in noteArgs) (None, error) {
	at, err := a.mine(in.AttemptID)
	if err != nil {
		return None{}, err
	}
	if err := saveOutcome(a.ctx, a.tx, at, a.User, outcome{}, a.now); err != nil {
		return None{}, err
	}
	if _, err := a.tx.Exec(a.ctx, `UPDATE call_outcome SET notes = $2 WHERE attempt_id = $1`, at.ID, strings.TrimSpace(in.Notes)); err != nil {
		return None{}, err
	}
	return None{}, nil
}

type wordsArgs struct {
	ResponseID uuid.UUID `json:"responseId"`
	Key        string    `json:"key"`
	Text       string    `json:"text"`
}

// verbatim attaches the customer's words to a question answered before, or to
// the one on the screen: then they wait with it (3.2.13).
func (d *Desk) verbatim(a act, in wordsArgs) (moved, error) {
	t, err := d.talkOf(a, in.ResponseID)
	if err != nil {
		return moved{}, err
	}
	ok, err := script.SaveWords(a.ctx, a.tx, t.resp.ID, in.Key, strings.TrimSpace(in.Text), a.now)
	if err != nil {
		return moved{}, err
	}
	if !ok {
		g, known := t.walk.Pending(in.Key, strings.TrimSpace(in.Text))
		if !known {
			return moved{}, errs.New(errs.Conflict, "node_moved", "这一题还没有走到，原话请记在现在的问题上。", "This question has not come yet; keep the words with the present one.")
		}
		if err := script.SaveAnswers(a.ctx, a.tx, t.resp, []script.Given{g}, a.now); err != nil {
			return moved{}, err
		}
	}
	return d.keep(t, script.Moved{})
}

type dncArgs struct {
	ResponseID uuid.UUID `json:"responseId"`
	Scope      string    `json:"scope" enum:"all,commercial,survey"`
}

// dnc registers do-not-call and goes to the closing words (3.2.7).
func (d *Desk) dnc(a act, in dncArgs) (moved, error) {
	t, err := d.talkOf(a, in.ResponseID)
	if err != nil {
		return moved{}, err
	}
	if err := d.addDNC(t, in.Scope); err != nil {
		return moved{}, err
	}
	out, err := t.walk.Close("C05")
	if err != nil {
		return moved{}, err
	}
	return d.keep(t, out)
}

func (d *Desk) addDNC(t *talk, scope string) error {
	switch customer.Scope(scope) {
	case customer.ScopeAll, customer.ScopeCommercial, customer.ScopeSurvey:
	default:
		return errs.New(errs.Invalid, "dnc_scope", "请选择勿扰的范围。", "Choose the scope of do-not-call.").At("scope")
	}
	_, err := d.o.Customers.AddDNC(t.ctx, t.tx, t.by(), customer.DNC{
		PhoneID: t.call.PhoneID, Scope: customer.Scope(scope), Source: "customer",
		From: t.now, Evidence: "attempt " + t.call.ID.String(),
	})
	return err
}

type callbackArgs struct {
	ResponseID uuid.UUID `json:"responseId"`
	At         time.Time `json:"at"`
}

// callback keeps the agreed time and ends with C02 (3.2.7).
func (d *Desk) callback(a act, in callbackArgs) (moved, error) {
	t, err := d.talkOf(a, in.ResponseID)
	if err != nil {
		return moved{}, err
	}
	if err := d.agree(t, in.At); err != nil {
		return moved{}, err
	}
	out, err := t.walk.EndWith("C02")
	if err != nil {
		return moved{}, err
	}
	return d.keep(t, out)
}

// agree keeps a time for the next call.
func (d *Desk) agree(t *talk, at time.Time) error {
	if err := d.agreeable(t.act, at); err != nil {
		return err
	}
	return saveOutcome(t.ctx, t.tx, t.call, t.User, outcome{CallbackAt: &at}, t.now)
}

// agreeable: a time agreed with the customer is ahead and between 08:30 and
// 20:30 (D-04).
func (d *Desk) agreeable(a act, at time.Time) error {
	if !at.After(a.now) {
		return errs.New(errs.Invalid, "callback_past", "约定的时间已经过去，请另选一个时间。", "The agreed time is over; choose another one.").At("at")
	}
	local := at.In(d.zone)
	if m := local.Hour()*60 + local.Minute(); m < 8*60+30 || m > 20*60+30 {
		return errs.New(errs.Invalid, "callback_hours", "约定回拨只能在 08:30 到 20:30 之间，请另选一个时间。",
			"A call-back can be agreed between 08:30 and 20:30 only; choose another time.").At("at")
	}
	return nil
}

// kindOf is a task kind's names, its code when it is unknown.
func kindOf(code string) task.Kind {
	if k, ok := task.FindKind(code); ok {
		return k
	}
	return task.Kind{Code: code, ZH: code, EN: code}
}
