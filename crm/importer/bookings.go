package importer

import (
	"context"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"ringback/crm/appointment"
	"ringback/crm/customer"
	"ringback/crm/workorder"
	"ringback/internal/cn"
	"ringback/internal/errs"
)

// bookingRow is an appointment row after spec 7.3.
type bookingRow struct {
	visit appointment.Entered // without ids
	who   customer.Sighting
}

func readBooking(r *record) (bookingRow, *trouble) {
	if bad := r.wrongWorld(); bad != nil {
		return bookingRow{}, bad
	}
	day, bad := r.mustDate("date", "预约日期", 0)
	if bad != nil {
		return bookingRow{}, bad
	}
	hour, minute, ok := timeOfDay(r.text("time"))
	if !ok {
		return bookingRow{}, badTime(r.text("time"))
	}
	y, m, d := day.In(r.at.zone).Date()
	at := time.Date(y, m, d, hour, minute, 0, 0, r.at.zone)
	name := cn.ParseName(r.get("name"))
	out := bookingRow{
		visit: appointment.Entered{
			New: appointment.New{
				At: at, Items: r.text("items"), Reason: visitReason(r.text("items")), Advisor: cn.ParseName(r.get("advisor")).Full, Source: "advisor",
			},
			State: visitState(r.text("state")),
		},
		who: customer.Sighting{
			Name: name, Phones: r.phones("phone", "phone2"), Masked: r.masked, Source: "import", Synthetic: r.at.synthetic, Vehicle: r.vehicle(dayOf(at)),
			Nobody: name.Full == "",
		},
	}
	if name.Full == "" && !out.who.Vehicle.Named() {
		return bookingRow{}, required("plate", "车牌号或客户")
	}
	return out, nil
}

var clockTime = regexp.MustCompile(`^(上午|下午|AM|PM)?(\d{1,2})(?:[:：时点](\d{1,2})?分?(?::\d{2})?|(半))?`)

// timeOfDay reads 9:30, 下午2点, 14:00-14:30, 9点半 and a workbook's share of a day.
func timeOfDay(s string) (hour, minute int, ok bool) {
	s = strings.ReplaceAll(s, " ", "")
	if share, err := strconv.ParseFloat(s, 64); err == nil && share > 0 && share < 1 {
		minutes := int(share*24*60 + 0.5)
		return minutes / 60, minutes % 60, minutes < 24*60
	}
	m := clockTime.FindStringSubmatch(strings.Replace(strings.Replace(s, "点半", "点30", 1), "时半", "时30", 1))
	if m == nil {
		return 0, 0, false
	}
	hour, _ = strconv.Atoi(m[2])
	minute, _ = strconv.Atoi(m[3])
	if (m[1] == "下午" || m[1] == "PM") && hour < 12 {
		hour += 12
	}
	return hour, minute, hour < 24 && minute < 60 && (strings.ContainsAny(s, ":：时点") || m[1] != "")
}

func badTime(text string) *trouble {
	if text == "" {
		t := required("time", "预约时间")
		return t
	}
	return &trouble{
		code: "E-DATE", field: "time", zh: "预约时间“" + text + "”读不出几点几分，本行未导入。请写成 9:30 这样再导入。",
		en: "The time \"" + text + "\" cannot be read; the row was not imported. Write it as 9:30 and import again.",
	}
}

// visitState reads 状态; empty for a booking that is ahead, or a word nobody knows.
func visitState(s string) appointment.State {
	for _, w := range []struct {
		words string
		state appointment.State
	}{
		{"取消 作废", appointment.Cancelled},
		{"爽约 未到 未来", appointment.NoShow},
		{"改期", appointment.Rescheduled},
		{"完成 完工 交车 结算", appointment.Completed},
		{"到店 已到 进厂 接车", appointment.Arrived},
		{"待确认 申请", appointment.Requested},
		{"确认", appointment.Confirmed},
	} {
		for _, word := range strings.Fields(w.words) {
			if strings.Contains(s, word) {
				return w.state
			}
		}
	}
	return ""
}

// visitReason is what the visit is for, by the words of the items.
func visitReason(items string) string {
	if k, known := workorder.ParseKind(items); known {
		switch k {
		case workorder.First, workorder.Periodic, workorder.Accident, workorder.Paint, workorder.Rework:
			return string(k)
		}
	}
	if strings.Contains(items, "保养") {
		return "periodic"
	}
	return "repair"
}

// appointments writes bookings of the dealer's system. A person cannot be called about
// a visit of nobody: a plate alone must be of a vehicle whose owner is known.
func (w *writer) appointments(ctx context.Context) error {
	var rows []*Row
	var list []bookingRow
	var sightings []customer.Sighting
	for i, r := range w.recs {
		b, bad := readBooking(r)
		if bad != nil {
			w.rows[i].reject(*bad)
			continue
		}
		rows, list, sightings = append(rows, &w.rows[i]), append(list, b), append(sightings, b.who)
	}
	seen, err := w.im.files.SeeAll(ctx, w.tx, w.by, sightings)
	if err != nil {
		return err
	}
	last, err := w.lastOf(ctx, seen)
	if err != nil {
		return err
	}
	for i, b := range list {
		e := b.visit
		if e.Customer, e.Vehicle = seen[i].Customer, seen[i].Vehicle; e.Customer == uuid.Nil {
			if c := last[e.Vehicle]; len(c) > 0 {
				e.Customer = c[0]
			}
		}
		if e.Customer == uuid.Nil {
			rows[i].reject(*required("name", "客户（这辆车还没有客户档案）"))
			continue
		}
		if err := w.enter(ctx, rows[i], e, seen[i].Codes); err != nil {
			return err
		}
	}
	return nil
}

// lastOf are the customers who came last with the vehicles that no person was named with.
func (w *writer) lastOf(ctx context.Context, seen []customer.Seen) (map[uuid.UUID][]uuid.UUID, error) {
	var nameless []uuid.UUID
	for _, s := range seen {
		if s.Customer == uuid.Nil {
			nameless = append(nameless, s.Vehicle)
		}
	}
	if len(nameless) == 0 {
		return nil, nil
	}
	return workorder.LastCustomers(ctx, w.tx, nameless)
}

func (w *writer) enter(ctx context.Context, row *Row, e appointment.Entered, codes []cn.Code) error {
	id, how, held, err := w.im.visit.Enter(ctx, w.tx, w.by, e)
	if told, ok := errs.Of(err); ok && (told.Kind == errs.Invalid || told.Kind == errs.Conflict) {
		row.reject(trouble{code: "E-VISIT", field: "date", zh: told.ZH, en: told.EN})
		return nil
	}
	if err != nil {
		return err
	}
	if !held {
		codes = append(codes, "W-SLOT")
	}
	row.settle(saved(how), id, codes...)
	return nil
}
