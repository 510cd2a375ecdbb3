package desk

import (
	"time"

	"github.com/google/uuid"

	"ringback/crm/satisfaction"
	"ringback/crm/script"
	"ringback/crm/task"
	"ringback/internal/errs"
	"ringback/internal/events"
)

// talk is a response being changed by one command.
type talk struct {
	act
	resp script.Response
	walk *script.Walk
	call attempt
}

// talkOf locks a response of the caller's own call. A finished one is errs.Conflict
// "response_finished"; a script that is gone is errs.Conflict "script_gone".
func (d *Desk) talkOf(a act, id uuid.UUID) (*talk, error) {
	resp, err := script.Lock(a.ctx, a.tx, id)
	if err != nil {
		return nil, err
	}
	call, err := a.mine(resp.AttemptID)
	if err != nil {
		return nil, err
	}
	if resp.FinishedAt != nil {
		return nil, errs.New(errs.Conflict, "response_finished", "这一通已经选好结果，答案不能再改。", "This call is closed; its answers cannot be changed.")
	}
	w, err := d.resume(a, resp)
	if err != nil {
		return nil, err
	}
	return &talk{act: a, resp: resp, walk: w, call: call}, nil
}

func (d *Desk) resume(a act, resp script.Response) (*script.Walk, error) {
	s := d.o.Scripts.Version(resp.ScriptID, resp.ScriptVersion)
	if s == nil {
		return nil, errs.New(errs.Conflict, "script_gone", "这通电话的话术版本已不在系统里，请直接选择结果。",
			"The version of this call's script is not in the system any more; choose a result.")
	}
	given, err := script.Answers(a.ctx, a.tx, resp.ID)
	if err != nil {
		return nil, err
	}
	carried, err := script.Carried(a.ctx, a.tx, resp)
	if err != nil {
		return nil, err
	}
	return d.o.Scripts.Resume(s, resp.Variables, resp.State(), carried, given, time.Now().UTC()), nil
}

// moved is the result of a command that moves the script.
type moved struct {
	Node string `json:"node"`
}

// keep saves what a move brought, runs its effects and stores where the walk
// stands, all in the command's transaction.
func (d *Desk) keep(t *talk, out script.Moved) (moved, error) {
	if err := script.SaveAnswers(t.ctx, t.tx, t.resp, out.Saved, t.now); err != nil {
		return moved{}, err
	}
	for _, due := range out.Effects {
		if err := d.runOnce(t, due); err != nil {
			return moved{}, err
		}
	}
	if err := d.amend(t, out.Saved); err != nil {
		return moved{}, err
	}
	if err := script.SaveState(t.ctx, t.tx, t.resp.ID, t.walk.State, t.walk.Outcome()); err != nil {
		return moved{}, err
	}
	return moved{Node: t.walk.Node}, d.tell(t, events.AnswerSaved, nil)
}

func (d *Desk) runOnce(t *talk, due script.Due) error {
	first, err := script.FirstRun(t.ctx, t.tx, t.resp, due.Node, due.Index, due.Effect.Do, t.now)
	if err != nil || !first && !again(due.Effect.Do) {
		return err
	}
	return d.effect(t, due)
}

func (d *Desk) tell(t *talk, kind events.Kind, data any) error {
	return d.o.Bus.Publish(t.ctx, t.tx, events.Event{
		Kind: kind, Group: t.resp.GroupID, Store: t.resp.StoreID, At: t.now, Actor: t.User,
		Subject: events.Subjects{"response": t.resp.ID, "attempt": t.resp.AttemptID, "task": t.resp.TaskID, "customer": t.resp.CustomerID, "agent": t.User},
	}, data)
}

// finish closes the response with its figures (K-03, K-05).
func (d *Desk) finish(t *talk, disposition string) error {
	answers := t.walk.Answers()
	completed := disposition == "C00"
	if err := script.Finish(t.ctx, t.tx, t.resp.ID, completed, disposition, satisfaction.Index(answers), satisfaction.NPSOf(answers), t.now); err != nil {
		return err
	}
	return d.tell(t, events.ResponseFinished, map[string]any{"completed": completed, "disposition": disposition, "failing": len(t.walk.Failing())})
}

// matter is what the call is about.
func (d *Desk) matter(t *talk) (subject, error) {
	k, err := task.Get(t.ctx, t.tx, t.resp.TaskID)
	if err != nil {
		return subject{}, err
	}
	return d.subjectOf(t.ctx, t.tx, k)
}
