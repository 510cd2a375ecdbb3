package message

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"ringback/crm/customer"
	"ringback/crm/dealer"
	"ringback/internal/clock"
	"ringback/internal/events"
	"ringback/internal/postgres"
	"ringback/internal/seal"
)

// gateway takes messages; [HTTPGateway] is the one there is.
type gateway interface {
	Hand(ctx context.Context, h Handover) (Taken, error)
}

// Handover is one message for the gateway.
type Handover struct {
	ID     uuid.UUID // also the idempotency key: the same message is sent once
	To     string    // digits
	Text   string
	Class  string
	Store  uuid.UUID
	Called int // how often it has been handed over, from 1
}

// Taken is the gateway's yes.
type Taken struct {
	GatewayID string
	Segments  int
}

// Refusal is the gateway's no.
type Refusal struct {
	Code      string // the gateway's own
	Permanent bool   // trying again would not help
}

func (r *Refusal) Error() string { return "the message gateway refused: " + r.Code }

// SenderOptions of one node's sender.
type SenderOptions struct {
	Pool    *postgres.Pool
	Bus     *events.Bus
	Box     *seal.Box
	Clock   *clock.Clock
	Gateway gateway
	Logger  *slog.Logger
}

// Sender hands waiting messages to the gateway. Nodes share the work: a message is
// leased for the time of its hand-over.
type Sender struct{ o SenderOptions }

// NewSender makes a sender; Run must be started.
func NewSender(o SenderOptions) *Sender { return &Sender{o} }

const (
	sendEvery = time.Second
	sendBatch = 50
	leaseFor  = time.Minute // longer than the gateway's time limit
	maxTries  = 6
)

