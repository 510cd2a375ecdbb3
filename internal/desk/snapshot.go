package desk

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"ringback/crm/complaint"
	"ringback/crm/script"
	"ringback/crm/task"
	"ringback/internal/errs"
	"ringback/internal/events"
)

// Snapshot is what the caller's desk shows now.
func (d *Desk) Snapshot(ctx context.Context, c Caller) (View, error) {
	var v View
	err := d.o.Pool.Scoped(ctx, c.Scope, func(ctx context.Context, tx pgx.Tx) error {
		var err error
		v, err = d.view(act{Caller: c, ctx: ctx, tx: tx, now: d.o.Clock.Now()})
		return err
	})
	return v, err
}

func (d *Desk) view(a act) (View, error) {
	v := View{State: "offline", Audio: "down", ServerNow: time.Now().UTC(), NextCallbacks: []Callback{}}
	st, err := sessionOf(a.ctx, a.tx, a.User)
	if err != nil {
		return View{}, err
	}
	if st != nil && st.heldElsewhere(d.o.Node, a.Client) { // it may have been taken over there
		d.consoles.drop(a.Caller)
		v.Elsewhere = true
	}
	v.Elsewhere = v.Elsewhere || st != nil && d.consoles.elsewhere(a.Caller)
	d.aboutSession(&v, a.User, st)
	if err := d.aboutPhone(&v, a); err != nil {
		return View{}, err
	}
	at, err := inHand(a.ctx, a.tx, a.User)
	if err != nil {
		return View{}, err
	}
	if at == nil && (st == nil || st.TaskID == nil) {
		d.aboutDialer(&v, a.User, st)
		if err := d.aboutLeaving(&v, a, st); err != nil {
			return View{}, err
		}
		return v, d.aboutDay(&v, a)
	}
	d.waits.forget(a.User)
	return v, d.aboutWork(&v, a, st, at)
}

func (d *Desk) aboutSession(v *View, user uuid.UUID, st *session) {
	if st == nil {
		return
	}
	v.State, v.Since, v.Reason, v.Wants, v.WantsReason, v.Device = st.State, &st.Since, st.Reason, st.Wants, st.WantsReason, st.Device
	v.ReasonZH, v.ReasonEN = d.reasonWords(st.Reason)
	v.Muted = st.Muted
	d.mu.Lock()
	audio := d.audio[user]
	d.mu.Unlock()
	switch {
	case st.AudioUp:
		v.Audio = "up"
	case audio == "connecting":
		v.Audio = audio
	}
}

// aboutLeaving tells a ready agent who asked to leave until when lines may still
// count on them (PACING.md §2.1).
func (d *Desk) aboutLeaving(v *View, a act, st *session) error {
	if st == nil || st.Wants == "" || st.State != "ready" || st.CampaignID == nil || d.o.LeavesIn == nil {
		return nil
	}
	seconds, err := d.o.LeavesIn(a.ctx, a.tx, *st.CampaignID, a.User)
	if err != nil {
		return err
	}
	by := v.ServerNow.Add(time.Duration(seconds) * time.Second)
	v.LeavesBy = &by
	return nil
}

func (d *Desk) reasonWords(reason string) (zh, en string) {
	switch reason {
	case signingOn:
		return "正在接通语音", "connecting the audio"
	case "audio":
		return "语音断开，正在重新接通", "the audio is gone and being connected again"
	case "console":
		return "页面断开", "the page is gone"
	case "server":
		return "服务器重启，正在恢复", "the server restarted; coming back"
	}
	if c, ok := d.o.Scripts.Enums.Code("pause_reason", reason); ok {
		return c.ZH, c.EN
	}
	return reason, reason
}

func (d *Desk) aboutPhone(v *View, a act) error {
	number, registered, err := d.o.Voice.Extension(a.ctx, a.tx, a.User)
	if err != nil || number == "" {
		return err
	}
	v.PhoneExtension = &PhoneExtension{Number: number, Registered: registered}
	return nil
}

