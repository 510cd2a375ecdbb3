package desk

import (
	"context"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"ringback/internal/errs"
)

type signOnArgs struct {
	Device   string `json:"device" enum:"browser,phone"`
	TakeOver bool   `json:"takeOver,omitempty"`
}

// signOn begins a shift, or takes a desk over from another page: then the
// session, and a call that is up, go on here.
func (d *Desk) signOn(a act, in signOnArgs) (None, error) {
	if in.Device != "browser" && in.Device != "phone" {
		return None{}, errs.New(errs.Invalid, "device", "请选择用浏览器耳麦还是桌面话机。", "Choose the browser's headset or the desk phone.").At("device")
	}
	st, err := sessionOf(a.ctx, a.tx, a.User)
	if err != nil {
		return None{}, err
	}
	if st != nil && !in.TakeOver {
		if err := d.mustHold(a.ctx, a.tx, a.Caller); err != nil {
			return None{}, err
		}
	}
	if err := d.begin(a, st, in.Device); err != nil {
		return None{}, err
	}
	if _, err := d.o.Agents.Arrived(a.ctx, a.tx, a.User, a.Client, true); err != nil {
		return None{}, err
	}
	if d.consoles.take(a.Caller) {
		d.o.Changed(a.User)
	}
	return None{}, nil
}

// begin starts a session, or goes on with the one there is on this device.
func (d *Desk) begin(a act, st *session, device string) (err error) {
	same := st != nil && st.Device == device
	if !same {
		err = d.o.Agents.SignOn(a.ctx, a.tx, SignOn{User: a.User, Group: a.Scope.Group, Store: a.store(), Device: device, TakeOver: st != nil})
	} else if st.State == "lost" {
		err = d.o.Agents.Back(a.ctx, a.tx, a.User)
	}
	if err != nil || device != "phone" || same && st.AudioUp {
		return err
	}
	return d.ring(a)
}

// ring nails the desk phone up: its audio stays open for the shift. A phone that
// answers by itself is quicker than a commit, and its audio is noted on the
// session: it is rung when that is there.
func (d *Desk) ring(a act) error {
	number, registered, err := d.o.Voice.Extension(a.ctx, a.tx, a.User)
	if err != nil {
		return err
	}
	if number == "" {
		return errs.New(errs.Conflict, "no_extension", "您还没有分机号，请找管理员设置，或改用浏览器耳麦。",
			"You have no extension; ask the administrator, or use the browser's headset.").At("device")
	}
	if !registered {
		return errs.New(errs.Conflict, "phone_away", "分机 "+number+" 没有注册上来，请检查话机，或改用浏览器耳麦。",
			"Extension "+number+" is not registered; check the phone, or use the browser's headset.").At("device")
	}
	*a.then = func() error {
		d.setAudio(a.User, "connecting")
		err := d.o.Voice.Ring(a.ctx, a.User, number, d.onAudio(a.Caller))
		if err != nil {
			d.setAudio(a.User, "down")
		}
		return err
	}
	return nil
}

// offer answers the browser's SDP offer. After a loss of the network a new one
// replaces the old and the call goes on.
func (d *Desk) offer(a act, in sdp) (sdp, error) {
	d.setAudio(a.User, "connecting")
	answer, err := d.o.Voice.Browser(a.User, in.SDP, d.onAudio(a.Caller))
	if err != nil {
		d.setAudio(a.User, "down")
		return sdp{}, err
	}
	return sdp{SDP: answer}, nil
}

type sdp struct {
	SDP string `json:"sdp"`
}

// echo lets the agent hear themselves before signing on.
func (d *Desk) echo(a act, in sdp) (sdp, error) {
	answer, err := d.o.Voice.Echo(a.User, in.SDP)
	return sdp{SDP: answer}, err
}

func (d *Desk) endEcho(a act, _ None) (None, error) {
	d.o.Voice.EndEcho(a.User)
	return None{}, nil
}

func (d *Desk) setAudio(user uuid.UUID, state string) {
	d.mu.Lock()
	if state == "down" {
		delete(d.audio, user)
	} else {
		d.audio[user] = state
	}
	d.mu.Unlock()
	d.o.Changed(user)
}

// onAudio tells acd about the agent's audio, whoever lost it.
func (d *Desk) onAudio(c Caller) func(up bool) {
	return func(up bool) {
		if up {
			d.setAudio(c.User, "up")
		} else {
			d.setAudio(c.User, "down")
		}
		d.quietly(c.Scope, "the agent's audio could not be noted", func(ctx context.Context, tx pgx.Tx) error {
			return d.noteAudio(ctx, tx, c, up)
		})
	}
}

// noteAudio: acd decides what audio means to the agent. One whose page is gone,
// too, is lost with it; one who signs on with a result owed begins in the pause
// that they left.
func (d *Desk) noteAudio(ctx context.Context, tx pgx.Tx, c Caller, up bool) error {
	st, err := sessionOf(ctx, tx, c.User)
	if err != nil || st == nil {
		return err
	}
	if up && st.State == "paused" && st.Reason == signingOn {
		owed, err := owes(ctx, tx, c.User)
		if err != nil {
			return err
		}
		if owed {
			if _, err := d.o.Agents.Pause(ctx, tx, c.User, "forced"); err != nil {
				return err
			}
		}
	}
	if err := d.o.Agents.Audio(ctx, tx, c.User, up); err != nil || up || !d.consoles.empty(c.User) {
		return err
	}
	return d.loseIn(ctx, tx, c.User)
}

