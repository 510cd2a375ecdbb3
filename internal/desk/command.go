package desk

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"ringback/internal/errs"
	"ringback/internal/postgres"
)

// command does one thing and gives its result as a value to encode.
type command struct {
	do           func(d *Desk, a act) (any, error)
	args, result reflect.Type
	// plain commands have no effect on the record: they run at each repeat,
	// without a transaction, and are never stored.
	plain bool
	// outside commands work in the dialer's own transactions, which refuse a
	// second time by themselves; their id is stored right after.
	outside bool
	// any works from a page that does not hold the desk.
	any bool
}

// None is the arguments of a command that takes none, or the result of one that
// gives none.
type None struct{}

// with is a command whose arguments are decoded into an A.
func with[A, R any](do func(*Desk, act, A) (R, error)) command {
	return command{
		args: reflect.TypeFor[A](), result: reflect.TypeFor[R](),
		do: func(d *Desk, a act) (any, error) {
			in, err := read[A](a)
			if err != nil {
				return nil, err
			}
			return do(d, a, in)
		},
	}
}

func (c command) asPlain() command     { c.plain = true; return c }
func (c command) asOutside() command   { c.outside = true; return c }
func (c command) fromAnyPage() command { c.any = true; return c }

func table() map[string]command {
	return map[string]command{
		"desk.signOn":        with((*Desk).signOn).fromAnyPage(),
		"desk.signOff":       with((*Desk).signOff),
		"desk.ready":         with((*Desk).ready),
		"desk.pause":         with((*Desk).pause),
		"desk.audio.offer":   with((*Desk).offer).asPlain(),
		"desk.audio.test":    with((*Desk).echo).asPlain().fromAnyPage(),
		"desk.audio.testEnd": with((*Desk).endEcho).asPlain().fromAnyPage(),
		"desk.dial":          with((*Desk).dial).asOutside(),
		"desk.call":          with((*Desk).call).asOutside(),
		"desk.skip":          with((*Desk).skip).asOutside(),
		"desk.hangup":        with((*Desk).hangup).asOutside(),
		"desk.mute":          with((*Desk).mute),
		"desk.dtmf":          with((*Desk).dtmf).asOutside(),
		"desk.answer":        with((*Desk).answer),
		"desk.next":          with((*Desk).next),
		"desk.goto":          with((*Desk).goBack),
		"desk.short":         with((*Desk).short),
		"desk.note":          with((*Desk).note),
		"desk.verbatim":      with((*Desk).verbatim),
		"desk.quickForm":     with((*Desk).quickForm),
		"desk.dnc":           with((*Desk).dnc),
		"desk.callback":      with((*Desk).callback),
		"desk.book":          with((*Desk).bookNow),
		"desk.quote":         with((*Desk).quote),
		"desk.wrap":          with((*Desk).wrap),
		"desk.wrapMore":      with((*Desk).wrapMore),
	}
}

// Shape is what a command takes and gives, for the API's description.
type Shape struct{ Args, Result reflect.Type }

// Shapes of all commands by name.
func Shapes() map[string]Shape {
	shapes := map[string]Shape{}
	for name, c := range table() {
		shapes[name] = Shape{c.args, c.result}
	}
	return shapes
}

// Do runs a command. Its id is stored in the transaction of its effect; a
// repeated id gives the stored result and does nothing. Two at once wait for
// each other on the id's primary key.
func (d *Desk) Do(ctx context.Context, c Caller, id uuid.UUID, name string, args json.RawMessage) (json.RawMessage, error) {
	cmd, ok := d.commands[name]
	if !ok {
		return nil, errs.New(errs.Invalid, "unknown_command", "系统不认识这个操作，请刷新页面后再试。", "The server does not know this command; reload the page.")
	}
	if !cmd.any && !d.consoles.holds(c) {
		err := d.o.Pool.Scoped(ctx, c.Scope, func(ctx context.Context, tx pgx.Tx) error { return d.mustHold(ctx, tx, c) })
		if err != nil {
			return nil, err
		}
	}
	a := act{Caller: c, ctx: ctx, now: d.o.Clock.Now(), args: args}
	switch {
	case cmd.plain:
		return d.run(cmd, a)
	case cmd.outside:
		return d.outside(cmd, a, id, name)
	}
	var result json.RawMessage
	err := d.in(a, func(a act) (err error) {
		result, err = d.once(cmd, a, id, name)
		return err
	})
	return result, err
}

