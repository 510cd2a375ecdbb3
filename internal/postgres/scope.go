package postgres

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// Scope says whose rows a transaction sees, and for whom it works.
type Scope struct {
	Stores []uuid.UUID // rows of these stores are visible and writable; none: no rows
	User   uuid.UUID   // who asks; zero for the system
	Group  uuid.UUID   // the dealer group of the stores
}

type scopeKey struct{}

// ScopeOf is the scope of the transaction that ctx came from: the ctx which
// [Pool.Scoped] hands to its function. It is not ok outside one and under
// [Pool.AllStores].
func ScopeOf(ctx context.Context) (Scope, bool) {
	s, ok := ctx.Value(scopeKey{}).(Scope)
	return s, ok
}

// Scoped runs fn in one transaction that sees the stores of s, and commits
// when fn returns nil. A serialization failure or deadlock runs fn again, up to
// four times in all, so fn has no effect outside tx. Unique and check violations
// come back as *pgconn.PgError for the room to explain; a lost server is
// errs.Unavailable.
func (p *Pool) Scoped(ctx context.Context, s Scope, fn func(ctx context.Context, tx pgx.Tx) error) error {
	return p.retry(context.WithValue(ctx, scopeKey{}, s), beginScoped(s)+planning(ctx), fn)
}

// AllStores is Scoped over every store there is, for node-wide work (claims,
// election, login, registrar). Only callers named in archtest may use it.
func (p *Pool) AllStores(ctx context.Context, fn func(ctx context.Context, tx pgx.Tx) error) error {
	return p.retry(ctx, beginAllStores+planning(ctx), fn)
}

type plannedKey struct{}

// PlannedOnce is a ctx whose transactions run each statement by one plan for any
// values. It is for statements that run many times a second and are sure of their
// index whatever the values: planning them costs more than running them.
func PlannedOnce(ctx context.Context) context.Context {
	return context.WithValue(ctx, plannedKey{}, true)
}

func planning(ctx context.Context) string {
	if once, _ := ctx.Value(plannedKey{}).(bool); once {
		return `, set_config('plan_cache_mode', 'force_generic_plan', true)`
	}
	return ""
}

// Begin and scope travel together, in one round trip.
const beginAllStores = `begin; select set_config('app.stores', (select coalesce(array_agg(id), '{}')::text from store), true)`

func beginScoped(s Scope) string {
	ids := make([]string, len(s.Stores))
	for i, id := range s.Stores {
		ids[i] = id.String()
	}
	return `begin; select set_config('app.stores', '{` + strings.Join(ids, ",") + `}', true),` +
		` set_config('app.user', '` + idOrNone(s.User) + `', true), set_config('app.group', '` + idOrNone(s.Group) + `', true)`
}

func idOrNone(id uuid.UUID) string {
	if id == uuid.Nil {
		return ""
	}
	return id.String()
}

const maxTries = 4

func (p *Pool) retry(ctx context.Context, begin string, fn func(context.Context, pgx.Tx) error) error {
	for try := 1; ; try++ {
		err := p.once(ctx, begin, fn)
		if try == maxTries || !again(err) {
			return err
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(rand.N(time.Duration(try) * 10 * time.Millisecond)):
		}
	}
}

// once keeps apart what fn said from what the connection said: an io.EOF of
// fn's own file is not a lost database.
func (p *Pool) once(ctx context.Context, begin string, fn func(context.Context, pgx.Tx) error) error {
	var said error
	var lost bool
	err := pgx.BeginTxFunc(ctx, p.conns, pgx.TxOptions{BeginQuery: begin}, func(tx pgx.Tx) error {
		said = fn(ctx, tx)
		lost = tx.Conn().IsClosed()
		return said
	})
	if said != nil && !lost {
		return full(said)
	}
	return unavailable(err)
}

// again: the transaction lost a race that it may win the next time.
func again(err error) bool {
	code := sqlState(err)
	return code == "40001" || code == "40P01"
}

func sqlState(err error) string {
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		return pg.Code
	}
	return ""
}

// Unhurried lets the transaction of db pause between statements for as long as it
// needs: it reads a file or writes one meanwhile. Another's may pause for seconds only.
func Unhurried(ctx context.Context, db DB) error {
	if _, err := db.Exec(ctx, `SELECT set_config('idle_in_transaction_session_timeout', '0', true)`); err != nil {
		return fmt.Errorf("letting a transaction take its time: %w", err)
	}
	return nil
}
