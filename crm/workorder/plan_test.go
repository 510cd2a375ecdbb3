package workorder_test

import (
	"testing"
	"time"

	"github.com/google/uuid"

	"ringback/crm/workorder"
	"ringback/internal/clock"
)

func day(s string) time.Time {
	t, err := time.ParseInLocation(time.DateOnly, s, clock.Shanghai())
	if err != nil {
		panic(err)
	}
	return t
}

func some[T any](v T) *T { return &v }

func TestWhenAVehicleIsDue(t *testing.T) { // D-12
	car := workorder.PlanFor(nil, "car", "A1")
	visit := some(uuid.New())
	for name, c := range map[string]struct {
		upkeep   workorder.Upkeep
		due      string
		first    bool
		forecast bool
	}{
		"T-D1 first service: three months":            {workorder.Upkeep{SoldOn: some(day("2026-08-20"))}, "2026-11-20", true, false},
		"a reading brings the first service forward":  {workorder.Upkeep{SoldOn: some(day("2026-08-20")), MileageKm: some(4600), MileageOn: some(day("2026-10-01"))}, "2026-10-11", true, true},
		"T-D5 few kilometres: the date holds":         {workorder.Upkeep{SoldOn: some(day("2026-08-20")), MileageKm: some(3100), MileageOn: some(day("2026-11-06"))}, "2026-11-20", true, false},
		"T-D4 kilometres before the date":             {workorder.Upkeep{LastID: visit, LastOn: some(day("2026-06-01")), LastKm: some(15000), SeenKm: []int32{9500, 15000}, SeenOn: []time.Time{day("2026-02-21"), day("2026-06-01")}}, "2026-11-30", false, true},
		"a month end":                                 {workorder.Upkeep{LastID: visit, LastOn: some(day("2026-08-31"))}, "2027-02-28", false, false},
		"the workshop's own date wins over the plan":  {workorder.Upkeep{LastID: visit, LastOn: some(day("2026-06-01")), ProposedDate: some(day("2026-12-20"))}, "2026-12-20", false, false},
		"the sale does not count after a first visit": {workorder.Upkeep{SoldOn: some(day("2026-08-20")), LastID: visit, LastOn: some(day("2026-11-10"))}, "2027-05-10", false, false},
		"a reading of zero a day counts as five":      {workorder.Upkeep{LastID: visit, LastOn: some(day("2026-06-01")), LastKm: some(100), SeenKm: []int32{100, 100}, SeenOn: []time.Time{day("2026-05-01"), day("2026-06-01")}}, "2026-12-01", false, false},
	} {
		got, ok := car.Next(c.upkeep, clock.Shanghai())
		if !ok || !got.Due.Equal(day(c.due)) || got.First != c.first || got.Forecast != c.forecast {
			t.Errorf("%s: %+v %v", name, got, ok)
		}
	}
	if _, ok := car.Next(workorder.Upkeep{}, clock.Shanghai()); ok {
		t.Error("nothing to count from, nothing due")
	}
}

func TestTheLongestNameChoosesThePlan(t *testing.T) {
	own := []workorder.Plan{{VehicleKind: "car", Model: "N9", PeriodKm: 20000, FirstMonths: 6}, {VehicleKind: "car", Model: "N9纯电", PeriodKm: 30000, FirstMonths: 6}}
	for model, want := range map[string]int{"示例品牌丁 N9纯电": 30000, "示例品牌丁 N9": 20000, "示例品牌甲 A1": 10000} {
		if got := workorder.PlanFor(own, "car", model); got.PeriodKm != want {
			t.Errorf("%s: every %d km, want %d", model, got.PeriodKm, want)
		}
	}
	if got := workorder.PlanFor(own, "ebike", "电单车"); got.PeriodKm != 1500 {
		t.Errorf("an e-bike: every %d km", got.PeriodKm)
	}
}

func TestDeclinedSafetyItemsAreFound(t *testing.T) { // TR-18
	for advice, want := range map[string]int{
		"前制动片磨损，客户暂不更换；建议更换空调滤芯": 1,
		"建议更换空调滤芯，客户拒绝":          0,
		"轮胎老化下次更换;转向球头松旷，客户不修":   2,
		"制动片已更换": 0,
		"":       0,
	} {
		if got := workorder.DeclinedSafety(advice); len(got) != want {
			t.Errorf("%q: %v", advice, got)
		}
	}
}