// in runs fn in a transaction of the caller's store, then what fn left for after
// the commit.
func (d *Desk) in(a act, fn func(a act) error) error {
	var then func() error
	err := d.o.Pool.Scoped(a.ctx, a.Scope, func(ctx context.Context, tx pgx.Tx) error {
		then = nil // of a try that was rolled back
		a.ctx, a.tx, a.then = ctx, tx, &then
		return fn(a)
	})
	if err != nil || then == nil {
		return err
	}
	return then()
}

// outside runs a command that brings its own transactions, unless its id was
// applied before. Killed in between, a repeat is answered by the dialer.
func (d *Desk) outside(cmd command, a act, id uuid.UUID, name string) (json.RawMessage, error) {
	var result json.RawMessage
	err := d.in(a, func(a act) (err error) {
		result, err = stored(a.ctx, a.tx, id, a.User, name)
		return err
	})
	if err == nil || errs.KindOf(err) != errs.NotFound {
		return result, err
	}
	if result, err = d.run(cmd, a); err != nil {
		return nil, err
	}
	return result, d.in(a, func(a act) error {
		_, err := d.once(command{do: func(*Desk, act) (any, error) { return result, nil }}, a, id, name)
		return err
	})
}

// mustHold adopts the desk for the caller's page, or says that another one has it.
func (d *Desk) mustHold(ctx context.Context, tx postgres.DB, c Caller) error {
	holds, err := d.hold(ctx, tx, c, true)
	if err == nil && !holds {
		err = elsewhere()
	}
	return err
}

func elsewhere() error {
	return errs.New(errs.Conflict, "desk_elsewhere", "您的工作台正在另一个页面上使用。要接管到这里吗？",
		"Your desk is in use on another page. Take it over here?")
}

// once runs a command unless its id was applied before.
func (d *Desk) once(cmd command, a act, id uuid.UUID, name string) (json.RawMessage, error) {
	tag, err := a.tx.Exec(a.ctx, `INSERT INTO applied_command (id, store_id, user_id, kind, at) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING`,
		id, a.store(), a.User, name, a.now)
	if err != nil {
		return nil, fmt.Errorf("noting command %s: %w", name, err)
	}
	if tag.RowsAffected() == 0 {
		return stored(a.ctx, a.tx, id, a.User, name)
	}
	result, err := d.run(cmd, a)
	if err != nil {
		return nil, err
	}
	if _, err := a.tx.Exec(a.ctx, `UPDATE applied_command SET result = $2 WHERE id = $1`, id, result); err != nil {
		return nil, fmt.Errorf("keeping the result of %s: %w", name, err)
	}
	return result, nil
}

// stored is the result of an applied command; errs.NotFound when it is new.
func stored(ctx context.Context, tx postgres.DB, id, user uuid.UUID, name string) (json.RawMessage, error) {
	var result json.RawMessage
	var mine bool
	err := tx.QueryRow(ctx, `SELECT result, user_id = $2 AND kind = $3 FROM applied_command WHERE id = $1`, id, user, name).Scan(&result, &mine)
	switch {
	case errors.Is(err, pgx.ErrNoRows):
		return nil, errs.New(errs.NotFound, "command_new", "这次操作还没有做过。", "This command has not been applied.")
	case err != nil:
		return nil, fmt.Errorf("looking a command up: %w", err)
	case !mine:
		return nil, errs.New(errs.Conflict, "command_id_used", "这次操作的编号已被用过，请刷新页面后再试。", "This command's id was used before; reload the page.")
	}
	return result, nil
}

func (d *Desk) run(cmd command, a act) (json.RawMessage, error) {
	v, err := cmd.do(d, a)
	if err != nil {
		return nil, err
	}
	raw, err := json.Marshal(v)
	if err != nil {
		return nil, fmt.Errorf("encoding a result: %w", err)
	}
	return raw, nil
}

// read decodes a command's arguments; unknown ones are errs.Invalid.
func read[T any](a act) (T, error) {
	var v T
	raw := a.args
	if len(raw) == 0 {
		raw = json.RawMessage("{}")
	}
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&v); err != nil {
		return v, errs.New(errs.Invalid, "bad_arguments", "操作的内容不完整，请刷新页面后再试。", "The command's content is wrong; reload the page.").Because(err)
	}
	return v, nil
}
