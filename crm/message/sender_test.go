package message_test

import (
	"context"
	"log/slog"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"ringback/crm/customer"
	"ringback/crm/message"
	"ringback/crm/message/smstest"
	"ringback/internal/clock"
	"ringback/internal/cn"
	"ringback/internal/events"
	"ringback/internal/postgres"
	"ringback/internal/postgres/pgtest"
	"ringback/internal/seal"
)

// post is a store with a sender and a simulated gateway that reports back.
type post struct {
	t       *testing.T
	db      *pgtest.DB
	by      customer.By
	files   *customer.Files
	box     *message.Box
	sender  *message.Sender
	gateway *smstest.Gateway
	clock   *clock.Clock
	handed  []events.Subjects
	n       int
}

func newPost(t *testing.T, now string) *post {
	t.Helper()
	at, err := time.ParseInLocation("2006-01-02 15:04", now, clock.Shanghai())
	if err != nil {
		t.Fatal(err)
	}
	db := pgtest.New(t)
	group, store := pgtest.Store(t, db)
	key, err := seal.New(make([]byte, seal.KeyBytes))
	if err != nil {
		t.Fatal(err)
	}
	bus := events.NewBus()
	p := &post{t: t, db: db, by: customer.By{Group: group, Store: store, At: at}, files: customer.NewFiles(key, bus), box: message.NewBox(bus), clock: clock.New(time.Until(at))}
	bus.On(events.SMSHanded, func(_ context.Context, _ postgres.DB, e events.Event) error {
		p.handed = append(p.handed, e.Subject)
		return nil
	})
	if p.gateway, err = smstest.New(); err != nil {
		t.Fatal(err)
	}
	receiver := httptest.NewServer(message.NewReceiver(message.ReceiverOptions{
		Pool: db.Pool, Files: p.files, Clock: p.clock, Token: smstest.Token, OptOut: []string{"R", "TD", "退订"}, Logger: slog.New(slog.DiscardHandler),
	}))
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- p.gateway.Run(ctx) }()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
		receiver.Close()
	})
	p.sender = message.NewSender(message.SenderOptions{
		Pool: db.Pool, Bus: bus, Box: key, Clock: p.clock, Logger: slog.New(slog.DiscardHandler),
		Gateway: message.NewHTTPGateway(p.gateway.URL(), smstest.Token, receiver.URL),
	})
	return p
}

// queue writes a message to a new customer with this number.
func (p *post) queue(digits, class string, about events.Subjects) uuid.UUID {
	p.t.Helper()
	p.n++
	p.by.At = p.clock.Now()
	var id uuid.UUID
	p.db.Scoped(p.t, p.by.Store, func(ctx context.Context, tx pgx.Tx) error {
		seen, err := p.files.See(ctx, tx, p.by, customer.Sighting{Name: cn.ParseName("王华磊"), Phones: cn.ParsePhones(digits, cn.PhoneOptions{}).Valid})
		if err != nil {
			return err
		}
		if err := p.files.RecordConsent(ctx, tx, p.by, customer.Consent{Customer: seen.Customer, Purpose: "marketing", State: "given", Channel: "paper"}); err != nil {
			return err
		}
		phones, err := p.files.Phones(ctx, tx, seen.Customer)
		if err != nil {
			return err
		}
		m, err := p.box.Queue(ctx, tx, p.by, message.Send{
			Customer: seen.Customer, Phone: phones[0].ID, Template: "renewal_intro", Class: class, Text: "【测试店】您的车险即将到期", Subject: about,
		})
		id = m.ID
		return err
	})
	return id
}

func (p *post) get(id uuid.UUID) (m message.SMS) {
	p.t.Helper()
	p.db.Scoped(p.t, p.by.Store, func(ctx context.Context, tx pgx.Tx) (err error) {
		m, err = message.Get(ctx, tx, id)
		return err
	})
	return m
}

