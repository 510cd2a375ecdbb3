package workorder_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"ringback/crm/customer"
	"ringback/crm/dealer"
	"ringback/crm/workorder"
	"ringback/internal/cn"
	"ringback/internal/errs"
	"ringback/internal/events"
	"ringback/internal/postgres"
	"ringback/internal/postgres/pgtest"
	"ringback/internal/seal"
)

func TestKindsByTheDictionary(t *testing.T) { // spec 7.3, 7.7
	for text, want := range map[string]workorder.Kind{
		"首保": workorder.First, "首次保养": workorder.First, "免费保养": workorder.First, "定保": workorder.Periodic, "常规保养": workorder.Periodic,
		"保养": workorder.Periodic, "一般维修": workorder.Repair, "小修": workorder.Repair, "机修": workorder.Repair, "事故": workorder.Accident,
		"保险维修": workorder.Accident, "钣喷": workorder.Paint, "喷漆": workorder.Paint, "索赔": workorder.Warranty, "三包": workorder.Warranty,
		"质保": workorder.Warranty, "返修": workorder.Rework, "内返": workorder.Rework, "活动": workorder.Campaign, "免检": workorder.Campaign,
		"精品": workorder.Accessory, "加装": workorder.Accessory, "PDI": workorder.PDI, "ｐｄｉ": workorder.PDI, "试驾车": workorder.Internal, "洗车": workorder.Wash,
	} {
		if got, known := workorder.ParseKind(text); got != want || !known {
			t.Errorf("%s: %s %v, want %s", text, got, known, want)
		}
	}
	for _, text := range []string{"升级检测", "客户自带件", ""} {
		if got, known := workorder.ParseKind(text); got != workorder.Repair || known {
			t.Errorf("%q counts as repair and is W-TYPE: %s %v", text, got, known)
		}
	}
	if workorder.Wash.Surveyed() || !workorder.Rework.Surveyed() || workorder.Rework.Countable() || !workorder.Accessory.Countable() {
		t.Error("columns csi and countable of spec 2.4.21")
	}
}

func TestSettlementStandsInForTheMissingHandOver(t *testing.T) { // T-B2
	at := time.Date(2026, 11, 20, 8, 40, 0, 0, time.UTC)
	o := workorder.Order{SettledAt: &at}
	o.State = workorder.ParseState("已结算", o)
	o.AssumeDelivery()
	if o.DeliveredAt == nil || !o.DeliveredAt.Equal(at) || !o.DeliveryAssumed || o.State != workorder.Settled {
		t.Errorf("%+v", o)
	}
	void := workorder.Order{SettledAt: &at, State: workorder.Voided}
	if void.AssumeDelivery(); void.DeliveredAt != nil {
		t.Error("a void order is not delivered")
	}
	for text, want := range map[string]workorder.State{
		"未交车": workorder.Finished, "待结算": workorder.Finished, "反结算": workorder.Finished, "返回维修": workorder.InWork, "废单": workorder.Voided,
		"在修": workorder.InWork, "作废": workorder.Voided, "已交车": workorder.Delivered, "": workorder.Settled,
	} {
		if got := workorder.ParseState(text, workorder.Order{SettledAt: &at}); got != want {
			t.Errorf("%q: %s, want %s", text, got, want)
		}
	}
}

func TestOrdersTellWhatChanged(t *testing.T) {
	db := pgtest.New(t)
	group, store := pgtest.Store(t, db)
	box, err := seal.New(make([]byte, seal.KeyBytes))
	if err != nil {
		t.Fatal(err)
	}
	bus, heard := events.NewBus(), []events.Kind{}
	for _, k := range []events.Kind{events.WorkOrderOpened, events.WorkOrderDelivered, events.WorkOrderChanged, events.WorkOrderVoided} {
		bus.On(k, func(_ context.Context, _ postgres.DB, e events.Event) error {
			heard = append(heard, e.Kind)
			return nil
		})
	}
	book, files := workorder.NewBook(bus), customer.NewFiles(box, bus)
	now := time.Date(2026, 11, 20, 0, 0, 0, 0, time.UTC)
	err = db.Pool.Scoped(t.Context(), postgres.Scope{Group: group, Stores: []uuid.UUID{store}}, func(ctx context.Context, tx pgx.Tx) error {
		seen, err := files.See(ctx, tx, customer.By{Group: group, Store: store, At: now}, customer.Sighting{
			Name:    cn.ParseName("王华磊"),
			Vehicle: customer.VehicleSeen{Plate: "宁Z12345"},
		})
		if err != nil {
			return err
		}
		o := workorder.Order{
			GroupID: group, StoreID: store, RoNo: "WT1", Kind: workorder.Repair, State: workorder.InWork, CustomerID: seen.Customer,
			VehicleID: seen.Vehicle, OpenedAt: &now, ContentHash: []byte{1},
		}
		var first uuid.UUID
		for i, step := range []struct {
			name   string
			change func()
			how    dealer.Saved
			told   []events.Kind
		}{
			{"opened", func() {}, dealer.New, []events.Kind{events.WorkOrderOpened}},
			{"equal content", func() {}, dealer.Same, nil},
			{"delivered", func() { o.State, o.DeliveredAt, o.ContentHash = workorder.Delivered, &now, []byte{2} }, dealer.Updated, []events.Kind{events.WorkOrderChanged, events.WorkOrderDelivered}},
			{"amount changed", func() { o.TotalFen, o.ContentHash = new(int64(500)), []byte{3} }, dealer.Updated, []events.Kind{events.WorkOrderChanged}}, // T-B5
			{"void", func() { o.State, o.ContentHash = workorder.Voided, []byte{4} }, dealer.Updated, []events.Kind{events.WorkOrderChanged, events.WorkOrderVoided}},
		} {
			heard = nil
			step.change()
			id, how, err := book.Upsert(ctx, tx, o, now, uuid.Nil)
			if err != nil {
				return err
			}
			if i == 0 {
				first = id
			}
			if how != step.how || id != first || !slices.Equal(heard, step.told) {
				t.Errorf("%s: %s %v (same id %v), want %s %v", step.name, how, heard, id == first, step.how, step.told)
			}
		}
		got, err := workorder.ByNo(ctx, tx, store, "WT1")
		if err != nil || *got.TotalFen != 500 || got.DeliveredAt == nil || !got.DeliveredAt.Equal(now) {
			t.Errorf("read back: %+v, %v", got, err)
		}
		if visits, err := workorder.Visits(ctx, tx, seen.Vehicle, nil, 5); err != nil || len(visits) != 0 {
			t.Errorf("a void order is no visit: %v, %v", visits, err)
		}
		if _, err := workorder.ByNo(ctx, tx, store, "WT2"); errs.KindOf(err) != errs.NotFound {
			t.Errorf("unknown order: %v", err)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