// signingOn is the pause reason from signing on until the audio is up.
const signingOn = "signing_on"

func (s *consoles) empty(user uuid.UUID) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.held[user] == nil
}

// move says whether an agent moved at once, or will when the call is over.
type move struct {
	Granted bool `json:"granted"`
}

func (d *Desk) signOff(a act, _ None) (move, error) {
	granted, err := d.o.Agents.SignOff(a.ctx, a.tx, a.User)
	if err == nil && granted {
		d.o.Voice.Close(a.User)
		d.consoles.forget(a.User)
		d.setAudio(a.User, "down")
	}
	return move{granted}, err
}

func (d *Desk) ready(a act, _ None) (move, error) {
	st, err := sessionOf(a.ctx, a.tx, a.User)
	if err != nil {
		return move{}, err
	}
	if st != nil && !st.AudioUp {
		return move{}, errs.New(errs.Conflict, "audio_down", "语音还没有接通，接通后才能示闲。", "Your audio is not connected; you can be ready once it is.")
	}
	owed, err := owes(a.ctx, a.tx, a.User)
	if err != nil {
		return move{}, err
	}
	if owed {
		return move{}, errs.New(errs.Conflict, "result_owed", "还有一通电话的结果待补，选好结果再示闲。",
			"The result of a call is still owed; choose it, then you can be ready.")
	}
	granted, err := d.o.Agents.Ready(a.ctx, a.tx, a.User)
	return move{granted}, err
}

type reasonArgs struct {
	Reason string `json:"reason"`
}

func (d *Desk) pause(a act, in reasonArgs) (move, error) {
	if _, ok := d.o.Scripts.Enums.Code("pause_reason", in.Reason); !ok || in.Reason == "forced" {
		return move{}, errs.New(errs.Invalid, "pause_reason", "请选择示忙的原因。", "Choose why you pause.").At("reason")
	}
	granted, err := d.o.Agents.Pause(a.ctx, a.tx, a.User, in.Reason)
	return move{granted}, err
}

func (d *Desk) dial(a act, _ None) (None, error) {
	return None{}, d.o.Dialer.DialPreview(a.ctx, a.Scope, a.User)
}

type callArgs struct {
	TaskID uuid.UUID `json:"taskId"`
}

// call places the call of a task that the agent chose on the customer's page.
func (d *Desk) call(a act, in callArgs) (None, error) {
	return None{}, d.o.Dialer.DialTask(a.ctx, a.Scope, a.User, in.TaskID)
}

func (d *Desk) skip(a act, in reasonArgs) (None, error) {
	if in.Reason == "" {
		return None{}, errs.New(errs.Invalid, "skip_reason", "请选择跳过的原因。", "Choose why you skip this one.").At("reason")
	}
	return None{}, d.o.Dialer.SkipPreview(a.ctx, a.Scope, a.User, in.Reason)
}

// hangWait is how long after the closing words the call may be ended without a
// reason (D-15).
const hangWait = 3 * time.Second

type hangupArgs struct {
	EarlyReason string `json:"earlyReason,omitempty"`
}

// hangup ends the agent's call. Before the closing words were read it needs a
// reason, which is kept and counted (D-15).
func (d *Desk) hangup(a act, in hangupArgs) (None, error) {
	err := d.in(a, func(a act) error {
		at, err := inHand(a.ctx, a.tx, a.User)
		if err != nil {
			return err
		}
		if at == nil || at.State == "wrap" || at.State == "wrap_overdue" {
			return errs.New(errs.Conflict, "no_call", "您现在没有通话。", "You have no call now.")
		}
		return d.early(a, *at, in.EarlyReason)
	})
	if err != nil {
		return None{}, err
	}
	return None{}, d.o.Dialer.Hangup(a.ctx, a.Scope, a.User, in.EarlyReason)
}

func (d *Desk) early(a act, at attempt, reason string) error {
	if at.State != "bridged" {
		return nil
	}
	closing, err := d.closingOf(a, at.ID)
	if err != nil {
		return err
	}
	if !closing.IsZero() && time.Since(closing) >= hangWait {
		return nil
	}
	if reason == "" {
		return errs.New(errs.Conflict, "early_reason_needed", "结束语读完 3 秒后再挂机；要提前挂，请先选原因。",
			"Hang up 3 seconds after the closing words; to end the call now, choose a reason.").At("earlyReason")
	}
	return saveOutcome(a.ctx, a.tx, at, a.User, outcome{EarlyReason: reason}, a.now)
}

type muteArgs struct {
	On bool `json:"on"`
}

func (d *Desk) mute(a act, in muteArgs) (None, error) {
	if err := d.o.Agents.Mute(a.ctx, a.tx, a.User, in.On); err != nil {
		return None{}, err
	}
	d.o.Exchange.Mute(a.User, in.On)
	defer d.o.Changed(a.User)
	return None{}, nil
}

type dtmfArgs struct {
	Digit string `json:"digit" doc:"0-9, * or #"`
}

func (d *Desk) dtmf(a act, in dtmfArgs) (None, error) {
	if len(in.Digit) != 1 || !(in.Digit[0] >= '0' && in.Digit[0] <= '9' || in.Digit == "*" || in.Digit == "#") {
		return None{}, errs.New(errs.Invalid, "digit", "只能按 0–9、* 和 #。", "Only 0–9, * and # can be pressed.").At("digit")
	}
	return None{}, d.o.Dialer.Press(a.ctx, a.Scope, a.User, in.Digit[0])
}
