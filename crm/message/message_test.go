package message_test

import (
	"context"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"ringback/crm/customer"
	"ringback/crm/message"
	"ringback/internal/events"
	"ringback/internal/postgres/pgtest"
)

func world(t *testing.T) (db *pgtest.DB, by customer.By, cust, phone uuid.UUID) {
	db = pgtest.New(t)
	group, store := pgtest.Store(t, db)
	cust, phone = uuid.Must(uuid.NewV7()), uuid.Must(uuid.NewV7())
	by = customer.By{Group: group, Store: store, At: time.Date(2026, 11, 20, 2, 0, 0, 0, time.UTC)}
	db.Exec(t, `INSERT INTO customer (id, group_id, store_id, name_zh, created_at, updated_at) VALUES ($1, $2, $3, '刘', $4, $4)`, cust, group, store, by.At)
	db.Exec(t, `INSERT INTO customer_phone (id, store_id, customer_id, phone_enc, phone_hash, last4, kind, created_at)
		VALUES ($1, $2, $3, '\x', '\x0137', '0137', 'mobile', $4)`, phone, store, cust, by.At)
	db.Exec(t, `INSERT INTO consent (id, store_id, customer_id, purpose, state, channel, at) VALUES ($1, $2, $1, 'marketing', 'given', 'paper', $3)`, cust, store, by.At)
	return db, by, cust, phone
}

func TestMessagesWaitForTheGatewayUnlessTheyMayNotGo(t *testing.T) {
	for _, tt := range []struct {
		name, scope, class string
		before             int // commercial messages of the last days
		want               string
	}{
		{"free", "", "commercial", 0, "queued"},
		{"no messages wanted", "sms", "service", 0, "blocked dnc_sms"},
		{"no advertising wanted", "commercial", "commercial", 0, "blocked dnc_commercial"},
		{"advertising refused, service goes", "commercial", "service", 0, "queued"},
		{"a survey refused says nothing about messages", "survey", "commercial", 0, "queued"},
		{"second advertisement", "", "commercial", 1, "queued"},
		{"third advertisement in 30 days", "", "commercial", 2, "blocked commercial_cap"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			db, by, cust, phone := world(t)
			if tt.scope != "" {
				db.Exec(t, `INSERT INTO number_dnc (id, group_id, phone_hash, last4, scope, source, from_at) VALUES ($1, $2, '\x0137', '0137', $3, 'customer', $4)`,
					cust, by.Group, tt.scope, by.At.Add(-time.Hour))
			}
			box := message.NewBox(events.NewBus())
			send := message.Send{Customer: cust, Phone: phone, Template: "club_intro", Class: tt.class, Text: "【测试店】车友俱乐部"}
			db.Scoped(t, by.Store, func(ctx context.Context, tx pgx.Tx) error {
				for range tt.before {
					if _, err := box.Queue(ctx, tx, by, send); err != nil {
						return err
					}
				}
				m, err := box.Queue(ctx, tx, by, send)
				if err != nil {
					return err
				}
				got := m.State
				if m.Reason != "" {
					got += " " + m.Reason
				}
				if got != tt.want {
					t.Errorf("%s, want %s", got, tt.want)
				}
				list, err := message.OfCustomer(ctx, tx, cust, 10)
				if len(list) != tt.before+1 || err != nil {
					t.Errorf("%d messages kept, %v", len(list), err)
				}
				return nil
			})
		})
	}
}

func TestNoticeIsKeptForItsRoleAndTold(t *testing.T) {
	db, by, cust, _ := world(t)
	bus := events.NewBus()
	told := 0
	box := message.NewBox(bus)
	db.Scoped(t, by.Store, func(ctx context.Context, tx pgx.Tx) error {
		if err := box.Notify(ctx, tx, by, "service_manager", "now", "车辆不安全", events.Subjects{"customer": cust}); err != nil {
			return err
		}
		if err := tx.QueryRow(ctx, `SELECT count(*) FROM outbox WHERE kind = 'notice.sent' AND subject->>'customer' = $1`, cust.String()).Scan(&told); err != nil {
			return err
		}
		mine, err := message.Notices(ctx, tx, []string{"service_manager", "cs_manager"}, 10)
		if err != nil || len(mine) != 1 || mine[0].TextZH != "车辆不安全" || mine[0].Subject["customer"] != cust {
			t.Errorf("notices %+v %v", mine, err)
		}
		other, err := message.Notices(ctx, tx, []string{"info_clerk"}, 10)
		if err != nil || len(other) != 0 {
			t.Errorf("another role reads %+v %v", other, err)
		}
		return nil
	})
	if told != 1 {
		t.Errorf("told %d times", told)
	}
}
