// Package workorder mirrors the dealer's work orders: what was done to a vehicle,
// for whom, when it was handed over.
//
// The dealer's system decides; this package keeps its newest word and tells what
// changed, in the same transaction: work_order.opened, delivered, changed, voided.
// It does not decide who is called (package task does).
//
//	open ─▶ in_work ─▶ finished ─▶ settled ─▶ delivered      (spec 2.5.7)
//	any of these ─▶ voided
package workorder

import (
	"strings"
	"time"

	"github.com/google/uuid"

	"ringback/internal/cn"
)

// Kind of a work order (spec 2.4.21).
type Kind string

// Kinds.
const (
	First     Kind = "first"
	Periodic  Kind = "periodic"
	Repair    Kind = "repair"
	Warranty  Kind = "warranty"
	Accident  Kind = "accident"
	Paint     Kind = "paint"
	Rework    Kind = "rework"
	Accessory Kind = "accessory"
	Campaign  Kind = "campaign"
	PDI       Kind = "pdi"
	Internal  Kind = "internal"
	Wash      Kind = "wash"
)

// Kinds are all of them, in the order of the spec.
func Kinds() []Kind {
	return []Kind{First, Periodic, Repair, Warranty, Accident, Paint, Rework, Accessory, Campaign, PDI, Internal, Wash}
}

// Surveyed tells whether a delivery of this kind is followed up (column csi).
func (k Kind) Surveyed() bool {
	switch k {
	case Accessory, PDI, Internal, Wash:
		return false
	}
	return true
}

// Countable tells whether a visit of this kind counts against churn (D-11).
func (k Kind) Countable() bool {
	switch k {
	case Rework, Campaign, PDI, Internal, Wash:
		return false
	}
	return true
}

// ZH and EN are the kind's names.
func (k Kind) ZH() string { return kindNames(k)[0] }

// EN is the kind's English name.
func (k Kind) EN() string { return kindNames(k)[1] }

func kindNames(k Kind) [2]string {
	switch k {
	case First:
		return [2]string{"首保", "first service"}
	case Periodic:
		return [2]string{"定期保养", "periodic maintenance"}
	case Warranty:
		return [2]string{"索赔/三包", "warranty repair"}
	case Accident:
		return [2]string{"事故维修", "accident repair"}
	case Paint:
		return [2]string{"钣喷", "body and paint"}
	case Rework:
		return [2]string{"返修", "rework"}
	case Accessory:
		return [2]string{"精品/装饰", "accessories"}
	case Campaign:
		return [2]string{"服务活动", "free campaign visit"}
	case PDI:
		return [2]string{"PDI", "pre-delivery inspection"}
	case Internal:
		return [2]string{"内部/试驾车", "internal"}
	case Wash:
		return [2]string{"单独洗车", "wash only"}
	}
	return [2]string{"一般维修", "general repair"}
}

// ParseKind reads 维修类型 by the dictionary of spec 7.3. known is false when the
// text is not in it; the order then counts as repair (W-TYPE).
func ParseKind(text string) (k Kind, known bool) {
	s := strings.ToUpper(strings.Join(strings.Fields(cn.Fold(text)), ""))
	for _, w := range kindWords() {
		if strings.Contains(s, w.word) {
			return w.kind, true
		}
	}
	return Repair, false
}

type kindWord struct {
	word string
	kind Kind
}

// kindWords in the order they are tried: 免费保养 is a first service before 保养 is
// a periodic one, 保险维修 an accident before 维修 a repair.
func kindWords() []kindWord {
	return []kindWord{
		{"首保", First},
		{"首次保养", First},
		{"免费保养", First},
		{"返修", Rework},
		{"返工", Rework},
		{"内返", Rework},
		{"外返", Rework},
		{"钣喷", Paint},
		{"喷漆", Paint},
		{"钣金", Paint},
		{"事故", Accident},
		{"保险维修", Accident},
		{"保险", Accident},
		{"索赔", Warranty},
		{"三包", Warranty},
		{"质保", Warranty},
		{"PDI", PDI},
		{"内部", Internal},
		{"试驾", Internal},
		{"商品车", Internal},
		{"免检", Campaign},
		{"活动", Campaign},
		{"精品", Accessory},
		{"装饰", Accessory},
		{"加装", Accessory},
		{"定保", Periodic},
		{"保养", Periodic},
		{"洗车", Wash},
		{"一般维修", Repair},
		{"小修", Repair},
		{"机修", Repair},
		{"维修", Repair},
	}
}

// State of a work order.
type State string