// aboutWork shows the task in hand with its customer, and the call with its
// script when there is one.
func (d *Desk) aboutWork(v *View, a act, st *session, at *attempt) error {
	var id uuid.UUID
	switch {
	case at != nil:
		id = at.TaskID
	case st != nil && st.TaskID != nil:
		id = *st.TaskID
	default:
		return nil
	}
	k, err := task.Get(a.ctx, a.tx, id)
	if errs.KindOf(err) == errs.NotFound {
		return nil
	}
	if err != nil {
		return err
	}
	s, err := d.subjectOf(a.ctx, a.tx, k)
	if err != nil {
		return err
	}
	known, err := d.aboutCall(v, a, at, k, s)
	if err != nil {
		return err
	}
	if err := d.aboutPromises(v, a, s, known); err != nil {
		return err
	}
	v.Task = d.taskView(k, s, known)
	if v.Card, err = d.card(a, k, s, at, known); err != nil {
		return err
	}
	for _, p := range v.Card.Phones {
		if p.Current && v.Call != nil {
			v.Call.CalledMasked = p.Masked
		}
	}
	return nil
}

// aboutCall shows the call, its script, form and wrap-up, and tells whether who
// speaks is confirmed.
func (d *Desk) aboutCall(v *View, a act, at *attempt, k task.Task, s subject) (known bool, err error) {
	if at == nil {
		return false, nil
	}
	resp, err := script.ByAttempt(a.ctx, a.tx, at.ID)
	if err != nil {
		return false, err
	}
	var w *script.Walk
	if resp != nil {
		if w, err = d.resume(a, *resp); errs.KindOf(err) == errs.Conflict {
			w, err = nil, nil
		}
		if err != nil {
			return false, err
		}
	}
	form, err := formOf(a.ctx, a.tx, at.TaskID)
	if err != nil {
		return false, err
	}
	o, err := outcomeOf(a.ctx, a.tx, at.ID)
	if err != nil {
		return false, err
	}
	v.Call = d.callView(*at, w, form)
	v.QuickForm = formView(form)
	if w != nil {
		v.Script = d.scriptView(*resp, w, s)
		v.Saved = d.saved(w)
	}
	if at.State == "wrap" || at.State == "wrap_overdue" {
		v.Wrap = d.wrapView(w, o, k, s, a.now)
	}
	d.aboutAudio(v, a.User)
	return resp != nil && resp.Identified, nil
}

func (d *Desk) aboutAudio(v *View, user uuid.UUID) {
	if in, out, ok := d.o.Voice.Levels(user); ok {
		v.Call.Levels = &Levels{In: in, Out: out}
	}
}

func formView(q *complaint.QuickForm) *FormView {
	if q == nil {
		return nil
	}
	return &FormView{
		ID: q.ID.String(), No: q.No, Categories: codedAll(complaint.Categories(), q.Categories),
		Level: coded(complaint.Find(complaint.Levels(), q.Level)), Verbatim: q.Verbatim, Demand: q.Demand, ContactTime: q.ContactTime,
		SafeToDrive: q.SafeToDrive, Departments: codedAll(complaint.Departments(), q.Departments), CreatedAt: q.CreatedAt,
	}
}

// closingOf is when the closing words of a call were reached, real time.
func (d *Desk) closingOf(a act, id uuid.UUID) (time.Time, error) {
	resp, err := script.ByAttempt(a.ctx, a.tx, id)
	if err != nil || resp == nil {
		return time.Time{}, err
	}
	w, err := d.resume(a, *resp)
	if err != nil {
		return time.Time{}, err
	}
	return w.Closing(), nil
}

// Touches names the users whose desk an event changes.
func (d *Desk) Touches(e events.Event) []uuid.UUID {
	var out []uuid.UUID
	for _, noun := range []string{"agent", "user"} {
		if id, ok := e.Subject[noun]; ok {
			out = append(out, id)
		}
	}
	return out
}