// becomes waits for the receipt.
func (p *post) becomes(id uuid.UUID, state, code string) {
	p.t.Helper()
	deadline := time.Now().Add(20 * time.Second)
	for tick := time.NewTicker(50 * time.Millisecond); ; <-tick.C {
		m := p.get(id)
		if m.State == state && m.ErrorCode == code {
			return
		}
		if time.Now().After(deadline) {
			p.t.Fatalf("it is %s %q, want %s %q", m.State, m.ErrorCode, state, code)
		}
	}
}

func (p *post) step() int {
	p.t.Helper()
	n, err := p.sender.Step(context.Background())
	if err != nil {
		p.t.Fatal(err)
	}
	return n
}

func TestAMessageGoesOutOnceAndItsReceiptComesBack(t *testing.T) {
	p := newPost(t, "2026-11-20 10:00")
	renewal := uuid.New()
	fine := p.queue("15400001234", "service", events.Subjects{"renewal": renewal})
	empty, black := p.queue("15400000404", "service", nil), p.queue("15400000607", "service", nil)
	if n := p.step(); n != 2 {
		t.Errorf("%d handed over, want the two that were taken", n)
	}
	if n := p.step(); n != 0 || len(p.gateway.Taken()) != 2 {
		t.Errorf("a second look handed over %d more", n)
	}
	p.becomes(fine, "delivered", "")
	p.becomes(empty, "failed", "EMPTY")
	p.becomes(black, "failed", "BLACKLIST")
	if len(p.handed) != 2 || p.handed[0]["renewal"] != renewal && p.handed[1]["renewal"] != renewal {
		t.Errorf("sms.handed names what it is about: %v", p.handed)
	}
}

func TestARefusedMessageIsTriedAgain(t *testing.T) {
	p := newPost(t, "2026-11-20 10:00")
	id := p.queue("15400000503", "service", nil)
	if n := p.step(); n != 0 || p.get(id).State != "queued" || p.get(id).ErrorCode != "BUSY" {
		t.Fatalf("after a busy gateway: %+v", p.get(id))
	}
	if p.step() != 0 {
		t.Error("it rests before the next try")
	}
	p.db.Exec(t, `UPDATE sms SET next_try_at = $2 WHERE id = $1`, id, time.Now().Add(-time.Second))
	if p.step() != 1 {
		t.Error("then it goes out")
	}
	p.becomes(id, "delivered", "")
}

func TestAReplyRIsADoNotCallEntry(t *testing.T) { // spec 3.5
	p := newPost(t, "2026-11-20 10:00")
	id := p.queue("15400000603", "commercial", nil)
	p.step()
	p.becomes(id, "delivered", "")
	var scopes int
	deadline := time.Now().Add(10 * time.Second)
	for tick := time.NewTicker(50 * time.Millisecond); scopes < 2; <-tick.C {
		p.db.Scoped(t, p.by.Store, func(ctx context.Context, tx pgx.Tx) error {
			return tx.QueryRow(ctx, `SELECT count(*) FROM number_dnc WHERE phone_hash = $1 AND source = 'sms_reply' AND scope IN ('sms', 'commercial')`,
				p.files.Hash("15400000603")).Scan(&scopes)
		})
		if time.Now().After(deadline) {
			t.Fatalf("%d scopes: no messages and no advertising any more", scopes)
		}
	}
	next := p.queue("15400000603", "service", nil)
	if m := p.get(next); m.State != "blocked" || m.Reason != "dnc_sms" {
		t.Errorf("the next message: %s %s", m.State, m.Reason)
	}
}

func TestNothingGoesOutAtNight(t *testing.T) { // T-E2
	p := newPost(t, "2026-11-20 21:30")
	id := p.queue("15400001234", "commercial", nil)
	if p.step() != 0 {
		t.Error("handed over at 21:30")
	}
	want := time.Date(2026, 11, 21, 10, 0, 0, 0, clock.Shanghai())
	if m := p.get(id); m.State != "queued" || m.NotBefore == nil || !m.NotBefore.Equal(want) {
		t.Errorf("it waits for %v, want %s", m.NotBefore, want)
	}
	if err := p.clock.Advance(p.clock.Offset() + 13*time.Hour); err != nil {
		t.Fatal(err)
	}
	if p.step() != 1 {
		t.Error("it goes out in the morning")
	}
}