// Run hands over what waits until ctx ends.
func (s *Sender) Run(ctx context.Context) error {
	t := time.NewTicker(sendEvery)
	defer t.Stop()
	for {
		if _, err := s.Step(ctx); err != nil && ctx.Err() == nil {
			s.o.Logger.Warn("messages could not be handed over", "error", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-t.C:
		}
	}
}

// Step hands over what waits now, at most a batch, and tells how many the gateway
// took.
func (s *Sender) Step(ctx context.Context) (handed int, err error) {
	ready, err := s.claim(ctx)
	if err != nil {
		return 0, err
	}
	var all error
	for _, r := range ready {
		ok, err := s.send(ctx, r)
		if err != nil {
			all = errors.Join(all, fmt.Errorf("message %s: %w", r.ID, err))
		}
		if ok {
			handed++
		}
	}
	return handed, all
}

// ready is a leased message.
type ready struct {
	ID         uuid.UUID
	GroupID    uuid.UUID
	StoreID    uuid.UUID
	CustomerID uuid.UUID
	PhoneID    uuid.UUID
	PhoneEnc   []byte
	PhoneHash  []byte
	Status     string
	Class      string
	Asked      bool
	TextZH     string
	Tries      int
	UselessAt  *time.Time
	Subject    events.Subjects
	Template   string
}

func (s *Sender) claim(ctx context.Context) (found []ready, err error) {
	real, now := time.Now().UTC(), s.o.Clock.Now()
	err = s.o.Pool.AllStores(ctx, func(ctx context.Context, tx pgx.Tx) error {
		rows, err := tx.Query(ctx, `
			WITH due AS (SELECT id FROM sms WHERE state = 'queued' AND coalesce(not_before, created_at) <= $1
					AND (next_try_at IS NULL OR next_try_at <= $2) AND (leased_until IS NULL OR leased_until < $2)
				ORDER BY coalesce(not_before, created_at) LIMIT $3 FOR UPDATE SKIP LOCKED),
			leased AS (UPDATE sms SET leased_until = $4, tries = tries + 1 FROM due WHERE sms.id = due.id RETURNING sms.*)
			SELECT m.id, st.group_id, m.store_id, m.customer_id, m.phone_id, p.phone_enc, p.phone_hash, p.status, m.class, m.asked, m.text_zh, m.tries,
				m.useless_at, m.subject, m.template
			FROM leased m JOIN customer_phone p ON p.id = m.phone_id JOIN store st ON st.id = m.store_id`, now, real, sendBatch, real.Add(leaseFor))
		if err != nil {
			return fmt.Errorf("claiming messages: %w", err)
		}
		found, err = pgx.CollectRows(rows, pgx.RowToStructByName[ready])
		if err != nil {
			return fmt.Errorf("claiming messages: %w", err)
		}
		return nil
	})
	return found, err
}

// send asks once more whether the message may go, hands it over outside any
// transaction, and writes down what became of it.
func (s *Sender) send(ctx context.Context, r ready) (handed bool, err error) {
	may := false
	err = s.in(ctx, r, func(ctx context.Context, tx pgx.Tx) (err error) {
		may, err = s.mayGo(ctx, tx, r)
		return err
	})
	if err != nil || !may {
		return false, err
	}
	number, err := s.o.Box.Open(seal.Phone, r.PhoneEnc)
	if err != nil {
		return false, fmt.Errorf("opening its number: %w", err)
	}
	taken, failure := s.o.Gateway.Hand(ctx, Handover{ID: r.ID, To: string(number), Text: r.TextZH, Class: r.Class, Store: r.StoreID, Called: r.Tries})
	if failure != nil && ctx.Err() != nil {
		return false, nil // stopping: the lease runs out, and the same key makes the gateway send it once
	}
	err = s.in(ctx, r, func(ctx context.Context, tx pgx.Tx) error {
		if failure != nil {
			return s.failed(ctx, tx, r, failure)
		}
		return s.handed(ctx, tx, r, taken)
	})
	return failure == nil && err == nil, err
}

func (s *Sender) in(ctx context.Context, r ready, fn func(context.Context, pgx.Tx) error) error {
	return s.o.Pool.Scoped(ctx, postgres.Scope{Group: r.GroupID, Stores: []uuid.UUID{r.StoreID}}, fn)
}

// mayGo holds back in quiet hours, drops what came too late and blocks what the
// customer has refused meanwhile.
func (s *Sender) mayGo(ctx context.Context, tx postgres.DB, r ready) (bool, error) {
	now := s.o.Clock.Now()
	schedule, err := dealer.LoadSchedule(ctx, tx, r.StoreID)
	if err != nil {
		return false, err
	}
	if ok, opens := MayGo(schedule, r.Class, now); !ok {
		return false, write(ctx, tx, `UPDATE sms SET not_before = $2, leased_until = NULL, tries = tries - 1 WHERE id = $1`, r.ID, opens)
	}
	reason := ""
	switch {
	case r.UselessAt != nil && !now.Before(*r.UselessAt):
		reason = "too_late"
	case !customer.Status(r.Status).Callable():
		reason = "bad_number"
	default:
		w := waiting{id: r.ID, group: r.GroupID, store: r.StoreID, customer: r.CustomerID, class: r.Class, asked: r.Asked, number: number{hash: r.PhoneHash}, at: now}
		if reason, err = obstacle(ctx, tx, w); err != nil {
			return false, err
		}
	}
	if reason == "" {
		return true, nil
	}
	return false, write(ctx, tx, `UPDATE sms SET state = 'blocked', reason = $2, leased_until = NULL WHERE id = $1 AND state = 'queued'`, r.ID, reason)
}

func (s *Sender) handed(ctx context.Context, tx postgres.DB, r ready, t Taken) error {
	now := s.o.Clock.Now()
	tag, err := tx.Exec(ctx, `UPDATE sms SET state = 'sent', sent_at = $2, gateway_id = $3, segments = greatest(segments, $4), leased_until = NULL,
		error_code = '' WHERE id = $1 AND state = 'queued'`, r.ID, now, t.GatewayID, t.Segments)
	if err != nil {
		return fmt.Errorf("writing that it was handed over: %w", err)
	}
	if tag.RowsAffected() == 0 { // cancelled while it was on its way: it has gone out all the same
		return write(ctx, tx, `UPDATE sms SET sent_at = $2, gateway_id = $3, leased_until = NULL WHERE id = $1`, r.ID, now, t.GatewayID)
	}
	about := events.Subjects{"sms": r.ID, "customer": r.CustomerID}
	for noun, id := range r.Subject {
		about[noun] = id
	}
	return s.o.Bus.Publish(ctx, tx, events.Event{Kind: events.SMSHanded, Group: r.GroupID, Store: r.StoreID, At: now, Subject: about},
		map[string]string{"template": r.Template})
}

// failed tries again later, further apart each time; a refusal for good, or the
// sixth in a row, ends it.
func (s *Sender) failed(ctx context.Context, tx postgres.DB, r ready, failure error) error {
	code := "unreachable"
	var no *Refusal
	if errors.As(failure, &no) {
		code = no.Code
	}
	if no != nil && no.Permanent || r.Tries >= maxTries {
		return write(ctx, tx, `UPDATE sms SET state = 'failed', error_code = $2, leased_until = NULL WHERE id = $1 AND state = 'queued'`, r.ID, code)
	}
	return write(ctx, tx, `UPDATE sms SET error_code = $2, next_try_at = $3, leased_until = NULL WHERE id = $1`, r.ID, code, time.Now().UTC().Add(pause(r.Tries)))
}

// pause before the next hand-over after so many: 15 s, 1 min, 4 min, 16 min, 1 h.
func pause(tries int) time.Duration {
	return min(15*time.Second<<(2*min(tries-1, 8)), time.Hour)
}

func write(ctx context.Context, tx postgres.DB, sql string, args ...any) error {
	if _, err := tx.Exec(ctx, sql, args...); err != nil {
		return fmt.Errorf("writing what became of a message: %w", err)
	}
	return nil
}