// States.
const (
	Open      State = "open"
	InWork    State = "in_work"
	Finished  State = "finished"
	Settled   State = "settled"
	Delivered State = "delivered"
	Voided    State = "voided"
)

// ParseState reads 工单状态; without a word the dates decide.
func ParseState(text string, o Order) State {
	s := cn.Fold(text)
	for _, w := range []struct {
		word  string
		state State
	}{
		{"废", Voided}, // 作废, 废单
		{"取消", Voided},
		{"撤销", Voided},
		{"删除", Voided},
		{"未交车", Finished},
		{"待交车", Finished},
		{"未出厂", Finished},
		{"未结", Finished},
		{"待结", Finished},
		{"反结", Finished},
		{"待质检", InWork},
		{"未完工", InWork},
		{"未竣工", InWork},
		{"返回维修", InWork},
		{"交车", Delivered},
		{"出厂", Delivered},
		{"结算", Settled},
		{"结账", Settled},
		{"质检", Finished},
		{"完工", Finished},
		{"竣工", Finished},
		{"待件", InWork},
		{"在修", InWork},
		{"在厂", InWork},
		{"维修中", InWork},
		{"开单", Open},
	} {
		if strings.Contains(s, w.word) {
			return w.state
		}
	}
	return stateByDates(o)
}

func stateByDates(o Order) State {
	switch {
	case o.DeliveredAt != nil:
		return Delivered
	case o.SettledAt != nil:
		return Settled
	case o.InspectedAt != nil:
		return Finished
	}
	return Open
}

// Order is one work order. Amounts are fen, mileage km.
type Order struct {
	ID                uuid.UUID  `json:"id"`
	GroupID           uuid.UUID  `json:"-"`
	StoreID           uuid.UUID  `json:"store_id"`
	RoNo              string     `json:"ro_no"`
	Kind              Kind       `json:"kind"`
	KindText          string     `json:"kind_text"`
	State             State      `json:"state"`
	VehicleID         uuid.UUID  `json:"vehicle_id"`
	CustomerID        uuid.UUID  `json:"customer_id"`
	AdvisorName       string     `json:"advisor_name"`
	Technician        string     `json:"technician"`
	OpenedAt          *time.Time `json:"opened_at"`
	PromisedAt        *time.Time `json:"promised_at"`
	InspectedAt       *time.Time `json:"inspected_at"`
	SettledAt         *time.Time `json:"settled_at"`
	DeliveredAt       *time.Time `json:"delivered_at"`
	DeliveryAssumed   bool       `json:"delivery_assumed"` // taken from settlement (T-B2)
	MileageIn         *int       `json:"mileage_in"`
	PartsFen          *int64     `json:"parts_fen"`
	LabourFen         *int64     `json:"labour_fen"`
	OtherFen          *int64     `json:"other_fen"`
	DiscountFen       *int64     `json:"discount_fen"`
	TotalFen          *int64     `json:"total_fen"`
	PaidBy            string     `json:"paid_by"`
	IsPaintJob        bool       `json:"is_paint_job"`
	FaultText         string     `json:"fault_text"`
	ItemsText         string     `json:"items_text"`
	AdviceText        string     `json:"advice_text"`
	NextDueDate       *time.Time `json:"next_due_date"`
	NextDueKm         *int       `json:"next_due_km"`
	PreferredCallTime string     `json:"preferred_call_time"`
	Note              string     `json:"note"`
	Extra             []byte     `json:"-"` // jsonb: columns nobody knows
	ContentHash       []byte     `json:"-"`
	ImportBatchID     *uuid.UUID `json:"-"`
	IsSynthetic       bool       `json:"-"`
}

// HandedOver tells whether the customer has the vehicle back: a void order, or one that
// is open or back in work, has no hand-over whatever its columns still say.
func (o Order) HandedOver() bool {
	return o.DeliveredAt != nil && o.State != Voided && o.State != Open && o.State != InWork
}

// Visit is when the customer had the vehicle back, or when the order was settled where
// that is unknown; nil for a void order (last_visit_at).
func (o Order) Visit() *time.Time {
	switch {
	case o.State == Voided:
		return nil
	case o.DeliveredAt != nil:
		return o.DeliveredAt
	}
	return o.SettledAt
}

// AssumeDelivery takes settlement for the missing hand-over (T-B2), unless the
// order is void or back in work.
func (o *Order) AssumeDelivery() {
	if o.DeliveredAt == nil && o.SettledAt != nil && (o.State == Settled || o.State == Delivered) {
		at := *o.SettledAt
		o.DeliveredAt, o.DeliveryAssumed = &at, true
	}
}
