package workorder_test

import (
	"context"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"ringback/crm/customer"
	"ringback/crm/dealer"
	"ringback/crm/workorder"
	"ringback/internal/cn"
	"ringback/internal/events"
	"ringback/internal/postgres"
	"ringback/internal/postgres/pgtest"
	"ringback/internal/seal"
)

func TestADeliveryIsKnownByVehicleDayAndCustomer(t *testing.T) {
	db := pgtest.New(t)
	group, store := pgtest.Store(t, db)
	box, err := seal.New(make([]byte, seal.KeyBytes))
	if err != nil {
		t.Fatal(err)
	}
	bus, told := events.NewBus(), 0
	bus.On(events.SaleDelivered, func(context.Context, postgres.DB, events.Event) error { told++; return nil })
	now := time.Date(2026, 11, 20, 0, 0, 0, 0, time.UTC)
	err = db.Pool.Scoped(t.Context(), postgres.Scope{Group: group, Stores: []uuid.UUID{store}}, func(ctx context.Context, tx pgx.Tx) error {
		seen, err := customer.NewFiles(box, bus).See(ctx, tx, customer.By{Group: group, Store: store, At: now}, customer.Sighting{
			Name: cn.ParseName("王华磊"), Vehicle: customer.VehicleSeen{No: cn.ParseVehicleNo("L00A1B2C3T0000001")},
		})
		if err != nil {
			return err
		}
		d := workorder.Delivery{
			GroupID: group, StoreID: store, VehicleID: seen.Vehicle, CustomerID: seen.Customer,
			DeliveredAt: now, DeliveredDay: now, ContentHash: []byte("a"),
		}
		book := workorder.NewBook(bus)
		for i, c := range []struct {
			day  int
			hash string
			want dealer.Saved
		}{{0, "a", dealer.New}, {0, "a", dealer.Same}, {0, "b", dealer.Updated}, {1, "b", dealer.New}} {
			d.DeliveredDay, d.ContentHash = now.AddDate(0, 0, c.day), []byte(c.hash)
			if _, how, err := book.SaveDelivery(ctx, tx, d, now, uuid.Nil); err != nil || how != c.want {
				t.Errorf("save %d: %s, %v; want %s", i, how, err, c.want)
			}
		}
		found, err := workorder.DeliveriesOf(ctx, tx, seen.Vehicle)
		if err != nil || len(found) != 2 || told != 3 {
			t.Errorf("%d deliveries, told %d times, %v", len(found), told, err)
		}
		sold, err := workorder.SoldBetween(ctx, tx, store, now, now)
		if err != nil || len(sold) != 1 {
			t.Errorf("sold on the day: %d, %v", len(sold), err)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
